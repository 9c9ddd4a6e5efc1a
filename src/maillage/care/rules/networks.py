"""Networks of care: templates of the six-step pathway, and where a pathway opened on one stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from maillage.care.rules.pathway import Step


class Network(StrEnum):
    """For whom several partners follow the same steps; each is the rule `care.networks.<value>`."""

    GERIATRICS = "geriatrics"
    ADDICTION = "addiction"
    PALLIATIVE = "palliative"
    MENTAL_HEALTH = "mental_health"
    DISABILITY = "disability"
    PRECARIOUSNESS = "precariousness"


def planned(opened_on: date, days: Mapping[str, int]) -> dict[Step, date]:
    """Return the day before which each step is due, counted from the need."""
    return {step: opened_on + timedelta(days=days[step.value]) for step in Step}


@dataclass(frozen=True, slots=True)
class StepFacts:
    """What is known of one step: due before when, done when (None: not yet)."""

    step: Step
    due_on: date
    done_on: date | None


def days_late(one: StepFacts, today: date) -> int:
    """Return by how many days a step is late, 0 where it is done or still has time."""
    return max((today - one.due_on).days, 0) if one.done_on is None else 0


@dataclass(frozen=True, slots=True)
class Counted:
    """How many pathways of a network are open, and how many are late at each step."""

    open: int
    late: Mapping[Step, int]


def counted(pathways: Iterable[Iterable[StepFacts]], today: date) -> Counted:
    """Count the open pathways of one network."""
    total, late = 0, dict.fromkeys(Step, 0)
    for steps in pathways:
        total += 1
        for one in steps:
            late[one.step] += days_late(one, today) > 0
    return Counted(total, late)


def shown(count: int, threshold: int) -> int | None:
    """Return a count that may be shown, None for a small one: zero is hidden as the others are."""
    return count if count >= threshold else None
