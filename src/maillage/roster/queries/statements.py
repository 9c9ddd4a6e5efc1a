"""Duty done and what each person carries: counts by kind, hours that passed, burden, amounts where known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from maillage.directory.api import Professional
from maillage.kernel.sourced_rules import rule
from maillage.roster.models import Assignment, Roster, Sector
from maillage.roster.rules.blocks import BlockKind
from maillage.roster.rules.workflow import IN_FORCE

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Line:
    """What one person held. `amount` in euros, None where no sourced rule says what a duty is worth."""

    professional: Professional
    counts: Counter[BlockKind]
    hours: float
    burden: float
    amount: Decimal | None

    @property
    def duties(self) -> int:
        """Duties of every kind."""
        return self.counts.total()

    @property
    def nights(self) -> int:
        """Nights."""
        return self.counts[BlockKind.NIGHT]

    @property
    def sundays(self) -> int:
        """Sundays by day."""
        return self.counts[BlockKind.SUNDAY]

    @property
    def holidays(self) -> int:
        """Public holidays by day."""
        return self.counts[BlockKind.HOLIDAY]


def statement(roster: Roster) -> list[Line]:
    """Return who holds how many duties of a roster, by name: once closed, the statement of duty done."""
    rows = Assignment.objects.filter(post__roster=roster)
    return _lines(rows.select_related("post", "volunteer__professional"), roster.last_day)


def balance(sector: Sector, last_day: date) -> list[Line]:
    """Return what each person held in a sector over the year that ends on `last_day`, rosters in force."""
    rows = Assignment.objects.filter(
        post__roster__sector=sector,
        post__roster__state__in=[state.value for state in IN_FORCE],
        post__day__gt=last_day - YEAR,
        post__day__lte=last_day,
    )
    return _lines(rows.select_related("post", "volunteer__professional"), last_day)


def _lines(rows: Iterable[Assignment], on: date) -> list[Line]:
    value = rule("roster.amounts.duty", on).value
    by_person: dict[Professional, list[Assignment]] = {}
    for one in rows:
        by_person.setdefault(one.volunteer.professional, []).append(one)
    lines = [
        Line(
            professional,
            Counter(BlockKind(one.post.kind) for one in held),
            sum(one.post.hours for one in held),
            sum(one.post.burden for one in held),
            None if value is None else Decimal(str(value)) * len(held),
        )
        for professional, held in by_person.items()
    ]
    return sorted(lines, key=lambda line: (line.professional.search_name, line.professional.pk))
