"""A computation asked for: where it stands, when it is taken for dead, how often it is tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST_ATTEMPTS = 2
GRACE = timedelta(seconds=45)
"""Time beyond that of the solver's longest part after which a silent computation is taken for dead."""


class JobState(StrEnum):
    """Where a computation stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ACTIVE = frozenset({JobState.QUEUED, JobState.RUNNING})


def silent_since(now: datetime, seconds: float) -> datetime:
    """Return the instant before which the last sign of life of a computation of `seconds` is too old."""
    return now - GRACE - timedelta(seconds=seconds)


def after_death(attempts: int) -> JobState:
    """Return what becomes of a computation whose process died at its `attempts`-th attempt.

    >>> after_death(1), after_death(2)
    (<JobState.QUEUED: 'queued'>, <JobState.FAILED: 'failed'>)
    """
    return JobState.QUEUED if attempts < MOST_ATTEMPTS else JobState.FAILED
