"""Meetings: the hours of their items, the day their minutes are due, texts written side by side, paid time.

No framework. Instants are aware; lengths are in minutes of elapsed time, so that a clock that changes during
a meeting changes no length.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

#: The shortest and the longest meeting that a form accepts, in minutes.
SHORTEST, LONGEST = 5, 12 * 60


class MeetingKind(StrEnum):
    """What a meeting is for: cases seen by several professions, a team, the work between structures."""

    RCP = "rcp"
    STAFF = "staff"
    COORDINATION = "coordination"


class MeetingState(StrEnum):
    """Whether a meeting stands; `cancelled` is final."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What somebody invited answered."""

    NONE = ""
    ACCEPTED = "accepted"
    DECLINED = "declined"


class AgreedBy(StrEnum):
    """Who agreed that a case is discussed."""

    PATIENT = "patient"
    REPRESENTATIVE = "representative"


class Withdrawal(StrEnum):
    """Why an item left the agenda."""

    OPPOSED = "opposed"
    DIED = "died"
    LEFT = "left"
    DROPPED = "dropped"


class MinutesState(StrEnum):
    """Where the minutes of a meeting stand."""

    TO_COME = "to_come"
    DUE = "due"
    LATE = "late"
    SIGNED = "signed"
    CHANGED = "changed"
    CANCELLED = "cancelled"


def ends_at(starts_at: datetime, minutes: int) -> datetime:
    """Return when what begins at `starts_at` and lasts `minutes` ends, in UTC."""
    return starts_at.astimezone(UTC) + timedelta(minutes=minutes)


def hours_of(starts_at: datetime, lengths: Sequence[int]) -> list[datetime]:
    """Return when each item begins, in UTC, where they follow one another; `lengths` in minutes."""
    found, at = [], starts_at.astimezone(UTC)
    for minutes in lengths:
        found.append(at)
        at += timedelta(minutes=minutes)
    return found


def minutes_due(held_on: date, days: int) -> date:
    """Return the last day of the minutes of a meeting held on `held_on`."""
    return held_on + timedelta(days=days)


def minutes_state(
    *, is_cancelled: bool, is_over: bool, is_signed: bool, is_changed: bool, due: date, today: date
) -> MinutesState:
    """Return where the minutes stand; changed after a signature, they ask for another, without a delay."""
    if is_cancelled:
        return MinutesState.CANCELLED
    if is_signed:
        return MinutesState.CHANGED if is_changed else MinutesState.SIGNED
    if not is_over:
        return MinutesState.TO_COME
    return MinutesState.LATE if due < today else MinutesState.DUE


@dataclass(frozen=True, slots=True)
class Version:
    """One text of the minutes: its number from 1, and the last number that its author had read."""

    number: int
    base: int


def heads(versions: Iterable[Version]) -> list[int]:
    """Return the numbers of the texts that nobody has written over: more than one where two wrote at once.

    A text replaces all that its author saw, those numbered up to its `base`, and none of the others.
    """
    kept: list[int] = []
    for one in sorted(versions, key=lambda version: version.number):
        kept = [number for number in kept if number > one.base]
        kept.append(one.number)
    return kept


def indemnity(minutes: int, hourly_rate: Decimal | None) -> Decimal | None:
    """Return what time present is worth at a rate in € an hour, to the cent; None where no rate was given."""
    if hourly_rate is None:
        return None
    return (hourly_rate * minutes / 60).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class PaidTime:
    """The paid time of one professional: minutes, the amount of those that have a rate, and those without."""

    minutes: int
    amount: Decimal
    unrated: int

    def exceeds(self, cap: Decimal | None) -> bool:
        """Return whether the amount is above the cap of the year; never where no cap is established."""
        return cap is not None and self.amount > cap


def paid_time(lines: Iterable[tuple[int, Decimal | None]]) -> PaidTime:
    """Return the total of some paid attendances: minutes present, and the rate of each."""
    total = unrated = 0
    amount = Decimal(0)
    for minutes, rate in lines:
        total += minutes
        worth = indemnity(minutes, rate)
        if worth is None:
            unrated += minutes
        else:
            amount += worth
    return PaidTime(total, amount, unrated)
