"""The six steps of a person's pathway, each dated and owned, derived from what was done. No framework."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Step(StrEnum):
    """From the need to the support, in their order."""

    NEED = "need"
    FIRST_CONTACT = "first_contact"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    FOLLOW_UP = "follow_up"
    SUPPORT = "support"


class Late(StrEnum):
    """Why a step is late."""

    NO_CONTACT = "no_contact"
    TASKS = "tasks"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Done:
    """When something was done, and by whom."""

    on: date
    who: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a pathway: what was done at each step, tasks late, the day of the next review."""

    done: tuple[tuple[Step, Done], ...]
    late_tasks: int = 0
    review_on: date | None = None


@dataclass(frozen=True, slots=True)
class StepState:
    """One step: when and by whom it was done (None: not yet), and why it is late (None: it is not)."""

    step: Step
    done: Done | None
    late: Late | None


def pathway(facts: Facts, today: date, contact_days: int) -> list[StepState]:
    """Return the six steps; a first contact is owed within `contact_days` of the need."""
    known = dict(facts.done)
    return [StepState(step, known.get(step), _late(step, known, facts, today, contact_days)) for step in Step]


def _late(step: Step, known: dict[Step, Done], facts: Facts, today: date, contact_days: int) -> Late | None:
    need = known.get(Step.NEED)
    if step is Step.FIRST_CONTACT and need is not None and step not in known:
        return Late.NO_CONTACT if (today - need.on).days > contact_days else None
    if step is Step.FOLLOW_UP and facts.late_tasks:
        return Late.TASKS
    if step is Step.SUPPORT and facts.review_on is not None and facts.review_on < today:
        return Late.REVIEW
    return None


def current(steps: Sequence[StepState]) -> Step:
    """Return the step one is at: the first late one, else the first not done, else the last."""
    for one in steps:
        if one.late is not None:
            return one.step
    return next((one.step for one in steps if one.done is None), Step.SUPPORT)
