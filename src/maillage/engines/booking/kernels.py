"""The hot loops, as plain functions: compiled by Numba where it is installed, tested as they stand.

Their NumPy twins in `compute` give the same numbers where Numba is absent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from numpy.typing import NDArray

from maillage.engines.loops import compile_loops

Backend = Literal["auto", "numba", "numpy"]
Kernel = Callable[..., int]


PROFESSIONS, ABILITIES, MOTIVES, AGE_MIN, AGE_MAX, ROW, BEGIN, COUNT = range(8)
"""Columns of the table of rows: 64 bytes for a row, which a processor reads at once. `ROW` is the row where
it takes new patients, else −1 − row; its slots are `starts[BEGIN : BEGIN + COUNT]`."""
COLUMNS = 8


def left_out(
    table: NDArray[Any], at: int, row: int, wanted: tuple[int, ...], own: NDArray[Any], refused: NDArray[Any]
) -> int:
    """Return the bits of the filters on a row itself that leave it out, in the order of `Reason`; 0: none."""
    any_profession, all_abilities, motive, age = wanted[0], wanted[1], wanted[2], wanted[3]
    out = 0
    for k in range(refused.size):
        if refused[k] == row:
            out = 1
    if (table[at, PROFESSIONS] & any_profession) == 0:
        out |= 2
    if (table[at, ABILITIES] & all_abilities) != all_abilities:
        out |= 4
    if (table[at, MOTIVES] & motive) != motive:
        out |= 8
    if age >= 0 and (age < table[at, AGE_MIN] or age >= table[at, AGE_MAX]):
        out |= 16
    if table[at, ROW] < 0:
        welcome = False
        for k in range(own.size):
            welcome |= own[k] == row
        if not welcome:
            out |= 32
    return out


def first_from(starts: NDArray[Any], begin: int, end: int, first: int) -> int:
    """Return where the first slot that starts at `first` or later is, `end` where there is none."""
    while begin < end:
        middle = (begin + end) >> 1
        if starts[middle] < first:
            begin = middle + 1
        else:
            end = middle
    return begin


def best(
    communes: NDArray[Any],
    minutes: NDArray[Any],
    limits: tuple[float, float],
    wanted: tuple[int, ...],
    commune_begin: NDArray[Any],
    table: NDArray[Any],
    starts: NDArray[Any],
    tags: NDArray[Any],
    own: NDArray[Any],
    refused: NDArray[Any],
    found: NDArray[Any],
    travel: NDArray[Any],
    score: NDArray[Any],
) -> int:
    """Fill the k best rows (k = score.size), best first, with travel and score; return how many.

    `found` (3, k): row, start, wait. `limits`: the longest travel, and its weight. `wanted`: professions,
    abilities, motive, age or −1, first and last start, audiences, kinds, now. A tag holds the audiences in
    its low byte and the kinds above. Communes come nearest first, so that the search ends where no wait could
    make up for the travel. `table` is in the order of the communes: neighbours in space are so in memory.
    """
    max_travel, weight = limits
    first, last, audiences, kinds, now = wanted[4], wanted[5], wanted[6], wanted[7], wanted[8]
    size, k = 0, score.size
    rows = found[0]
    for c in range(communes.size):
        away = float(minutes[c])
        cost = weight * away
        if away > max_travel or (size == k and cost + float(first - now) > score[k - 1]):
            break
        for at in range(commune_begin[communes[c]], commune_begin[communes[c] + 1]):
            row = table[at, ROW]
            if row < 0:
                row = -1 - row
            if left_out(table, at, row, wanted, own, refused):
                continue
            slot = table[at, BEGIN]
            end = slot + table[at, COUNT]
            slot = first_from(starts, slot, end, first)
            # Where even the first slot at hand would come too late, who may see it need not be read.
            if slot < end and size == k and float(starts[slot] - now) + cost > score[k - 1]:
                continue
            while (
                slot < end
                and starts[slot] <= last
                and ((tags[slot] & audiences) == 0 or ((tags[slot] >> 8) & kinds) == 0)
            ):
                slot += 1
            if slot == end or starts[slot] > last:
                continue
            total = float(starts[slot] - now) + cost
            # Communes go outwards: of equal scores the one found before is nearer; else rows decide.
            place = size
            while place > 0 and (
                score[place - 1] > total
                or (score[place - 1] == total and travel[place - 1] == minutes[c] and rows[place - 1] > row)
            ):
                place -= 1
            if place == k:
                continue
            if size < k:
                size += 1
            for later in range(size - 1, place, -1):
                for column in range(3):
                    found[column, later] = found[column, later - 1]
                travel[later] = travel[later - 1]
                score[later] = score[later - 1]
            found[0, place] = row
            found[1, place] = starts[slot]
            found[2, place] = starts[slot] - now
            travel[place] = minutes[c]
            score[place] = total
    return size


def several(
    lowest: int,
    highest: int,
    reach_begin: NDArray[Any],
    communes: NDArray[Any],
    minutes: NDArray[Any],
    limits: NDArray[Any],
    wanted: NDArray[Any],
    commune_begin: NDArray[Any],
    table: NDArray[Any],
    starts: NDArray[Any],
    tags: NDArray[Any],
    own_begin: NDArray[Any],
    own: NDArray[Any],
    refused_begin: NDArray[Any],
    refused: NDArray[Any],
    found: NDArray[Any],
    travel: NDArray[Any],
    score: NDArray[Any],
    sizes: NDArray[Any],
) -> int:
    """Answer the requests from `lowest` to `highest` (not counted) as `best` does; return how many.

    `limits` (m, 2), `wanted` (m, 9), `found` (m, 3, k), `travel` and `score` (m, k), `sizes` (m): one row for
    each request. The communes of request r are those from `reach_begin[r]`; `own` and `refused` likewise.
    """
    for r in range(lowest, highest):
        near = slice(reach_begin[r], reach_begin[r + 1])
        w = wanted[r]
        sizes[r] = best(
            communes[near],
            minutes[near],
            (limits[r, 0], limits[r, 1]),
            (w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8]),
            commune_begin,
            table,
            starts,
            tags,
            own[own_begin[r] : own_begin[r + 1]],
            refused[refused_begin[r] : refused_begin[r + 1]],
            found[r],
            travel[r],
            score[r],
        )
    return highest - lowest


def survey(
    communes: NDArray[Any],
    minutes: NDArray[Any],
    max_travel: float,
    wanted: tuple[int, ...],
    commune_begin: NDArray[Any],
    table: NDArray[Any],
    starts: NDArray[Any],
    tags: NDArray[Any],
    own: NDArray[Any],
    refused: NDArray[Any],
    rows: NDArray[Any],
    found: NDArray[Any],
    travel: NDArray[Any],
    failed: NDArray[Any],
) -> int:
    """Fill every row of the communes, nearest commune first, with what each filter says; return how many.

    `wanted` is that of `best`. `found`: the first start that is visible and of a kind asked, at any date, −1
    without one. `failed`: the bits of the filters that leave the row out, in the order of `Reason`; 0: none.
    """
    first, last, audiences, kinds = wanted[4], wanted[5], wanted[6], wanted[7]
    size = 0
    for c in range(communes.size):
        away = float(minutes[c])
        for at in range(commune_begin[communes[c]], commune_begin[communes[c] + 1]):
            row = table[at, ROW]
            if row < 0:
                row = -1 - row
            slot = table[at, BEGIN]
            end = slot + table[at, COUNT]
            slot = first_from(starts, slot, end, first)
            while slot < end and ((tags[slot] & audiences) == 0 or ((tags[slot] >> 8) & kinds) == 0):
                slot += 1
            out = left_out(table, at, row, wanted, own, refused)
            if away > max_travel:
                out |= 64
            if slot == end:
                out |= 128
            elif starts[slot] > last:
                out |= 256
            rows[size] = row
            found[size] = -1 if slot == end else starts[slot]
            travel[size] = minutes[c]
            failed[size] = out
            size += 1
    return size


class Kernels(NamedTuple):
    """The loops, compiled."""

    best: Kernel
    survey: Kernel
    several: Kernel


PLAIN = Kernels(best, survey, several)
"""The loops as they stand, which run without Numba, and slowly."""


def compile_kernels() -> Kernels | None:
    """The loops as Numba dispatchers; None without Numba."""
    found = compile_loops(PLAIN, (left_out, first_from, best))
    return Kernels(*found) if found else None


_compiled: Kernels | None = None


def compiled(backend: Backend) -> Kernels | None:
    """The compiled loops, or None where `backend` is "numpy" or, with "auto", Numba is absent.

    Raises ImportError where "numba" is asked for by name and absent.
    """
    global _compiled
    if backend == "numpy":
        return None
    if _compiled is None:
        _compiled = compile_kernels()
    if _compiled is None and backend == "numba":
        raise ImportError("Numba is not installed: use backend='numpy' or 'auto'")
    return _compiled
