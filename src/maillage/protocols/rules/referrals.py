"""What is asked of a physician and followed until it is answered: no framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """Why a physician is asked."""

    EXCEPTION = "exception"
    PROPOSAL = "proposal"
    SHORTAGE = "shortage"


class Reply(StrEnum):
    """What the physician answers."""

    TAKEN_OVER = "taken_over"
    ADVICE = "advice"
    ACCEPTED = "accepted"
    MODIFIED = "modified"
    REFUSED = "refused"


_OF_A_PRESCRIBER = (Reply.ACCEPTED, Reply.MODIFIED, Reply.REFUSED)
#: What may be answered to each purpose, in the order shown.
REPLIES = {
    Purpose.EXCEPTION: (Reply.TAKEN_OVER, Reply.ADVICE),
    Purpose.PROPOSAL: _OF_A_PRESCRIBER,
    Purpose.SHORTAGE: _OF_A_PRESCRIBER,
}
#: Replies that say nothing without words.
IN_WORDS = frozenset({Reply.ADVICE, Reply.MODIFIED, Reply.REFUSED})


def due(asked_at: datetime, purpose: Purpose, hours: Mapping[str, float]) -> datetime:
    """Return before when an answer is expected; `hours` by purpose. Raises KeyError without one."""
    return asked_at + timedelta(hours=hours[purpose.value])


def next_in_turn(turn: Iterable[int], asked: Iterable[int]) -> int | None:
    """Return the first of `turn` who was not asked yet; None where everybody was, or there is nobody."""
    before = set(asked)
    return next((one for one in turn if one not in before), None)


def median_delay(delays: Iterable[timedelta]) -> timedelta | None:
    """Return the middle delay, the lower of two; None where there is none."""
    ordered = sorted(delays)
    return ordered[(len(ordered) - 1) // 2] if ordered else None
