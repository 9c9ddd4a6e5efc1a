"""Slot search: the exact best proposals by wait and travel, the Pareto set, and why the others were left out.

The index is built from a directory and its free slots, and kept in step with the bookings. It proposes; the
database decides at booking. NumPy arrays in and out; rows are those of the caller's `Professionals`.
"""

from maillage.engines.booking.compute import Candidates, Index, Survey, warm
from maillage.engines.booking.model import (
    NO_LIMIT,
    URGENT,
    Answer,
    Choice,
    Exclusion,
    Found,
    Professionals,
    Reach,
    Reason,
    Request,
    Slots,
    UrgentRequestError,
)

VERSION = "1"
"""Changes whenever the same inputs would give other proposals; stored with every decision."""

__all__ = [
    "NO_LIMIT",
    "URGENT",
    "VERSION",
    "Answer",
    "Candidates",
    "Choice",
    "Exclusion",
    "Found",
    "Index",
    "Professionals",
    "Reach",
    "Reason",
    "Request",
    "Slots",
    "Survey",
    "UrgentRequestError",
    "warm",
]
