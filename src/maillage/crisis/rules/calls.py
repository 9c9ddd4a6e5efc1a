"""What follows a call to somebody fragile: called again, visited, or left in peace.

The program never decides that somebody is well: whoever called them says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Outcome(StrEnum):
    """What a call gave."""

    WELL = "well"
    HELP = "help"
    VITAL = "vital"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"


class State(StrEnum):
    """Where somebody fragile stands in a cell."""

    TO_CALL = "to_call"
    VISIT = "visit"
    DONE = "done"


class Why(StrEnum):
    """Why somebody has to go and see."""

    UNANSWERED = "unanswered"
    UNREACHABLE = "unreachable"
    HELP = "help"
    VITAL = "vital"


class Seen(StrEnum):
    """What a visit gave; nobody found keeps the visit open."""

    WELL = "well"
    CARED_FOR = "cared_for"
    EMERGENCY = "emergency"
    AWAY = "away"
    NOT_FOUND = "not_found"


#: From the reason that presses most.
BY_PRESSURE = (Why.VITAL, Why.HELP, Why.UNREACHABLE, Why.UNANSWERED)


@dataclass(frozen=True, slots=True)
class Limits:
    """`tries`: calls without an answer before somebody goes; `retry`: minutes between two of them.

    `again`: hours before somebody who is well is called anew, 0 where once is enough.
    """

    tries: int
    retry: int
    again: int


@dataclass(frozen=True, slots=True)
class Next:
    """Where somebody stands after a call: when to call (None: no more), why to go and see, unanswered."""

    state: State
    call_at: datetime | None
    why: Why | None
    unanswered: int


_VISITED = {Outcome.HELP: Why.HELP, Outcome.VITAL: Why.VITAL, Outcome.WRONG_NUMBER: Why.UNREACHABLE}


def after_call(outcome: Outcome, *, unanswered: int, at: datetime, limits: Limits) -> Next:
    """Return what follows a call made at `at`, after `unanswered` calls in a row that nobody answered."""
    if outcome is Outcome.NO_ANSWER:
        missed = unanswered + 1
        if missed >= limits.tries:
            return Next(State.VISIT, None, Why.UNANSWERED, missed)
        return Next(State.TO_CALL, at + timedelta(minutes=limits.retry), None, missed)
    if (why := _VISITED.get(outcome)) is not None:
        return Next(State.VISIT, None, why, unanswered)
    if outcome is Outcome.REFUSED:
        return Next(State.DONE, None, None, 0)
    return _well(at, limits)


def after_visit(seen: Seen, *, why: Why, unanswered: int, at: datetime, limits: Limits) -> Next:
    """Return what follows a visit: nobody found, it is to be made again."""
    if seen is Seen.NOT_FOUND:
        return Next(State.VISIT, None, why, unanswered)
    return _well(at, limits) if seen is Seen.WELL else Next(State.DONE, None, None, 0)


def _well(at: datetime, limits: Limits) -> Next:
    if limits.again:
        return Next(State.TO_CALL, at + timedelta(hours=limits.again), None, 0)
    return Next(State.DONE, None, None, 0)
