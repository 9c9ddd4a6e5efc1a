"""Blocks of the permanence of care, from the wall-clock rule, in real time.

Every night, Sundays and holidays are always covered; Saturday afternoons and bridges where the need was
decided for a sector. A rule says wall-clock times, a block has instants: the night of a clock change lasts
eleven or thirteen hours.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6


class BlockKind(StrEnum):
    """The blocks of article R. 6315-1 of the public-health code, and the periods of a shared on-call."""

    NIGHT = "night"
    SUNDAY = "sunday"
    HOLIDAY = "holiday"
    SATURDAY_PM = "saturday_pm"
    BRIDGE_MONDAY = "bridge_monday"
    BRIDGE_FRIDAY = "bridge_friday"
    BRIDGE_SATURDAY = "bridge_saturday"
    SHARED = "shared"


LEGAL = tuple(kind for kind in BlockKind if kind is not BlockKind.SHARED)
"""Blocks that the law names, each with its hours in a sourced rule."""
OPTIONAL = frozenset(
    {BlockKind.SATURDAY_PM, BlockKind.BRIDGE_MONDAY, BlockKind.BRIDGE_FRIDAY, BlockKind.BRIDGE_SATURDAY}
)
"""Blocks that a sector covers only where the need was decided."""


class HolidaysKept(Protocol):
    """The public holidays that a sector keeps: `territory.api.PublicHolidays`."""

    def on(self, day: date) -> bool:
        """Whether a day is a public holiday."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall-clock hours of a kind of block; the end is the next day where it is not later than the start."""

    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Period:
    """Hours of a shared on-call, decided by those who share it.

    `weekdays`: 0 is Monday; on a public holiday it holds only where `on_holidays`, whatever the weekday.
    """

    weekdays: frozenset[int]
    hours: Hours
    on_holidays: bool = False

    def falls_on(self, day: date, kept: HolidaysKept) -> bool:
        """Whether it holds on a day."""
        return self.on_holidays if kept.on(day) else day.weekday() in self.weekdays


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """A stretch of real time (UTC, the end is not in it) to be covered; `day`: the civil day it starts on."""

    starts_at: datetime
    ends_at: datetime
    kind: BlockKind
    day: date

    @property
    def hours(self) -> float:
        """Hours that really pass, whatever the wall clock shows."""
        return (self.ends_at - self.starts_at) / timedelta(hours=1)


def kinds_on(day: date, kept: HolidaysKept, options: Collection[BlockKind]) -> list[BlockKind]:
    """Return the kinds of block that start on `day`, `options` being the optional ones a sector covers.

    A holiday that falls on a Sunday is a holiday, once. A holiday or a Sunday is never a bridge. The Saturday
    of a bridge follows a holiday of that Friday, or of the Thursday before.
    """
    if kept.on(day):
        return [BlockKind.HOLIDAY, BlockKind.NIGHT]
    weekday = day.weekday()
    if weekday == SUNDAY:
        return [BlockKind.SUNDAY, BlockKind.NIGHT]
    after, before = kept.on(day - DAY), kept.on(day + DAY)
    found = {
        BlockKind.BRIDGE_MONDAY: weekday == MONDAY and before,
        BlockKind.BRIDGE_FRIDAY: weekday == FRIDAY and after,
        BlockKind.BRIDGE_SATURDAY: weekday == SATURDAY and (after or kept.on(day - 2 * DAY)),
        BlockKind.SATURDAY_PM: weekday == SATURDAY,
    }
    return [kind for kind, falls in found.items() if falls and kind in options] + [BlockKind.NIGHT]


def blocks(
    first: date,
    last: date,
    hours: Mapping[BlockKind, Hours],
    kept: HolidaysKept,
    zone: ZoneInfo,
    options: Collection[BlockKind] = (),
) -> list[Block]:
    """Return the blocks that start from `first` to `last` (both included), in order.

    `hours` must hold every kind that may occur. The night of `last` ends on the day after.
    """
    days = (first + offset * DAY for offset in range((last - first).days + 1))
    return sorted(
        Block(*_instants(day, hours[kind], zone), kind, day)
        for day in days
        for kind in kinds_on(day, kept, options)
    )


def shared_blocks(
    first: date, last: date, periods: Collection[Period], kept: HolidaysKept, zone: ZoneInfo
) -> list[Block]:
    """Return the blocks of a shared on-call that start from `first` to `last` (both included), in order."""
    days = (first + offset * DAY for offset in range((last - first).days + 1))
    return sorted(
        Block(*_instants(day, period.hours, zone), BlockKind.SHARED, day)
        for day in days
        for period in periods
        if period.falls_on(day, kept)
    )


def burden(block: Block, points: Mapping[str, float], kept: HolidaysKept) -> float:
    """Return the points of burden of holding `block`.

    `points` gives one number for each kind, `night_before_rest` for the night before a Sunday or a holiday,
    and `feast` for what touches 24, 25, 31 December or 1 January.
    """
    tomorrow = block.day + DAY
    if _is_feast(block.day):
        return points["feast"]
    resting = tomorrow.weekday() == SUNDAY or kept.on(tomorrow)
    if block.kind is BlockKind.NIGHT and resting:
        return points["night_before_rest"]
    return points[block.kind.value]


def _is_feast(day: date) -> bool:
    return (day.month, day.day) in {(12, 24), (12, 25), (12, 31), (1, 1)}


def _instants(day: date, hours: Hours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    last_day = day if hours.ends > hours.starts else day + DAY
    return _moment(day, hours.starts, zone), _moment(last_day, hours.ends, zone)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
