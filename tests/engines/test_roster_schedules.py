"""Rosters made of whole schedules: paths against every subset of posts, the bound against every roster."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines import roster
from maillage.engines.roster import (
    Limit,
    NoRosterError,
    Occasions,
    Posts,
    Problem,
    Rule,
    Runs,
    highs,
    reference,
)
from maillage.engines.roster import columns as columns_of
from maillage.engines.roster import network as network_of
from maillage.engines.roster.columns import Master, schedules
from maillage.engines.roster.formulation import formulate
from maillage.engines.roster.network import cheapest, network, ordered
from maillage.engines.roster.solver import _Search
from maillage.engines.roster.stopwatch import Stopwatch
from tests.engines.rosters import DAY, nights, random_problem

seeds = st.integers(0, 2**32 - 1)


def everybody(problem):
    """The programme by schedules on a whole problem; None where there is none."""
    pool = schedules(problem, formulate(problem))
    return pool and Master(pool, np.arange(pool.people), np.zeros_like(problem.allowed), [])


def shifts(days, people, **columns):
    """Three shifts a day, each of which may be followed by a later one only, in short runs."""
    start = np.arange(days * 3) // 3 * DAY + np.arange(days * 3) % 3 * 60
    posts = Posts.of(start, start + 60, 0.0, **{"demand": 1, "under": 100.0, "over": 1.0} | columns)
    rng = np.random.default_rng(days)
    return Problem.of(
        posts,
        rng.random((people, days * 3)) < 0.9,
        rest=DAY - 60,
        wish=rng.integers(-2, 3, (people, days * 3)) * 1.0,
        limits=(Limit("hours", np.full(days * 3, 8.0), np.full(people, 16.0), np.full(people, days * 5.0)),),
        runs=Runs(np.full(people, 4), np.full(people, 2), np.full(people, 2)),
        fairness=0.0,
    )


@settings(deadline=None, max_examples=60)
@given(seeds, st.integers(1, 9), st.booleans(), st.booleans())
def test_the_cheapest_path_is_the_cheapest_subset_that_keeps_the_rules(seed, count, two_a_day, followed):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, 1, count, runs=True, minima=True, followed=followed)
    if two_a_day:
        start = np.arange(count) // 2 * DAY + np.arange(count) % 2 * 60
        posts = Posts.of(start, start + 60, 1.0, under=10.0)
        limits = (
            Limit("first", (np.arange(count) % 2 == 0) * 1.0, np.zeros(1), np.full(1, 2.0)),
            Limit("all", np.full(count, 0.5), np.full(1, 0.5), np.full(1, 1.5)),
        )
        problem = Problem.of(
            posts, np.ones((1, count)), rest=DAY - 60, limits=limits, runs=problem.runs, occasions=(),
            successions=problem.successions,
        )  # fmt: skip
    price = np.append(rng.normal(size=count), np.zeros(problem.days))
    price[:count][~problem.allowed[0]] = np.inf
    best = np.inf
    for bits in product((False, True), repeat=count):
        held = np.array([bits], dtype=bool)
        if not [one for one in reference.violations(problem, held) if one[0] != Rule.SURPLUS]:
            best = min(best, float(price[:count][held[0]].sum()))
    layers = network(problem, 0)
    found = cheapest(layers, price[:, None], 3)[0] if layers else []
    if np.isinf(best):
        assert found == []
        return
    assert found[0][0] == pytest.approx(best)
    for cost, mine in found:
        held = np.zeros((1, count), dtype=bool)
        held[0, mine] = True
        assert cost == pytest.approx(price[mine].sum())
        assert {one[0] for one in reference.violations(problem, held)} <= {Rule.SURPLUS}


@settings(deadline=None, max_examples=60)
@given(seeds, st.sampled_from([(1, 7), (2, 4), (3, 3)]), st.booleans(), st.booleans())
def test_no_roster_passes_the_bound_and_the_dive_breaks_no_rule(seed, shape, surplus, locked):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng, *shape, runs=True, surplus=surplus, minima=seed % 2 == 0, locked=locked)
    master = everybody(problem)
    if master is None:
        return
    master.generate(100, 10.0)
    if np.isinf(master.bound):
        return
    best = reference.best(problem)
    assert master.bound <= best + 1e-6
    if shape[0] == 1 and np.isfinite(best):
        assert master.bound == pytest.approx(best, abs=1e-4)
    held = master.dive(10.0)
    if held is not None:
        for rule, person, posts, _ in reference.violations(problem, held):
            assert rule == Rule.AVAILABILITY
            assert problem.locks[person, list(posts)].all()


def test_dense_shifts_are_filled_near_the_bound_in_whole_numbers():
    problem = shifts(14, 8)
    found = roster.solve(problem, seconds=20.0, gap=0.02)
    assert found.violations == ()
    assert found.bound == round(found.bound)
    assert found.gap <= 0.02
    again = roster.solve(problem, seconds=20.0, gap=0.02)
    assert (again.assignment == found.assignment).all()


def test_some_people_are_given_other_schedules_until_none_is_better():
    search = _Search(shifts(14, 8), seconds=60.0, gap=0.0, seed=0)
    search.prepare()
    search.by_schedules()
    assert search.method == "schedules"
    nobody = np.zeros_like(search.problem.allowed)
    for person in range(8):
        layers = network(search.problem, person)
        price = np.where(search.pool.barred[person], np.inf, 0.0)
        nobody[person, cheapest(layers, price[:, None], 1)[0][0][1]] = True
    search.objective = np.inf
    search.start(nobody, "given")
    before = search.objective
    assert search.regroup(0.5)
    assert search.method == "schedules"
    assert search.bound <= search.objective < before
    while search.regroup(1.0) and search.objective < before:
        before = search.objective
    assert roster.violations(search.problem, search.form.assignment(search.values)) == ()


def test_what_a_part_cannot_better_is_not_searched():
    search = _Search(shifts(8, 4), seconds=20.0, gap=0.0, seed=1)
    search.prepare()
    search.by_schedules()
    while search.regroup(1.0) and not search.done and search.spent < 10:
        if search.objective - search.pool.bound < 1.0:
            break
    best = search.objective
    assert search.regroup(0.5)
    assert search.objective <= best


def test_where_two_must_work_and_one_may_nobody_is_given_a_schedule():
    atleast = Limit("at least", np.ones(1), np.ones(2), np.ones(2))
    runs = Runs(np.ones(2), np.ones(2), np.ones(2))
    problem = Problem.of(nights(1), np.ones((2, 1)), limits=(atleast,), runs=runs)
    master = everybody(problem)
    assert master.dive(10.0) is None
    master.solve()
    assert master.choose(1e9, 10.0) == ({}, True)
    search = _Search(problem, seconds=10.0, gap=0.0, seed=0)
    search.prepare()
    search.by_schedules()
    assert search.values is None
    with pytest.raises(NoRosterError):
        roster.solve(problem)


def test_a_lock_that_passes_a_rule_leaves_schedules_aside():
    runs = Runs(np.full(2, 2), np.ones(2), np.ones(2))
    locks = np.zeros((2, 5), dtype=bool)
    locks[0, :3] = True
    problem = Problem.of(nights(5), np.ones((2, 5)), rest=60, runs=runs, locks=locks)
    search = _Search(problem, seconds=10.0, gap=0.0, seed=0)
    search.prepare()
    search.by_schedules()
    assert search.pool is None
    found = roster.solve(problem, gap=0.0)
    assert (found.assignment | ~locks).all()
    assert {one.rule for one in found.violations} == {Rule.LONGEST_RUN}


def test_schedules_are_found_where_a_past_is_told_in_few_words_only(monkeypatch):
    runs = Runs(np.full(2, 3), np.ones(2), np.ones(2))

    def made(**columns):
        return Problem.of(nights(6), np.ones((2, 6)), **{"rest": 60, "runs": runs} | columns)

    def once(occasions):
        return (Occasions("weekends", np.array(occasions), np.ones(2, dtype=np.int64)),)

    assert ordered(made())
    assert not ordered(made(runs=None))
    assert ordered(made(occasions=once([0, -1, 0, 1, 1, -1])))
    assert not ordered(made(occasions=once([0, 1, 0, 1, 1, -1])))
    assert ordered(made(occasions=once([-1] * 6)))
    thirds = Limit("thirds", np.full(6, 1 / 3), np.zeros(2), np.ones(2))
    assert not ordered(made(limits=(thirds,)))
    posts = Posts.of([0, DAY], [60, DAY + 60], 1.0, day=[1, 0])
    assert not ordered(Problem.of(posts, np.ones((2, 2)), rest=60, runs=runs))
    unreachable = Limit("at least", np.ones(6), np.full(2, 7.0), np.full(2, 9.0))
    assert network(made(limits=(unreachable,)), 0) is None
    monkeypatch.setattr(network_of, "MOST_ARCS", 3)
    assert schedules(made(), formulate(made())) is None


def test_a_bound_stands_after_one_round_and_a_schedule_is_taken_once():
    master, whole = everybody(shifts(10, 5)), everybody(shifts(10, 5))
    master.generate(1, 60.0)
    whole.generate(400, 60.0)
    assert -np.inf < master.bound < whole.bound
    assert not master.take(master.columns[0])


def test_a_search_tells_how_far_it_is_and_stops_where_it_is_told():
    told = []

    def tell(spent, objective, bound):
        told.append((spent, objective, bound))
        if len(told) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        roster.solve(shifts(10, 5), gap=0.0, progress=tell)
    assert told[0][2] <= told[1][2] <= told[2][1] <= told[0][1]


def test_those_whose_schedules_are_held_are_given_no_other():
    """Two sorts of rules, and a programme on one person alone: nobody of the other sort is searched for."""
    runs = Runs(np.array([2, 3, 3]), np.ones(3), np.ones(3))
    problem = Problem.of(nights(6), np.ones((3, 6)), rest=60, runs=runs)
    pool = schedules(problem, formulate(problem))
    assert len(pool.networks) == 2
    held = np.zeros((3, 6), dtype=bool)
    held[1, :2] = held[2, 4:] = True
    master = Master(pool, np.array([0]), held, [])
    master.generate(100, 60.0)
    assert set(pool.owner) == {0}
    assert np.flatnonzero(np.isfinite(master.least)).tolist() == [0]
    taken, final = master.choose(1e9, 60.0)
    assert final
    assert {person: np.flatnonzero(posts).tolist() for person, posts in taken.items()} == {0: [2, 3]}


def test_smoothed_prices_and_plain_ones_give_the_same_bound(monkeypatch):
    bounds = []
    for smooth in (0.0, 0.6):
        monkeypatch.setattr(columns_of, "SMOOTH", smooth)
        master = everybody(shifts(10, 5))
        master.generate(400, 60.0)
        bounds.append(master.bound)
    assert bounds[0] == pytest.approx(bounds[1], abs=1e-4)


def test_a_part_of_people_holds_the_most_and_the_least_burdened():
    search = _Search(Problem.of(nights(12), np.ones((4, 12)), rest=60), seconds=20.0, gap=0.0, seed=0)
    search.prepare()
    assert search.pool is None
    uneven = np.zeros((4, 12), dtype=bool)
    uneven[0, 0::2], uneven[1, 1::4], uneven[2, 3::4] = True, True, True
    search.start(uneven, "given")
    assert search.method == "given"
    owners = set(search.form.owner[search.people(0.25)].tolist())
    assert {0, 3} <= owners
    assert len(owners) <= 3
    assert search.people(1.0).sum() == search.is_x.sum()


def test_schedules_are_sought_no_longer_once_the_time_is_over():
    master = everybody(shifts(5, 4))
    master.solve()
    master.watch = Stopwatch(0.0)
    new, bound, least = master.search(master.dual)
    assert (new, bound, np.isinf(least).all()) == (False, -np.inf, True)
    assert master.dive(60.0) is None


def test_a_row_that_the_columns_held_break_has_no_roster():
    form = formulate(shifts(5, 4))
    nothing = np.zeros(form.cost.size)
    answer = highs.run(form, nothing, np.zeros(form.cost.size, dtype=bool), seconds=60.0)
    assert (answer.values, answer.bound) == (None, np.inf)
