"""What follows each invitation and each answer: when to ask again, when to leave in peace. No framework."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from maillage.prevention.rules.vocabulary import Did, Standing

#: What asks somebody once.
ASKS = frozenset({Did.LETTER, Did.MESSAGE, Did.NO_ANSWER})
#: Standings that wait for a gesture on a day.
WAITING = frozenset({Standing.TO_INVITE, Standing.INVITED})


@dataclass(frozen=True, slots=True)
class Follow:
    """Where somebody stands, how many times they were asked, from which day to ask again (None: no more)."""

    standing: Standing
    asked: int
    again_on: date | None


@dataclass(frozen=True, slots=True)
class Pace:
    """Days before somebody is asked again after each way, and the most times that they are asked."""

    letter_days: int
    message_days: int
    call_days: int
    most: int

    def days(self, did: Did) -> int:
        """Return the days before the next time."""
        return {Did.LETTER: self.letter_days, Did.MESSAGE: self.message_days}.get(did, self.call_days)


def may_ask(standing: Standing) -> bool:
    """Return whether somebody may still be invited: a refusal is kept, and nobody asks again."""
    return standing not in {Standing.REFUSED, Standing.SILENT}


def after(did: Did, was: Follow, *, on: date, pace: Pace, until: date | None = None) -> Follow:
    """Return where somebody stands after `did`, on a day.

    A refusal lasts whatever follows, until the person themself comes back. An answer that puts off waits for
    the day that they gave; asked `pace.most` times without an answer, they are left in peace.
    """
    if did is Did.BACK:
        return Follow(Standing.TO_INVITE, 0, on)
    if was.standing is Standing.REFUSED or did is Did.REFUSED:
        return Follow(Standing.REFUSED, was.asked, None)
    if did is Did.WILL_COME:
        return Follow(Standing.COMING, was.asked, None)
    if did is Did.LATER:
        return Follow(Standing.INVITED, was.asked, until or on + timedelta(days=pace.call_days))
    if did is Did.WRONG_NUMBER:
        # A letter may still reach them.
        return Follow(Standing.UNREACHABLE, was.asked, None)
    asked = was.asked + 1
    if was.standing is Standing.COMING:
        return Follow(Standing.COMING, asked, None)
    if asked >= pace.most:
        return Follow(Standing.SILENT, asked, None)
    return Follow(Standing.INVITED, asked, on + timedelta(days=pace.days(did)))
