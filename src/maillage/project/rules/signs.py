"""Signs that a project tires: late steps, one person who carries it, attendance that falls, unpaid time.

Each threshold is a rule (`project.signs.…`). A sign is a reason to look, and says nothing of anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Carried:
    """How many of the open actions somebody leads."""

    lead: str
    count: int
    total: int

    @property
    def share(self) -> float:
        """Their share of the open actions that have a lead."""
        return self.count / self.total


def carried_by_one(leads: Iterable[str], *, share: float, least: int) -> Carried | None:
    """Return who leads more than `share` of the open actions, None below, or for fewer than `least` of them.

    `leads`: the key of the lead of each open action that has one.
    """
    counted = Counter(leads)
    total = sum(counted.values())
    if total < least:
        return None
    lead, count = min(counted.items(), key=lambda one: (-one[1], one[0]))
    return Carried(lead, count, total) if count > share * total else None


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many came to the meetings of before, on average, and to the last ones."""

    before: float
    last: float

    @property
    def fall(self) -> float:
        """The share lost, negative where more came."""
        return 1 - self.last / self.before


def falling(present: Sequence[int], *, meetings: int, fall: float) -> Attendance | None:
    """Return the attendance of the last `meetings` against as many before, where it fell by `fall` or more.

    `present`: how many came to each meeting, the oldest first. None where there are not twice as many.
    """
    if len(present) < 2 * meetings:
        return None
    last, before = present[-meetings:], present[-2 * meetings : -meetings]
    found = Attendance(sum(before) / meetings, sum(last) / meetings)
    return found if found.before > 0 and found.fall >= fall else None


def is_unpaid_much(minutes: int, unpaid: int, *, share: float) -> bool:
    """Return whether more than `share` of the time of meetings is not indemnified."""
    return minutes > 0 and unpaid > share * minutes
