"""What people may demand of their data, until when they are answered, and how long a file is kept.

No framework. Months are those of the calendar: a month from 31 January ends on the last day of February.
"""

from __future__ import annotations

import calendar
from datetime import date
from enum import StrEnum


class Right(StrEnum):
    """What somebody demands: the rights of articles 15 to 21 of the GDPR that hold here."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OPPOSITION = "opposition"


class Answer(StrEnum):
    """What the DPO decided; a part or a refusal says why."""

    GRANTED = "granted"
    PARTLY = "partly"
    REFUSED = "refused"


def months_after(day: date, months: int) -> date:
    """Return the same day some months later, or the last of a shorter month.

    >>> months_after(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def kept_until(last_care: date, born: date | None, *, active: int, archive: int, minor_until: int) -> date:
    """Return the last day until which a file is kept: years of use, then of archive, after the last care.

    Somebody who was a child then keeps it at least until a birthday (`minor_until`, in years).

    >>> kept_until(date(2020, 5, 2), date(2018, 3, 1), active=5, archive=15, minor_until=28)
    datetime.date(2046, 3, 1)
    """
    term = months_after(last_care, 12 * (active + archive))
    return term if born is None else max(term, months_after(born, 12 * minor_until))
