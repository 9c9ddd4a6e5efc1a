"""Columns that come from outside, refused by row where they are wrong; pairs put in their order."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array

from maillage.engines.traveltime.model import IntArray, Pairs


def refuse(defect: NDArray[np.bool_], message: str) -> None:
    """Raise ValueError naming the first row at fault, if there is one."""
    if defect.any():
        raise ValueError(f"{message} (row {int(np.argmax(defect))})")


def as_positions(values: ArrayLike, n: int, label: str, *, nowhere: bool = False) -> IntArray:
    """The values as positions 0 … n−1, and −1 where `nowhere` is one.

    Raises ValueError naming the first row outside.
    """
    found = np.asarray(values, dtype=np.int64)
    refuse((found < (-1 if nowhere else 0)) | (found >= n), f"{label} outside 0 … {n - 1}")
    return found.astype(np.int32)


def repeats(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which keys were seen before."""
    repeated = np.ones(keys.size, dtype=bool)
    repeated[np.unique(keys, return_index=True)[1]] = False
    return repeated


def canonical(
    origin: IntArray,
    destination: IntArray,
    minutes: NDArray[np.float32],
    *,
    n: int,
    max_minutes: float,
    provider: str,
    vintage: str,
    estimate: bool,
) -> Pairs:
    """The rows, in any order, as pairs sorted by origin, then destination."""
    # Two counting sorts (by column, then by row) order the rows faster than one comparison sort.
    rows = coo_array((minutes, (origin, destination)), shape=(n, n)).tocsc().tocsr()
    return Pairs(
        origin=np.repeat(np.arange(n, dtype=np.int32), np.diff(rows.indptr)),
        destination=rows.indices.astype(np.int32, copy=False),
        minutes=rows.data,
        n=n,
        max_minutes=float(max_minutes),
        provider=provider,
        vintage=vintage,
        estimate=estimate,
    )
