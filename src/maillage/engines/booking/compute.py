"""The index: exact best k, Pareto set, reason of every exclusion, over a directory and its free slots.

It proposes and never decides: a slot found here may be taken meanwhile, and only the database knows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.booking import kernels
from maillage.engines.booking.model import (
    Choice,
    Exclusion,
    FloatArray,
    Found,
    IntArray,
    Professionals,
    Reach,
    Reason,
    Request,
    Slots,
)
from maillage.engines.booking.slots import FreeSlots


class Candidates(NamedTuple):
    """Rows that pass every filter, each with its first slot and travel, in order of row."""

    row: IntArray
    start: IntArray
    travel: NDArray[np.float32]


class Index:
    """Professionals and their free slots by commune: searched many times, kept in step by `add` and `remove`.

    `backend`: "auto" takes Numba where installed, "numpy" never does; the answers are the same. Raises
    ValueError where a slot belongs to no row or a row has two slots at one start. Many threads may search,
    one at a time may write, and not meanwhile.
    """

    def __init__(
        self, professionals: Professionals, slots: Slots, *, backend: kernels.Backend = "auto"
    ) -> None:
        if len(professionals) and professionals.commune.min() < 0:
            raise ValueError("a commune of practice must not be negative")
        self.professionals = professionals
        self._kernel = kernels.compiled(backend)
        communes = int(professionals.commune.max(initial=-1)) + 1
        self._commune_rows = np.argsort(professionals.commune, kind="stable").astype(np.int32)
        self._commune_begin = np.zeros(communes + 1, dtype=np.int64)
        np.cumsum(np.bincount(professionals.commune, minlength=communes), out=self._commune_begin[1:])
        self._people = tuple(column[self._commune_rows] for column in professionals.filters())
        self.free = FreeSlots(np.argsort(self._commune_rows), slots)

    def __len__(self) -> int:
        """Free slots held."""
        return int(self.free.count.sum())

    def add(self, row: int, start: int, *, audiences: int, kinds: int) -> bool:
        """A slot is free (again), or is shown to others; False where it was so already.

        Replaying a log twice is harmless. Raises IndexError for an unknown row.
        """
        return self.free.add(self._known(row), start, audiences, kinds)

    def remove(self, row: int, start: int) -> bool:
        """A slot is taken or withdrawn; False where it was already. Raises IndexError for an unknown row."""
        return self.free.remove(self._known(row), start)

    def search(self, request: Request, k: int = 5) -> Found:
        """The k rows with the lowest wait + travel_weight · travel, each with its first slot; exact."""
        if k < 1:
            raise ValueError("at least one proposal must be asked for")
        if self._kernel is None:
            return self._sorted_candidates(request, k)
        near = self._known_part(request)
        row, start = np.empty(k, np.int32), np.empty(k, np.int32)
        travel, score = np.empty(k, np.float32), np.empty(k)
        wanted, free = self._wanted(request), self.free
        size = self._kernel(
            *(near.communes, near.minutes, float(request.max_travel), float(request.travel_weight), wanted),
            *(self._commune_begin, self._commune_rows, self._people),
            *(free.begin, free.count, free.starts, free.tags),
            *(np.array(request.own, np.int32), np.array(request.refused, np.int32)),
            *(row, start, travel, score),
        )
        start = start[:size]
        return Found(row[:size], start, start - np.int32(request.now), travel[:size], score[:size])

    def choices(self, request: Request) -> list[Choice]:
        """The Pareto set over start, travel and own doctor, nearest first; of equals, the first by row.

        It always holds the earliest, the nearest, and the own doctor where they have an acceptable slot.
        """
        found = self.candidates(request)
        if not found.row.size:
            return []
        own = np.isin(found.row, request.own)
        earliest, nearest = found.start.min(), found.travel.min()
        kept, soonest, own_soonest = [], np.iinfo(np.int64).max, np.iinfo(np.int64).max
        for at in np.lexsort((found.row, ~own, found.start, found.travel)).tolist():
            start = int(found.start[at])
            if start < (own_soonest if own[at] else soonest):
                kept.append(at)
                soonest = min(soonest, start)
                if own[at]:
                    own_soonest = start
        return [
            Choice(
                int(found.row[at]),
                int(found.start[at]),
                float(found.travel[at]),
                bool(found.start[at] == earliest),
                bool(found.travel[at] == nearest),
                bool(own[at]),
            )
            for at in kept
        ]

    def exclusions(self, request: Request, rows: IntArray | None = None) -> list[Exclusion]:
        """Why each of these rows (by default, all those within reach at any distance) is left out.

        A row that passes every filter is not listed. A row with one reason only would be won by giving up
        that one criterion: what "widen the search" offers.
        """
        near = self._known_part(request)
        asked = np.sort(self._rows_of(near)[0]) if rows is None else np.asarray(rows, dtype=np.int32)
        failed = self._failed(request, near, asked)
        ever = self._first_slots(asked, request)
        return [
            Exclusion(
                int(row),
                tuple(reason for reason, wrong in zip(failed, column, strict=True) if wrong),
                None if slot < 0 else int(self.free.starts[slot]),
            )
            for row, slot, column in zip(
                asked.tolist(), ever.tolist(), np.array(list(failed.values())).T, strict=True
            )
            if column.any()
        ]

    def candidates(self, request: Request) -> Candidates:
        """Every row that passes every filter, in order of row."""
        near = self._known_part(request)
        rows, travel = self._rows_of(near)
        order = np.argsort(rows)
        rows, travel = rows[order], travel[order]
        wrong = np.array(list(self._failed(request, near, rows).values())).any(axis=0)
        rows, travel = rows[~wrong], travel[~wrong]
        slots = self._first_slots(rows, request)
        return Candidates(rows, self.free.starts[slots], travel)

    def _sorted_candidates(self, request: Request, k: int) -> Found:
        """The NumPy twin of `kernels.best`."""
        found = self.candidates(request)
        wait = found.start - np.int32(request.now)
        score: FloatArray = wait.astype(np.float64) + request.travel_weight * found.travel.astype(np.float64)
        order = np.lexsort((found.row, found.travel, score))[:k]
        return Found(found.row[order], found.start[order], wait[order], found.travel[order], score[order])

    def _failed(self, request: Request, near: Reach, rows: IntArray) -> dict[Reason, NDArray[np.bool_]]:
        """For each hard filter, in order, which of the rows it leaves out."""
        who = self.professionals
        travel = np.full(self._commune_begin.size - 1, np.inf)
        travel[near.communes] = near.minutes
        away = travel[who.commune[rows]]
        slots = self._first_slots(rows, request)
        age = 0 if request.age is None else request.age
        young_or_old = (age < who.age_min[rows]) | (age >= who.age_max[rows])
        return {
            Reason.REFUSED: np.isin(rows, request.refused),
            Reason.PROFESSION: (who.professions[rows] & request.professions) == 0,
            Reason.ABILITY: (who.abilities[rows] & request.abilities) != request.abilities,
            Reason.MOTIVE: (who.motives[rows] & request.motive) != request.motive,
            Reason.AGE: young_or_old & (request.age is not None),
            Reason.NEW_PATIENTS: ~who.takes_new[rows] & ~np.isin(rows, request.own),
            Reason.TOO_FAR: np.isinf(away) | (away > request.max_travel),
            Reason.NO_SLOT: slots < 0,
            Reason.TOO_LATE: (slots >= 0) & (self.free.starts[slots] > request.latest),
        }

    def _first_slots(self, rows: IntArray, request: Request) -> NDArray[np.int64]:
        """The place in the pool of the first slot of each row that is visible and of a kind asked, or −1."""
        at = self.free.place[rows]
        count = self.free.count[at].astype(np.int64)
        ends = np.cumsum(count)
        owner = np.repeat(np.arange(rows.size), count)
        places = np.arange(int(count.sum())) - np.repeat(ends - count, count) + self.free.begin[at][owner]
        tags = self.free.tags[places]
        fits = (self.free.starts[places] >= request.first_start) & ((tags & request.audiences) != 0)
        fits &= ((tags >> 8) & request.kinds) != 0
        first = np.full(rows.size, -1, dtype=np.int64)
        # Written backwards, so that the first of each row is written last.
        first[owner[fits][::-1]] = places[fits][::-1]
        return first

    def _rows_of(self, near: Reach) -> tuple[IntArray, NDArray[np.float32]]:
        """The rows practising in the communes of a reach, and their travel."""
        begins = self._commune_begin[near.communes]
        count = self._commune_begin[near.communes + 1] - begins
        owner = np.repeat(np.arange(near.communes.size), count)
        places = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + begins[owner]
        return self._commune_rows[places], near.minutes[owner]

    def _known_part(self, request: Request) -> Reach:
        """The reach without the communes where nobody practises beyond the last known one."""
        near, communes = request.reach, self._commune_begin.size - 1
        if near.largest < communes:
            return near
        kept = near.communes < communes
        return Reach(near.communes[kept], near.minutes[kept], communes - 1)

    def _wanted(self, request: Request) -> tuple[int, ...]:
        age = -1 if request.age is None else request.age
        return (
            *(request.professions, request.abilities, request.motive, age),
            *(request.first_start, request.latest, request.audiences, request.kinds, request.now),
        )

    def _known(self, row: int) -> int:
        if not 0 <= row < len(self.professionals):
            raise IndexError(f"row {row} is outside 0 … {len(self.professionals) - 1}")
        return row


def warm() -> bool:
    """Compile the kernel, or load it from disk, so that no caller waits; False where Numba is absent.

    Takes some seconds the first time on a machine and a fraction of a second afterwards.
    """
    if kernels.compiled("auto") is None:
        return False
    zero, ones = np.zeros(1, np.int32), np.ones(1, np.int64)
    somebody = Professionals(zero, ones, ones, ones, zero, zero + 1, ones.astype(bool))
    index = Index(somebody, Slots([0], [5], [1], [1]))
    index.search(Request("P3", 0, Reach.of([0], [1.0]), 10.0))
    return True
