"""What the actions of a project cost, in the accounts: the one place where it is counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse

from maillage.funding.models import Book, InvoiceFile, LedgerLine, Operation
from maillage.funding.rules.vocabulary import AccountKind
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.project import api as project

_COSTS = AccountKind.MISSION.value
_DEBIT = Sum("cents", filter=Q(debit__kind=_COSTS))
_CREDIT = Sum("cents", filter=Q(credit__kind=_COSTS))


def keeps(scope: Scope) -> bool:
    """Return whether a scope has written anything in its accounts; one statement."""
    return Book.objects.filter(scope=scope, last_number__gt=0).exists()


def spent_by_action(scope: Scope, of: project.Project) -> dict[int, int]:
    """Return what each action of a project cost since its beginning, in cents, reversals taken off; one
    statement.
    """
    rows = LedgerLine.objects.in_scope(scope).filter(operation__action__project=of)
    sums = rows.order_by().values_list("operation__action").annotate(debit=_DEBIT, credit=_CREDIT)
    return {action: _less(debit, credit) for action, debit, credit in sums}


def spent_by_mission_and_action(scope: Scope, year: int) -> dict[tuple[str, int | None], int]:
    """Return what each mission cost in a year, in cents, by action (None: of none); one statement.

    The sum of a mission is that of its account, to the cent.
    """
    rows = LedgerLine.objects.in_scope(scope).filter(
        operation__day__gte=date(year, 1, 1), operation__day__lte=date(year, 12, 31)
    )
    rows = rows.filter(Q(debit__kind=_COSTS) | Q(credit__kind=_COSTS))
    columns = ("debit__mission", "credit__mission", "operation__action")
    found: dict[tuple[str, int | None], int] = {}
    for debit, credit, action, cents in rows.order_by().values_list(*columns).annotate(sum=Sum("cents")):
        for mission, sign in ((debit, 1), (credit, -1)):
            if mission:
                found[mission, action] = found.get((mission, action), 0) + sign * int(Decimal(cents))
    return found


def lines_of_actions(scope: Scope, actions: Iterable[int]) -> QuerySet[LedgerLine]:
    """Return the lines by which actions cost something, the newest first."""
    rows = LedgerLine.objects.in_scope(scope).filter(operation__action__in=list(actions))
    rows = rows.filter(Q(debit__kind=_COSTS) | Q(credit__kind=_COSTS))
    rows = rows.select_related(
        "operation__action", "operation__reverses", "operation__reversed_by", "debit__professional",
        "debit__person", "credit__professional", "credit__person",
    )  # fmt: skip
    return rows.order_by("-operation__number", "-pk")


def files_of_invoices(scope: Scope, operations: Iterable[int]) -> dict[int, list[InvoiceFile]]:
    """Return the documents of operations, without their content, by operation; one statement."""
    found: dict[int, list[InvoiceFile]] = {}
    rows = InvoiceFile.objects.in_scope(scope).filter(operation__in=list(operations)).defer("content")
    for one in rows.order_by("operation", "position"):
        found.setdefault(one.operation_id, []).append(one)
    return found


def invoice_file_seen_by(person: Person, invoice: int, pk: int) -> InvoiceFile | None:
    """Return the document of an invoice, None for one of another scope."""
    rows = InvoiceFile.objects.for_person(person).filter(pk=pk, operation=invoice)
    return rows.select_related("operation__scope").first()


def _less(debit: object, credit: object) -> int:
    return int(Decimal(str(debit or 0))) - int(Decimal(str(credit or 0)))


def spending(reader: Person | None, of: project.Project) -> project.Spending | None:
    """Return what the actions of a project cost, as its pages show it; two statements, None without any.

    For those who see the money of the territory: an action may pay one person, whose pay its cost would tell.
    """
    scope = of.territory.scope
    if not keeps(scope):
        return None
    if reader is not None and not access.may(reader, Permission.VIEW_FUNDING, scope):
        return project.Spending(None)
    found = {one: Decimal(cents) / 100 for one, cents in spent_by_action(scope, of).items()}
    return project.Spending(found, reverse("funding:spending", args=[scope.pk]))


def settled(scope: Scope, presences: Collection[int]) -> set[int]:
    """Return which attendances of meetings a standing operation pays; one statement."""
    sources = {f"care.attendance:{one}": one for one in presences}
    rows = Operation.objects.in_scope(scope).filter(source__in=list(sources), reversed_by=None)
    return {sources[one] for one in rows.order_by().values_list("source", flat=True)}
