"""Swaps, replacements, and what is said of gaps and of each person's share."""

from __future__ import annotations

import numpy as np
import pytest

from maillage.engines import roster
from maillage.engines.roster import Limit, Occasions, Problem, Rule
from tests.engines.rosters import DAY, nights

A, B, C = range(3)


def three_nights(**columns):
    return Problem.of(nights(3), columns.pop("allowed", np.ones((3, 3))), **columns)


def holding(*pairs, shape=(3, 3)):
    held = np.zeros(shape, dtype=bool)
    for person, post in pairs:
        held[person, post] = True
    return held


def test_a_swap_is_judged_by_the_rules_of_the_solver():
    problem = three_nights(rest=DAY)
    before = holding((A, 0), (B, 1), (C, 2))
    after = roster.swapped(before, [(0, A, C), (2, C, A)])
    assert roster.worsened(problem, before, after) == ()
    both = roster.swapped(before, [(1, B, A)])
    assert [tuple(one) for one in roster.worsened(problem, before, both)] == [(Rule.REST, A, (0, 1), "")]
    assert roster.swapped(before, [(0, A, -1), (0, -1, B)])[B, 0]


@pytest.mark.parametrize(
    ("move", "message"), [((0, B, C), "does not hold post 0"), ((0, -1, A), "holds post 0 already")]
)
def test_an_impossible_swap_is_refused(move, message):
    with pytest.raises(ValueError, match=message):
        roster.swapped(holding((A, 0)), [move])


def test_exchanging_one_night_for_another_does_not_worsen_a_limit_passed_already():
    limits = (Limit("month", np.ones(3), np.array([0.0, 2.0, 0.0]), np.ones(3)),)
    problem = three_nights(limits=limits)
    before = holding((A, 0), (A, 1), (B, 2))
    exchanged = roster.swapped(before, [(1, A, B), (2, B, A)])
    assert roster.worsened(problem, before, exchanged) == ()
    third = roster.swapped(before, [(2, B, A)])
    assert {one.rule for one in roster.worsened(problem, before, third)} == {Rule.MAXIMUM, Rule.MINIMUM}


def test_a_gap_says_which_rule_binds_and_what_would_fill_it():
    allowed = np.ones((3, 3), dtype=bool)
    allowed[B, 2] = False
    limits = (Limit("month", np.ones(3), np.zeros(3), np.array([1.0, 9.0, 1.0])),)
    problem = three_nights(rest=DAY, allowed=allowed, limits=limits)
    (gap,) = roster.gaps(problem, holding((A, 0), (B, 1)))
    assert (gap.post, gap.missing, gap.free, gap.binding) == (2, 1, (C,), None)
    (gap,) = roster.gaps(problem, holding((A, 0), (B, 1), (C, 0), (A, 0)) | holding((C, 0)))
    assert gap.binding == Rule.MAXIMUM
    assert gap.blocked == {Rule.MAXIMUM: 2, Rule.AVAILABILITY: 1, Rule.REST: 1}
    assert [(one.person, {v.rule for v in one.broken}) for one in gap.relaxations] == [
        (A, {Rule.MAXIMUM}),
        (C, {Rule.MAXIMUM}),
        (B, {Rule.AVAILABILITY, Rule.REST}),
    ]


def test_where_nobody_is_near_the_rule_that_keeps_most_is_named():
    problem = three_nights(
        rest=DAY, allowed=np.zeros((3, 3)), limits=(Limit("month", np.ones(3), np.zeros(3), np.ones(3)),)
    )
    gap = roster.gaps(problem, holding((A, 0), (B, 0)))[1]
    assert (gap.post, gap.blocked) == (2, {Rule.AVAILABILITY: 3, Rule.MAXIMUM: 2})
    assert gap.binding == Rule.AVAILABILITY
    (alone,) = roster.gaps(Problem.of(nights(1), np.zeros((0, 1))), np.zeros((0, 1), dtype=bool))
    assert (alone.binding, alone.relaxations) == (None, ())


def test_each_person_s_share_is_explained():
    problem = three_nights(
        wish=[[-1.0, -1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]],
        weight=[1.0, 1.0, 0.0],
        limits=(Limit("month", np.ones(3), np.zeros(3), np.array([1.0, 9.0, 0.0])),),
        occasions=(Occasions("weekends", np.array([-1, 0, 0]), np.array([9, 1, 0])),),
    )
    held = holding((A, 0), (B, 1), (B, 2))
    first, second, third = roster.shares(problem, held)
    assert first == (A, (0,), 1.0, 1.5, 1, 1, 0, ("month",))
    assert first.deviation == -0.5
    assert second == (B, (1, 2), 2.0, 1.5, 0, 0, 1, ("weekends",))
    assert third.reached == ()
    assert roster.gini(problem, held) == pytest.approx(1 / 6)
    assert roster.gini(problem, holding()) == 0.0
