"""What limits booking by oneself: how soon, how many, until when it is moved or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Reason(StrEnum):
    """Why somebody books: a follow-up that was planned, or a problem that is new or gets worse."""

    FOLLOW_UP = "follow_up"
    PROBLEM = "problem"


class Result(StrEnum):
    """What the safety questions led to."""

    UNANSWERED = "unanswered"
    """Questions of the motive's sheet wait for an answer."""
    CLEARED = "cleared"
    ALARM = "alarm"
    """The 15, and no slot."""
    CLOSED = "closed"
    """No rule lets this motive be booked without a voice."""


class Limit(StrEnum):
    """Why somebody may not book that slot by themself."""

    NOT_CLEARED = "not_cleared"
    ALARM = "alarm"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    TOO_MANY = "too_many"
    SAME_PROFESSIONAL = "same_professional"


class Change(StrEnum):
    """What one does of one's own appointment."""

    MOVE = "move"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of the sourced rules: minutes of notice, days ahead, appointments to come booked online."""

    notice_minutes: int
    horizon_days: int
    most_to_come: int
    most_with_one: int


def limit(
    starts_at: datetime, now: datetime, *, to_come: int, with_professional: int, limits: Limits
) -> Limit | None:
    """Return why a slot may not be booked by oneself, None where it may.

    `to_come`: how many appointments booked online wait; `with_professional`: with the one of the slot.
    """
    if starts_at < now + timedelta(minutes=limits.notice_minutes):
        return Limit.TOO_SOON
    if starts_at > now + timedelta(days=limits.horizon_days):
        return Limit.TOO_FAR
    if with_professional >= limits.most_with_one:
        return Limit.SAME_PROFESSIONAL
    return Limit.TOO_MANY if to_come >= limits.most_to_come else None


def may_change(starts_at: datetime, now: datetime, hours: int) -> bool:
    """Return whether there is still time to change an appointment online: so many hours before it."""
    return now <= starts_at - timedelta(hours=hours)


def last_moment(starts_at: datetime, hours: int) -> datetime:
    """Return until when an appointment is changed online."""
    return starts_at - timedelta(hours=hours)


def holds(asked_at: datetime, now: datetime, minutes: int) -> bool:
    """Return whether the answers to safety questions still hold: what one feels changes."""
    return asked_at <= now < asked_at + timedelta(minutes=minutes)
