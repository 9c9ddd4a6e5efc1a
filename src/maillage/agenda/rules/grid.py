"""Where things lie on the grid of some days: an axis of wall-clock hours, and lanes for what overlaps.

An hour at which nothing happens, between two at which something does, is folded. The hour that the wall clock
shows twice has two bands, so that two slots of that night never lie on one another; the hour that it skips
keeps its band, which is empty on that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from maillage.agenda.rules.clock import Span

HOUR = 60
#: Height of a folded hour, and the least height of anything drawn: in minutes of an hour that is not folded.
FOLDED, SHORTEST = 4, 15
#: The hours of a day without anything to draw.
USUAL = range(8, 19)


@dataclass(frozen=True, slots=True)
class Band:
    """One hour of the axis: `again` where it is the second time that the wall clock shows it."""

    hour: int
    again: bool
    top: int
    height: int

    @property
    def is_folded(self) -> bool:
        """Whether nothing happens then."""
        return self.height < HOUR


@dataclass(frozen=True, slots=True)
class Lane:
    """Which of `count` columns side by side something is drawn in."""

    number: int
    count: int


class Axis:
    """Hours from top to bottom, the same for every day drawn beside one another; lengths in minutes."""

    def __init__(self, bands: Sequence[Band]) -> None:
        self.bands = tuple(bands)
        self.length = bands[-1].top + bands[-1].height
        self._of = {(band.hour, band.again): band for band in bands}

    def at(self, moment: datetime, day: date, zone: ZoneInfo) -> int:
        """Return how far down `moment` lies on `day`: 0 before its first hour, `length` after its last."""
        local = moment.astimezone(zone)
        if local.date() != day:
            return 0 if local.date() < day else self.length
        if local.hour < self.bands[0].hour:
            return 0
        band = self._of.get((local.hour, bool(local.fold))) or self._of.get((local.hour, False))
        return self.length if band is None else band.top + round(local.minute * band.height / HOUR)


def axis_of(spans: Iterable[Span], days: Collection[date], zone: ZoneInfo, *, whole: bool = False) -> Axis:
    """Return the axis on which `spans` are drawn on `days`; `whole`: all the hours, none folded."""
    used = {hour for span in spans for hour in _hours(span, days, zone)}
    hours = range(24) if whole else range(min(used), max(used) + 1) if used else USUAL
    twice = {hour for day in days for hour in hours_twice(day, zone)}
    bands: list[Band] = []
    for hour in hours:
        height = HOUR if whole or not used or hour in used else FOLDED
        for again in (False, True) if hour in twice else (False,):
            top = bands[-1].top + bands[-1].height if bands else 0
            bands.append(Band(hour, again, top, height))
    return Axis(bands)


def pieces(span: Span, days: Collection[date], zone: ZoneInfo) -> list[date]:
    """Return the days of `days` on which a part of `span` lies: two where it goes past midnight."""
    first = span.starts_at.astimezone(zone).date()
    last = (span.ends_at - timedelta(microseconds=1)).astimezone(zone).date()
    return [day for day in days if first <= day <= last]


def lanes(spans: Sequence[tuple[int, int]]) -> list[Lane]:
    """Return the lane of each (top, bottom), given in order of their tops.

    What lies on one another is drawn side by side; a thing shorter than SHORTEST takes that height.

    >>> [(one.number, one.count) for one in lanes([(0, 20), (10, 30), (30, 50)])]
    [(0, 2), (1, 2), (0, 1)]
    """
    placed: list[Lane] = []
    group: list[int] = []
    ends: list[int] = []

    def close() -> None:
        placed.extend(Lane(number, len(ends)) for number in group)
        group.clear()
        ends.clear()

    for top, bottom in spans:
        if ends and top >= max(ends):
            close()
        end = max(bottom, top + SHORTEST)
        free = next((number for number, taken in enumerate(ends) if taken <= top), len(ends))
        ends[free : free + 1] = [end]
        group.append(free)
    close()
    return placed


def hours_twice(day: date, zone: ZoneInfo) -> list[int]:
    """Return the hours that the wall clock shows twice on `day`: none but when it goes back."""
    return [hour for hour in range(24) if _change(day, hour, zone) < timedelta(0)]


def hours_skipped(day: date, zone: ZoneInfo) -> list[int]:
    """Return the hours that the wall clock never shows on `day`: none but when it goes forward."""
    return [hour for hour in range(24) if _change(day, hour, zone) > timedelta(0)]


def _change(day: date, hour: int, zone: ZoneInfo) -> timedelta:
    """Return by how much the clock changes during an hour (PEP 495: what `fold` changes of the offset)."""
    at = datetime.combine(day, time(hour, 30), zone)
    before, after = at.utcoffset(), at.replace(fold=1).utcoffset()
    return timedelta(0) if before is None or after is None else after - before


def _hours(span: Span, days: Collection[date], zone: ZoneInfo) -> Iterable[int]:
    for day in pieces(span, days, zone):
        start = span.starts_at.astimezone(zone)
        end = (span.ends_at - timedelta(microseconds=1)).astimezone(zone)
        first = start.hour if start.date() == day else 0
        last = end.hour if end.date() == day else 23
        yield from range(first, last + 1)
