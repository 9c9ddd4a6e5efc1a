"""When a computation is taken for dead."""

from __future__ import annotations

from datetime import timedelta

GRACE = timedelta(seconds=45)
"""Time beyond that of the solver's longest part after which a silent computation is taken for dead."""


def longest_silence(seconds: float) -> timedelta:
    """Return how long a computation of `seconds` may give no sign of life."""
    return GRACE + timedelta(seconds=seconds)
