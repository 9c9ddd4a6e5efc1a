"""The free slots of every row, in compressed rows with room to spare, kept in step by adding and removing."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maillage.engines.booking.model import IntArray, Slots

SPARE = 4
"""Places left free behind each row, so that most additions move a few values only."""


class FreeSlots:
    """The row at place p holds `starts[begin[p] : begin[p] + count[p]]`, ascending, and as many `tags`.

    `place`: a permutation, the place of each row in memory. A tag holds the audiences in its low byte and the
    kinds above. A row that outgrows its room moves to the end of the pool. One thread at a time may write.
    `begin` and `count`, shape (n,), are filled and kept in step; they may be columns of a larger table.
    """

    def __init__(
        self, place: NDArray[np.int64], slots: Slots, begin: NDArray[np.int64], count: NDArray[np.int64]
    ) -> None:
        n = place.size
        rows, starts, tags = _sorted(n, slots)
        of_row = np.bincount(rows, minlength=n)
        self.place = place
        self.count, self.begin = count, begin
        self.count[place] = of_row
        self.room = self.count + SPARE
        self.begin[:1] = 0
        np.cumsum(self.room[:-1], out=self.begin[1:])
        self.used = int(self.room.sum())
        self.starts: IntArray = np.zeros(self.used, dtype=np.int32)
        self.tags: NDArray[np.uint16] = np.zeros(self.used, dtype=np.uint16)
        moved = self.begin[place] - (np.cumsum(of_row) - of_row)
        into = np.arange(rows.size) + np.repeat(moved, of_row)
        self.starts[into] = starts
        self.tags[into] = tags

    def of(self, row: int) -> tuple[IntArray, NDArray[np.uint16]]:
        """Starts and tags of one row (views)."""
        place = self.place[row]
        begin = int(self.begin[place])
        end = begin + int(self.count[place])
        return self.starts[begin:end], self.tags[begin:end]

    def add(self, row: int, start: int, audiences: int, kinds: int) -> bool:
        """Add a free slot, or give the one there its new audiences and kinds; False where nothing changed."""
        starts, tags = self.of(row)
        at, tag = int(np.searchsorted(starts, start)), audiences | kinds << 8
        if at < starts.size and starts[at] == start:
            changed = bool(tags[at] != tag)
            tags[at] = tag
            return changed
        place = self.place[row]
        if self.count[place] == self.room[place]:
            self._move(row)
        self.count[place] += 1
        starts, tags = self.of(row)
        # NumPy copies first where the two sides overlap.
        starts[at + 1 :], tags[at + 1 :] = starts[at:-1], tags[at:-1]
        starts[at], tags[at] = start, tag
        return True

    def remove(self, row: int, start: int) -> bool:
        """Remove a free slot; False where there is none."""
        starts, tags = self.of(row)
        at = int(np.searchsorted(starts, start))
        if at == starts.size or starts[at] != start:
            return False
        starts[at:-1], tags[at:-1] = starts[at + 1 :], tags[at + 1 :]
        self.count[self.place[row]] -= 1
        return True

    def _move(self, row: int) -> None:
        """Give a full row twice its room at the end of the pool."""
        starts, tags = self.of(row)
        size, room = starts.size, 2 * starts.size + SPARE
        if self.used + room > self.starts.size:
            grown = max(2 * self.starts.size, self.used + room)
            self.starts = np.concatenate((self.starts, np.zeros(grown - self.starts.size, np.int32)))
            self.tags = np.concatenate((self.tags, np.zeros(grown - self.tags.size, np.uint16)))
        self.starts[self.used : self.used + size] = starts
        self.tags[self.used : self.used + size] = tags
        place = self.place[row]
        self.begin[place], self.room[place] = self.used, room
        self.used += room


def _sorted(n: int, slots: Slots) -> tuple[IntArray, IntArray, NDArray[np.uint16]]:
    rows = np.asarray(slots.row, dtype=np.int32)
    starts = np.asarray(slots.start, dtype=np.int32)
    audiences, kinds = _byte(slots.audiences, "audiences"), _byte(slots.kinds, "kinds")
    if not rows.shape == starts.shape == audiences.shape == kinds.shape or rows.ndim != 1:
        raise ValueError("the columns of the slots must have one length")
    if rows.size and not (rows.min() >= 0 and rows.max() < n):
        raise ValueError(f"slots of rows outside 0 … {n - 1}")
    tags = audiences | kinds << np.uint16(8)
    if not _ascending(rows, starts):
        order = np.lexsort((starts, rows))
        rows, starts, tags = rows[order], starts[order], tags[order]
        if not _ascending(rows, starts):
            raise ValueError("a row has two slots at one start")
    return rows, starts, tags


def _ascending(rows: IntArray, starts: IntArray) -> bool:
    keys = rows.astype(np.int64) << 32
    keys += starts
    return bool((keys[1:] > keys[:-1]).all())


def _byte(bits: ArrayLike, label: str) -> NDArray[np.uint16]:
    values = np.asarray(bits)
    if values.size and not (values.min() >= 0 and values.max() < 256):
        raise ValueError(f"{label} must hold eight bits")
    return values.astype(np.uint16)
