"""When the years of keeping a file are over, and what stops its erasure.

No framework.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from maillage.people.rules.rights import months_after


class Ended(StrEnum):
    """What became of a file that reached its term."""

    ERASED = "erased"
    KEPT = "kept"


class Kept(StrEnum):
    """Why a file that reached its term was not erased."""

    HELD = "held"
    DEMANDED = "demanded"
    FROZEN = "frozen"
    CARED_FOR = "cared_for"
    GONE = "gone"


def hindrance(
    kept_until: date, today: date, *, is_held: bool, is_demanded: bool, is_frozen: bool = False
) -> Kept | None:
    """Return what stops the erasure of a file kept up to and including a day; None where nothing does.

    A hold is said before all else, then a demand that waits, then a restriction that the person
    obtained, then the years that are not over.

    >>> hindrance(date(2026, 5, 2), date(2026, 5, 2), is_held=False, is_demanded=False)
    <Kept.CARED_FOR: 'cared_for'>
    """
    if is_held:
        return Kept.HELD
    if is_demanded:
        return Kept.DEMANDED
    if is_frozen:
        return Kept.FROZEN
    return None if kept_until < today else Kept.CARED_FOR


def latest_care(today: date, *, active: int, archive: int) -> date:
    """Return a day before which care must have ended for the years to be over: rather a day too many.

    >>> latest_care(date(2026, 5, 2), active=5, archive=15)
    datetime.date(2006, 5, 3)
    """
    return months_after(today, -12 * (active + archive)) + timedelta(days=1)
