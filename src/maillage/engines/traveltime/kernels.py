"""The loop of the road router: Dijkstra with a four-way heap that knows where each node stands in it.

Written so that Numba compiles it as it stands; without Numba it runs as plain Python, and slowly.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Work(NamedTuple):
    """What one search needs and gives back clean: `best` all infinite between two searches.

    `best`: minutes by node; `keys`, `nodes`: the heap; `slot`: where a node stands in the heap; `reached`:
    the nodes settled, nearest first. All of the number of nodes.
    """

    best: Floats
    keys: Floats
    nodes: Ints
    slot: Ints
    reached: Ints


def rise(work: Work, at: int, key: float, node: int) -> None:
    """Write `node` at the place `at` of the heap, or above, pushing down what is farther."""
    while at > 0:
        above = (at - 1) >> 2
        if work.keys[above] <= key:
            break
        work.keys[at] = work.keys[above]
        work.nodes[at] = work.nodes[above]
        work.slot[work.nodes[at]] = at
        at = above
    work.keys[at] = key
    work.nodes[at] = node
    work.slot[node] = at


def sink(work: Work, size: int, key: float, node: int) -> None:
    """Write `node` at the top of a heap of `size`, or below, pulling up what is nearer."""
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if work.keys[other] < work.keys[least]:
                least = other
        if work.keys[least] >= key:
            break
        work.keys[at] = work.keys[least]
        work.nodes[at] = work.nodes[least]
        work.slot[work.nodes[at]] = at
        at = least
    work.keys[at] = key
    work.nodes[at] = node
    work.slot[node] = at


def settle(
    starts: Longs,
    heads: Ints,
    minutes: Floats,
    source: int,
    limit: float,
    wanted: NDArray[np.bool_],
    left: int,
    work: Work,
) -> int:
    """Settle the nodes within `limit` of `source`, until `left` of those `wanted` are; how many were.

    They are in `work.reached`, nearest first, with their minutes in `work.best`. The caller cleans `best` by
    `clean`, which is why the nodes still in the heap are written after those settled.
    """
    work.best[source] = 0.0
    size = 1
    work.keys[0] = 0.0
    work.nodes[0] = source
    work.slot[source] = 0
    settled = 0
    while size > 0 and left > 0:
        node = work.nodes[0]
        size -= 1
        if size > 0:
            sink(work, size, work.keys[size], work.nodes[size])
        work.reached[settled] = node
        settled += 1
        if wanted[node]:
            left -= 1
        for link in range(starts[node], starts[node + 1]):
            head = heads[link]
            far = work.best[node] + minutes[link]
            if far <= limit and far < work.best[head]:
                if work.best[head] == np.inf:
                    at = size
                    size += 1
                else:
                    at = work.slot[head]
                work.best[head] = far
                rise(work, at, far, head)
    work.reached[settled : settled + size] = work.nodes[:size]
    work.reached[settled + size :][:1] = -1
    return settled


def clean(work: Work) -> None:
    """Make `best` infinite again where the last search wrote."""
    for k in range(work.reached.size):
        if work.reached[k] < 0:
            break
        work.best[work.reached[k]] = np.inf


def reach(starts: Longs, heads: Ints, minutes: Floats, source: int, limit: float, work: Work) -> int:
    """Settle every node within `limit` of `source`; how many were."""
    nothing = np.zeros(starts.size - 1, dtype=np.bool_)
    return settle(starts, heads, minutes, source, limit, nothing, 1, work)


def between(
    starts: Longs,
    heads: Ints,
    minutes: Floats,
    sources: Ints,
    first: int,
    point_starts: Longs,
    points: Ints,
    limit: float,
    work: Work,
    origin: Ints,
    destination: Ints,
    found: Floats,
) -> tuple[int, int]:
    """Minutes from the sources, from the position `first` on, to the points that stand at nodes.

    The points of a node are `points[point_starts[node]:point_starts[node + 1]]`. Rows are written in
    `origin`, `destination`, `found` until the next source might not fit. Returns the position of that source
    and the number of rows.
    """
    wanted = point_starts[1:] > point_starts[:-1]
    places = int(wanted.sum())
    size = 0
    position = first
    while position < sources.size and size + points.size <= origin.size:
        settled = settle(starts, heads, minutes, sources[position], limit, wanted, places, work)
        for k in range(settled):
            node = work.reached[k]
            for p in range(point_starts[node], point_starts[node + 1]):
                origin[size] = position
                destination[size] = points[p]
                found[size] = work.best[node]
                size += 1
        clean(work)
        position += 1
    return position, size


class Kernels(NamedTuple):
    """The loops that are called from Python."""

    reach: Callable[..., int]
    between: Callable[..., tuple[int, int]]


PLAIN = Kernels(reach, between)
"""The loops as they stand."""

_compiled: Kernels | None = None


def compile_kernels() -> Kernels | None:
    """The loops as Numba dispatchers, compiled on first call and kept on disk; None without Numba."""
    try:
        numba: Any = importlib.import_module("numba")
    except ImportError:
        return None
    shared = importlib.import_module("numba.extending").register_jitable
    for inner in (rise, sink, settle, clean):
        shared(inner)
    return Kernels(*(numba.njit(cache=True, nogil=True)(loop) for loop in PLAIN))


def kernels() -> Kernels:
    """The compiled loops, or the plain ones where Numba is absent."""
    global _compiled
    if _compiled is None:
        _compiled = compile_kernels() or PLAIN
    return _compiled
