"""The index: exact best k, Pareto set, reason of every exclusion, over a directory and its free slots.

It proposes and never decides: a slot found here may be taken meanwhile, and only the database knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Sized
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.booking import kernels
from maillage.engines.booking.model import (
    Answer,
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

NOBODY: IntArray = np.empty(0, np.int32)


class Candidates(NamedTuple):
    """Rows that pass every filter, each with its first slot and travel, in order of row."""

    row: IntArray
    start: IntArray
    travel: NDArray[np.float32]


class Survey(NamedTuple):
    """Every row within reach at any distance, in order of row.

    `start`: its first slot that is visible and of a kind asked, −1 without one; `failed`: the bits of the
    filters that leave it out, in the order of `Reason`; 0: it passes.
    """

    row: IntArray
    start: IntArray
    travel: NDArray[np.float32]
    failed: NDArray[np.int32]

    def passing(self) -> Candidates:
        """Keep the rows that pass every filter."""
        kept = self.failed == 0
        return Candidates(self.row[kept], self.start[kept], self.travel[kept])


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
        self._kernels = kernels.compiled(backend)
        communes = int(professionals.commune.max(initial=-1)) + 1
        self._commune_rows = np.argsort(professionals.commune, kind="stable").astype(np.int32)
        self._commune_begin = np.zeros(communes + 1, dtype=np.int64)
        np.cumsum(np.bincount(professionals.commune, minlength=communes), out=self._commune_begin[1:])
        self._table = _table(professionals, self._commune_rows)
        begin, count = self._table[:, kernels.BEGIN], self._table[:, kernels.COUNT]
        self.free = FreeSlots(np.argsort(self._commune_rows), slots, begin, count)

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
        if self._kernels is None:
            return _best(self.candidates(request), request, k)
        near, free = self._known_part(request), self.free
        found, travel, score = np.empty((3, k), np.int32), np.empty(k, np.float32), np.empty(k)
        size = self._kernels.best(
            near.communes,
            near.minutes,
            (request.max_travel + 0.0, request.travel_weight + 0.0),
            self._wanted(request),
            self._commune_begin,
            self._table,
            free.starts,
            free.tags,
            request.own_rows if request.own else NOBODY,
            request.refused_rows if request.refused else NOBODY,
            found,
            travel,
            score,
        )
        return _found(found, travel, score, size)

    def search_many(self, requests: Sequence[Request], k: int = 5, *, threads: int = 1) -> list[Found]:
        """The answers of `search` to each request, in order, shared between so many threads.

        Several times as fast as one by one: what a request costs in Python is paid once for all.
        """
        if k < 1 or threads < 1:
            raise ValueError("at least one proposal and one thread must be asked for")
        if self._kernels is None:
            return [self.search(request, k) for request in requests]
        count, reaches = len(requests), [self._known_part(request) for request in requests]
        nowhere = [NOBODY]
        packed = (
            _begins(near.communes for near in reaches),
            np.concatenate([near.communes for near in reaches] or nowhere),
            np.concatenate([near.minutes for near in reaches] or [np.empty(0, np.float32)]),
            np.array([(one.max_travel, one.travel_weight) for one in requests], np.float64).reshape(-1, 2),
            np.array([self._wanted(one) for one in requests], np.int64).reshape(-1, 9),
            *(self._commune_begin, self._table, self.free.starts, self.free.tags),
        )
        asides = []
        for lists in ([one.own for one in requests], [one.refused for one in requests]):
            asides += [_begins(lists), np.array([row for rows in lists for row in rows], np.int32)]
        found, travel = np.empty((count, 3, k), np.int32), np.empty((count, k), np.float32)
        score, sizes = np.empty((count, k)), np.empty(count, np.int64)
        loop = self._kernels.several

        def answer(part: int) -> int:
            lowest, highest = part * count // threads, (part + 1) * count // threads
            return loop(lowest, highest, *packed, *asides, found, travel, score, sizes)

        if threads == 1:
            answer(0)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(answer, range(threads)))
        return [_found(found[r], travel[r], score[r], size) for r, size in enumerate(sizes.tolist())]

    def answer(self, request: Request, k: int = 5, explained: int = 60) -> Answer:
        """The best k, the own doctor, the Pareto set and who is left out, from one pass over the rows."""
        if k < 1:
            raise ValueError("at least one proposal must be asked for")
        survey = self.survey(request)
        passing = survey.passing()
        choices = _pareto(passing, request)
        return Answer(
            _best(passing, request, k),
            _own(passing, request),
            choices,
            _explained(survey, explained),
            _alone(survey.failed),
        )

    def choices(self, request: Request) -> list[Choice]:
        """The Pareto set over start, travel and own doctor, nearest first; of equals, the first by row.

        It always holds the earliest, the nearest, and the own doctor where they have an acceptable slot.
        """
        return _pareto(self.candidates(request), request)

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
        return self.survey(request).passing()

    def openings(
        self, rows: IntArray, first: int, last: int, *, audiences: int
    ) -> tuple[IntArray, NDArray[np.uint16]]:
        """The starts from `first` to `last` of the slots of some rows that one of `audiences` may see.

        With the kinds of each; in the order of the rows, then of time.
        """
        at = self.free.place[np.asarray(rows, dtype=np.int64)]
        count = self.free.count[at].astype(np.int64)
        places = np.arange(int(count.sum())) + np.repeat(
            self.free.begin[at] - np.cumsum(count) + count, count
        )
        starts, tags = self.free.starts[places], self.free.tags[places]
        kept = (starts >= first) & (starts <= last) & ((tags & audiences) != 0)
        return starts[kept], tags[kept] >> np.uint16(8)

    def survey(self, request: Request) -> Survey:
        """Every row within reach at any distance, with what each filter says of it, in order of row."""
        near = self._known_part(request)
        if self._kernels is None:
            return self._surveyed(request, near)
        size = self._rows_in(near)
        row, start = np.empty(size, np.int32), np.empty(size, np.int32)
        travel, failed = np.empty(size, np.float32), np.empty(size, np.int32)
        free = self.free
        self._kernels.survey(
            *(near.communes, near.minutes, float(request.max_travel), self._wanted(request)),
            *(self._commune_begin, self._table, free.starts, free.tags),
            *(request.own_rows, request.refused_rows),
            *(row, start, travel, failed),
        )
        order = np.argsort(row)
        return Survey(row[order], start[order], travel[order], failed[order])

    def _surveyed(self, request: Request, near: Reach) -> Survey:
        """The NumPy twin of `kernels.survey`."""
        rows, travel = self._rows_of(near)
        order = np.argsort(rows)
        rows, travel = rows[order], travel[order]
        failed = np.zeros(rows.size, np.int32)
        for place, wrong in enumerate(self._failed(request, near, rows).values()):
            failed |= wrong.astype(np.int32) << np.int32(place)
        slots = self._first_slots(rows, request)
        starts = np.full(rows.size, -1, np.int32)
        starts[slots >= 0] = self.free.starts[slots[slots >= 0]]
        return Survey(rows, starts, travel, failed)

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

    def _rows_in(self, near: Reach) -> int:
        return int((self._commune_begin[near.communes + 1] - self._commune_begin[near.communes]).sum())

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


def _table(professionals: Professionals, order: IntArray) -> NDArray[np.int64]:
    """The columns that the loops read, row after row; those of the slots are to be filled."""
    columns = [column[order] for column in professionals.filters()]
    takes_new = columns.pop()
    table = np.zeros((order.size, kernels.COLUMNS), np.int64)
    for place, column in enumerate(columns):
        table[:, place] = column
    table[:, kernels.ROW] = np.where(takes_new, order, -1 - order)
    return table


def _begins(parts: Iterable[Sized]) -> NDArray[np.int64]:
    """Where each part begins when all are laid end to end, and where the last ends."""
    return np.cumsum([0, *map(len, parts)], dtype=np.int64)


def _found(found: IntArray, travel: NDArray[np.float32], score: FloatArray, size: int) -> Found:
    """The first so many of what a loop has filled."""
    if size < score.size:
        found, travel, score = found[:, :size], travel[:size], score[:size]
    return Found(found[0], found[1], found[2], travel, score)


def _best(passing: Candidates, request: Request, k: int) -> Found:
    """The NumPy twin of `kernels.best`."""
    wait = passing.start - np.int32(request.now)
    score: FloatArray = wait.astype(np.float64) + request.travel_weight * passing.travel.astype(np.float64)
    order = np.lexsort((passing.row, passing.travel, score))[:k]
    return Found(passing.row[order], passing.start[order], wait[order], passing.travel[order], score[order])


def _pareto(passing: Candidates, request: Request) -> list[Choice]:
    if not passing.row.size:
        return []
    own = np.isin(passing.row, request.own_rows)
    kept, soonest, own_soonest = [], np.iinfo(np.int64).max, np.iinfo(np.int64).max
    for at in np.lexsort((passing.row, ~own, passing.start, passing.travel)).tolist():
        start = int(passing.start[at])
        if start < (own_soonest if own[at] else soonest):
            kept.append(at)
            soonest = min(soonest, start)
            if own[at]:
                own_soonest = start
    return [_choice(passing, at, is_own=bool(own[at])) for at in kept]


def _own(passing: Candidates, request: Request) -> Choice | None:
    """The own doctor's earliest slot; of equals, the first by row."""
    if not request.own:
        return None
    own = np.flatnonzero(np.isin(passing.row, request.own_rows))
    if not own.size:
        return None
    return _choice(passing, int(own[np.argmin(passing.start[own])]), is_own=True)


