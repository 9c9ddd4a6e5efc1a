"""Siting: every choice tried on small problems, closed forms, bounds that hold, and what is refused."""

from __future__ import annotations

import sys
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines import siting
from maillage.engines.siting import Effort, Problem, SitingError, exact, kernels, reference, savings

CLOSE = 1e-6


def line(places: list[float], **asked: object) -> Problem:
    """One inhabitant at each kilometre of a straight road, a minute a kilometre, candidates everywhere."""
    where = np.array(places)
    return Problem.dense(np.ones(where.size), np.abs(where[:, None] - where), **asked)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """A few places and candidates, asymmetric, with ties and empty places; something stands now and then."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, m = draw(st.integers(1, 12)), draw(st.integers(0, 8))
    minutes = np.round(rng.uniform(0, 30, (n, m)) * 2) / 2
    minutes[rng.random((n, m)) < draw(st.floats(0, 0.9))] = np.inf
    whole = draw(st.booleans())
    weight = rng.integers(0, 50, n).astype(float) if whole else rng.uniform(0, 50, n)
    standing = np.where(rng.random(n) < draw(st.floats(0, 1)), np.inf, rng.integers(0, 30, n))
    return Problem.dense(
        weight,
        minutes,
        sites=draw(st.integers(0, 5)),
        limit=float(draw(st.integers(0, 25))),
        objective=draw(st.sampled_from(siting.OBJECTIVES)),
        standing=standing,
    )


@settings(deadline=None)
@given(problems())
def test_no_choice_is_better_than_the_answer(problem: Problem) -> None:
    found = siting.solve(problem)
    best = reference.best(problem)
    assert found.value == pytest.approx(reference.value(problem, found.sites.tolist()), abs=CLOSE)
    assert found.is_proven
    assert found.gap == 0
    assert found.gain_gap == 0
    assert found.value == pytest.approx(best, abs=CLOSE)
    assert found.bound == found.value
    assert found.sites.size <= problem.sites
    assert found.gain == pytest.approx(found.adds.sum())
    assert (found.adds > 0).all()


@given(problems())
@settings(max_examples=40, deadline=None)
def test_the_loops_give_the_same_compiled_and_as_they_stand(problem: Problem) -> None:
    plain, compiled = (siting.solve(problem, loops=loops) for loops in (kernels.PLAIN, kernels.kernels()))
    assert plain.sites.tolist() == compiled.sites.tolist()
    assert plain.adds.tolist() == compiled.adds.tolist()
    assert plain.bound == compiled.bound
    assert plain.steps == compiled.steps


@settings(deadline=None)
@given(problems(), st.integers(0, 3))
def test_a_bound_holds_however_early_the_search_stops(problem: Problem, ticks: int) -> None:
    clock = count()
    found = siting.solve(problem, Effort(seconds=ticks, rounds=10, clock=lambda: float(next(clock))))
    best = reference.best(problem)
    if problem.objective == "p_median":
        assert found.bound <= best + CLOSE
        assert found.value >= best - CLOSE
    else:
        assert found.bound >= best - CLOSE
        assert found.value <= best + CLOSE
    assert 0 <= found.gap <= 1
    assert 0 <= found.gain_gap <= 1
    assert found.gain_bound >= found.gain


@settings(deadline=None)
@given(problems(), st.floats(0, 0.5))
def test_swaps_are_other_choices_as_good_as_they_say(problem: Problem, within: float) -> None:
    found = siting.solve(problem)
    nothing = reference.value(problem, [])
    for swap in siting.swaps(problem, found.sites, within):
        assert swap.site not in found.sites
        opened = [swap.site, *(one for one in found.sites.tolist() if one != swap.instead_of)]
        assert len(opened) == found.sites.size
        assert swap.gain == pytest.approx(abs(reference.value(problem, opened) - nothing), abs=CLOSE)
        assert (1 - within) * found.gain - CLOSE <= swap.gain <= found.gain + CLOSE


@settings(deadline=None)
@given(problems())
def test_each_place_is_served_by_the_nearest(problem: Problem) -> None:
    found = siting.solve(problem)
    served = siting.served(problem, found.sites)
    for home in range(problem.weight.size):
        pairs = (problem.home == home) & np.isin(problem.site, found.sites)
        ways = problem.minutes[pairs]
        nearest = min(ways.min(initial=np.inf), problem.standing[home])
        assert served.minutes[home] == nearest
        if served.site[home] >= 0:
            assert nearest < problem.standing[home]
            assert served.site[home] == problem.site[pairs][ways == nearest].min()
        else:
            assert nearest == problem.standing[home]


def test_one_site_on_a_line_goes_to_the_median() -> None:
    found = siting.solve(line([0, 1, 2, 3, 100], sites=1, limit=1000, objective="p_median"))
    assert found.sites.tolist() == [2]
    assert found.value == 2 + 1 + 0 + 1 + 98


def test_two_sites_on_a_line_take_a_side_each() -> None:
    found = siting.solve(line([0, 1, 2, 50, 51, 52], sites=2, limit=1000, objective="p_median"))
    assert sorted(found.sites.tolist()) == [1, 4]
    assert found.value == 4


def test_coverage_counts_people_within_the_limit_and_no_more() -> None:
    problem = Problem.dense(
        [100, 10, 1], [[0, 15], [15, 0], [15.5, 15.001]], sites=1, limit=15, objective="coverage"
    )
    found = siting.solve(problem)
    assert found.value == 110
    assert found.sites.tolist() == [0]
    assert siting.solve(Problem.dense([5], [[0.0]], sites=1, limit=0)).value == 5


def test_of_equal_choices_the_lowest_number_is_taken_whatever_the_order() -> None:
    around = np.array([[0.0, 5, 5], [5, 0, 5], [5, 5, 0]])
    found = siting.solve(Problem.dense([1, 1, 1], around, sites=1, limit=9, objective="p_median"))
    assert found.sites.tolist() == [0]
    assert [one.site for one in siting.swaps(
        Problem.dense([1, 1, 1], around, sites=1, limit=9, objective="p_median"), found.sites, 0.0
    )] == [1, 2]  # fmt: skip


def test_what_stands_already_is_not_gained_again() -> None:
    problem = Problem.dense(
        [100, 60, 50], [[0, 99, 99], [99, 0, 99], [99, 99, 0]], sites=2, limit=15, standing=[3, np.inf, 20]
    )
    found = siting.solve(problem)
    assert found.sites.tolist() == [1, 2]
    assert found.adds.tolist() == [60, 50]
    assert (found.value, found.gain) == (210, 110)


@pytest.mark.parametrize("sites", [3, 4, 1000])
def test_more_sites_than_candidates_open_those_that_bring_something(sites: int) -> None:
    problem = Problem.dense(
        [1, 1], [[0, 5, np.inf], [5, 0, np.inf]], sites=sites, limit=10, objective="p_median"
    )
    found = siting.solve(problem)
    assert sorted(found.sites.tolist()) == [0, 1]
    assert found.is_proven


@pytest.mark.parametrize(
    ("weight", "minutes"),
    [
        ([], np.empty((0, 3))),
        ([1, 2], np.empty((2, 0))),
        ([0, 0], [[0, 1], [1, 0]]),
        ([1, 2], np.full((2, 2), np.inf)),
        ([1], [[20]]),
    ],
    ids=["nobody", "no-candidate", "no-weight", "out-of-reach", "too-far"],
)
@pytest.mark.parametrize("objective", siting.OBJECTIVES)
def test_where_nobody_can_be_brought_nearer_nothing_opens(
    weight: list[float], minutes: object, objective: siting.Objective
) -> None:
    problem = Problem.dense(weight, minutes, sites=2, limit=15, objective=objective)
    found = siting.solve(problem)
    assert found.sites.size == 0
    assert found.is_proven
    assert found.gain == found.gain_bound == 0
    assert siting.swaps(problem, found.sites, 0.1) == []


def test_a_pair_given_twice_counts_by_its_shortest_time() -> None:
    problem = Problem.of([7], [0, 0], [0, 0], [9, 4], candidates=1, sites=1, limit=10, objective="p_median")
    found = siting.solve(problem)
    assert found.value == 28
    assert siting.served(problem, found.sites).minutes.tolist() == [4]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weight": [-1, 2]}, "weights"),
        ({"weight": [np.nan, 2]}, "weights"),
        ({"weight": [np.inf, 2]}, "weights"),
        ({"weight": [[1, 2]]}, "weight is a list"),
        ({"weight": ["many", 2]}, "weight"),
        ({"minutes": [-1, 2]}, "minutes"),
        ({"minutes": [np.nan, 2]}, "minutes"),
        ({"minutes": [1]}, "for 1 minutes"),
        ({"standing": [1]}, "1 standing minutes"),
        ({"standing": [-1, 2]}, "minutes"),
        ({"home": [0, 2]}, "homes are numbered"),
        ({"home": [0.5, 1]}, "whole numbers"),
        ({"site": [0, -1]}, "sites are numbered"),
        ({"candidates": -1}, "0 candidates"),
        ({"sites": -1}, "0 sites"),
        ({"limit": -1}, "limit"),
        ({"limit": np.nan}, "limit"),
        ({"limit": np.inf}, "limit"),
        ({"objective": "profit"}, "objective"),
    ],
)
def test_what_means_nothing_is_refused_with_its_reason(changes: dict[str, object], said: str) -> None:
    given_ = {"weight": [1, 2], "home": [0, 1], "site": [0, 1], "minutes": [3, 4],
              "candidates": 2, "sites": 1, "limit": 15, "standing": [np.inf, 1]}  # fmt: skip
    Problem.of(**given_)
    with pytest.raises(SitingError, match=said):
        Problem.of(**(given_ | changes))


def test_a_table_has_a_row_for_each_weight() -> None:
    with pytest.raises(SitingError, match="a table of shape"):
        Problem.dense([1, 2], [[1, 2]], sites=1, limit=1)


def plane(n: int, p: int, seed: int, objective: siting.Objective, limit: float) -> Problem:
    """People drawn on a square, candidates everywhere; minutes are straight lines in tenths."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 60, (n, 2))
    minutes = np.round(np.hypot(*(at[:, None] - at).transpose(2, 0, 1)), 1)
    return Problem.dense(rng.integers(10, 3000, n), minutes, sites=p, limit=limit, objective=objective)


