"""Which comparison the data allow, and how far its result may be trusted."""

import pytest

from maillage.kernel.sourced_rules import rule
from maillage.steering.rules.designs import Design, Doubt, Facts, Grade, design_of, doubts_of, grade_of
from maillage.steering.rules.directions import Better, is_better

NEEDS = {"donors": 10, "donor_periods": 5, "series_periods": 12, "units": 10}


def facts(
    treated: int, compared: int, dates: int = 1, before: int = 12, after: int = 12, is_whole: bool = True
) -> Facts:
    return Facts(treated, compared, dates, before, after, is_whole)


@pytest.mark.parametrize(
    ("found", "design", "grade", "doubts"),
    [
        (facts(0, 12, 0), Design.PLANNED, None, []),
        (facts(12, 12), Design.DIFFERENCES, Grade.A, []),
        (facts(12, 12, 3), Design.STAGGERED, Grade.A, []),
        (facts(12, 12, is_whole=False), Design.DIFFERENCES, Grade.A, [Doubt.HOLES]),
        (facts(12, 4), Design.DIFFERENCES, Grade.B, [Doubt.FEW_UNITS]),
        (facts(12, 12, before=1), Design.DIFFERENCES, Grade.C, [Doubt.SHORT_BEFORE]),
        (facts(1, 12), Design.SYNTHETIC, Grade.B, []),
        (
            facts(1, 12, is_whole=False),
            Design.DIFFERENCES,
            Grade.C,
            [Doubt.ONE_TREATED, Doubt.FEW_UNITS, Doubt.HOLES],
        ),
        (facts(1, 12, before=4), Design.DIFFERENCES, Grade.C, [Doubt.ONE_TREATED, Doubt.FEW_UNITS]),
        (facts(1, 9), Design.DIFFERENCES, Grade.C, [Doubt.ONE_TREATED, Doubt.FEW_UNITS]),
        (facts(12, 1), Design.DIFFERENCES, Grade.C, [Doubt.ONE_TREATED, Doubt.FEW_UNITS]),
        (facts(1, 0), Design.SERIES, Grade.C, [Doubt.NO_COMPARATOR]),
        (facts(3, 0, 2), Design.BEFORE_AFTER, Grade.D, [Doubt.NO_COMPARATOR]),
        (facts(1, 0, before=11), Design.BEFORE_AFTER, Grade.D, [Doubt.NO_COMPARATOR]),
        (facts(1, 0, after=11), Design.BEFORE_AFTER, Grade.D, [Doubt.NO_COMPARATOR]),
    ],
)
def test_the_surest_comparison_is_chosen_and_graded(
    found: Facts, design: Design, grade: Grade | None, doubts: list[Doubt]
) -> None:
    assert rule("steering.evaluations.needs").value == NEEDS
    assert design_of(found, NEEDS) is design
    told = doubts_of(design, found, NEEDS, diverges=False, fits=True)
    assert told == doubts
    assert grade_of(design, told) is grade


def test_paths_that_part_and_a_control_that_does_not_follow_lower_the_grade() -> None:
    parted = doubts_of(Design.DIFFERENCES, facts(12, 12), NEEDS, diverges=True, fits=True)
    assert (parted, grade_of(Design.DIFFERENCES, parted)) == ([Doubt.DIVERGING], Grade.C)
    loose = doubts_of(Design.SYNTHETIC, facts(1, 12), NEEDS, diverges=False, fits=False)
    assert (loose, grade_of(Design.SYNTHETIC, loose)) == ([Doubt.POOR_FIT], Grade.C)


@pytest.mark.parametrize(
    ("effect", "better", "good"),
    [
        (-1.0, Better.LOWER, True), (1.0, Better.LOWER, False), (1.0, Better.HIGHER, True),
        (-1.0, Better.HIGHER, False), (1.0, Better.NEITHER, None), (0.0, Better.LOWER, None),
    ],
)  # fmt: skip
def test_which_way_is_better(effect: float, better: Better, good: bool | None) -> None:
    assert is_better(effect, better) is good
