"""What waits in the money of a territory: time to validate, what is owed, and how much room each has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from maillage.directory import api as directory
from maillage.funding.models import Indemnity
from maillage.funding.queries import times
from maillage.funding.queries.times import Payee, Priced
from maillage.funding.rules.ceiling import Room
from maillage.kernel.models import Person, Scope


@dataclass(frozen=True, slots=True)
class Waits:
    """Lines to validate, what is owed to each and in no statement, and the room of each under the ceiling."""

    lines: tuple[Priced, ...]
    owed: tuple[tuple[Payee, int], ...]
    ceilings: dict[int, int | None]
    entered: dict[int, dict[tuple[str, int], int]]

    def room(self, one: Priced) -> Room | None:
        """Return what the ceiling leaves to whom a line pays, None where no ceiling is established."""
        year = one.line.day.year
        ceiling = self.ceilings[year]
        if ceiling is None:
            return None
        return Room(ceiling, self.entered[year].get(times.payee_key(one.line.who), 0))


def since(today: date) -> date:
    """Return the first day whose time is looked at: that of last year."""
    return date(today.year - 1, 1, 1)


def lines_waiting(scope: Scope, today: date) -> list[times.TimeLine]:
    """Return the time given since last year that nothing indemnifies yet; four statements."""
    found = times.times_in(scope, since(today), today)
    known = times.indemnified(scope, [one.source for one in found])
    return [one for one in found if one.source not in known]


def waiting_times(scope: Scope, today: date) -> Waits:
    """Return what waits, priced; a bounded number of statements."""
    lines = times.priced(lines_waiting(scope, today), times.rates_of(scope))
    years = sorted({one.line.day.year for one in lines} | {today.year})
    return Waits(
        tuple(lines),
        tuple(owed(scope)),
        {year: times.ceiling_of(scope, year).cents for year in years},
        {year: times.entered_by_person(scope, year) for year in years},
    )


def owed(scope: Scope) -> list[tuple[Payee, int]]:
    """Return what is owed to each and in no statement, by name, in cents; three statements at most."""
    rows = Indemnity.objects.in_scope(scope).filter(statement_line=None, operation__reversed_by=None)
    sums = list(
        rows.order_by("professional", "person")
        .values_list("professional", "person")
        .annotate(sum=Sum("cents"))
    )
    sheets = directory.Professional.objects.in_bulk([one for one, _person, _sum in sums if one])
    people = Person.objects.in_bulk([one for _sheet, one, _sum in sums if one])
    found: list[tuple[Payee, int]] = [
        (sheets[sheet] if sheet else people[person], int(cents)) for sheet, person, cents in sums
    ]
    return sorted(found, key=lambda one: (str(one[0]), one[0].pk))
