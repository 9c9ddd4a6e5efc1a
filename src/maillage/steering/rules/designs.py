"""Which comparison the data allow, and how far its result may be trusted: a grade from A to D.

The grades are a convention of ours (`steering.evaluations.needs`): no text sets them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Design(StrEnum):
    """How before and after are compared, from the surest."""

    STAGGERED = "staggered"
    DIFFERENCES = "differences"
    SYNTHETIC = "synthetic"
    SERIES = "series"
    BEFORE_AFTER = "before_after"
    PLANNED = "planned"


class Grade(StrEnum):
    """How far a result may be trusted; D: it says what changed and never why."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Doubt(StrEnum):
    """Why a grade is not higher."""

    NO_COMPARATOR = "no_comparator"
    FEW_UNITS = "few_units"
    ONE_TREATED = "one_treated"
    DIVERGING = "diverging"
    SHORT_BEFORE = "short_before"
    POOR_FIT = "poor_fit"
    HOLES = "holes"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the data hold: units treated during the table, and compared; dates at which the treatment began.

    `before` and `after`: periods before the first of these dates, and from the last of them on. `is_whole`:
    nothing is missing.
    """

    treated: int
    compared: int
    dates: int
    before: int
    after: int
    is_whole: bool


Needs = Mapping[str, int]


def design_of(facts: Facts, needs: Needs) -> Design:
    """Return the surest comparison that the data allow."""
    if not facts.treated:
        return Design.PLANNED
    if facts.compared:
        fits = facts.is_whole and facts.before >= needs["donor_periods"] and facts.compared >= needs["donors"]
        if facts.treated == 1 and fits:
            return Design.SYNTHETIC
        return Design.STAGGERED if facts.dates > 1 else Design.DIFFERENCES
    long = facts.before >= needs["series_periods"] and facts.after >= needs["series_periods"]
    return Design.SERIES if long and facts.dates == 1 else Design.BEFORE_AFTER


def doubts_of(design: Design, facts: Facts, needs: Needs, *, diverges: bool, fits: bool) -> list[Doubt]:
    """Return what stands against a result, the gravest first.

    `diverges`: the two sides moved apart before the measure; `fits`: the synthetic unit followed the treated.
    """
    few = min(facts.treated, facts.compared) < needs["units"]
    found = {
        Doubt.NO_COMPARATOR: design in {Design.BEFORE_AFTER, Design.SERIES},
        Doubt.DIVERGING: diverges,
        Doubt.POOR_FIT: design is Design.SYNTHETIC and not fits,
        Doubt.ONE_TREATED: design in {Design.DIFFERENCES, Design.STAGGERED}
        and min(facts.treated, facts.compared) < 2,
        Doubt.FEW_UNITS: design in {Design.DIFFERENCES, Design.STAGGERED} and few,
        Doubt.SHORT_BEFORE: facts.before < 2,
        Doubt.HOLES: not facts.is_whole,
    }
    return [doubt for doubt, is_so in found.items() if is_so]


def grade_of(design: Design, doubts: list[Doubt]) -> Grade | None:
    """Return the grade of a result, None for a measure still to come."""
    if design is Design.PLANNED:
        return None
    if design is Design.BEFORE_AFTER:
        return Grade.D
    grave = {Doubt.NO_COMPARATOR, Doubt.DIVERGING, Doubt.POOR_FIT, Doubt.ONE_TREATED, Doubt.SHORT_BEFORE}
    if grave & set(doubts):
        return Grade.C
    return Grade.B if design is Design.SYNTHETIC or Doubt.FEW_UNITS in doubts else Grade.A
