"""Work too long for a request: asked for by a row, done one at a time by a process of its own.

The row is the queue. A process claims it by a write that only one can make, tells how far it is, and keeps
what it made only while the row is still its own; a process that died leaves a row that `recover` gives to the
next. A table of such rows has the shape `models.Queued`, and a constraint by which one row runs.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from maillage.kernel.job_states import ACTIVE, JobState, after_death
from maillage.kernel.models import Queued

ACTIVE_STATES = [state.value for state in ACTIVE]
Row = TypeVar("Row", bound=Queued)


class LostJobError(Exception):
    """The work was stopped, or given to another process: what it finds is no longer wanted."""


class Queue(Generic[Row]):
    """The rows of a table that are work; `silence` is how long one that runs may give no sign of life, `dead`
    the sentence (translated) that says that its processes died."""

    def __init__(
        self, model: type[Row], *, silence: Callable[[Row], timedelta], dead: Callable[[], str]
    ) -> None:
        self._model, self._silence, self._dead = model, silence, dead

    def waits(self) -> bool:
        """Whether a process should be started: something waits, and nothing runs."""
        states = self._active_states()
        if JobState.RUNNING.value in states and self.recover():
            states = self._active_states()
        return states == {JobState.QUEUED.value}

    def is_silent(self, job: Row) -> bool:
        """Whether work that runs gave no sign of life for too long."""
        return (job.seen_at or job.asked_at) <= timezone.now() - self._silence(job)

    @transaction.atomic
    def recover(self, *, worker: str = "") -> int:
        """Take back what a dead process had; return how many rows there were.

        `worker`: one known to be dead; otherwise those that gave no sign of life for too long.
        """
        count = 0
        for job in self._rows().select_for_update().filter(state=JobState.RUNNING.value):
            if job.worker != worker and not self.is_silent(job):
                continue
            count += 1
            if after_death(job.attempts) is JobState.QUEUED:
                job.state, job.worker = JobState.QUEUED.value, ""
                job.begin_again()
                job.save()
            else:
                self.end(job, JobState.FAILED, self._dead())
        return count

    def claim(self, worker: str) -> Row | None:
        """Take the oldest work that waits; None where there is none, or another process runs one."""
        self.recover()
        try:
            with transaction.atomic():
                queued = self._rows().select_for_update().filter(state=JobState.QUEUED.value)
                job = queued.order_by("asked_at", "pk").first()
                if job is None:
                    return None
                job.state, job.worker = JobState.RUNNING.value, worker
                job.attempts += 1
                job.started_at = job.seen_at = timezone.now()
                job.save()
                return job
        except IntegrityError:
            return None

    def ours(self, job: Row) -> QuerySet[Row]:
        """Return the row of a process while it is its own, none once it was stopped or given to another."""
        return self._rows().filter(pk=job.pk, state=JobState.RUNNING.value, worker=job.worker)

    def end(self, job: Row, state: JobState, words: str) -> None:
        """Write how work ended, on a row that is locked."""
        job.state, job.said, job.ended_at = state.value, words, timezone.now()
        job.save(update_fields=["state", "said", "ended_at"])

    def _active_states(self) -> set[str]:
        return set(self._rows().filter(state__in=ACTIVE_STATES).values_list("state", flat=True))

    def _rows(self) -> QuerySet[Row]:
        return self._model._default_manager.all()
