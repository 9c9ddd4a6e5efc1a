"""Budgets of missions, what is engaged, invoices and their payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.funding.actions import ledger
from maillage.funding.actions.contracts import words
from maillage.funding.models import BudgetLine, Commitment, InvoiceFile, LedgerLine, Operation
from maillage.funding.queries.budget import invoices_to_pay
from maillage.funding.rules.vocabulary import MissionCode, OperationKind
from maillage.kernel import access, journal
from maillage.kernel.amounts import MOST
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import same_write
from maillage.project import api as project


@transaction.atomic
def set_budget(
    *, by: Person, scope: Scope, year: int, mission: MissionCode, cents: int, decision: str, key: str
) -> BudgetLine:
    """Plan what a mission may cost in a year; the last one stands. Raises PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, scope)
    _require_amount(cents, 0)
    if not is_in_reach(date(max(1, min(year, 9998)), 1, 1)):
        raise ValidationError({"year": _("Cette année est hors d’atteinte.")})
    values: dict[str, Any] = {
        "year": year, "mission": mission.value, "cents": cents, "decision": words(decision, "decision"),
    }  # fmt: skip
    made, is_new = BudgetLine.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    journal.record(
        by=by, verb="funding.budget_set", target=journal.target_of(made), changes=values, scope=scope
    )
    return made


