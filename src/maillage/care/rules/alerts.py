"""Which measures a rule of the plan calls out, by arithmetic alone: never a clinical verdict. No framework.

A reading is called out where it meets the condition. Readings called out one after the other, without one
between them that is not, make one `Episode`: the same rise raises one alarm, however many measures it lasts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class ConditionKind(StrEnum):
    """What a rule looks for: a change within some days, or a value out of a bound."""

    RISE = "rise"
    FALL = "fall"
    ABOVE = "above"
    BELOW = "below"


#: Those that compare two readings, within `days`.
CHANGES = frozenset({ConditionKind.RISE, ConditionKind.FALL})


@dataclass(frozen=True, slots=True)
class Condition:
    """« +2 kg in 3 days », or « below 90 »: `amount` in the unit of the measure, `days` for a change."""

    kind: ConditionKind
    amount: Decimal
    days: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure: its row, when it was taken, its value."""

    key: int
    at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True)
class Episode:
    """Readings called out one after the other; `origin`: what the first was compared with, None for a bound.

    `is_ongoing`: no reading after them tells otherwise.
    """

    readings: tuple[Reading, ...]
    origin: Reading | None
    is_ongoing: bool

    @property
    def keys(self) -> frozenset[int]:
        """The rows of the readings called out."""
        return frozenset(one.key for one in self.readings)

    @property
    def rows(self) -> tuple[Reading, ...]:
        """What the alarm read, in order: what the first was compared with, then those called out."""
        return (*((self.origin,) if self.origin else ()), *self.readings)


def compared_with(condition: Condition, readings: Sequence[Reading], place: int) -> Reading | None:
    """Return the earlier reading from which the one at `place` moved furthest; None: it is not called out.

    `readings` are in the order of their instants. The earliest of two as far.
    """
    last, best = readings[place], None
    since = last.at - timedelta(days=condition.days)
    sign = 1 if condition.kind is ConditionKind.RISE else -1
    for one in reversed(readings[:place]):
        if one.at < since:
            break
        moved = sign * (last.value - one.value)
        if moved >= condition.amount and (best is None or moved >= sign * (last.value - best.value)):
            best = one
    return best


def episodes(condition: Condition, readings: Iterable[Reading]) -> list[Episode]:
    """Return the episodes that a condition finds in some readings, oldest first, whatever their order."""
    ordered = sorted(readings, key=lambda one: (one.at, one.key))
    found: list[Episode] = []
    running: list[Reading] = []
    origin: Reading | None = None
    for place, one in enumerate(ordered):
        before = compared_with(condition, ordered, place) if condition.kind in CHANGES else None
        is_called = before is not None or _is_out(condition, one.value)
        if is_called:
            origin = origin if running else before
            running.append(one)
        elif running:
            found.append(Episode(tuple(running), origin, is_ongoing=False))
            running, origin = [], None
    if running:
        found.append(Episode(tuple(running), origin, is_ongoing=True))
    return found


def _is_out(condition: Condition, value: Decimal) -> bool:
    if condition.kind is ConditionKind.ABOVE:
        return value >= condition.amount
    return condition.kind is ConditionKind.BELOW and value <= condition.amount


@dataclass(frozen=True, slots=True)
class Known:
    """An alarm raised already: its row, the readings that it called out."""

    key: int
    readings: frozenset[int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to do after a measure: alarms to raise, those that go on, those that no longer hold."""

    raised: tuple[Episode, ...]
    continued: tuple[tuple[int, Episode], ...]
    gone: tuple[int, ...]


def outcome(found: Sequence[Episode], known: Collection[Known], since: datetime) -> Outcome:
    """Compare the episodes found now with the alarms raised already.

    A new alarm is raised for an episode still going on, none of whose readings was called out before, and
    whose last reading was taken from `since` (when the rule was switched on). A known alarm none of whose
    readings is called out any more (a value corrected) is gone.
    """
    raised = []
    continued: dict[int, Episode] = {}
    for one in found:
        same = [alarm for alarm in known if alarm.readings & one.keys]
        for alarm in same:
            continued[alarm.key] = one
        if not same and one.is_ongoing and one.readings[-1].at >= since:
            raised.append(one)
    gone = tuple(alarm.key for alarm in known if alarm.key not in continued)
    return Outcome(tuple(raised), tuple(continued.items()), gone)
