"""Duty done and what each person carries: counts by kind, hours that passed, burden, amounts where known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from maillage.directory.api import Professional
from maillage.kernel.models import Scope
from maillage.kernel.sourced_rules import rule
from maillage.roster.models import Assignment, Roster, Sector, Volunteer
from maillage.roster.rules.blocks import BlockKind
from maillage.roster.rules.vocabulary import SectorKind
from maillage.roster.rules.workflow import IN_FORCE, State

YEAR = timedelta(days=365)
MEASURES = ("nights", "sundays", "holidays", "burden")
"""What is compared between people, by its name in `Line`."""


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
    rows = _held_over_a_year(sector, last_day)
    return _lines(rows.select_related("post", "volunteer__professional"), last_day)


@dataclass(frozen=True, slots=True)
class BurdenShare:
    """What one person held over a year beside the fair part of it, by their share of the burden.

    `fair` divides by `share`, as it is today, what everybody held: nights, Sundays, holidays, points.
    """

    line: Line
    share: float
    fair: Mapping[str, float]
    by_month: tuple[float, ...]

    @property
    def excess(self) -> float:
        """Points of burden beyond the fair part; negative below it."""
        return self.line.burden - self.fair["burden"]


def carried(sector: Sector, last_day: date) -> list[BurdenShare]:
    """Return what each volunteer carried over the year that ends on `last_day`, the most loaded first.

    Those who hold nothing are in it, so that they are seen; those gone are too, for what they held.
    """
    lines = {line.professional: line for line in balance(sector, last_day)}
    rows = Volunteer.objects.filter(sector=sector).select_related("professional")
    shares = {one.professional: one.share if one.is_active else 0.0 for one in rows}
    for professional, share in shares.items():
        if share:
            lines.setdefault(professional, Line(professional, Counter(), 0.0, 0.0, None))
    whole = sum(shares.values())
    totals = {name: float(sum(getattr(line, name) for line in lines.values())) for name in MEASURES}
    months = _burden_by_month(sector, last_day)
    found = []
    for professional, line in lines.items():
        share = shares.get(professional, 0.0)
        part = share / whole if whole else 0.0
        fair = {name: total * part for name, total in totals.items()}
        found.append(BurdenShare(line, share, fair, tuple(months[professional.pk])))
    return sorted(found, key=lambda one: (-one.excess, one.line.professional.search_name))


def _burden_by_month(sector: Sector, last_day: date) -> dict[int, list[float]]:
    """Return each professional's points of burden in the twelve months that end with that of `last_day`."""
    found: dict[int, list[float]] = defaultdict(lambda: [0.0] * 12)
    newest = last_day.year * 12 + last_day.month
    for one in _held_over_a_year(sector, last_day).select_related("post", "volunteer"):
        age = newest - (one.post.day.year * 12 + one.post.day.month)
        if age < 12:
            found[one.volunteer.professional_id][11 - age] += one.post.burden
    return found


def shared_duties_done(scope: Scope, since: date, until: date) -> list[Assignment]:
    """Return the duties held in the shared on-calls of a scope, rosters closed; one statement.

    The permanence of care (PDSA) is paid by the health insurance, and is not among them.
    """
    rows = Assignment.objects.filter(
        post__roster__sector__territory__scope=scope,
        post__roster__sector__kind=SectorKind.SHARED.value,
        post__roster__state__in=[State.CLOSED.value, State.DUTY_DONE.value],
        post__day__gte=since,
        post__day__lte=until,
    )
    found = rows.select_related("post__roster__sector", "volunteer__professional__account")
    return list(found.order_by("post__starts_at", "pk"))


def _held_over_a_year(sector: Sector, last_day: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        post__roster__sector=sector,
        post__roster__state__in=[state.value for state in IN_FORCE],
        post__day__gt=last_day - YEAR,
        post__day__lte=last_day,
    )


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
            _amount(value, held),
        )
        for professional, held in by_person.items()
    ]
    return sorted(lines, key=lambda line: (line.professional.search_name, line.professional.pk))


def _amount(value: Any, held: Sequence[Assignment]) -> Decimal | None:
    """Return what duties are worth in euros: `value` for each, or by kind; None where one is not known."""
    worth = [value.get(one.post.kind) if isinstance(value, Mapping) else value for one in held]
    return None if None in worth else sum((Decimal(str(one)) for one in worth), Decimal(0))
