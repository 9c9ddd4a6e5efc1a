"""Working days: Monday to Friday, but the public holidays of the place. No framework."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

IsHoliday = Callable[[date], bool]
_SATURDAY = 5


def is_working(day: date, is_holiday: IsHoliday) -> bool:
    """Return whether people work on `day`."""
    return day.weekday() < _SATURDAY and not is_holiday(day)


def after(day: date, count: int, is_holiday: IsHoliday) -> date:
    """Return the `count`-th working day after `day`, which is not counted; for 0, `day` itself.

    Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("a delay is counted forwards")
    while count:
        day += timedelta(days=1)
        count -= is_working(day, is_holiday)
    return day


def between(first: date, last: date, is_holiday: IsHoliday) -> int:
    """Return how many working days come after `first`, up to `last` included; 0 where `last` is no later."""
    days = (first + timedelta(days=one) for one in range(1, (last - first).days + 1))
    return sum(is_working(one, is_holiday) for one in days)
