"""Where work too long for a request stands, and how often it is tried."""

from __future__ import annotations

from enum import StrEnum

MOST_ATTEMPTS = 2


class JobState(StrEnum):
    """Where a piece of work stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ACTIVE = frozenset({JobState.QUEUED, JobState.RUNNING})


def after_death(attempts: int) -> JobState:
    """Return what becomes of work whose process died at its `attempts`-th attempt.

    >>> after_death(1), after_death(2)
    (<JobState.QUEUED: 'queued'>, <JobState.FAILED: 'failed'>)
    """
    return JobState.QUEUED if attempts < MOST_ATTEMPTS else JobState.FAILED
