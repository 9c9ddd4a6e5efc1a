"""Where a duty comes from, and where a request to be replaced stands."""

from __future__ import annotations

from enum import StrEnum


class Origin(StrEnum):
    """What gave a duty to the person who holds it."""

    COMPUTED = "computed"
    MANUAL = "manual"
    REPLACEMENT = "replacement"
    SWAP = "swap"


class ExchangeState(StrEnum):
    """Where a request to be replaced stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class Departure(StrEnum):
    """Why somebody written on a duty to come cannot do it."""

    STOPPED = "stopped"
    MERGED = "merged"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    MOVED = "moved"
    AWAY = "away"
