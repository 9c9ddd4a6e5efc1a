"""The twin beside SimPy and Ciw: other programs, other chances, the same means."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from bench.twin_peers import Territory, ciw_agendas
from bench.twin_worlds import agendas_in_line, territory
from maillage.engines.twin import Kind, Outcome, Run, run

SEEDS = 6


def alike(ours: Sequence[float], theirs: Sequence[float]) -> bool:
    """Whether two means differ by no more than 3.5 standard errors of their difference, or a thousandth."""
    error = math.sqrt((np.var(ours, ddof=1) + np.var(theirs, ddof=1)) / len(ours))
    return abs(np.mean(ours) - np.mean(theirs)) <= max(3.5 * error, 1e-3 * abs(float(np.mean(theirs))))


def mean_delay(found: Run) -> float:
    counts = found.delays.sum(axis=0)
    return float((counts * np.arange(counts.size)).sum() / counts.sum())


def test_agendas_in_line_wait_as_in_ciw_and_simpy() -> None:
    days, warm_up = 500, 100
    world = agendas_in_line(4, 400, 10, 8.0, days)
    ours = [mean_delay(run(world, seed, warm_up=warm_up)) for seed in range(SEEDS)]
    ciw = [ciw_agendas(4, 10, 8.0, days, warm_up, seed).mean_delay() for seed in range(SEEDS)]
    simpy = [Territory(world, warm_up, seed).run().mean_delay() for seed in range(SEEDS)]
    assert alike(ours, ciw)
    assert alike(ours, simpy)


@pytest.fixture(scope="module")
def lives() -> tuple[list[Run], list[Territory]]:
    """A small territory lived by both, each door open."""
    world = territory(3_000, 2, 140)
    theirs = [Territory(world, 60, seed) for seed in range(SEEDS)]
    for one in theirs:
        one.run()
    return [run(world, seed, warm_up=60) for seed in range(SEEDS)], theirs


@pytest.mark.parametrize("outcome", [*Outcome], ids=lambda outcome: outcome.name)
def test_a_territory_fares_as_in_simpy(outcome: Outcome, lives: tuple[list[Run], list[Territory]]) -> None:
    ours, theirs = lives
    for kind in Kind:
        assert alike(
            [float(one.by_commune[:, kind, outcome].sum()) for one in ours],
            [float(one.seen.outcomes[kind, outcome]) for one in theirs],
        ), kind.name


def test_a_territory_waits_as_in_simpy(lives: tuple[list[Run], list[Territory]]) -> None:
    ours, theirs = lives
    assert alike([mean_delay(one) for one in ours], [one.seen.mean_delay() for one in theirs])
