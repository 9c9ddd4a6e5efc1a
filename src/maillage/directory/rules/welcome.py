"""The first steps of a newcomer, in order, and when each is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Step(StrEnum):
    """What a territory does with each newcomer: the order is that of the list."""

    MEET_MENTOR = "meet_mentor"
    CHECK_SHEET = "check_sheet"
    OPEN_ACCOUNT = "open_account"
    VISIT_PARTNERS = "visit_partners"
    READ_PROJECT = "read_project"
    JOIN_ROSTER = "join_roster"
    FIRST_REVIEW = "first_review"


@dataclass(frozen=True, slots=True)
class Due:
    """A step with its last day and the day it was done (None: not yet)."""

    step: Step
    due_on: date
    done_on: date | None

    def is_late(self, today: date) -> bool:
        """Whether the step was not done by its last day."""
        return self.done_on is None and today > self.due_on


def path(started_on: date, days: dict[str, int], done: dict[Step, date]) -> list[Due]:
    """Return every step in order; `days` gives the delay of each in days from the arrival."""
    return [Due(step, started_on + timedelta(days=days[step.value]), done.get(step)) for step in Step]


def next_step(dues: Collection[Due]) -> Due | None:
    """Return the first step that is not done, None where all are."""
    return next((due for due in dues if due.done_on is None), None)
