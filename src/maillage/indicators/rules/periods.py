"""The months over which an indicator is computed. No framework."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

#: How an address writes a period: 2026, 2026-T3, 2026-03, or a range of months 2025-11_2026-10.
_WRITTEN = re.compile(r"(\d{4})(?:-(?:T([1-4])|(0[1-9]|1[0-2])))?")
_FIRST, _LAST = 1990, 2199
LONGEST = 120


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months, from `first` (year × 12 + month − 1) over `months` of them."""

    first: int
    months: int

    @property
    def start(self) -> date:
        """The first day."""
        return _day(self.first)

    @property
    def end(self) -> date:
        """The day after the last."""
        return _day(self.first + self.months)

    @property
    def last_day(self) -> date:
        """The last day."""
        return self.end - timedelta(days=1)

    @property
    def written(self) -> str:
        """The period as an address writes it."""
        year, month = divmod(self.first, 12)
        if self.months == 12 and month == 0:
            return f"{year}"
        if self.months == 3 and month % 3 == 0:
            return f"{year}-T{month // 3 + 1}"
        if self.months == 1:
            return month_name(self.first)
        return f"{month_name(self.first)}_{month_name(self.first + self.months - 1)}"

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.first + self.months))

    def __contains__(self, month: object) -> bool:
        return isinstance(month, int) and self.first <= month < self.first + self.months

    def covers(self, other: Period) -> bool:
        """Return whether every month of `other` is one of these."""
        return self.first <= other.first and other.first + other.months <= self.first + self.months

    def meets(self, other: Period) -> bool:
        """Return whether a month is in both."""
        return self.first < other.first + other.months and other.first < self.first + self.months

    def before(self) -> Period:
        """Return the period of the same length that ends where this one begins."""
        return Period(self.first - self.months, self.months)


def month_name(month: int) -> str:
    """Return a month as ISO 8601 writes it."""
    return f"{month // 12}-{month % 12 + 1:02d}"


def month_of(day: date) -> int:
    """Return the month of a day."""
    return day.year * 12 + day.month - 1


def last_months(today: date, months: int = 12) -> Period:
    """Return the `months` months that end with that of `today`, which is not over."""
    return Period(month_of(today) - months + 1, months)


def between(start: date, end: date) -> Period:
    """Return the months from that of the day `start` to that of the day `end`, both included."""
    return Period(month_of(start), month_of(end) - month_of(start) + 1)


def read_period(text: str) -> Period | None:
    """Return the period that an address writes, None for what is none or is too long.

    >>> read_period("2026-T3") == Period(2026 * 12 + 6, 3)
    True
    """
    first, _sep, last = text.partition("_")
    start = _one(first)
    end = _one(last) if last else start
    if start is None or end is None:
        return None
    months = end.first + end.months - start.first
    return Period(start.first, months) if 1 <= months <= LONGEST else None


def _one(text: str) -> Period | None:
    found = _WRITTEN.fullmatch(text)
    if found is None or not _FIRST <= int(found[1]) <= _LAST:
        return None
    year = int(found[1]) * 12
    if found[2]:
        return Period(year + 3 * (int(found[2]) - 1), 3)
    return Period(year + int(found[3]) - 1, 1) if found[3] else Period(year, 12)


def _day(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)
