"""Travel times along roads: a graph of directed links, points brought to its nodes, minutes between them.

Exact: the minutes are those of Dijkstra's algorithm, equal to the last bit to the least sum of links, added
from the origin on. Nothing is contracted or approximated; turns cost nothing.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maillage.engines.traveltime import kernels
from maillage.engines.traveltime.columns import as_positions, canonical, refuse
from maillage.engines.traveltime.geometry import kd_tree, km_of_chord, unit_vectors
from maillage.engines.traveltime.model import FloatArray, IntArray, Pairs

PROVIDER_ROADS = "roads"
_ROWS = 1 << 20
"""Rows that one call of the loop may write: 16 MB."""
_BLOCK = 128
"""Origins that a thread takes at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadGraph:
    """Directed links between nodes, in compressed rows; made by `road_graph`.

    `lon`, `lat`: WGS84 degrees of the nodes, shape (n,). The links that leave node k are at
    `starts[k]:starts[k + 1]`: `head` (int32) is where each leads, `minutes` (float64, ≥ 0) what it takes.
    `vintage` says from which extract, of when.
    """

    lon: FloatArray
    lat: FloatArray
    starts: NDArray[np.int64]
    head: IntArray
    minutes: FloatArray
    vintage: str

    @property
    def n(self) -> int:
        """How many nodes."""
        return int(self.lon.size)

    def __len__(self) -> int:
        return int(self.head.size)


class Snapped(NamedTuple):
    """For each point, the node it is brought to and how far that is, kilometres (−1 and infinity: none)."""

    node: IntArray
    km: FloatArray


class Between(NamedTuple):
    """Minutes between points as aligned columns, by origin, then nearest first.

    `origin` and `destination` are positions in what was asked; a pair that is absent is beyond the limit.
    """

    origin: IntArray
    destination: IntArray
    minutes: FloatArray


def road_graph(
    lon: ArrayLike, lat: ArrayLike, tail: ArrayLike, head: ArrayLike, minutes: ArrayLike, *, vintage: str
) -> RoadGraph:
    """The graph of the links tail → head, in any order; of links side by side the fastest is kept.

    `lon`, `lat`: degrees of the n nodes; `tail`, `head`: positions 0 … n−1; `minutes` ≥ 0. A road open both
    ways is two links. A link from a node to itself serves nobody and is left out. Raises ValueError naming
    the first row (0-based) at fault.
    """
    east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    unit_vectors(east, north)  # refuses what is no position
    n = east.size
    ends = [as_positions(values, n, label) for values, label in ((tail, "tail"), (head, "head"))]
    times = np.asarray(minutes, dtype=np.float64)
    if not ends[0].shape == ends[1].shape == times.shape:
        raise ValueError("tail, head and minutes must have the same length")
    refuse(~(np.isfinite(times) & (times >= 0)), "minutes missing or negative")
    order = np.lexsort((times, ends[1], ends[0]))
    order = order[ends[0][order] != ends[1][order]]
    key = ends[0][order].astype(np.int64) * n + ends[1][order]
    order = order[np.concatenate((np.ones(min(key.size, 1), dtype=bool), key[1:] != key[:-1]))]
    leaving = np.bincount(ends[0][order], minlength=n)
    starts = np.concatenate(([0], np.cumsum(leaving))).astype(np.int64)
    return RoadGraph(east, north, starts, ends[1][order], times[order], vintage)


class Networks(NamedTuple):
    """The sets of nodes that all reach one another: which one each node is in, and how many nodes it has."""

    label: IntArray
    size: IntArray


def networks(graph: RoadGraph) -> Networks:
    """The networks of a graph, both columns of shape (n,).

    Beside the main one are islands without a ferry, car parks behind a barrier, one-way dead ends at the edge
    of the extract.
    """
    # Here only: SciPy's graphs weigh on a server process that routes nothing.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if graph.n == 0:
        return Networks(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int32))
    links = csr_array((np.ones(len(graph)), graph.head, graph.starts), shape=(graph.n, graph.n))
    _, label = connected_components(links, directed=True, connection="strong")
    return Networks(label, np.bincount(label)[label].astype(np.int32))


def main_network(graph: RoadGraph) -> NDArray[np.bool_]:
    """Which nodes belong to the largest network, shape (n,): a point brought elsewhere would reach little.

    Of two as large, the one of the lowest node.
    """
    label, size = networks(graph)
    return np.asarray(label == label[np.argmax(size)]) if graph.n else np.zeros(0, dtype=bool)


def snap(
    graph: RoadGraph,
    lon: ArrayLike,
    lat: ArrayLike,
    *,
    among: NDArray[np.bool_] | None = None,
    within_km: float = math.inf,
) -> Snapped:
    """Bring each point to the nearest node, as the crow flies, `among` those given (all by default).

    A point that has none within `within_km` is brought nowhere. Among nodes at the same place, the lowest.
    """
    points = unit_vectors(lon, lat)
    kept = np.arange(graph.n) if among is None else np.flatnonzero(among)
    if kept.size == 0:
        return Snapped(np.full(len(points), -1, dtype=np.int32), np.full(len(points), np.inf))
    # Nodes at the same place are one for the tree, or which of them it finds would be anyone's guess.
    _, lowest = np.unique(graph.lon[kept] + 1j * graph.lat[kept], return_index=True)
    kept = kept[lowest]
    chord, index = kd_tree(unit_vectors(graph.lon[kept], graph.lat[kept])).query(points)
    km = km_of_chord(np.asarray(chord, dtype=np.float64))
    near = km <= within_km
    return Snapped(np.where(near, kept[index], -1).astype(np.int32), np.where(near, km, np.inf))