def _choice(passing: Candidates, at: int, *, is_own: bool) -> Choice:
    start, travel = passing.start[at], passing.travel[at]
    return Choice(
        int(passing.row[at]),
        int(start),
        float(travel),
        bool(start == passing.start.min()),
        bool(travel == passing.travel.min()),
        is_own,
    )


def _explained(survey: Survey, most: int) -> list[Exclusion]:
    """The rows left out with the fewest reasons, then the first by row."""
    out = np.flatnonzero(survey.failed)
    reasons = np.zeros(out.size, np.int32)
    for place in range(len(_REASONS)):
        reasons += (survey.failed[out] >> place) & 1
    nearest = out[np.argsort(reasons, kind="stable")[:most]]
    return [
        Exclusion(row, _reasons(failed), None if start < 0 else start)
        for row, failed, start in zip(
            survey.row[nearest].tolist(),
            survey.failed[nearest].tolist(),
            survey.start[nearest].tolist(),
            strict=True,
        )
    ]


def _reasons(failed: int) -> tuple[Reason, ...]:
    return tuple(reason for place, reason in enumerate(_REASONS) if failed >> place & 1)


def _alone(failed: NDArray[np.int32]) -> dict[Reason, int]:
    """How many rows have one reason only, by that reason; a reason that is nowhere alone is not listed."""
    counted = {reason: int((failed == 1 << place).sum()) for place, reason in enumerate(_REASONS)}
    return {reason: count for reason, count in counted.items() if count}


_REASONS = tuple(Reason)


def warm() -> bool:
    """Compile the kernels, or load them from disk, so that no caller waits; False where Numba is absent.

    Takes some seconds the first time on a machine and a fraction of a second afterwards.
    """
    if kernels.compiled("auto") is None:
        return False
    zero, ones = np.zeros(1, np.int32), np.ones(1, np.int64)
    somebody = Professionals(zero, ones, ones, ones, zero, zero + 1, ones.astype(bool))
    index = Index(somebody, Slots([0], [5], [1], [1]))
    asked = Request("P3", 0, Reach.of([0], [1.0]), 10.0)
    index.search(asked)
    index.search_many([asked])
    index.survey(asked)
    return True
