"""Where a duty comes from, and where a request to be replaced stands."""

from __future__ import annotations

from enum import StrEnum


class SectorKind(StrEnum):
    """Under which law a sector stands: the permanence of care, or an on-call that a team shares by itself.

    A shared on-call (S27: unscheduled care of a CPTS by day, nurses, pharmacists, respiratory physiotherapy)
    has hours of its own; it is sent to nobody, has no legal deadline and no amount.
    """

    PDSA = "pdsa"
    SHARED = "shared"


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
