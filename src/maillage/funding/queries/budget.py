"""Budgets, commitments and invoices of a territory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maillage.funding.models import Account, BudgetLine, Commitment, LedgerLine, Operation
from maillage.funding.queries.ledger import spent_by_mission
from maillage.funding.rules.forecast import Forecast, forecast
from maillage.funding.rules.vocabulary import MissionCode, OperationKind
from maillage.kernel.models import Scope


@dataclass(frozen=True, slots=True)
class MissionBudget:
    """A mission in a year, in cents: what is planned (None: nothing decided), and its forecast."""

    mission: MissionCode
    planned: BudgetLine | None
    forecast: Forecast

    @property
    def left(self) -> int | None:
        """What of the budget is neither spent nor engaged; negative beyond it."""
        if self.planned is None:
            return None
        return self.planned.cents - self.forecast.spent - self.forecast.engaged


@dataclass(frozen=True, slots=True)
class YearBudget:
    """A year: each mission that has a budget or a cost."""

    year: int
    missions: tuple[MissionBudget, ...]

    @property
    def planned(self) -> int:
        """All that is planned."""
        return sum(one.planned.cents for one in self.missions if one.planned)

    @property
    def spent(self) -> int:
        """All that is spent."""
        return sum(one.forecast.spent for one in self.missions)

    @property
    def engaged(self) -> int:
        """All that is engaged and not spent."""
        return sum(one.forecast.engaged for one in self.missions)

    @property
    def at_the_end(self) -> int:
        """What the year will have cost, an estimate."""
        return sum(one.forecast.at_the_end for one in self.missions)


@dataclass(frozen=True, slots=True)
class InvoiceToPay:
    """An invoice that is owed: its operation, the account of the supplier, cents."""

    operation: Operation
    account: Account
    cents: int


def year_budget(scope: Scope, year: int, today: date) -> YearBudget:
    """Return the budget of a year as `today` sees it; four statements."""
    planned = {
        one.mission: one for one in BudgetLine.objects.in_scope(scope).filter(year=year).order_by("pk")
    }
    spent = spent_by_mission(scope, year)
    engaged: dict[str, int] = {}
    for one in commitments_open(scope):
        if one.day.year == year:
            engaged[one.mission] = engaged.get(one.mission, 0) + one.cents
    return YearBudget(
        year,
        tuple(
            MissionBudget(
                code,
                planned.get(code.value),
                forecast(spent.get(code.value, 0), engaged.get(code.value, 0), today, year),
            )
            for code in MissionCode
            if code.value in {*planned, *spent, *engaged}
        ),
    )


def commitments_open(scope: Scope) -> list[Commitment]:
    """Return what is engaged and neither invoiced nor dropped, the oldest first; one statement."""
    rows = Commitment.objects.in_scope(scope).filter(invoice=None, dropped_at=None)
    return list(rows.select_related("by", "action"))


def invoices_to_pay(scope: Scope) -> list[InvoiceToPay]:
    """Return the standing invoices that no standing payment pays, the oldest first; two statements."""
    rows = LedgerLine.objects.in_scope(scope).filter(
        operation__kind=OperationKind.INVOICE.value, operation__reversed_by=None
    )
    found = list(rows.select_related("operation", "credit").order_by("operation__day", "pk"))
    paid = set(
        Operation.objects.in_scope(scope)
        .filter(kind=OperationKind.INVOICE_PAID.value, reversed_by=None)
        .order_by()
        .values_list("source", flat=True)
    )
    return [
        InvoiceToPay(one.operation, one.credit, one.cents)
        for one in found
        if f"funding.invoice:{one.operation_id}" not in paid
    ]
