"""Writing in the accounts: an operation with its lines, the one that reverses it, the closing of a period.

Whoever writes locks the book of the scope first: two clerks at once write one after the other, and the second
finds what the first entered.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.funding.models import (
    Account,
    Book,
    Closing,
    Commitment,
    Contract,
    LedgerLine,
    Operation,
    PayStatement,
)
from maillage.funding.queries.ledger import closed_through
from maillage.funding.queries.times import Payee, mission_of, payee_key
from maillage.funding.rules.vocabulary import AccountKind, MissionCode, OperationKind, StatementState
from maillage.kernel import access, clock, databases, formats, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.project import api as project

#: What a reversal of an operation gives back to what it told of.
_BANK = "512"


@dataclass(frozen=True, slots=True)
class Leg:
    """So many cents from one account to another: `debit` receives, `credit` gives."""

    debit: Account
    credit: Account
    cents: int


def locked_book(by: Person, scope: Scope) -> Book:
    """Return the book of a scope, locked, for who keeps it. Raises PermissionDenied."""
    access.require(by, Permission.MANAGE_FUNDING, scope)
    databases.insert_new([Book(scope=scope)], unique=("scope",))
    return Book.objects.select_for_update().get(scope=scope)


def known_operation(
    by: Person, key: str, *, scope: Scope, kind: OperationKind, source: str = ""
) -> Operation | None:
    """Return what the same write made before. Raises ValidationError where it was about something else."""
    known = made_before(Operation, by=by, key=key, related=("scope",))
    if known is None:
        return None
    is_same = known.scope_id == scope.pk and known.kind == kind.value and known.source == source
    return same_write(known, is_same=is_same)


def post(
    *,
    by: Person,
    book: Book,
    day: date,
    kind: OperationKind,
    label: str,
    legs: Sequence[Leg],
    key: str,
    source: str = "",
    reverses: Operation | None = None,
    reason: str = "",
    action: project.Action | None = None,
) -> Operation:
    """Write an operation in a locked book, and journal it. Raises ValidationError, never half of it written.

    `action`: the action of the project that it pays. Refused: a day to come, a closed period, a source that
    stands entered already, a key that made another, an action of another territory or mission.
    """
    scope = book.scope
    if action is not None and reverses is None:
        require_own(scope, action, *(leg.debit.mission for leg in legs))
    _require_open(scope, day)
    # What is the same write was given back by whoever asks: here, the key made something else.
    same_write(None, is_same=made_before(Operation, by=by, key=key) is None)
    attempt = 1
    if source:
        rows = list(Operation.objects.in_scope(scope).filter(source=source).select_related("reversed_by"))
        standing = next((one for one in rows if not hasattr(one, "reversed_by")), None)
        if standing is not None:
            raise ValidationError(
                _("C’est déjà dans les comptes : écriture n° {number} du {day}.").format(
                    number=standing.number, day=formats.date_short(standing.day)
                )
            )
        attempt = len(rows) + 1
    book.last_number += 1
    book.save(update_fields=["last_number"])
    made = Operation.objects.create(
        scope=scope, number=book.last_number, day=day, kind=kind.value, label=label[:160], source=source,
        attempt=attempt, reverses=reverses, reason=reason, action=action, by=by, key=key,
    )  # fmt: skip
    for leg in legs:
        LedgerLine.objects.create(operation=made, debit=leg.debit, credit=leg.credit, cents=leg.cents)
    journal.record(
        by=by,
        verb="funding.operation_posted",
        target=journal.target_of(made),
        changes={
            "number": made.number, "day": day, "operation": kind.value,
            "cents": sum(leg.cents for leg in legs), "reverses": reverses,
            "action": action,
        },
        reason=reason,
        scope=scope,
    )  # fmt: skip
    return made


def require_own(scope: Scope, action: project.Action, *missions: str) -> None:
    """Raise ValidationError unless an action is of a scope, and of the missions that it is paid under."""
    if action.project.territory.scope_id != scope.pk:
        raise ValidationError(_("Cette action n’est pas du projet de ce territoire."))
    own = mission_of(action)
    if any(one != own.value for one in missions):
        raise ValidationError(
            _("L’action « {title} » est de la mission {mission} : ce qui la paie l’est aussi.").format(
                title=action.title, mission=own.value
            )
        )


def _require_open(scope: Scope, day: date) -> None:
    today = clock.today(scope)
    if day > today:
        raise ValidationError(
            _("Le {day} est à venir : une écriture porte le jour où les choses ont eu lieu.").format(
                day=formats.date_short(day)
            )
        )
    closed = closed_through(scope)
    if closed is not None and day <= closed:
        raise ValidationError(
            _("Les comptes sont clos jusqu’au {closed} : donnez un jour d’après, ou passez une écriture "
              "de correction aujourd’hui.").format(closed=formats.date_short(closed))
        )  # fmt: skip


def bank(scope: Scope) -> Account:
    """Return the account of the bank."""
    return _account(scope, AccountKind.BANK, _BANK)


def source_account(contract: Contract) -> Account:
    """Return the account of what a contract pays."""
    return _account(contract.scope, AccountKind.SOURCE, f"740-{contract.pk}", contract=contract)


def mission_account(scope: Scope, mission: MissionCode) -> Account:
    """Return the account of what a mission costs."""
    return _account(scope, AccountKind.MISSION, f"6-{mission.value}", mission=mission.value)


def payee_account(scope: Scope, who: Payee) -> Account:
    """Return the account of what is owed to somebody."""
    name, pk = payee_key(who)
    letter = "P" if isinstance(who, directory.Professional) else "C"
    return _account(scope, AccountKind.PERSON, f"467-{letter}{pk}", **{name: who})


def supplier_account(scope: Scope, supplier: str) -> Account:
    """Return the account of a supplier, by its name whatever its capitals; in a locked book."""
    rows = list(Account.objects.in_scope(scope).filter(kind=AccountKind.SUPPLIER.value))
    # Compared here: SQLite knows no capital beyond ASCII, and an invoice would be entered twice.
    known = next((one for one in rows if same_text(one.supplier) == same_text(supplier)), None)
    if known is not None:
        return known
    return _account(scope, AccountKind.SUPPLIER, f"401-{len(rows) + 1}", supplier=supplier)


def same_text(text: str) -> str:
    """Return a text as it is compared: whatever its capitals, and however its accents are written."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _account(scope: Scope, kind: AccountKind, code: str, **about: object) -> Account:
    made, _is_new = Account.objects.in_scope(scope).get_or_create(
        scope=scope, code=code, defaults={"kind": kind.value, **about}
    )
    return made


