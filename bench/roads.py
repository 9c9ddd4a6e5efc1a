"""Minutes by roads beside SciPy's Dijkstra and, where it is installed, pandana's contraction hierarchies.

`python -m bench.roads` writes build/bench/roads.json. The networks are made up, of a fixed seed, so that the
bench runs anywhere; BENCH_EXTRACT names an OpenStreetMap extract to measure besides. pandana is under AGPL
and no dependency of ours: `pip install pandana` in the environment adds its rows.
"""

from __future__ import annotations

import importlib.util
import os
import resource
import time
import warnings
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from bench.data import SEED
from bench.harness import FOLDER, Row, best_of, row, write
from maillage.engines import traveltime
from maillage.engines.traveltime import RoadGraph
from maillage.engines.traveltime.geometry import along_a_curve

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


def national() -> list[Row]:
    """Pairs within an hour of 35,000 points of 10 million nodes, by pieces that a run cut short has kept.

    Points are drawn where roads are: the densest are asked as often as the others. Remove the folder of
    pieces to begin again; `BENCH_POINTS` asks for fewer points.
    """
    count = int(os.environ.get("BENCH_POINTS", "35000"))
    graph = along(made_up(3163))
    asked = np.sort(np.random.default_rng(SEED).choice(graph.n, count, replace=False))
    folder = FOLDER / f"roads/{graph.n}-{count}"
    folder.mkdir(parents=True, exist_ok=True)
    for piece, origins in enumerate(np.array_split(asked, -(-count // 1000))):
        file = folder / f"{piece}.npz"
        if file.is_file():
            continue
        began = time.perf_counter(), time.process_time()
        found = traveltime.minutes_between(graph, origins, asked, 60.0, threads=2)
        took = time.perf_counter() - began[0], time.process_time() - began[1]
        part = file.with_suffix(".part.npz")
        np.savez(part, size=found.origin.size, took=took)
        part.rename(file)
    pieces = [np.load(file) for file in sorted(folder.glob("*.npz"))]
    pairs = sum(int(one["size"]) for one in pieces)
    clock, processor = (sum(float(one["took"][k]) for one in pieces) for k in range(2))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    note = (
        f"{graph.n} nodes, {len(graph)} links, {pairs} pairs; {len(pieces)} pieces, {processor:.0f} s of "
        f"processor, {memory:.1f} GB at most"
    )
    return [row(f"a country: {count} × {count} within 60 min", clock * 1e3, "asked for", 600_000.0, note)]


def along(graph: RoadGraph) -> RoadGraph:
    """The same graph, its nodes in the order in which an extract is read."""
    order = along_a_curve(graph.lon, graph.lat)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    tail = np.repeat(np.arange(graph.n), np.diff(graph.starts))
    return traveltime.road_graph(
        graph.lon[order], graph.lat[order], place[tail], place[graph.head], graph.minutes, vintage="made up"
    )


def run() -> list[Row]:
    """Every row of the bench; that of a country, which takes minutes, where BENCH_NATIONAL is set."""
    traveltime.minutes_between(made_up(4), [0], [1])  # compiles
    rng = np.random.default_rng(SEED)
    town, departement = along(made_up(180)), along(made_up(708))
    rows = compare("a small area", town, rng.choice(town.n, 500, replace=False), 3)
    rows += compare("a département", departement, rng.choice(departement.n, 500, replace=False), 1)
    if os.environ.get("BENCH_EXTRACT"):
        file = Path(os.environ["BENCH_EXTRACT"])
        graph, read_ms = best_of(1, lambda: traveltime.read_openstreetmap(file))
        main = np.flatnonzero(traveltime.main_network(graph))
        rows += compare(f"{file.name}, read in {read_ms:.0f} ms", graph, rng.choice(main, 500, False), 3)
    return rows + (national() if os.environ.get("BENCH_NATIONAL") else [])


if __name__ == "__main__":
    write("roads", run())
