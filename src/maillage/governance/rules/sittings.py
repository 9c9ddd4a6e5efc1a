"""Meetings of bodies: how long before they are convened, what may still change."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from maillage.governance.rules.vocabulary import LONGEST, SHORTEST


def days_of_notice(convened_on: date, held_on: date) -> int:
    """Return the whole days between a convening and its meeting, 0 where it is held the same day."""
    return max(0, (held_on - convened_on).days)


def is_notice_short(convened_on: date, held_on: date, least: int) -> bool:
    """Return whether a convening leaves less time than the body asks."""
    return (held_on - convened_on).days < least


def ends_after(starts_at: datetime, minutes: int) -> datetime | None:
    """Return when a meeting of so many minutes ends, None where no meeting lasts that."""
    return starts_at + timedelta(minutes=minutes) if SHORTEST <= minutes <= LONGEST else None


def goes_waiting(places: int, taken: int) -> bool:
    """Return whether somebody more waits for a place."""
    return taken >= places
