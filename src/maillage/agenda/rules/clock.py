"""Slots from weekly rules, in real time: nights of the clock change, midnight and 29 February included.

A rule says wall-clock times; what is cut into slots is the time that passes between them. A night from 20:00
to 08:00 lasts eleven hours when the clock goes forward and thirteen when it goes back. A closing time is the
first moment at which the wall clock shows it; a time that the clock skips is the same distance after the gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUANTUM = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A weekly rule: from `starts` to `ends` (the next day where not later), every `every` weeks.

    `weekday`: 0 is Monday. `valid_from` and `valid_to` are both included; None: until further notice. The
    weeks of a rule are counted from that of `valid_from`. `key` tells which rule a slot came from, `place`
    where the person then is.
    """

    key: int
    weekday: int
    starts: time
    ends: time
    minutes: int
    valid_from: date
    valid_to: date | None = None
    every: int = 1
    place: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of real time, in UTC; the end is not in it. `key` is that of its rule."""

    starts_at: datetime
    ends_at: datetime
    key: int = 0

    def meets(self, other: Span) -> bool:
        """Return whether the two share a moment."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the wall clock of `zone` first shows `at` on `day`."""
    return datetime.combine(day, at, zone).astimezone(UTC)


def opened(rule: Recurrence, day: date, zone: ZoneInfo) -> Span | None:
    """Return what `rule` opens on `day`, None where it opens nothing."""
    past = rule.valid_to is not None and day > rule.valid_to
    if day.weekday() != rule.weekday or day < rule.valid_from or past:
        return None
    if _weeks_between(rule.valid_from, day) % rule.every:
        return None
    last_day = day if rule.ends > rule.starts else day + timedelta(days=1)
    return Span(moment(day, rule.starts, zone), moment(last_day, rule.ends, zone), rule.key)


@dataclass(frozen=True, slots=True)
class Closed:
    """A stretch of time without slots: at one place, or, without a place, wherever the person is."""

    span: Span
    place: int | None = None


def planned(
    rules: Sequence[Recurrence], closed: Iterable[Closed], first: date, last: date, zone: ZoneInfo
) -> list[Span]:
    """Return the slots of what `rules` open on the days from `first` to `last` (both included), in order.

    A slot that meets what is closed, at its place or everywhere, is left out first. Then one that meets an
    earlier slot is left out too: somebody is in one place at a time, and what is closed takes nobody's turn.
    Of two that begin together the rule of the lower key wins.
    """
    shut = list(closed)
    place_of = {rule.key: rule.place for rule in rules}
    cut = _cut(rules, first, last, zone)
    open_ones = [slot for slot in cut if not _is_shut(slot, place_of[slot.key], shut)]
    kept: list[Span] = []
    for slot in sorted(open_ones, key=lambda one: (one.starts_at, one.key)):
        if not (kept and slot.meets(kept[-1])):
            kept.append(slot)
    return kept


def _is_shut(slot: Span, place: int, shut: Iterable[Closed]) -> bool:
    return any(slot.meets(one.span) and one.place in {None, place} for one in shut)


def quanta(starts_at: datetime, ends_at: datetime) -> range:
    """Return the numbers of the five-minute quanta from `starts_at` to `ends_at`, counted from 1970 UTC.

    >>> quanta(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(1970, 1, 1, 0, 20, tzinfo=UTC))
    range(1, 4)
    """
    return range((starts_at - _EPOCH) // QUANTUM, -((_EPOCH - ends_at) // QUANTUM))


def monday(day: date) -> date:
    """Return the Monday of the week of `day`."""
    return day - timedelta(days=day.weekday())


def is_quantised(at: time) -> bool:
    """Return whether a wall-clock time falls on a quantum."""
    return at.minute % 5 == 0 and at.second == 0 and at.microsecond == 0


def _weeks_between(first: date, day: date) -> int:
    return (monday(day) - monday(first)).days // 7


def _cut(rules: Sequence[Recurrence], first: date, last: date, zone: ZoneInfo) -> Iterator[Span]:
    """Cut each opening into slots of the rule's length; what is left at the end is too short to be one."""
    for offset in range((last - first).days + 1):
        for rule in rules:
            opening = opened(rule, first + timedelta(days=offset), zone)
            if opening is None:
                continue
            length = timedelta(minutes=rule.minutes)
            start = opening.starts_at
            while start + length <= opening.ends_at:
                yield Span(start, start + length, rule.key)
                start += length
