"""Siting: the p-median instances of OR-Library, and a territory, beside spopt's p-median and coverage.

`python -m bench.siting` writes build/bench/siting.json. The instances (pmed1.txt…, as OR-Library gives them)
are read from the folder named by MAILLAGE_PMED, else from ../shared/data/pmed; those that are not there are
not run, and the rows say which were. spopt (`pip install spopt`) is a peer of this bench only: without it our
rows stand alone. It solves the whole programme by HiGHS, and is given the small instances only.
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse.csgraph import floyd_warshall

from bench.data import geography
from bench.harness import Row, row, write
from maillage.engines import siting, traveltime
from maillage.engines.siting import Answer, Effort, Problem

PEER = "spopt, HiGHS"
SECONDS = 3.0
"""The most that an instance is given."""
PEER_SIZE = 100
"""Candidates up to which spopt is asked: 200 take it tens of seconds, 900 more memory than there is."""
TERRITORY, SITES, LIMIT = 300, 5, 15.0
OPTIMA = (
    5819, 4093, 4250, 3034, 1355, 7824, 5631, 4445, 2734, 1255, 7696, 6634, 4374, 2968, 1729, 8162, 6999,
    4809, 2845, 1789, 9138, 8579, 4619, 2961, 1828, 9917, 8307, 4498, 3033, 1989, 10086, 9297, 4700, 3013,
    10400, 9934, 5057, 11060, 9423, 5128,
)  # fmt: skip
"""Of pmed1 to pmed40, as OR-Library publishes them (pmedopt.txt; Beasley, 1985)."""


class Instance(NamedTuple):
    """One instance: its number, the distances between its places, how many sites to open."""

    number: int
    distance: np.ndarray
    sites: int


class Ran(NamedTuple):
    """What an instance gave, in how many milliseconds."""

    instance: Instance
    answer: Answer
    elapsed_ms: float

    @property
    def gap(self) -> float:
        """How far from the published optimum, as a share of it."""
        return self.answer.value / OPTIMA[self.instance.number - 1] - 1


def folder() -> Path:
    """Where the instances are read."""
    named = os.environ.get("MAILLAGE_PMED")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data" / "pmed"


def instances() -> list[Instance]:
    """The instances that are there, in order."""
    files = ((number, folder() / f"pmed{number}.txt") for number in range(1, len(OPTIMA) + 1))
    return [read(number, file) for number, file in files if file.is_file()]


def read(number: int, file: Path) -> Instance:
    """An instance: a graph whose last line for two places holds, distances by the shortest way."""
    values = np.array(file.read_text().split(), dtype=int)
    n, edges, sites = values[:3]
    length = np.full((n, n), np.inf)
    for one, other, cost in values[3 : 3 + 3 * edges].reshape(-1, 3):
        length[one - 1, other - 1] = length[other - 1, one - 1] = cost
    np.fill_diagonal(length, 0)
    return Instance(number, floyd_warshall(length), int(sites))


def timed(problem: Problem, seconds: float) -> tuple[Answer, float]:
    """The answer and milliseconds."""
    began = time.perf_counter()
    answer = siting.solve(problem, Effort(seconds))
    return answer, (time.perf_counter() - began) * 1e3


def library(found: Iterable[Instance]) -> list[Row]:
    """How many instances reach the published optimum, how far the worst is, in how long in all."""
    ran = []
    for one in found:
        n = len(one.distance)
        # The preparation of savings is in the time; the distances, which a territory has already, are not.
        problem = Problem.dense(
            np.ones(n), one.distance, sites=one.sites, limit=float(one.distance.max()), objective="p_median"
        )
        ran.append(Ran(one, *timed(problem, SECONDS)))
    if not ran:
        return []
    numbers = [one.instance.number for one in ran]
    case = f"p-median, pmed{numbers[0]} to pmed{numbers[-1]} ({len(ran)} instances)"
    at_optimum = sum(one.gap < 1e-9 for one in ran)
    proven = sum(one.answer.is_proven for one in ran)
    worst, widest = max(one.gap for one in ran), max(one.answer.gap for one in ran)
    rows = [
        Row(f"{case}: at the published optimum", at_optimum, "published optimum", len(ran), 1.0,
            f"{proven} proved; worst gap to the optimum {100 * worst:.3f} %, "
            f"widest to our own bound {100 * widest:.2f} %", "of"),
        Row(f"{case}: in all", round(sum(one.elapsed_ms for one in ran), 1), "goal for 40", 60_000.0,
            round(60_000.0 / sum(one.elapsed_ms for one in ran), 1), f"{SECONDS:g} s at most each"),
    ]  # fmt: skip
    peers = [one for one in ran if len(one.instance.distance) <= PEER_SIZE]
    return rows + [beside(one) for one in peers if importlib.util.find_spec("spopt")]


def beside(one: Ran) -> Row:
    """One instance beside spopt."""
    n = len(one.instance.distance)
    value, peer_ms = spopt_median(np.ones(n), one.instance.distance, one.instance.sites)
    note = (
        f"ours {one.answer.value:g}, theirs {value:g}; {'proved' if one.answer.is_proven else 'not proved'}"
    )
    return row(f"p-median, pmed{one.instance.number} ({n} places, {one.instance.sites} sites)",
               one.elapsed_ms, PEER, peer_ms, note)  # fmt: skip


def territory() -> list[Row]:
    """The communes nearest to the most populated one outside large towns, where to open five sites."""
    place = geography()
    town = int(np.argmin(np.abs(place.people - 20_000)))
    near = np.argsort(np.hypot((place.lon - place.lon[town]) * 0.7, place.lat - place.lat[town]))[:TERRITORY]
    pairs = traveltime.crow_fly_pairs(place.lon[near], place.lat[near], 120.0, traveltime.CrowFlyModel())
    minutes = np.full((TERRITORY, TERRITORY), 120.0)
    minutes[pairs.origin, pairs.destination] = pairs.minutes
    people = np.nan_to_num(place.people[near])
    rows = []
    for objective, limit, peer in (
        ("p_median", 120.0, spopt_median),
        ("coverage", LIMIT, spopt_coverage),
    ):
        problem = Problem.dense(people, minutes, sites=SITES, limit=limit, objective=objective)
        answer, ours_ms = timed(problem, 10.0)
        said = "proved" if answer.is_proven else f"within {100 * answer.gap:.3f} %"
        case = f"{objective}, {TERRITORY} communes ({place.name}), {SITES} sites"
        if importlib.util.find_spec("spopt"):
            value, peer_ms = peer(people, minutes, SITES)
            rows.append(
                row(case, ours_ms, PEER, peer_ms, f"ours {answer.value:.6g} ({said}), theirs {value:.6g}")
            )
        else:
            rows.append(Row(case, round(ours_ms, 1), "spopt is not installed", 0.0, 0.0, said))
    return rows


def spopt_median(people: np.ndarray, minutes: np.ndarray, sites: int) -> tuple[float, float]:
    """spopt's value and milliseconds, its programme being made in the time as our savings are."""
    from spopt.locate import PMedian

    return _solved(lambda: PMedian.from_cost_matrix(minutes, people, p_facilities=sites))


def spopt_coverage(people: np.ndarray, minutes: np.ndarray, sites: int) -> tuple[float, float]:
    """spopt's weight covered and milliseconds."""
    from spopt.locate import MCLP

    return _solved(lambda: MCLP.from_cost_matrix(minutes, people, service_radius=LIMIT, p_facilities=sites))


def _solved(make: Any) -> tuple[float, float]:
    import pulp

    began = time.perf_counter()
    model = make().solve(pulp.HiGHS(msg=False))
    return float(model.problem.objective.value()), (time.perf_counter() - began) * 1e3


def run() -> list[Row]:
    """Every row of the bench."""
    siting.warm()
    return [*library(instances()), *territory()]


if __name__ == "__main__":
    write("siting", run())
