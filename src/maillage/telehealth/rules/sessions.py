"""A remote consultation: when its link answers, where it stands, how it ends. No framework."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Stage(StrEnum):
    """Where a remote consultation stands."""

    EXPECTED = "expected"
    WAITING = "waiting"
    ADMITTED = "admitted"
    PHONE = "phone"
    ENDED = "ended"


def stage(
    *,
    waiting_since: datetime | None,
    admitted_at: datetime | None,
    by_phone_at: datetime | None,
    ended_at: datetime | None,
) -> Stage:
    """Return where it stands, from the instants that are known: the last one reached."""
    reached = (
        (ended_at, Stage.ENDED),
        (by_phone_at, Stage.PHONE),
        (admitted_at, Stage.ADMITTED),
        (waiting_since, Stage.WAITING),
    )
    return next((found for at, found in reached if at is not None), Stage.EXPECTED)


class Door(StrEnum):
    """Whether the waiting room opens to whoever holds the link."""

    EARLY = "early"
    OPEN = "open"
    OVER = "over"


def door(now: datetime, starts_at: datetime, ends_at: datetime, minutes: Mapping[str, float]) -> Door:
    """Return whether the waiting room is open: `minutes` « before » the hour, until « after » its end."""
    if now < starts_at - timedelta(minutes=minutes["before"]):
        return Door.EARLY
    return Door.OVER if now > ends_at + timedelta(minutes=minutes["after"]) else Door.OPEN


class Beside(StrEnum):
    """Who is beside the person, on their side of the screen."""

    NOBODY = "nobody"
    NURSE = "nurse"
    RELATIVE = "relative"
    OTHER = "other"


class Outcome(StrEnum):
    """How a remote consultation ended."""

    DONE = "done"
    BY_PHONE = "by_phone"
    TO_SEE = "to_see"
    EMERGENCY = "emergency"
    ABSENT = "absent"
    FAILED = "failed"


#: The person was cared for: who they are and their agreement were checked.
CARED_FOR = frozenset({Outcome.DONE, Outcome.BY_PHONE, Outcome.TO_SEE})


class Met(StrEnum):
    """What is answered to a condition: never a verdict."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def lacks(outcome: Outcome, *, is_identified: bool, has_agreed: bool, by_phone: bool) -> str:
    """Return what lacks before an outcome may be noted, as a word; empty where nothing does.

    >>> lacks(Outcome.DONE, is_identified=False, has_agreed=True, by_phone=False)
    'identity'
    """
    if outcome not in CARED_FOR:
        return ""
    if not is_identified:
        return "identity"
    if not has_agreed:
        return "agreement"
    return "phone" if outcome is Outcome.BY_PHONE and not by_phone else ""
