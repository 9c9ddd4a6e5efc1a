"""The time may run out at any look at the clock: a clock that tests advance, so that no machine decides.

Nothing here lasts: a tick is worth so long that HiGHS has no time at all, or more than it needs.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from maillage.engines import roster
from maillage.engines.roster import Limit, NoRosterError, Problem, network, solver, stopwatch
from maillage.engines.roster.solver import _Search
from maillage.engines.roster.stopwatch import OutOfTimeError, Stopwatch
from tests.engines.rosters import DAY, nights
from tests.engines.test_roster_schedules import shifts
from tests.engines.test_roster_sequences import dense

TICK = 1_000.0
"""Seconds between two looks."""


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The clock of the engine, which advances by one tick at each look."""
    clock = SimpleNamespace(looks=0)

    def monotonic():
        clock.looks += 1
        return clock.looks * TICK

    clock.monotonic = monotonic
    monkeypatch.setattr(stopwatch, "time", clock)
    return clock


@pytest.mark.parametrize("small", [0, solver.SMALL], ids=["by sequences", "by programmes"])
@pytest.mark.parametrize("problem", [shifts(6, 4), dense(3, 5, 3, 10)], ids=["shifts", "dense"])
def test_whenever_the_time_ends_the_roster_keeps_the_rules_or_is_said_to_be_missing(
    problem, small, monkeypatch
):
    monkeypatch.setattr(solver, "SMALL", small)
    objectives = []
    for ticks in [*range(16), 20, 26, 34, 45, 60, 100, 300]:
        try:
            found = roster.solve(problem, seconds=ticks * TICK, gap=0.0)
        except NoRosterError as error:
            assert "allow more time" in str(error)  # noqa: PT017 (either is right)
            assert not objectives
            continue
        assert found.violations == ()
        assert found.bound <= found.score.objective + 1e-6
        objectives.append(found.score.objective)
    assert found.gap == 0.0
    assert min(objectives) == objectives[-1]


def test_the_same_seed_and_the_same_looks_give_the_same_roster():
    one, other = (roster.solve(dense(3, 5, 3, 10), seconds=40 * TICK, gap=0.0, seed=4) for _ in range(2))
    assert (one.assignment == other.assignment).all()
    assert one.bound == other.bound


@pytest.mark.parametrize(
    ("module", "name"),
    [(solver, "LARGE_WITH_RUNS"), (network, "MOST_ARCS")],
    ids=["too large a programme", "too many schedules"],
)
def test_where_programmes_do_not_do_sequences_go_on_from_the_roster_given(module, name, monkeypatch):
    problem = dense(3, 5, 3, 10)
    best = roster.solve(problem, seconds=100 * TICK, gap=0.0)
    monkeypatch.setattr(solver, "SMALL", 0)
    monkeypatch.setattr(module, name, 0)
    told = []
    found = roster.solve(
        problem, seconds=200 * TICK, gap=0.0, start=best.assignment, progress=lambda *one: told.append(one)
    )
    assert found.score.objective == best.score.objective
    assert -np.inf < found.bound <= found.score.objective + 1e-6
    spent, objectives, bounds = zip(*told, strict=True)
    assert list(spent) == sorted(spent)
    assert list(objectives) == sorted(objectives, reverse=True)
    assert list(bounds) == sorted(bounds)
    alone = roster.solve(problem, seconds=60 * TICK, gap=0.0)
    assert alone.method == "sequences"
    assert alone.violations == ()


def test_a_clock_ends_with_the_one_that_it_is_part_of():
    watch = Stopwatch(3 * TICK)
    assert not watch.over
    assert watch.part(9 * TICK).limit == TICK
    assert watch.over
    assert watch.left == 0.0
    with pytest.raises(OutOfTimeError):
        watch.check()


def searched(seconds, least=0.0):
    """A search on five nights for three people who must each hold so many at least."""
    limit = Limit("at least", np.ones(5), np.full(3, least), np.full(3, 5.0))
    problem = Problem.of(nights(5), np.ones((3, 5)), rest=DAY, limits=(limit,))
    return _Search(problem, seconds, gap=0.0, seed=0)


def test_a_programme_without_days_tied_gives_a_bound_where_it_is_solved_alone(monkeypatch):
    search = searched(1e6)
    search.relax_days()
    assert 0.0 <= search.bound < np.inf
    impossible = searched(1e6, least=6.0)
    impossible.relax_days()
    assert impossible.bound == -np.inf
    over = searched(0.0)
    with pytest.raises(OutOfTimeError):
        over.relax_days()
    slow = searched(1e6)
    monkeypatch.setattr(solver.highs, "relax", lambda form, seconds: (-np.inf, np.empty(0)))
    slow.relax_days()
    assert (over.bound, slow.bound) == (-np.inf, -np.inf)


def test_parts_grow_until_they_are_the_whole_whose_bound_is_then_taken():
    search = searched(1e9)
    search.prepare()
    assert search.pool is None
    search.start(np.zeros((3, 5), dtype=bool), "given")
    search.bound = -np.inf
    search.improve()
    assert search.method == "parts"
    assert search.done
    assert roster.score(search.problem, search.held).missing == 0


@pytest.mark.parametrize("share", [0.01, 0.4, 1.0])
def test_a_part_of_days_is_a_row_of_days_up_to_all_of_them(share):
    search = searched(1e9)
    search.prepare()
    found = {tuple(np.unique(search.day[search.days(share)]).tolist()) for _ in range(40)}
    assert all(list(days) == list(range(days[0], days[0] + len(days))) for days in found)
    assert (found == {(0, 1, 2, 3, 4)}) == (share == 1.0)
