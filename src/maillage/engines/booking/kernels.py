"""The hot loops, as plain functions: compiled by Numba where it is installed, tested as they stand.

Their NumPy twins in `compute` give the same numbers where Numba is absent.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from numpy.typing import NDArray

Backend = Literal["auto", "numba", "numpy"]
Kernel = Callable[..., int]


def best(
    communes: NDArray[Any],
    minutes: NDArray[Any],
    max_travel: float,
    weight: float,
    wanted: tuple[int, ...],
    commune_begin: NDArray[Any],
    commune_rows: NDArray[Any],
    people: tuple[NDArray[Any], ...],
    begin: NDArray[Any],
    count: NDArray[Any],
    starts: NDArray[Any],
    tags: NDArray[Any],
    own: NDArray[Any],
    refused: NDArray[Any],
    rows: NDArray[Any],
    found: NDArray[Any],
    travel: NDArray[Any],
    score: NDArray[Any],
) -> int:
    """Fill the k best rows (k = rows.size), best first, with their start, travel and score; return how many.

    `wanted`: professions, abilities, motive, age or −1, first and last start, audiences, kinds, now. A tag
    holds the audiences in its low byte and the kinds above. Communes come nearest first, so that the search
    ends where no wait could make up for the travel. Columns of people and slots are in the order of
    `commune_rows`, so that neighbours in space are neighbours in memory.
    """
    any_profession, all_abilities, motive, age, first, last, audiences, kinds, now = wanted
    professions, abilities, motives, age_min, age_max, takes_new = people
    size = 0
    for c in range(communes.size):
        away = float(minutes[c])
        cost = weight * away
        if away > max_travel or (size == rows.size and cost + float(first - now) > score[size - 1]):
            break
        for at in range(commune_begin[communes[c]], commune_begin[communes[c] + 1]):
            if (professions[at] & any_profession) == 0 or (motives[at] & motive) != motive:
                continue
            if (abilities[at] & all_abilities) != all_abilities:
                continue
            if age >= 0 and (age < age_min[at] or age >= age_max[at]):
                continue
            row = commune_rows[at]
            welcome = takes_new[at]
            for k in range(own.size):
                welcome |= own[k] == row
            for k in range(refused.size):
                welcome &= refused[k] != row
            if not welcome:
                continue
            slot = begin[at]
            end = slot + count[at]
            high = end
            while slot < high:
                middle = (slot + high) >> 1
                if starts[middle] < first:
                    slot = middle + 1
                else:
                    high = middle
            # Where even the first slot at hand would come too late, who may see it need not be read.
            if slot < end and size == rows.size and float(starts[slot] - now) + cost > score[size - 1]:
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
            if place == rows.size:
                continue
            if size < rows.size:
                size += 1
            for k in range(size - 1, place, -1):
                rows[k] = rows[k - 1]
                found[k] = found[k - 1]
                travel[k] = travel[k - 1]
                score[k] = score[k - 1]
            rows[place] = row
            found[place] = starts[slot]
            travel[place] = minutes[c]
            score[place] = total
    return size


def survey(
    communes: NDArray[Any],
    minutes: NDArray[Any],
    max_travel: float,
    wanted: tuple[int, ...],
    commune_begin: NDArray[Any],
    commune_rows: NDArray[Any],
    people: tuple[NDArray[Any], ...],
    begin: NDArray[Any],
    count: NDArray[Any],
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
    any_profession, all_abilities, motive, age, first, last, audiences, kinds, _now = wanted
    professions, abilities, motives, age_min, age_max, takes_new = people
    size = 0
    for c in range(communes.size):
        away = float(minutes[c])
        for at in range(commune_begin[communes[c]], commune_begin[communes[c] + 1]):
            row = commune_rows[at]
            is_own = False
            for k in range(own.size):
                is_own |= own[k] == row
            is_refused = False
            for k in range(refused.size):
                is_refused |= refused[k] == row
            slot = begin[at]
            end = slot + count[at]
            high = end
            while slot < high:
                middle = (slot + high) >> 1
                if starts[middle] < first:
                    slot = middle + 1
                else:
                    high = middle
            while slot < end and ((tags[slot] & audiences) == 0 or ((tags[slot] >> 8) & kinds) == 0):
                slot += 1
            out = 1 if is_refused else 0
            if (professions[at] & any_profession) == 0:
                out |= 2
            if (abilities[at] & all_abilities) != all_abilities:
                out |= 4
            if (motives[at] & motive) != motive:
                out |= 8
            if age >= 0 and (age < age_min[at] or age >= age_max[at]):
                out |= 16
            if not takes_new[at] and not is_own:
                out |= 32
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
    """The two loops, compiled."""

    best: Kernel
    survey: Kernel


def compile_kernels() -> Kernels | None:
    """The loops as Numba dispatchers, compiled on first call and kept on disk; None without Numba."""
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return None
    jit = numba.njit(cache=True, nogil=True)
    return Kernels(jit(best), jit(survey))


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
