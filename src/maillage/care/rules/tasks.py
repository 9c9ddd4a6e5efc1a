"""The states of a task, its deadline, and how many were answered in time: no framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: How the inbox names tasks.
INBOX_KIND = "care.task"


class TaskState(StrEnum):
    """Where a task stands; all but `open` are final."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    TRANSFERRED = "transferred"


class Priority(StrEnum):
    """How soon a task presses: FHIR's words."""

    ROUTINE = "routine"
    URGENT = "urgent"
    ASAP = "asap"


class TaskOrigin(StrEnum):
    """What asked for a task: somebody, the shared plan, a rule of the plan on a measure, a meeting."""

    HAND = "hand"
    PLAN = "plan"
    ALERT = "alert"
    MEETING = "meeting"


def deadline(asked_at: datetime, priority: Priority, hours: Mapping[str, float]) -> datetime:
    """Return when a task asked at that instant is due; `hours` by priority. Raises KeyError without one."""
    return asked_at + timedelta(hours=hours[priority.value])


def is_late(state: TaskState, due_at: datetime | None, now: datetime) -> bool:
    """Return whether a task still open has passed its deadline."""
    return state is TaskState.OPEN and due_at is not None and due_at < now


@dataclass(frozen=True, slots=True)
class Answered:
    """What the share of tasks answered in time is counted from."""

    state: TaskState
    due_at: datetime | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """Tasks done before their deadline, among those whose deadline has come or that are done.

    `without_due` have no deadline and are in neither count; `total` counts them too.
    """

    in_time: int
    answerable: int
    without_due: int

    @property
    def share(self) -> float | None:
        """The share in time, 0 to 1; None where no deadline has come yet."""
        return self.in_time / self.answerable if self.answerable else None

    @property
    def total(self) -> int:
        """Every task that calls for an answer."""
        return self.answerable + self.without_due

    @property
    def completeness(self) -> float | None:
        """The share of tasks that had a deadline, 0 to 1; None where there is none to look at."""
        return self.answerable / self.total if self.total else None


def timeliness(tasks: Iterable[Answered], now: datetime) -> Timeliness:
    """Count the tasks answered in time.

    A cancelled task is no answer awaited; a transferred one counts by the one that follows it, with the same
    deadline. Open tasks whose deadline is to come are not counted yet.
    """
    in_time = answerable = without_due = 0
    for one in tasks:
        if one.state in {TaskState.CANCELLED, TaskState.TRANSFERRED}:
            continue
        if one.due_at is None:
            without_due += 1
        elif one.state is TaskState.DONE or one.due_at < now:
            answerable += 1
            in_time += one.closed_at is not None and one.closed_at <= one.due_at
    return Timeliness(in_time, answerable, without_due)
