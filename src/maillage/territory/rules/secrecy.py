"""Statistical secrecy: what may be published of small counts of residents, commune by commune and in total.

The rule is *non-interference*: nothing that is published depends on a suppressed count. A total is not
the sum of the true counts, it is computed from the published cells and from the public range of the others,
and it is given with its bounds. No subtraction can therefore recover a suppressed count, whatever the
totals that are set side by side: commune and EPCI, overlapping territories, two perimeters that differ
by one commune, screen and CSV. This is stronger than hiding a second cell, and it hides fewer.

A cell is suppressed where the count is under the threshold, zero included (the producer writes small counts
as zero, so that a zero does not say that nobody is concerned), and where the *other* residents of the
reference population are under the threshold, which says as much about them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Protected:
    """Counts of one variable, one per commune, as they may be published.

    `low` and `high` are the public bounds of each count (equal where the count is published);
    `suppressed` cells are hidden, `missing` cells are unknown to us (their bounds are NaN).
    """

    low: Counts
    high: Counts
    suppressed: Mask
    missing: Mask

    @property
    def middle(self) -> Counts:
        """The published count, or the middle of the public range where it is suppressed."""
        return (self.low + self.high) / 2

    @property
    def published(self) -> Counts:
        """The counts that may be shown: NaN where suppressed or missing."""
        return np.where(self.suppressed, np.nan, self.middle)


@dataclass(frozen=True, slots=True)
class ProtectedTotal:
    """The total of some communes, in persons: bounds, middle, and what it rests on.

    `suppressed` is True where too little is published for the total itself to be shown.
    """

    low: float
    middle: float
    high: float
    masked_cells: int
    missing_cells: int
    suppressed: bool


def protect(counts: Counts, population: Counts, threshold: int) -> Protected:
    """Return what may be published of `counts`, persons out of the reference `population`.

    Both arrays have one entry per commune and NaN where unknown; a count above its population is an error of
    the source and is missing too. A cell whose population is empty holds nobody: its zero is published. One
    whose population is under twice the threshold is always suppressed: one side or the other is small.
    Raises ValueError for a threshold under 1 or shapes that differ.
    """
    if threshold < 1:
        raise ValueError(f"a secrecy threshold is at least 1, not {threshold}")
    if counts.shape != population.shape:
        raise ValueError(f"{counts.shape} counts for {population.shape} populations")
    missing = np.isnan(counts) | np.isnan(population) | (counts > population)
    count, whole = (np.where(missing, 0.0, values) for values in (counts, population))
    small = (whole > 0) & (whole < 2 * threshold)
    few = ~small & (whole > 0) & (count < threshold)
    all_but_few = (whole > 0) & ~small & (whole - count < threshold)
    low = np.where(small | few, 0.0, np.where(all_but_few, whole - (threshold - 1), count))
    high = np.where(few, threshold - 1.0, np.where(small | all_but_few, whole, count))
    low, high = (np.where(missing, np.nan, bound) for bound in (low, high))
    return Protected(low, high, small | few | all_but_few, missing)


def add(*variables: Protected) -> Protected:
    """Return the sum of disjoint counts of the same communes (participating and non-participating C2S…).

    The sum of a published and a suppressed count stays inside bounds that say nothing more of the second.
    It is suppressed where nothing of it is published.
    """
    low, high = (np.sum([getattr(v, bound) for v in variables], axis=0) for bound in ("low", "high"))
    suppressed = np.all([v.suppressed | (v.high == 0) for v in variables], axis=0) & (high > 0)
    return Protected(low, high, suppressed, np.any([v.missing for v in variables], axis=0))


def total(protected: Protected, members: NDArray[np.intp] | Mask | slice, threshold: int) -> ProtectedTotal:
    """Return the publishable total over the communes `members` (positions or mask).

    The total is suppressed where its published part stays under the threshold while cells are masked.
    """
    low, high = protected.low[members], protected.high[members]
    known = ~protected.missing[members]
    masked = int(np.count_nonzero(low[known] != high[known]))
    floor, ceiling = float(low[known].sum()), float(high[known].sum())
    return ProtectedTotal(
        low=floor,
        middle=(floor + ceiling) / 2,
        high=ceiling,
        masked_cells=masked,
        missing_cells=int(np.count_nonzero(~known)),
        suppressed=masked > 0 and floor < threshold,
    )
