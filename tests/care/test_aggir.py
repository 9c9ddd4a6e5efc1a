"""The AGGIR grid: the sourced weights against the annex read line by line, and its known ends."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.care.rules.aggir import (
    COUNTED,
    Activity,
    AggirError,
    Grade,
    Group,
    groups_of,
    missing,
    outcome_of,
)
from maillage.kernel.sourced_rules import rule

#: Annexe 2-2, as its tables read: a group, then what C and B weigh from coherence to moving inside.
ANNEX = """
A C 2000 1200   40   40   60  100  800  200
A B    0    0   16   16   20   16  120   32
B C 1500 1200   40   40   60  100  800  -80
B B  320  120   16   16    0   16  120  -40
C C    0    0   40   40   60  160 1000  400
C B    0    0   16   16   20   20  200   40
D C    0    0    0    0 2000  400 2000  200
D B    0    0    0    0  200  200  200    0
E C  400  400  400  400  400  800  800  200
E B    0    0  100  100  100  100  100    0
F C  200  200  500  500  500  500  500  200
F B  100  100  100  100  100  100  100    0
G C  150  150  300  300  500  500  400  200
G B    0    0  200  200  200  200  200  100
H C    0    0 3000 3000 3000 3000 1000 1000
H B    0    0 2000 2000 2000 2000 2000 1000
"""


def totals(grades: dict[Activity, Grade]) -> dict[str, int]:
    """What each group of the annex sums to."""
    found: dict[str, int] = {}
    for line in ANNEX.split("\n"):
        if not line:
            continue
        group, grade, *weights = line.split()
        found.setdefault(group, 0)
        for activity, weight in zip(COUNTED, weights, strict=True):
            if grades[activity] == grade:
                found[group] += int(weight)
    return found


def literal(grades: dict[Activity, Grade]) -> tuple[int, int]:
    """The rank and the GIR, each sentence of the annex in turn."""
    total = totals(grades)
    if total["A"] >= 4380:
        return 1, 1
    if total["A"] >= 4140:
        return 2, 2
    if total["A"] >= 3390:
        return 3, 2
    if total["B"] >= 2016:
        return 4, 2
    if total["C"] >= 1700:
        return 5, 2
    if total["C"] >= 1432:
        return 6, 2
    if total["D"] >= 2400:
        return 7, 2
    if total["E"] >= 1200:
        return 8, 3
    if total["F"] >= 800:
        return 9, 3
    if total["G"] >= 650:
        return 10, 4
    if total["H"] >= 4000:
        return 11, 4
    if total["H"] >= 2000:
        return 12, 5
    return 13, 6


def groups() -> tuple[Group, ...]:
    return groups_of(rule("care.aggir.algorithm").value)


def everywhere(grade: Grade) -> dict[Activity, Grade]:
    return dict.fromkeys(Activity, grade)


@given(st.fixed_dictionaries({one: st.sampled_from(Grade) for one in Activity}))
def test_the_rule_says_what_the_annex_says(grades: dict[Activity, Grade]) -> None:
    found = outcome_of(grades, groups())
    assert (found.rank, found.gir) == literal(grades)
    assert found.total == totals(grades)[found.group]


def test_every_grid_has_a_rank_and_each_rank_some_grid() -> None:
    ranks = set()
    for grades in product(Grade, repeat=len(COUNTED)):
        ranks.add(outcome_of(dict(zip(COUNTED, grades, strict=True)), groups()).rank)
    assert ranks == set(range(1, 14))


def test_who_does_nothing_alone_is_of_the_first_rank() -> None:
    found = outcome_of(everywhere(Grade.C), groups())
    assert (found.total, found.group, found.rank, found.gir) == (4440, "A", 1, 1)


def test_who_does_everything_alone_is_of_the_last() -> None:
    found = outcome_of(everywhere(Grade.A), groups())
    assert (found.total, found.group, found.rank, found.gir) == (0, "H", 13, 6)


@pytest.mark.parametrize("activity", [Activity.MOVING_OUTSIDE, Activity.COMMUNICATION])
@given(grades=st.fixed_dictionaries({one: st.sampled_from(Grade) for one in Activity}))
def test_what_is_only_noted_changes_nothing(activity: Activity, grades: dict[Activity, Grade]) -> None:
    outcomes = {outcome_of({**grades, activity: grade}, groups()) for grade in Grade}
    assert len(outcomes) == 1


def test_a_grid_that_lacks_a_grade_has_no_outcome() -> None:
    grades = everywhere(Grade.B)
    del grades[Activity.DRESSING]
    assert missing(grades) == [Activity.DRESSING]
    with pytest.raises(AggirError):
        outcome_of(grades, groups())


def test_an_algorithm_without_its_last_bound_says_so() -> None:
    with pytest.raises(AggirError):
        outcome_of(everywhere(Grade.A), groups()[:-1])
