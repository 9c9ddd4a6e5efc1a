"""When an invitation, or a code to enter one's space, still opens something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How somebody enters: by a link and a code sent, by a paper handed over, by a code asked for."""

    SMS = "sms"
    PAPER = "paper"
    CODE = "code"


class Closed(StrEnum):
    """Why a way in opens nothing any more."""

    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    TRIED = "tried"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a way in: until when it opens, how many wrong codes were typed, if it was used."""

    expires_at: datetime
    tries: int
    is_used: bool
    is_revoked: bool


def closed(standing: Standing, now: datetime, most_tries: int) -> Closed | None:
    """Return why a way in is closed, None where it still opens."""
    if standing.is_used:
        return Closed.USED
    if standing.is_revoked:
        return Closed.REVOKED
    if standing.tries >= most_tries:
        return Closed.TRIED
    return Closed.EXPIRED if now >= standing.expires_at else None