@transaction.atomic
def engage(
    *,
    by: Person,
    scope: Scope,
    day: date,
    mission: MissionCode,
    supplier: str,
    label: str,
    cents: int,
    key: str,
    action: project.Action | None = None,
) -> Commitment:
    """Note something ordered: it counts as engaged until its invoice. Raises PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, scope)
    _require_amount(cents)
    if action is not None:
        ledger.require_own(scope, action, mission.value)
    if not is_in_reach(day):
        raise ValidationError({"day": _("Cette date est hors d’atteinte.")})
    values: dict[str, Any] = {
        "day": day, "mission": mission.value, "supplier": words(supplier, "supplier", 120),
        "label": words(label, "label", 120), "cents": cents, "action": action,
    }  # fmt: skip
    made, is_new = Commitment.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    changes = {"day": day, "mission": mission.value, "cents": cents, "action": action}
    journal.record(
        by=by, verb="funding.engaged", target=journal.target_of(made), changes=changes, scope=scope
    )
    return made


@transaction.atomic
def drop_commitment(*, by: Person, commitment: Commitment) -> Commitment:
    """Say that something ordered will not be invoiced. Again, nothing changes."""
    access.require(by, Permission.MANAGE_FUNDING, commitment.scope)
    row = Commitment.objects.in_scope(commitment.scope).select_for_update(of=("self",)).get(pk=commitment.pk)
    if row.invoice_id is not None:
        raise ValidationError(_("Cet engagement a sa facture."))
    if row.dropped_at is None:
        row.dropped_at = timezone.now()
        row.save(update_fields=["dropped_at"])
        journal.record(
            by=by, verb="funding.commitment_dropped", target=journal.target_of(row),
            changes={"cents": row.cents},
            scope=row.scope,
        )  # fmt: skip
    return row


@transaction.atomic
def record_invoice(
    *,
    by: Person,
    scope: Scope,
    day: date,
    mission: MissionCode,
    supplier: str,
    reference: str,
    cents: int,
    key: str,
    commitment: Commitment | None = None,
    action: project.Action | None = None,
    files: Sequence[exchange.TakenFile] = (),
) -> Operation:
    """Write an invoice: the same number of the same supplier is entered once; it ends its commitment.

    `action`: the action of the project, of that mission, that it pays; `files`: its document. Raises
    PermissionDenied, ValidationError.
    """
    book = ledger.locked_book(by, scope)
    _require_amount(cents)
    name, number = words(supplier, "supplier", 100), words(reference, "reference", 40)
    account = ledger.supplier_account(scope, name)
    source = f"invoice:{account.code}:{ledger.same_text(number)}"
    known = ledger.known_operation(by, key, scope=scope, kind=OperationKind.INVOICE, source=source)
    if known is not None:
        paid = LedgerLine.objects.in_scope(scope).filter(operation=known)
        kept = list(paid.values_list("operation__day", "operation__action", "debit__mission", "cents"))
        is_same = kept == [(day, action.pk if action else None, mission.value, cents)]
        documents = InvoiceFile.objects.in_scope(scope).filter(operation=known)
        return same_write(known, is_same=is_same and exchange.are_files_kept(documents, files))
    ordered = None
    if commitment is not None:
        rows = Commitment.objects.in_scope(scope).select_for_update(of=("self",))
        ordered = rows.filter(pk=commitment.pk, invoice=None, dropped_at=None).first()
        if ordered is None:
            raise ValidationError(_("Cet engagement a déjà sa facture, ou a été abandonné."))
    legs = [ledger.Leg(ledger.mission_account(scope, mission), account, cents)]
    made = ledger.post(
        by=by, book=book, day=day, kind=OperationKind.INVOICE, label=f"{name} · {number}", legs=legs, key=key,
        source=source, action=action,
    )  # fmt: skip
    _keep(made, files)
    if ordered is not None:
        ordered.invoice = made
        ordered.save(update_fields=["invoice"])
    return made


@transaction.atomic
def keep_invoice_file(
    *, by: Person, invoice: Operation, files: Sequence[exchange.TakenFile]
) -> list[InvoiceFile]:
    """Keep the document of an invoice entered before; the same document again is the one kept.

    Raises PermissionDenied, ValidationError.
    """
    book = ledger.locked_book(by, invoice.scope)
    row = Operation.objects.in_scope(book.scope).get(pk=invoice.pk)
    if row.kind != OperationKind.INVOICE.value:
        raise ValidationError(_("Seule une facture garde son document."))
    if not files:
        raise ValidationError({"file": _("Choisissez le document.")})
    known = list(InvoiceFile.objects.in_scope(book.scope).filter(operation=row))
    kept = {bytes(one.content) for one in known}
    made = _keep(row, [one for one in files if one.file.content not in kept], after=len(known))
    if made:
        journal.record(
            by=by, verb="funding.invoice_file_kept", target=journal.target_of(row),
            changes={"number": row.number, "files": len(made)}, scope=book.scope,
        )  # fmt: skip
    return made or known


def _keep(invoice: Operation, files: Sequence[exchange.TakenFile], after: int = 0) -> list[InvoiceFile]:
    return InvoiceFile.objects.bulk_create(
        InvoiceFile(operation=invoice, position=place, **one.columns)
        for place, one in enumerate(files, start=after + 1)
    )


def open_invoice_file(*, by: Person, file: InvoiceFile) -> InvoiceFile:
    """Write in the journal that somebody opened the document of an invoice, and return it.

    Raises PermissionDenied.
    """
    invoice = file.operation
    access.require(by, Permission.VIEW_FUNDING, invoice.scope)
    journal.record(
        by=by, verb="funding.invoice_file_read", target=journal.target_of(invoice),
        changes={"number": invoice.number}, scope=invoice.scope,
    )  # fmt: skip
    return file


@transaction.atomic
def pay_invoice(*, by: Person, invoice: Operation, day: date, key: str) -> Operation:
    """Write that an invoice was paid on a day, once. Raises PermissionDenied, ValidationError."""
    book = ledger.locked_book(by, invoice.scope)
    source = f"funding.invoice:{invoice.pk}"
    paid = Operation.objects.in_scope(invoice.scope).filter(source=source, reversed_by=None).first()
    if paid is not None:
        return paid
    found = next((one for one in invoices_to_pay(invoice.scope) if one.operation.pk == invoice.pk), None)
    if found is None:
        raise ValidationError(_("Cette facture n’est pas à payer."))
    legs = [ledger.Leg(found.account, ledger.bank(invoice.scope), found.cents)]
    return ledger.post(
        by=by, book=book, day=day, kind=OperationKind.INVOICE_PAID, label=found.operation.label, legs=legs,
        key=key, source=source,
    )  # fmt: skip


def _require_amount(cents: int, least: int = 1) -> None:
    if not least <= cents <= MOST:
        raise ValidationError(_("Ce montant est hors d’atteinte : vérifiez les zéros."))
