"""Budgets of missions, what is engaged, invoices and their payment."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.funding.actions import ledger
from maillage.funding.actions.contracts import words
from maillage.funding.models import BudgetLine, Commitment, LedgerLine, Operation
from maillage.funding.queries.budget import invoices_to_pay
from maillage.funding.rules.vocabulary import MissionCode, OperationKind
from maillage.kernel import access, journal
from maillage.kernel.amounts import MOST
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import same_write


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
) -> Commitment:
    """Note something ordered: it counts as engaged until its invoice. Raises PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.MANAGE_FUNDING, scope)
    _require_amount(cents)
    if not is_in_reach(day):
        raise ValidationError({"day": _("Cette date est hors d’atteinte.")})
    values: dict[str, Any] = {
        "day": day, "mission": mission.value, "supplier": words(supplier, "supplier", 120),
        "label": words(label, "label", 120), "cents": cents,
    }  # fmt: skip
    made, is_new = Commitment.objects.in_scope(scope).get_or_create(
        by=by, key=key, defaults={**values, "scope": scope}
    )
    if not is_new:
        return same_write(made, is_same=all(getattr(made, name) == one for name, one in values.items()))
    changes = {"day": day, "mission": mission.value, "cents": cents}
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
) -> Operation:
    """Write an invoice: the same number of the same supplier is entered once; it ends its commitment.

    Raises PermissionDenied, ValidationError.
    """
    book = ledger.locked_book(by, scope)
    _require_amount(cents)
    name, number = words(supplier, "supplier", 100), words(reference, "reference", 40)
    account = ledger.supplier_account(scope, name)
    source = f"invoice:{account.code}:{ledger.same_text(number)}"
    known = ledger.known_operation(by, key, scope=scope, kind=OperationKind.INVOICE, source=source)
    if known is not None:
        paid = LedgerLine.objects.in_scope(scope).filter(operation=known).values_list("cents", flat=True)
        return same_write(known, is_same=known.day == day and list(paid) == [cents])
    ordered = None
    if commitment is not None:
        rows = Commitment.objects.in_scope(scope).select_for_update(of=("self",))
        ordered = rows.filter(pk=commitment.pk, invoice=None, dropped_at=None).first()
        if ordered is None:
            raise ValidationError(_("Cet engagement a déjà sa facture, ou a été abandonné."))
    legs = [ledger.Leg(ledger.mission_account(scope, mission), account, cents)]
    made = ledger.post(
        by=by, book=book, day=day, kind=OperationKind.INVOICE, label=f"{name} · {number}", legs=legs, key=key,
        source=source,
    )  # fmt: skip
    if ordered is not None:
        ordered.invoice = made
        ordered.save(update_fields=["invoice"])
    return made


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
