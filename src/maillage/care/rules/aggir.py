"""AGGIR: the group of loss of autonomy (GIR) of a person, from what they do alone.

Code de l’action sociale et des familles, annexe 2-2: each group of variables, A to H in turn, weighs what is
not done; the first group whose total reaches one of its bounds gives the rank, and the rank the GIR. The
weights are the sourced rule `care.aggir.algorithm`: nothing of them is written here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Activity(StrEnum):
    """What is looked at, in the order of the grid."""

    COHERENCE = "coherence"
    ORIENTATION = "orientation"
    WASHING = "washing"
    DRESSING = "dressing"
    FEEDING = "feeding"
    ELIMINATION = "elimination"
    TRANSFERS = "transfers"
    MOVING_INSIDE = "moving_inside"
    MOVING_OUTSIDE = "moving_outside"
    COMMUNICATION = "communication"


#: The eight that count in the GIR; the two others are noted, and weigh nothing.
COUNTED = tuple(Activity)[:8]


class Grade(StrEnum):
    """Done alone, wholly, usually and correctly (A); in part (B); not done (C)."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of the algorithm: what B and C weigh for each activity, and its bounds from the highest.

    A bound is (least total, rank, GIR).
    """

    name: str
    weights: Mapping[Grade, Mapping[Activity, int]]
    bounds: Sequence[tuple[int, int, int]]

    def total(self, grades: Mapping[Activity, Grade]) -> int:
        """Return what the grades weigh here, in points; A weighs nothing."""
        return sum(self.weights[grades[one]][one] for one in COUNTED if grades[one] is not Grade.A)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The GIR (1 to 6), its rank (1 to 13), and the group of variables that decided, with its total."""

    gir: int
    rank: int
    group: str
    total: int


class AggirError(ValueError):
    """A grade lacks, or no bound of the algorithm holds."""


def groups_of(stored: Sequence[Mapping[str, Any]]) -> tuple[Group, ...]:
    """Return the groups as the sourced rule writes them: `group`, `b`, `c`, `ranks`."""
    return tuple(
        Group(
            one["group"],
            {grade: {Activity(key): weight for key, weight in one[grade.lower()].items()}
             for grade in (Grade.B, Grade.C)},
            tuple((low, rank, gir) for low, rank, gir in one["ranks"]),
        )
        for one in stored
    )  # fmt: skip


def outcome_of(grades: Mapping[Activity, Grade], groups: Sequence[Group]) -> Outcome:
    """Return the outcome of the eight grades that count.

    Raises AggirError where one lacks, or where no bound of `groups` is reached.
    """
    if missing(grades):
        raise AggirError("a grade lacks")
    for group in groups:
        total = group.total(grades)
        for low, rank, gir in group.bounds:
            if total >= low:
                return Outcome(gir, rank, group.name, total)
    raise AggirError("no bound of the algorithm is reached")


def missing(grades: Mapping[Activity, Grade]) -> list[Activity]:
    """Return the activities that count and have no grade, in the order of the grid."""
    return [one for one in COUNTED if one not in grades]
