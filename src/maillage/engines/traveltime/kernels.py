"""The loop of the road router: Dijkstra with a four-way heap.

A node reached anew, and nearer, is pushed again and its older entry passed over: measured a third faster on
500,000 nodes than moving it in the heap, which writes all over memory where each node stands. Written so that
Numba compiles it as it stands; without Numba it runs as plain Python, and slowly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.loops import compile_loops

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Work(NamedTuple):
    """What a search writes in: `best` is all infinite between two searches.

    `best`: minutes by node; `reached`: the nodes settled, nearest first; `keys` and `nodes`: the heap, with
    room for a node at each link that leads to it, and the source.
    """

    best: Floats
    reached: Ints
    keys: Floats
    nodes: Ints


def push(work: Work, size: int, key: float, node: int) -> None:
    """Add `node` to a heap of `size`, pushing down what is farther."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if work.keys[above] <= key:
            break
        work.keys[at] = work.keys[above]
        work.nodes[at] = work.nodes[above]
        at = above
    work.keys[at] = key
    work.nodes[at] = node


def drop(work: Work, size: int) -> None:
    """Take the top off a heap, of which `size` remain, pulling up what is nearer than its last."""
    key = work.keys[size]
    node = work.nodes[size]
    at = 0
    while True:
        least = 4 * at + 1
        if least >= size:
            break
        nearest = work.keys[least]
        for other in range(least + 1, min(4 * at + 5, size)):
            if work.keys[other] < nearest:
                least = other
                nearest = work.keys[other]
        if nearest >= key:
            break
        work.keys[at] = nearest
        work.nodes[at] = work.nodes[least]
        at = least
    work.keys[at] = key
    work.nodes[at] = node


def settle(
    starts: Longs,
    heads: Ints,
    minutes: Floats,
    source: int,
    limit: float,
    wanted: NDArray[np.bool_],
    left: int,
    work: Work,
) -> tuple[int, int]:
    """Settle the nodes within `limit` of `source`, until `left` of those `wanted` are.

    Those settled are in `work.reached`, nearest first, with their minutes in `work.best`. Returns how many
    they are and how many stay in the heap, which `clean` asks for.
    """
    work.best[source] = 0.0
    push(work, 0, 0.0, source)
    size = 1
    settled = 0
    while size > 0 and left > 0:
        key = work.keys[0]
        node = work.nodes[0]
        size -= 1
        drop(work, size)
        if key > work.best[node]:
            continue  # it was reached again since, and nearer
        work.reached[settled] = node
        settled += 1
        if wanted[node]:
            left -= 1
        for link in range(starts[node], starts[node + 1]):
            head = heads[link]
            far = key + minutes[link]
            if far <= limit and far < work.best[head]:
                work.best[head] = far
                push(work, size, far, head)
                size += 1
    return settled, size


def clean(work: Work, settled: int, size: int) -> None:
    """Make `best` infinite again where the last search wrote."""
    for k in range(settled):
        work.best[work.reached[k]] = np.inf
    for k in range(size):
        work.best[work.nodes[k]] = np.inf


def reach(starts: Longs, heads: Ints, minutes: Floats, source: int, limit: float, work: Work) -> int:
    """Settle every node within `limit` of `source`; how many were."""
    nothing = np.zeros(starts.size - 1, dtype=np.bool_)
    settled, _ = settle(starts, heads, minutes, source, limit, nothing, 1, work)
    return settled


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
        settled, left = settle(starts, heads, minutes, sources[position], limit, wanted, places, work)
        for k in range(settled):
            node = work.reached[k]
            for p in range(point_starts[node], point_starts[node + 1]):
                origin[size] = position
                destination[size] = points[p]
                found[size] = work.best[node]
                size += 1
        clean(work, settled, left)
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
    """The loops as Numba dispatchers; None without Numba."""
    found = compile_loops(PLAIN, (push, drop, settle, clean))
    return Kernels(*found) if found else None


def kernels() -> Kernels:
    """The compiled loops, or the plain ones where Numba is absent."""
    global _compiled
    if _compiled is None:
        _compiled = compile_kernels() or PLAIN
    return _compiled