@transaction.atomic
def reverse_operation(*, by: Person, operation: Operation, reason: str, key: str) -> Operation:
    """Write today the inverse of an operation: it is how an error is corrected, nothing being ever changed.

    Reversed already, the inverse is returned. Raises PermissionDenied; ValidationError without a reason,
    for an
    inverse, for an indemnity whose statement is validated, for an invoice that is paid.
    """
    book = locked_book(by, operation.scope)
    said = " ".join(reason.split())[:200]
    row = Operation.objects.in_scope(book.scope).get(pk=operation.pk)
    known = Operation.objects.in_scope(book.scope).filter(reverses=row).first()
    if known is not None:
        return known
    if not said:
        raise ValidationError(_("Dites pourquoi : la raison est gardée avec l’écriture."))
    if row.kind == OperationKind.REVERSAL.value:
        raise ValidationError(_("Une écriture inverse ne s’annule pas : refaites l’écriture d’origine."))
    _release(row)
    legs = [
        Leg(one.credit, one.debit, one.cents)
        for one in LedgerLine.objects.in_scope(book.scope)
        .filter(operation=row)
        .select_related("debit", "credit")
    ]
    return post(
        by=by, book=book, day=clock.today(book.scope), kind=OperationKind.REVERSAL, label=row.label,
        legs=legs,
        key=key, reverses=row, reason=said, action=row.action,
    )  # fmt: skip


def _release(row: Operation) -> None:
    """Give back what an operation had taken: its place in a draft, its statement, its commitment."""
    if row.kind == OperationKind.INDEMNITY.value and hasattr(row, "indemnity"):
        line = getattr(row.indemnity, "statement_line", None)
        if line is not None:
            if line.statement.step is not StatementState.DRAFT:
                raise ValidationError(
                    _("Cette indemnité est dans un relevé {state} : annulez d’abord le paiement, ou "
                      "rouvrez le relevé.").format(state=line.statement.get_state_display())
                )  # fmt: skip
            line.delete()
    if row.kind == OperationKind.PAYMENT.value:
        rows = PayStatement.objects.in_scope(row.scope).filter(payment=row)
        rows.update(payment=None, state=StatementState.VALIDATED.value)
    if row.kind == OperationKind.SHARING.value:
        source = f"funding.sharing_paid:{row.source.rpartition(':')[2]}"
        if Operation.objects.in_scope(row.scope).filter(source=source, reversed_by=None).exists():
            raise ValidationError(_("Ce partage est payé : annulez d’abord le paiement."))
    if row.kind == OperationKind.INVOICE.value:
        paid = Operation.objects.in_scope(row.scope).filter(
            source=f"funding.invoice:{row.pk}", reversed_by=None
        )
        if paid.exists():
            raise ValidationError(_("Cette facture est payée : annulez d’abord le paiement."))
        Commitment.objects.in_scope(row.scope).filter(invoice=row).update(invoice=None)


@transaction.atomic
def close_period(*, by: Person, scope: Scope, through: date, key: str) -> Closing:
    """Close the accounts of a scope up to a day passed: it is never taken back.

    The same key again, or a day closed already, is the first closing. Raises PermissionDenied,
    ValidationError.
    """
    book = locked_book(by, scope)
    known = made_before(Closing, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.scope_id == scope.pk and known.through == through)
    if not is_in_reach(through) or through >= clock.today(book.scope):
        raise ValidationError(
            _("Une période se ferme quand elle est passée : donnez un jour d’avant aujourd’hui.")
        )
    last = Closing.objects.in_scope(scope).order_by("-through").first()
    if last is not None and last.through >= through:
        raise ValidationError(
            _("Les comptes sont déjà clos jusqu’au {day}.").format(day=formats.date_short(last.through))
        )
    made = Closing.objects.create(scope=scope, through=through, by=by, key=key)
    journal.record(
        by=by, verb="funding.period_closed", target=journal.target_of(made), changes={"through": through},
        scope=scope,
    )  # fmt: skip
    return made
