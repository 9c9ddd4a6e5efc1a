"""Therapeutic education: what is filed, how a session is attended, when it is full; no framework."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Filing(StrEnum):
    """What a programme was filed as with the regional health agency (ARS)."""

    DECLARED = "declared"
    AUTHORISED = "authorised"
    NONE = "none"


class Proof(StrEnum):
    """How sure whoever wrote it is of a filing."""

    READ = "read"
    TOLD = "told"
    UNKNOWN = "unknown"


class SessionKind(StrEnum):
    """With one person, or with several."""

    INDIVIDUAL = "individual"
    GROUP = "group"


class Attendance(StrEnum):
    """What came of a place in a session."""

    EXPECTED = "expected"
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"


class Moment(StrEnum):
    """When the questions of a programme are answered."""

    BEFORE = "before"
    AFTER = "after"


class Level(StrEnum):
    """How far a sentence is true for the person, in their own eyes."""

    NO = "no"
    LITTLE = "little"
    RATHER = "rather"
    FULLY = "fully"


class Ending(StrEnum):
    """How a programme ended for somebody."""

    COMPLETED = "completed"
    STOPPED = "stopped"
    ELSEWHERE = "elsewhere"


def seats(kind: SessionKind, capacity: int) -> int:
    """Return how many people a session takes: one alone where it is with one person."""
    return 1 if kind is SessionKind.INDIVIDUAL else capacity


def may_be_noted(attendance: Attendance, starts_at: datetime, now: datetime) -> bool:
    """Return whether an attendance may be noted now: an excuse beforehand too, the others once it began."""
    return attendance in {Attendance.EXCUSED, Attendance.EXPECTED} or starts_at <= now


def team_reads_until(ended_at: datetime | None, days: int) -> datetime | None:
    """Return until when the team reads what the programme holds of a person, None while it lasts."""
    return None if ended_at is None else ended_at + timedelta(days=days)
