"""Reads of the accounts: operations, balances, what is closed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q, QuerySet, Sum

from maillage.funding.models import Account, BudgetLine, Closing, LedgerLine, Operation
from maillage.funding.rules.vocabulary import AccountKind
from maillage.kernel.models import Scope


@dataclass(frozen=True, slots=True)
class Balance:
    """An account with what it received and gave between two days, in cents."""

    account: Account
    debit: int
    credit: int

    @property
    def cents(self) -> int:
        """The debit less the credit."""
        return self.debit - self.credit


def closed_through(scope: Scope) -> date | None:
    """Return the last closed day of a scope, None where nothing is closed."""
    found: date | None = Closing.objects.in_scope(scope).aggregate(last=Max("through"))["last"]
    return found


def operation_in(scope: Scope, pk: int) -> Operation | None:
    """Return an operation of a scope, None elsewhere."""
    return Operation.objects.in_scope(scope).filter(pk=pk).select_related("reverses", "by").first()


def lines_between(scope: Scope, first: date, last: date) -> QuerySet[LedgerLine]:
    """Return the lines of the operations of a scope between two days, by number."""
    rows = LedgerLine.objects.in_scope(scope).filter(operation__day__gte=first, operation__day__lte=last)
    rows = rows.select_related(
        "operation__by", "operation__action", "operation__reverses", "operation__reversed_by",
        "debit__contract", "debit__professional", "debit__person", "credit__contract",
        "credit__professional", "credit__person",
    )  # fmt: skip
    return rows.order_by("operation__number", "pk")


def balances(scope: Scope, first: date | None = None, last: date | None = None) -> list[Balance]:
    """Return the trial balance of a scope between two days: every account that moved; three statements."""
    rows = LedgerLine.objects.in_scope(scope)
    if first is not None:
        rows = rows.filter(operation__day__gte=first)
    if last is not None:
        rows = rows.filter(operation__day__lte=last)
    debits: dict[int, int] = defaultdict(int)
    credits: dict[int, int] = defaultdict(int)
    for account, cents in rows.order_by("debit").values_list("debit").annotate(sum=Sum("cents")):
        debits[account] = int(Decimal(cents))
    for account, cents in rows.order_by("credit").values_list("credit").annotate(sum=Sum("cents")):
        credits[account] = int(Decimal(cents))
    accounts = Account.objects.in_scope(scope).filter(pk__in={*debits, *credits})
    found = accounts.select_related("contract", "professional", "person")
    return [Balance(one, debits[one.pk], credits[one.pk]) for one in found.order_by("code", "pk")]


def spent_by_mission(scope: Scope, year: int) -> dict[str, int]:
    """Return what each mission cost in a year, in cents, reversals taken off; two statements."""
    return {
        one.account.mission: one.cents
        for one in balances(scope, date(year, 1, 1), date(year, 12, 31))
        if one.account.kind == AccountKind.MISSION.value
    }


def by_month(scope: Scope, year: int) -> tuple[list[int], list[int]]:
    """Return what was received and what was spent in each month of a year, in cents; one statement."""
    received, spent = [0] * 12, [0] * 12
    rows = LedgerLine.objects.in_scope(scope).filter(operation__day__year=year)
    for day, debit, credit, cents in rows.order_by().values_list(
        "operation__day", "debit__kind", "credit__kind", "cents"
    ):
        month = day.month - 1
        spent[month] += cents * ((debit == AccountKind.MISSION.value) - (credit == AccountKind.MISSION.value))
        received[month] += cents * (
            (credit == AccountKind.SOURCE.value) - (debit == AccountKind.SOURCE.value)
        )
    return received, spent


def planned_and_spent(scope: Scope, year: int) -> tuple[int, int]:
    """Return what is planned and what is spent in a year, all missions, in cents; two statements."""
    planned: dict[str, int] = {}
    rows = BudgetLine.objects.in_scope(scope).filter(year=year).order_by("pk")
    for mission, cents in rows.values_list("mission", "cents"):
        planned[mission] = cents
    lines = LedgerLine.objects.in_scope(scope).filter(operation__day__year=year)
    mission_kind = AccountKind.MISSION.value
    sums = lines.order_by().aggregate(
        debit=Sum("cents", filter=Q(debit__kind=mission_kind)),
        credit=Sum("cents", filter=Q(credit__kind=mission_kind)),
    )
    return sum(planned.values()), int(sums["debit"] or 0) - int(sums["credit"] or 0)