def minutes_from(graph: RoadGraph, origin: int, limit: float = math.inf) -> FloatArray:
    """Minutes from the node `origin` to every node, shape (n,); infinite beyond `limit`, or unreachable."""
    source = int(as_positions([origin], graph.n, "origin")[0])
    work = _work(graph)
    kernels.kernels().reach(graph.starts, graph.head, graph.minutes, source, float(limit), work)
    return np.asarray(work.best)


def minutes_between(
    graph: RoadGraph,
    origins: ArrayLike,
    destinations: ArrayLike,
    limit: float = math.inf,
    *,
    threads: int = 1,
) -> Between:
    """Minutes between the nodes `origins` and the nodes `destinations` that are within `limit`.

    Nodes may repeat; −1 (a point brought nowhere) has no pair. The answer is the same whatever `threads`,
    each of which takes 12 bytes a link and 12 a node.
    """
    sources, targets = (
        as_positions(values, graph.n, label, nowhere=True)
        for values, label in ((origins, "origin"), (destinations, "destination"))
    )
    asked, standing = np.flatnonzero(sources >= 0), np.flatnonzero(targets >= 0)
    standing = standing[np.argsort(targets[standing], kind="stable")]
    points = standing.astype(np.int32)
    counts = np.bincount(targets[standing], minlength=graph.n)
    point_starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    rooms = [_work(graph) for _thread in range(max(min(threads, asked.size), 1))]

    def found(block: NDArray[np.int64]) -> list[tuple[NDArray[Any], ...]]:
        work = rooms.pop()  # as many rooms as threads: there is one
        try:
            return _pieces(graph, sources, block, point_starts, points, float(limit), work)
        finally:
            rooms.append(work)

    blocks = np.array_split(asked, max(-(-asked.size // _BLOCK), 1))
    with ThreadPoolExecutor(len(rooms)) as pool:
        pieces = [piece for block in pool.map(found, blocks) for piece in block]
    origin, destination, minutes = (np.concatenate(column) for column in zip(*pieces, strict=True))
    return Between(origin, destination, minutes)


def _pieces(
    graph: RoadGraph,
    sources: IntArray,
    asked: NDArray[np.int64],
    point_starts: NDArray[np.int64],
    points: IntArray,
    limit: float,
    work: kernels.Work,
) -> list[tuple[NDArray[Any], ...]]:
    """Columns of `Between` for the origins at the positions `asked`, as many rows at a time as fit."""
    room = max(_ROWS, points.size)
    rows = (np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int32), np.empty(room))
    loop, first = kernels.kernels().between, 0
    pieces: list[tuple[NDArray[Any], ...]] = [tuple(column[:0] for column in rows)]
    while first < asked.size:
        first, size = loop(
            graph.starts, graph.head, graph.minutes, sources[asked], first, point_starts, points, limit,
            work, *rows,
        )  # fmt: skip
        origin, destination, minutes = (column[:size].copy() for column in rows)
        pieces.append((asked.astype(np.int32)[origin], destination, minutes))
    return pieces


@dataclass(frozen=True, slots=True, eq=False)
class RoadTimes:
    """Travel times between points by the roads of `graph`: a `TravelTimes`.

    Points are brought to the main network, when it is within `snap_km`; the way there is driven straight at
    `access_kmh`, at both ends. A point that is farther has its own pair only. Within a commune,
    `intra_minutes`. Raises ValueError where a parameter makes no sense.
    """

    graph: RoadGraph
    snap_km: float = 5.0
    access_kmh: float = 25.0
    intra_minutes: float = 0.0

    def __post_init__(self) -> None:
        if not (self.snap_km >= 0 and self.access_kmh > 0 and self.intra_minutes >= 0):
            raise ValueError("road times: access_kmh must be > 0, snap_km and intra_minutes >= 0")

    def snap(self, lon: ArrayLike, lat: ArrayLike) -> Snapped:
        """Where the points are brought, and from how far."""
        return snap(self.graph, lon, lat, among=main_network(self.graph), within_km=self.snap_km)

    def pairs(self, lon: ArrayLike, lat: ArrayLike, max_minutes: float) -> Pairs:
        """All pairs within `max_minutes`, both directions, each point's own pair included."""
        snapped = self.snap(lon, lat)
        found = minutes_between(self.graph, snapped.node, snapped.node, max_minutes)
        access = np.where(snapped.node >= 0, snapped.km, 0.0) / self.access_kmh * 60.0
        minutes = found.minutes + access[found.origin] + access[found.destination]
        kept = (minutes <= max_minutes) & (found.origin != found.destination)
        n = snapped.node.size
        own = np.arange(n, dtype=np.int32)
        return canonical(
            np.concatenate((found.origin[kept], own)),
            np.concatenate((found.destination[kept], own)),
            np.concatenate((minutes[kept], np.full(n, self.intra_minutes))).astype(np.float32),
            n=n,
            max_minutes=max_minutes,
            provider=PROVIDER_ROADS,
            vintage=self.graph.vintage,
            estimate=False,
        )


def _work(graph: RoadGraph) -> kernels.Work:
    room = len(graph) + 1
    return kernels.Work(
        best=np.full(graph.n, np.inf),
        reached=np.empty(graph.n, dtype=np.int32),
        keys=np.empty(room),
        nodes=np.empty(room, dtype=np.int32),
    )