@pytest.mark.parametrize("objective", siting.OBJECTIVES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_hundred_places_are_answered_with_a_proof_twice_the_same(
    objective: siting.Objective, seed: int
) -> None:
    problem = plane(100, 4, seed, objective, 12.0)
    effort = Effort(seconds=600)
    first, again = siting.solve(problem, effort), siting.solve(problem, effort)
    assert first.is_proven
    assert first.sites.tolist() == again.sites.tolist()
    assert first.steps == again.steps
    better = siting.swaps(problem, first.sites, 0.0)
    assert all(one.gain <= first.gain + CLOSE for one in better)


def sets(n: int, m: int, p: int, share: float, seed: int) -> Problem:
    """Sets drawn at random, of which p are to cover most: without geography, bounds are far."""
    rng = np.random.default_rng(seed)
    minutes = np.where(rng.random((n, m)) < share, 5.0, 30.0)
    return Problem.dense(rng.integers(1, 9, n), minutes, sites=p, limit=10)


FANO = [[0, 1, 2], [0, 3, 4], [0, 5, 6], [1, 3, 5], [1, 4, 6], [2, 3, 6], [2, 4, 5]]
"""Seven points, seven lines of three; two lines always meet."""


def fano() -> Problem:
    """Two lines of the Fano plane cover five points; by halves and quarters of lines one would say six."""
    minutes = np.full((7, 7), np.inf)
    for number, points in enumerate(FANO):
        minutes[points, number] = 1.0
    return Problem.dense(np.ones(7), minutes, sites=2, limit=1)


@pytest.mark.parametrize(("n", "m", "p", "share", "seed"), [(30, 14, 4, 0.25, 3), (25, 12, 3, 0.3, 37)])
def test_what_prices_cannot_prove_the_solver_does(n: int, m: int, p: int, share: float, seed: int) -> None:
    problem = sets(n, m, p, share, seed)
    found = siting.solve(problem, Effort(seconds=600))
    assert found.steps[-1] == "solver"
    assert found.is_proven
    assert found.value == reference.best(problem)


@pytest.mark.parametrize(
    "problem", [fano(), sets(30, 14, 4, 0.25, 3), sets(30, 14, 4, 0.25, 31)], ids=["fano", "sets", "others"]
)
def test_without_the_solver_the_gap_is_said_and_holds(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maillage.engines.siting.compute.EXACT_COLUMNS", 0)
    effort = Effort(seconds=600, rounds=40)
    found, plain = (
        siting.solve(problem, effort, loops=loops) for loops in (kernels.kernels(), kernels.PLAIN)
    )
    assert not found.is_proven
    assert found.value == reference.best(problem) <= found.bound
    assert 0 < found.gap < 0.2
    assert 0 < found.gain_gap < 0.2
    assert (plain.sites.tolist(), plain.bound, plain.steps) == (
        found.sites.tolist(),
        found.bound,
        found.steps,
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_people_between_two_sites_are_counted_alike_by_both_loops(seed: int) -> None:
    problem = plane(24, 4, seed, "p_median", 60.0)
    plain, compiled = (siting.solve(problem, loops=loops) for loops in (kernels.PLAIN, kernels.kernels()))
    assert plain.sites.tolist() == compiled.sites.tolist()
    assert plain.value == compiled.value


def test_a_twin_adds_nothing_whatever_the_roundings() -> None:
    twins = Problem.dense([0.1, 0.2, 0.3], np.ones((3, 2)), sites=2, limit=1)
    found = siting.solve(twins, loops=kernels.PLAIN)
    assert found.sites.tolist() == [0]
    assert found.is_proven


def test_a_search_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = count()
    found = siting.solve(sets(40, 20, 5, 0.2, 32), Effort(30, 10_000, lambda: float(next(ticks))))
    assert found.value <= found.bound
    assert next(ticks) < 100


def test_a_solver_without_time_gives_back_its_start_and_a_bound_that_holds() -> None:
    problem = plane(80, 4, 5, "p_median", 60.0)
    rows = savings.savings_of(problem).rows
    start = np.array([1, 20, 40, 60])
    programme = exact.reduced(rows, np.arange(80), np.empty(0, np.int64))
    found = exact.solve(programme, 4, start, 0.0)
    assert found.bound >= siting.solve(problem, Effort(seconds=600)).gain
    assert sorted(found.sites) == start.tolist()


def test_what_fixing_decides_alone_needs_no_solver() -> None:
    """Weights with decimals: the bound comes within a rounding of the answer, and every site is decided."""
    rng = np.random.default_rng(4)
    steps = set()
    for seed in range(12):
        problem = plane(40, 3, seed, "p_median", 20.0)
        odd = Problem.of(
            problem.weight + rng.random(40),
            problem.home,
            problem.site,
            problem.minutes,
            candidates=40,
            sites=3,
            limit=20.0,
            objective="p_median",
        )
        found = siting.solve(odd, Effort(seconds=600))
        assert found.is_proven
        steps.update(found.steps)
    assert "fixing" in steps


def test_of_choices_that_cover_as_many_the_one_with_short_journeys_is_settled_on() -> None:
    problem = line([0, 10, 20, 30], sites=1, limit=30, objective="coverage")
    shorter = line([0, 10, 20, 30], sites=1, limit=60, objective="p_median")
    found = siting.solve(problem)
    assert found.sites.tolist() == [0]
    better = siting.settled(problem, shorter, found)
    assert better.sites.tolist() == [1]
    assert (better.value, better.gain, better.is_proven) == (found.value, found.gain, True)
    assert siting.settled(problem, shorter, better) is better


@given(problems())
@settings(max_examples=60, deadline=None)
def test_settling_never_loses_anybody(problem: Problem) -> None:
    found = siting.solve(problem)
    then = Problem.of(
        problem.weight, problem.home, problem.site, problem.minutes, candidates=problem.candidates,
        sites=problem.sites, limit=60.0, objective="p_median", standing=problem.standing,
    )  # fmt: skip
    better = siting.settled(problem, then, found)
    assert reference.value(problem, better.sites.tolist()) == pytest.approx(found.value, abs=CLOSE)
    shorter = (
        reference.value(then, better.sites.tolist()) <= reference.value(then, found.sites.tolist()) + CLOSE
    )
    assert shorter or better.sites.size < found.sites.size, "or fewer sites do as much"


def test_enumeration_refuses_what_it_would_never_end() -> None:
    with pytest.raises(ValueError, match="at most 20 candidates"):
        reference.best(line(list(range(21)), sites=2, limit=5))


def test_without_numba_the_plain_loops_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "_compiled", None)
    monkeypatch.setitem(sys.modules, "numba", None)
    assert kernels.kernels() is kernels.PLAIN


def test_warming_runs_each_loop_once() -> None:
    siting.warm()
