"""How accessibility is spread over people: weighted quantiles, shares, inequality, rank agreement.

Values that are NaN are left out with their weights. Weights are people; they need not be whole numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from maillage.engines.accessibility.model import FloatArray


class Deciles(NamedTuple):
    """The nine bounds between tenths of the population, and the mean value within each of the ten."""

    bounds: FloatArray
    means: FloatArray


def mean(values: ArrayLike, weights: ArrayLike) -> float:
    """Weighted mean; NaN where nothing is known."""
    known, people = _known(values, weights)
    total = people.sum()
    return float(known @ people / total) if total > 0 else float("nan")


def quantiles(values: ArrayLike, weights: ArrayLike, q: ArrayLike) -> FloatArray:
    """The smallest value at or under which at least a share q of the people live; shape of q, NaN if none."""
    shares = np.asarray(q, dtype=np.float64)
    if ((shares < 0) | (shares > 1)).any():
        raise ValueError("quantiles are asked for between 0 and 1")
    ordered, cumulated = _cumulated(values, weights)
    if ordered.size == 0:
        return np.full(shares.shape, np.nan)
    # The tolerance keeps a sum such as 0.1 + 0.2 from stepping one commune too far.
    index = np.searchsorted(cumulated, shares * cumulated[-1] * (1 - 1e-12), side="left")
    return np.asarray(ordered[np.minimum(index, ordered.size - 1)])


def deciles(values: ArrayLike, weights: ArrayLike, *, mean_weights: ArrayLike | None = None) -> Deciles:
    """Tenths of the people from the least to the best served.

    `weights` cut the tenths and `mean_weights` (the same unless given) weigh the means: the DREES cuts by
    total population and averages by standardised population. A commune across a bound is shared out.
    """
    known, people = _known(values, weights, others=mean_weights)
    averaging = people if mean_weights is None else _known(mean_weights, weights, others=values)[0]
    order = np.argsort(known, kind="stable")
    cumulated = np.cumsum(people[order])
    bounds = quantiles(known, people, np.linspace(0.1, 0.9, 9))
    if cumulated.size == 0 or not cumulated[-1] > 0:
        return Deciles(bounds, np.full(10, np.nan))
    cuts = np.linspace(0.0, 1.0, 11) * cumulated[-1]
    knots = np.r_[0.0, cumulated]

    def share_out(column: FloatArray) -> FloatArray:
        return np.diff(np.interp(cuts, knots, np.r_[0.0, np.cumsum(column[order])]))

    return Deciles(bounds, share_out(known * averaging) / share_out(averaging))


def share_below(values: ArrayLike, weights: ArrayLike, threshold: float) -> float:
    """Share of the people (0 … 1) whose value is strictly under the threshold; NaN where nothing is known."""
    known, people = _known(values, weights)
    total = people.sum()
    return float(people[known < threshold].sum() / total) if total > 0 else float("nan")


def share_above(values: ArrayLike, weights: ArrayLike, threshold: float) -> float:
    """Share of the people (0 … 1) whose value is strictly over the threshold; NaN where nothing is known."""
    known, people = _known(values, weights)
    total = people.sum()
    return float(people[known > threshold].sum() / total) if total > 0 else float("nan")


def gini(values: ArrayLike, weights: ArrayLike) -> float:
    """Gini index: 0 where everyone has the same, towards 1 where one has all; NaN where nothing is shared."""
    known, people = _known(values, weights)
    order = np.argsort(known, kind="stable")
    people, held = people[order], (known * people)[order]
    if not held.sum() > 0:
        return float("nan")
    lorenz = np.r_[0.0, np.cumsum(held)] / held.sum()
    return float(1.0 - ((lorenz[1:] + lorenz[:-1]) * people).sum() / people.sum())


def interdecile_ratio(values: ArrayLike, weights: ArrayLike) -> float:
    """P90 / P10: how many times more the best served tenth has; infinite where P10 is 0, NaN if unknown."""
    low, high = quantiles(values, weights, np.array([0.1, 0.9]))
    if low > 0 or not high > 0:
        return float(high / low) if low > 0 else float("nan")
    return float("inf")


def spearman(first: ArrayLike, second: ArrayLike, weights: ArrayLike) -> float:
    """Rank correlation weighted by people: Pearson's on weighted mid-ranks, ties sharing theirs.

    Every person, not every commune, is one observation; NaN where one side is constant.
    """
    a, people = _known(first, weights, others=second)
    b, _ = _known(second, weights, others=first)
    ranks = (_mid_ranks(a, people), _mid_ranks(b, people))
    x, y = (rank - np.average(rank, weights=people) if people.sum() > 0 else rank for rank in ranks)
    spread = np.sqrt((people * x) @ x * ((people * y) @ y))
    return float((people * x) @ y / spread) if spread > 0 else float("nan")


def mean_absolute_error(first: ArrayLike, second: ArrayLike, weights: ArrayLike) -> float:
    """Mean over people of |first − second|."""
    return mean(np.abs(np.asarray(first, dtype=np.float64) - np.asarray(second, dtype=np.float64)), weights)


def _known(
    values: ArrayLike, weights: ArrayLike, *, others: ArrayLike | None = None
) -> tuple[FloatArray, FloatArray]:
    column, people = np.asarray(values, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if column.shape != people.shape or column.ndim != 1:
        raise ValueError("values and weights must be two columns of the same length")
    kept = ~np.isnan(column) & (people > 0)
    if others is not None:
        kept &= ~np.isnan(np.asarray(others, dtype=np.float64))
    return column[kept], people[kept]


def _cumulated(values: ArrayLike, weights: ArrayLike) -> tuple[FloatArray, FloatArray]:
    known, people = _known(values, weights)
    order = np.argsort(known, kind="stable")
    return known[order], np.cumsum(people[order])


def _mid_ranks(values: FloatArray, people: FloatArray) -> FloatArray:
    _, group = np.unique(values, return_inverse=True)
    held = np.bincount(group, people)
    return np.asarray((np.cumsum(held) - held / 2)[group])
