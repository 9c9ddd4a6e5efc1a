"""What a patient is due for, and when: recalls, prescriptions that end, protocols of ALD. No framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from maillage.care.rules.plans import months_later

#: How the inbox names recalls.
INBOX_KIND = "care.recall"


class RecallKind(StrEnum):
    """What is due."""

    CONSULTATION = "consultation"
    BLOOD_TEST = "blood_test"
    EXAMINATION = "examination"
    VACCINATION = "vaccination"
    RENEWAL = "renewal"
    ALD = "ald"
    OTHER = "other_recall"


#: What ends on a day and must be written again: whoever does it says until when the next one holds.
ENDING = frozenset({RecallKind.RENEWAL, RecallKind.ALD})


class Came(StrEnum):
    """What came of a recall on a day."""

    CALLED = "called"
    MESSAGED = "messaged"
    BOOKED = "booked"
    POSTPONED = "postponed"
    REFUSED = "refused"
    DONE = "done"
    STOPPED = "stopped"


class Defect(StrEnum):
    """Why what came of a recall cannot be noted as it is said."""

    NO_DAY = "no_day"
    PAST_DAY = "past_day"
    NO_REASON = "no_reason"
    NO_NEXT = "no_next"
    FAR_DAY = "far_day"


@dataclass(frozen=True, slots=True)
class Following:
    """Where a recall stands once something was noted: due when, quiet until when, over or not."""

    due_on: date
    quiet_until: date | None = None
    is_over: bool = False


def defect(
    came: Came,
    kind: RecallKind,
    *,
    until: date | None,
    words: str,
    every_months: int,
    today: date,
    most_months: int,
) -> Defect | None:
    """Return what is missing from what somebody notes, None where nothing is.

    What is put off, or booked, beyond `most_months` would be forgotten: a year is often mistyped.
    """
    if came in {Came.POSTPONED, Came.STOPPED, Came.REFUSED} and not words.strip():
        return Defect.NO_REASON
    if came in {Came.BOOKED, Came.POSTPONED} and until is None:
        return Defect.NO_DAY
    if until is not None and came in {Came.BOOKED, Came.POSTPONED, Came.DONE}:
        if until < today if came is Came.BOOKED else until <= today:
            return Defect.PAST_DAY
        is_far = came is not Came.DONE and until > months_later(today, most_months)
        return Defect.FAR_DAY if is_far else None
    if came is Came.DONE and kind in ENDING and not every_months:
        return Defect.NO_NEXT
    return None


def following(
    came: Came, *, due_on: date, every_months: int, until: date | None, today: date, again_days: int
) -> Following:
    """Return where a recall stands after `came`; `defect` has answered None.

    A call or a message leaves it due and is asked again after `again_days`; an appointment is asked the day
    after it; what is done or refused comes back after its period, and ends where it has none.
    """
    if came in {Came.CALLED, Came.MESSAGED}:
        return Following(due_on, today + timedelta(days=again_days))
    if came is Came.BOOKED and until is not None:
        return Following(due_on, until + timedelta(days=1))
    if came is Came.POSTPONED:
        return Following(due_on, until)
    if came is Came.DONE and until is not None:
        return Following(until)
    if came is Came.STOPPED or not every_months:
        return Following(due_on, None, is_over=True)
    return Following(months_later(today, every_months))


def shows_on(kind: RecallKind, due_on: date, quiet_until: date | None, warn_days: Mapping[str, int]) -> date:
    """Return the day from which it is asked: its warning before the day, or the end of its quiet."""
    if quiet_until is not None:
        return quiet_until
    days = warn_days[kind.value]
    return date.fromordinal(max(due_on.toordinal() - days, 1))


def is_late(due_on: date, quiet_until: date | None, today: date) -> bool:
    """Return whether its day has passed, and nothing has put it off beyond today."""
    return due_on < today and (quiet_until is None or quiet_until <= today)
