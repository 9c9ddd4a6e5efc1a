"""Minutes by roads beside SciPy's Dijkstra and, where it is installed, pandana's contraction hierarchies.

`python -m bench.roads` writes build/bench/roads.json. The networks are made up, of a fixed seed, so that the
bench runs anywhere; BENCH_EXTRACT names an OpenStreetMap extract to measure besides. pandana is under AGPL
and no dependency of ours: `pip install pandana` in the environment adds its rows.
"""

from __future__ import annotations

import importlib.util
import os
import warnings
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench.data import SEED
from bench.harness import Row, best_of, row, write
from maillage.engines import traveltime
from maillage.engines.traveltime import RoadGraph

LIMITS = (20.0, 60.0)


def made_up(side: int) -> RoadGraph:
    """A network of side² nodes: a jittered grid of 250 m with a quarter of its streets missing, one in
    twenty one-way, and one row in sixteen a fast road."""
    rng = np.random.default_rng(SEED)
    rank = np.arange(side * side).reshape(side, side)
    place = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * 0.25
    place = place + rng.uniform(-0.08, 0.08, place.shape)
    tail = np.concatenate((rank[:, :-1].ravel(), rank[:-1, :].ravel()))
    head = np.concatenate((rank[:, 1:].ravel(), rank[1:, :].ravel()))
    line = np.concatenate((np.repeat(np.arange(side), side - 1), np.tile(np.arange(side), side - 1)))
    fast = line % 16 == 0
    kept = fast | (rng.random(tail.size) < 0.75)
    tail, head, fast = tail[kept], head[kept], fast[kept]
    minutes = np.linalg.norm(place[tail] - place[head], axis=1) / np.where(fast, 70.0, 30.0) * 60
    back = fast | (rng.random(tail.size) < 0.95)
    return traveltime.road_graph(
        2.0 + place[:, 0] / 78.8,
        45.0 + place[:, 1] / 111.2,
        np.concatenate((tail, head[back])),
        np.concatenate((head, tail[back])),
        np.concatenate((minutes, minutes[back])),
        vintage="made up",
    )


def dense(found: traveltime.Between, n: int) -> np.ndarray:
    """The minutes found as a table."""
    table = np.full((n, n), np.inf)
    table[found.origin, found.destination] = found.minutes
    return table


def compare(name: str, graph: RoadGraph, asked: np.ndarray, repeats: int) -> list[Row]:
    """The table of the nodes asked, ours beside the peers', checked to be the same."""
    links = csr_array((graph.minutes, graph.head, graph.starts), shape=(graph.n, graph.n))
    rows, n = [], asked.size
    contracted = _pandana(graph, asked)
    for limit in LIMITS:
        found, ours_ms = best_of(
            repeats, lambda within=limit: traveltime.minutes_between(graph, asked, asked, within)
        )
        table = dense(found, n)
        expected, peer_ms = best_of(
            repeats, lambda within=limit: dijkstra(links, indices=asked, limit=within)[:, asked]
        )
        np.testing.assert_array_equal(table, expected)
        note = f"{graph.n} nodes, {len(graph)} links; {len(found.origin)} pairs found, equal to the last bit"
        case = f"{name}: {n} × {n} within {limit:g} min"
        rows.append(row(case, ours_ms, "scipy dijkstra", peer_ms, note))
        if contracted is not None:
            prepared_ms, theirs, peer_ms = contracted
            apart = np.abs(theirs - table)[np.isfinite(table)].max()
            note = f"no limit; {prepared_ms / 1e3:.1f} s to contract before; up to {apart:.2f} min apart"
            rows.append(row(case, ours_ms, "pandana", peer_ms, note))
    return rows


def _pandana(graph: RoadGraph, asked: np.ndarray) -> tuple[float, np.ndarray, float] | None:
    """Milliseconds that pandana took to contract the graph, its table, and the milliseconds of the table.

    None where it is absent.
    """
    if importlib.util.find_spec("pandana") is None:
        return None
    import pandana
    import pandas as pd

    tail = np.repeat(np.arange(graph.n), np.diff(graph.starts))
    columns = (pd.Series(values) for values in (graph.lon, graph.lat, tail, graph.head))
    minutes = pd.DataFrame({"minutes": graph.minutes})
    network, prepared_ms = best_of(1, lambda: pandana.Network(*columns, minutes, twoway=False))
    origins, destinations = np.repeat(asked, asked.size), np.tile(asked, asked.size)
    with warnings.catch_warnings(action="ignore"):  # it names every pair that no way joins
        found, elapsed = best_of(1, lambda: network.shortest_path_lengths(origins, destinations))
    return prepared_ms, np.array(found).reshape(asked.size, -1), elapsed


def run() -> list[Row]:
    """Every row of the bench."""
    traveltime.minutes_between(made_up(4), [0], [1])  # compiles
    rng = np.random.default_rng(SEED)
    town, departement = made_up(180), made_up(708)
    rows = compare("a small area", town, rng.choice(town.n, 500, replace=False), 3)
    rows += compare("a département", departement, rng.choice(departement.n, 500, replace=False), 1)
    if os.environ.get("BENCH_EXTRACT"):
        file = Path(os.environ["BENCH_EXTRACT"])
        graph, read_ms = best_of(1, lambda: traveltime.read_openstreetmap(file))
        main = np.flatnonzero(traveltime.main_network(graph))
        rows += compare(f"{file.name}, read in {read_ms:.0f} ms", graph, rng.choice(main, 500, False), 3)
    return rows


if __name__ == "__main__":
    write("roads", run())
