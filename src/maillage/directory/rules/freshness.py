"""Which facts of a sheet carry a date, and when one is too old to be trusted without asking."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class Fact(StrEnum):
    """A group of facts that its owner confirms or corrects at once."""

    IDENTITY = "identity"
    CONTACT = "contact"
    PLACES = "places"
    SERVICES = "services"
    HOURS = "hours"
    NEW_PATIENTS = "new_patients"


class Freshness(StrEnum):
    """What a reader may think of a fact's date."""

    FRESH = "fresh"
    STALE = "stale"
    UNDATED = "undated"


class Answer(StrEnum):
    """What the owner of a fact answers to a request."""

    CONFIRMED = "confirmed"
    CORRECTED = "corrected"
    DECLINED = "declined"


def freshness(stated_on: date | None, today: date, days: int) -> Freshness:
    """Return what to think of a fact stated on a day: stale once `days` days have passed.

    >>> freshness(date(2026, 1, 1), date(2026, 1, 31), 30), freshness(None, date(2026, 1, 1), 30)
    (<Freshness.FRESH: 'fresh'>, <Freshness.UNDATED: 'undated'>)
    """
    if stated_on is None:
        return Freshness.UNDATED
    return Freshness.STALE if (today - stated_on).days > days else Freshness.FRESH
