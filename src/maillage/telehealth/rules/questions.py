"""A question to an expert: where it stands, before when each side answers, how long it took. No framework."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median


class State(StrEnum):
    """Where a question stands; the last four are final."""

    SENT = "sent"
    TAKEN = "taken"
    PRECISION = "precision"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


#: Somebody still has to write; the expert reads what was shared.
OPEN = frozenset({State.SENT, State.TAKEN, State.PRECISION})
#: It came back without an advice: whoever asked chooses whom else to ask.
RETURNED = frozenset({State.DECLINED, State.EXPIRED})

_TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.SENT: frozenset({State.TAKEN, State.DECLINED, State.WITHDRAWN, State.EXPIRED}),
    State.TAKEN: frozenset({State.PRECISION, State.ANSWERED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}),
    State.PRECISION: frozenset({State.TAKEN, State.ANSWERED, State.DECLINED, State.WITHDRAWN, State.EXPIRED}),
    State.ANSWERED: frozenset(),
    State.DECLINED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.EXPIRED: frozenset(),
}


def may_become(now: State, wanted: State) -> bool:
    """Return whether a question may pass from `now` to `wanted`."""
    return wanted in _TRANSITIONS[now]


class Hurry(StrEnum):
    """How soon an advice is useful; what cannot wait for today is for the 15, and is no question."""

    TODAY = "today"
    WEEK = "week"
    MONTH = "month"


class Side(StrEnum):
    """From which side a photo or a document comes."""

    ASKER = "asker"
    EXPERT = "expert"


#: Characters that say what a photo shows.
LONGEST_SEEN = 160


class Appointment(StrEnum):
    """Whether the person must be seen, and by whom."""

    NONE = "none"
    ASKER = "asker"
    EXPERT = "expert"


class Shared(StrEnum):
    """What of a file whoever asks may choose to share."""

    PROBLEMS = "problems"
    WISHES = "wishes"
    GOALS = "goals"
    INTERVENTIONS = "interventions"
    MEASURES = "measures"


Hours = Mapping[str, Mapping[str, float]]


def due_at(state: State, hurry: Hurry, now: datetime, hours: Hours) -> datetime | None:
    """Return before when the side that holds a question writes, from the instant `now` it got it.

    `hours` by step (« take », « answer », « precision ») and hurry; None once nobody has to write.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> due_at(State.SENT, Hurry.TODAY, noon, {"take": {"today": 2}}).hour
    14
    """
    step = {State.SENT: "take", State.TAKEN: "answer", State.PRECISION: "precision"}.get(state)
    return None if step is None else now + timedelta(hours=hours[step][hurry.value])


def is_without_sign(signs: Collection[str], *, none_said: bool) -> bool:
    """Return whether a question may be sent: no vital sign, and somebody looked for them."""
    return none_said and not signs


@dataclass(frozen=True, slots=True)
class Course:
    """When a question was sent, taken, answered, and before when the answer was due."""

    sent_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delays:
    """How long the advices of a list took: medians in hours, how many answers came in time."""

    asked: int
    answered: int
    take_hours: float | None
    answer_hours: float | None
    in_time: int


def delays(courses: Iterable[Course]) -> Delays:
    """Return the delays of some questions; a median of nothing is None."""
    rows = list(courses)
    answered = [one for one in rows if one.answered_at is not None]
    takes = [_hours(one.sent_at, one.taken_at) for one in rows if one.taken_at is not None]
    answers = [_hours(one.sent_at, one.answered_at) for one in answered if one.answered_at is not None]
    in_time = sum(
        one.due_at is not None and one.answered_at is not None and one.answered_at <= one.due_at
        for one in answered
    )
    return Delays(
        len(rows),
        len(answered),
        median(takes) if takes else None,
        median(answers) if answers else None,
        in_time,
    )


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600
