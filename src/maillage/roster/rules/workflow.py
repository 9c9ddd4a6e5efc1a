"""The life of a roster, from the draft to the statement of duty done, with the legal deadlines counted.

Article R. 6315-2 of the public-health code: at least three months, sent to the departmental council of the
order (CDOM) at least 45 days before it starts, transmitted by the CDOM at least 10 days before, the list of
those who really worked at most one month after it ends. A late step is shown as late and stays possible.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from maillage.roster.rules.vocabulary import SectorKind


class State(StrEnum):
    """Where a roster stands."""

    DRAFT = "draft"
    SENT = "sent"
    VALIDATED = "validated"
    INCOMPLETE = "incomplete"
    TRANSMITTED = "transmitted"
    RUNNING = "running"
    CLOSED = "closed"
    DUTY_DONE = "duty_done"


NEXT: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.SENT,),
    State.SENT: (State.VALIDATED, State.INCOMPLETE, State.DRAFT),
    State.INCOMPLETE: (State.SENT, State.TRANSMITTED),
    State.VALIDATED: (State.TRANSMITTED,),
    State.TRANSMITTED: (State.RUNNING,),
    State.RUNNING: (State.CLOSED,),
    State.CLOSED: (State.DUTY_DONE,),
    State.DUTY_DONE: (),
}
"""The transition table: a roster sent may be taken back, an incomplete one completed and sent again."""

NEXT_SHARED: dict[State, tuple[State, ...]] = {
    State.DRAFT: (State.TRANSMITTED,),
    State.TRANSMITTED: (State.RUNNING, State.DRAFT),
    State.RUNNING: (State.CLOSED,),
    State.CLOSED: (),
}
"""The same for a shared on-call: published by those who share it, with nobody to approve it."""


def next_steps(kind: SectorKind, state: State) -> tuple[State, ...]:
    """Return the states to which a roster of a sector of that kind may go."""
    return NEXT[state] if kind is SectorKind.PDSA else NEXT_SHARED.get(state, ())


IN_FORCE = frozenset({State.TRANSMITTED, State.RUNNING, State.CLOSED, State.DUTY_DONE})
"""States in which the roster says who is on call."""
EDITABLE = frozenset({State.DRAFT, State.INCOMPLETE})
"""States in which posts are filled by the solver or by hand; later, only a replacement changes them."""


class Obstacle(StrEnum):
    """Why a roster may not go to a state."""

    NO_SUCH_STEP = "no_such_step"
    POSTS_MISSING = "posts_missing"
    NOTHING_MISSING = "nothing_missing"
    NOT_STARTED = "not_started"
    NOT_ENDED = "not_ended"


@dataclass(frozen=True, slots=True)
class Delays:
    """The legal delays, as read from the sourced rules."""

    minimum_months: int
    sent_days: int
    transmitted_days: int
    duty_done_months: int


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of the next legal step, `days_left` counted from today: negative where it is passed."""

    step: State
    last_day: date
    days_left: int

    @property
    def is_late(self) -> bool:
        """Whether the last day is over."""
        return self.days_left < 0


_AWAITED = {
    State.DRAFT: State.SENT,
    State.SENT: State.TRANSMITTED,
    State.VALIDATED: State.TRANSMITTED,
    State.INCOMPLETE: State.TRANSMITTED,
    State.TRANSMITTED: State.DUTY_DONE,
    State.RUNNING: State.DUTY_DONE,
    State.CLOSED: State.DUTY_DONE,
}


def obstacle(
    state: State,
    to: State,
    *,
    first: date,
    last: date,
    today: date,
    missing: int,
    kind: SectorKind = SectorKind.PDSA,
) -> Obstacle | None:
    """Return what prevents a roster of the days `first` to `last` from going to `to`; None: nothing does.

    `missing` is the number of posts that nobody holds: with one the CDOM records an incomplete roster.
    """
    if to not in next_steps(kind, state):
        return Obstacle.NO_SUCH_STEP
    stops = {
        State.VALIDATED: (missing > 0, Obstacle.POSTS_MISSING),
        State.INCOMPLETE: (missing == 0, Obstacle.NOTHING_MISSING),
        State.RUNNING: (today < first, Obstacle.NOT_STARTED),
        State.CLOSED: (today <= last, Obstacle.NOT_ENDED),
    }
    stopped, why = stops.get(to, (False, None))
    return why if stopped else None


def deadline(state: State, *, first: date, last: date, today: date, delays: Delays) -> Deadline | None:
    """Return the next legal deadline of a roster of the days `first` to `last`; None once all is done."""
    step = _AWAITED.get(state)
    if step is None:
        return None
    last_day = last_days(first, last, delays)[step]
    return Deadline(step, last_day, (last_day - today).days)


def last_days(first: date, last: date, delays: Delays) -> dict[State, date]:
    """Return the last day of each step that the law dates, for a roster of the days `first` to `last`."""
    return {
        State.SENT: first - timedelta(days=delays.sent_days),
        State.TRANSMITTED: first - timedelta(days=delays.transmitted_days),
        State.DUTY_DONE: add_months(last, delays.duty_done_months),
    }


def is_long_enough(first: date, last: date, minimum_months: int) -> bool:
    """Return whether the days `first` to `last`, both included, make the legal number of months."""
    return last + timedelta(days=1) >= add_months(first, minimum_months)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the last of that month where it has no such day.

    >>> add_months(date(2028, 1, 31), 1)
    datetime.date(2028, 2, 29)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
