"""On-call rosters: rules and objective against their literal reading, the solver against every assignment."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines import roster
from maillage.engines.roster import Limit, NoRosterError, Occasions, Posts, Problem, Rule, Runs, reference
from maillage.engines.roster.formulation import formulate, least_unfairness
from maillage.engines.roster.highs import relax
from maillage.engines.roster.solver import _Search
from tests.engines.rosters import DAY, nights, random_problem

seeds = st.integers(0, 2**32 - 1)


@settings(deadline=None)
@given(seeds, st.integers(1, 5), st.integers(1, 9), st.booleans(), st.booleans(), st.booleans())
def test_score_and_rules_equal_their_literal_reading(seed, people, posts, runs, surplus, followed):
    assert_read_literally(seed, people, posts, runs, surplus, followed)


def test_score_and_rules_equal_their_literal_reading_on_the_same_rosters_each_time():
    for seed in range(240):
        assert_read_literally(seed, 1 + seed % 5, 1 + seed % 9, seed % 2 == 0, seed % 3 == 0, seed % 4 == 0)


def assert_read_literally(seed, people, posts, runs, surplus, followed):
    rng = np.random.default_rng(seed)
    problem = random_problem(
        rng, people, posts, locked=True, runs=runs, surplus=surplus, minima=True, followed=followed
    )
    assignment = rng.random((people, posts)) < rng.random()
    assert {tuple(one) for one in roster.violations(problem, assignment)} == reference.violations(
        problem, assignment
    )
    assert roster.score(problem, assignment).objective == pytest.approx(
        reference.objective(problem, assignment), rel=1e-12
    )


def test_each_rule_that_one_person_breaks_is_said_with_its_posts():
    problem = Problem.of(
        nights(4),
        [[True, True, True, False]],
        rest=DAY,
        locks=[[False, False, True, False]],
        limits=(Limit("month", np.ones(4), np.array([0.0]), np.array([2.0])),),
        occasions=(Occasions("weekends", np.array([0, 1, -1, -1]), np.array([1])),),
    )
    assert [tuple(one) for one in roster.violations(problem, np.array([[True, True, False, True]]))] == [
        (Rule.AVAILABILITY, 0, (3,), ""),
        (Rule.LOCK, 0, (2,), ""),
        (Rule.REST, 0, (0, 1), ""),
        (Rule.MAXIMUM, 0, (0, 1, 3), "month"),
        (Rule.OCCASIONS, 0, (0, 1), "weekends"),
    ]
    assert roster.violations(problem, np.array([[True, False, True, False]])) == ()


def test_what_can_bind_nobody_adds_nothing_to_the_programme_and_closes_nothing_to_the_greedy():
    def made(**columns):
        return Problem.of(nights(4), np.ones((2, 4)), rest=60, **columns)

    plain = formulate(made()).rows.shape
    loose = (Limit("two", np.array([1.0, 1.0, 0.0, 0.0]), np.zeros(2), np.full(2, 2.0)),)
    weekends = (Occasions("weekends", np.array([0, 0, 1, -1]), np.full(2, 2)),)
    assert formulate(made(limits=loose, occasions=weekends)).rows.shape == plain
    tight = (Limit("one", np.array([1.0, 1.0, 0.0, 0.0]), np.zeros(2), np.ones(2)),)
    once = (Occasions("weekends", np.array([0, 0, 1, -1]), np.ones(2)),)
    ruled = made(limits=tight, occasions=once)
    assert formulate(ruled).rows.shape[0] > plain[0]
    held = roster.cover(ruled).assignment
    assert held.sum(axis=0).tolist() == [1, 1, 0, 1]
    assert held[:, :2].sum(axis=1).tolist() == [1, 1]


@settings(deadline=None, max_examples=40)
@given(seeds, st.sampled_from([(1, 5), (2, 4), (3, 3)]), st.booleans(), st.booleans(), st.booleans())
def test_no_assignment_is_better_than_the_solver_s(seed, shape, runs, surplus, followed):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, *shape, runs=runs, surplus=surplus, minima=seed % 2 == 0, followed=followed)
    best = reference.best(problem)
    if np.isinf(best):
        with pytest.raises(NoRosterError, match="ease a minimum"):
            roster.solve(problem)
        return
    found = roster.solve(problem, seconds=20.0, gap=0.0)
    assert found.violations == ()
    assert found.score.objective == pytest.approx(best, abs=1e-4)
    assert found.bound <= found.score.objective + 1e-6
    assert found.gap <= 1e-6


@settings(deadline=None, max_examples=25)
@given(seeds, st.integers(2, 7), st.integers(2, 16), st.booleans(), st.booleans())
def test_solver_and_greedy_break_no_rule_and_the_objective_is_the_scorer_s(
    seed, people, posts, runs, followed
):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, people, posts, runs=runs, followed=followed)
    quick, found = roster.cover(problem), roster.solve(problem, seconds=10.0, gap=0.02)
    assert not {one.rule for one in quick.violations} - {Rule.SHORTEST_RUN, Rule.SHORTEST_BREAK}
    assert found.violations == ()
    for one in (quick, found):
        assert one.score.objective == pytest.approx(reference.objective(problem, one.assignment), rel=1e-12)
    assert relax(formulate(problem))[0] <= found.bound + 1e-6 <= found.score.objective + 2e-6
    if not quick.violations:
        assert found.score.objective <= quick.score.objective + 1e-6


@settings(deadline=None, max_examples=40)
@given(seeds, st.integers(2, 5), st.integers(2, 10), st.booleans())
def test_locks_stand_and_nothing_else_is_broken(seed, people, posts, followed):
    problem = random_problem(np.random.default_rng(seed), people, posts, locked=True, followed=followed)
    for found in (roster.cover(problem), roster.solve(problem, seconds=10.0)):
        assert (found.assignment | ~problem.locks).all()
        for one in found.violations:
            if one.rule != Rule.OCCASIONS:
                locks = problem.locks[one.person] if one.person >= 0 else problem.locks.any(axis=0)
                assert locks[list(one.posts)].all()


@settings(deadline=None, max_examples=60)
@given(seeds, st.integers(1, 3), st.integers(1, 3))
def test_burden_steps_bound_the_unfairness_from_below(seed, people, posts):
    problem = random_problem(np.random.default_rng(seed), people, posts, ruled=False)
    covered, whatever = least_unfairness(problem)
    for number in range(2 ** (people * posts)):
        bits = np.array([number >> k & 1 for k in range(people * posts)], dtype=bool).reshape(people, posts)
        if any(one.rule == Rule.SURPLUS for one in roster.violations(problem, bits)):
            continue
        worth = roster.score(problem, bits)
        assert worth.excess + worth.deficit >= (whatever if worth.missing else covered) - 1e-6


def test_a_locked_pair_without_rest_on_a_weekend_is_kept_and_said():
    posts = Posts.of([0, 60, 2 * DAY], [720, 780, 2 * DAY + 60], 1.0)
    problem = Problem.of(
        posts,
        np.ones((2, 3)),
        locks=[[True, True, False], [False] * 3],
        occasions=(Occasions("weekends", np.array([0, 0, 1]), np.array([1, 1])),),
    )
    found = roster.solve(problem)
    assert [tuple(one) for one in found.violations] == [(Rule.REST, 0, (0, 1), "")]
    assert found.assignment.tolist() == [[True, True, False], [False, False, True]]


def test_two_people_locked_on_one_post_are_kept_and_said():
    problem = Problem.of(nights(1), np.ones((2, 1)), locks=np.ones((2, 1)))
    found = roster.solve(problem)
    assert [tuple(one) for one in found.violations] == [(Rule.SURPLUS, -1, (0,), "")]
    assert found.assignment.all()


def test_any_matrix_of_successions_is_kept_and_its_shape_checked():
    """A late day never before an early one, though the hours of rest would allow it; not the contrary."""
    posts = Posts.of([720, DAY + 480, 2 * DAY + 720], [1080, DAY + 960, 2 * DAY + 1080], 1.0)
    late_then_early = np.array([[False, False], [True, False]])
    columns = {"successions": roster.Successions(np.array([1, 0, 1]), late_then_early)}
    alone = roster.solve(Problem.of(posts, np.ones((1, 3)), **columns), gap=0.0)
    assert alone.score.missing == 1
    assert not alone.assignment[0, :2].all()
    both = roster.solve(Problem.of(posts, np.ones((2, 3)), **columns), gap=0.0)
    assert both.score.missing == 0
    broken = roster.violations(Problem.of(posts, np.ones((1, 3)), **columns), np.ones((1, 3), dtype=bool))
    assert [tuple(one) for one in broken] == [(Rule.SUCCESSION, 0, (0, 1), "")]
    with pytest.raises(ValueError, match=r"must be \(3, 3\)"):
        Problem.of(
            posts, np.ones((1, 3)), successions=roster.Successions(np.array([0, 1, 2]), late_then_early)
        )


def test_a_new_absence_moves_one_night_only():
    rng = np.random.default_rng(3)
    allowed = np.ones((4, 20), dtype=bool)
    columns = {"rest": DAY, "wish": rng.integers(-2, 2, (4, 20)) * 1.0}
    before = roster.solve(Problem.of(nights(20), allowed, **columns), gap=0.0).assignment
    absent = int(np.flatnonzero(before[0])[0])
    allowed[0, absent] = False
    columns |= {"previous": before, "change": 500.0}
    after = roster.solve(Problem.of(nights(20), allowed, **columns), gap=0.0)
    assert after.score.missing == 0
    assert not after.violations
    assert after.score.changes <= 3
    free = roster.solve(Problem.of(nights(20), allowed, **(columns | {"change": 0.0})), gap=0.0)
    assert free.score.changes >= after.score.changes


def test_minima_and_runs_are_kept_though_the_greedy_cannot():
    problem = Problem.of(
        nights(14, under=10.0),
        np.ones((3, 14)),
        rest=60,
        limits=(Limit("at least", np.ones(14), np.array([0.0, 0.0, 6.0]), np.full(3, 9.0)),),
        runs=Runs(np.full(3, 3), np.full(3, 2), np.full(3, 2)),
        wish=np.tile([[0.0], [0.0], [50.0]], 14),
    )
    assert roster.cover(problem).violations
    found = roster.solve(problem, gap=0.0)
    assert found.violations == ()
    assert found.assignment[2].sum() == 6


def test_a_minimum_that_nobody_can_keep_is_said():
    def at_least(least, most=9.0):
        minimum = Limit("at least", np.ones(4), np.array([least]), np.array([most]))
        return Problem.of(nights(4), np.ones((1, 4)), limits=(minimum,))

    with pytest.raises(NoRosterError, match="ease a minimum"):
        roster.solve(at_least(5.0))
    # The relaxation works a night and a half; no roster does.
    with pytest.raises(NoRosterError, match="ease a minimum"):
        roster.solve(at_least(1.5, most=1.9))


def with_minima_and_runs():
    """Nine people, two posts a night for sixty nights, thirteen or fourteen each in runs of three or four."""
    minimum = Limit("month", np.ones(60), np.full(9, 13.0), np.full(9, 14.0))
    runs = Runs(np.full(9, 4), np.full(9, 3), np.full(9, 4))
    posts = nights(60, demand=2, over=1.0)
    return Problem.of(posts, np.ones((9, 60)), rest=60, limits=(minimum,), runs=runs)


def test_no_time_no_roster():
    with pytest.raises(NoRosterError, match="allow more time"):
        roster.solve(with_minima_and_runs(), seconds=0.0)


def test_a_roster_can_be_built_one_person_after_the_other():
    problem = with_minima_and_runs()
    search = _Search(problem, seconds=60.0, gap=0.01, seed=0)
    search.prepare()
    search.person_by_person()
    assert search.method == "person by person"
    assert roster.violations(problem, search.form.assignment(search.values)) == ()


def test_an_empty_period_and_an_empty_team():
    none = Problem.of(nights(0), np.ones((2, 0)), runs=Runs(np.ones(2), np.ones(2), np.ones(2)))
    assert roster.solve(none).score.objective == 0.0
    nobody = Problem.of(nights(2, under=10.0), np.ones((0, 2)))
    found = roster.solve(nobody)
    assert found.score.missing == 2
    assert found.score.objective == 20.0
    assert found.gap == 0.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Posts.of([10], [10], 1.0), "ends before it starts"),
        (lambda: Posts.of([10], [20], -1.0), "must not be negative"),
        (lambda: Problem.of(nights(2), np.ones((2, 3))), r"must be \(people, 2\)"),
        (lambda: Problem.of(nights(2), np.ones((2, 2)), rest=[0, 0, 0]), "`rest` must have shape"),
        (lambda: Problem.of(nights(2), np.ones((2, 2)), weight=0.0), "somebody must have a weight"),
        (
            lambda: Problem.of(
                nights(2), np.ones((2, 2)), limits=(Limit("x", np.ones(3), np.zeros(2), np.ones(2)),)
            ),
            "a column of `x` must have 2 values",
        ),
        (
            lambda: Problem.of(
                nights(2), np.ones((2, 2)), occasions=(Occasions("y", np.zeros(3), np.zeros(2)),)
            ),
            "a column of `y` must have 2 values",
        ),
        (
            lambda: Problem.of(
                Posts.of([0, 720], [720, 1440], 1.0),
                np.ones((1, 2)),
                runs=Runs(np.ones(1), np.ones(1), np.ones(1)),
            ),
            "at most one post a day",
        ),
    ],
)
def test_a_senseless_problem_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
