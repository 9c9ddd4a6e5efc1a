"""Transfers of residents to an emergency department: what is counted, over how many resident-days.

Domain: a rate is transfers for 1 000 resident-days. Whether a transfer could be avoided is never computed:
experts cannot judge it in 42 to 74 % of cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum


class Ending(StrEnum):
    """What became of somebody for whom the home called: a person decided it."""

    AVOIDED = "avoided"
    DEFERRED = "deferred"
    TRANSFERRED = "transferred"


class Decider(StrEnum):
    """Who decided of a transfer."""

    ON_CALL = "on_call"
    SAMU = "samu"
    OWN_DOCTOR = "own_doctor"
    HOME = "home"
    PERSON = "person"


class Judgement(StrEnum):
    """What peers thought of an event once it was over: an opinion, of one meeting."""

    NOT_JUDGED = "not_judged"
    POTENTIALLY_AVOIDABLE = "potentially_avoidable"
    JUSTIFIED = "justified"


@dataclass(frozen=True, slots=True)
class Span:
    """A stay: from a day to another, None where it goes on. The day of leaving is not one of the home."""

    since: date
    until: date | None = None

    def days_within(self, first: date, last: date) -> int:
        """Return its days from `first` to `last`, both included."""
        end = last + timedelta(days=1)
        return max(0, (min(self.until or end, end) - max(self.since, first)).days)


def resident_days(stays: Iterable[Span], first: date, last: date) -> int:
    """Return the days of all stays from `first` to `last`, both included, nights in hospital too."""
    return sum(one.days_within(first, last) for one in stays)


@dataclass(frozen=True, slots=True)
class Left:
    """One transfer: at what hour of the home's clock, and what was noted of it; None: nobody noted it."""

    hour: time
    with_call: bool | None = None
    with_sheet: bool | None = None
    is_admitted: bool | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of those of whom it was noted; `known` is the denominator."""

    count: int
    known: int

    @property
    def value(self) -> float | None:
        """The share, from 0 to 1; None without a denominator."""
        return self.count / self.known if self.known else None


@dataclass(frozen=True, slots=True)
class Rates:
    """What is said of the transfers of a period; `completeness` is the share of facts that were noted."""

    transfers: int
    days: int
    at_night: Share
    without_call: Share
    without_sheet: Share
    not_admitted: Share
    completeness: float | None

    @property
    def per_thousand(self) -> float | None:
        """Transfers for 1 000 resident-days; None without a resident-day."""
        return 1000 * self.transfers / self.days if self.days else None


def rates(left: Sequence[Left], days: int, night: tuple[time, time]) -> Rates:
    """Return the rates of transfers over so many resident-days; `night` ends at an hour of the next day."""
    facts = [fact for one in left for fact in (one.with_call, one.with_sheet, one.is_admitted)]
    noted = sum(fact is not None for fact in facts)
    return Rates(
        transfers=len(left),
        days=days,
        at_night=Share(sum(is_night(one.hour, night) for one in left), len(left)),
        without_call=_without([one.with_call for one in left]),
        without_sheet=_without([one.with_sheet for one in left]),
        not_admitted=_without([one.is_admitted for one in left]),
        completeness=noted / len(facts) if facts else None,
    )


def _without(facts: Sequence[bool | None]) -> Share:
    return Share(sum(fact is False for fact in facts), sum(fact is not None for fact in facts))


def is_night(hour: time, night: tuple[time, time]) -> bool:
    """Return whether `hour` is of a night that goes over midnight, its beginning included."""
    begins, ends = night
    return hour >= begins or hour < ends
