"""Variation between places and over time: funnel limits, run charts, inequality along a ranking."""

from __future__ import annotations

from typing import Any

import numpy as np

from maillage.engines.indicators.model import BoolArray, Estimate, FloatArray, Funnel, Run, Slope, counts

_SHIFT, _TREND = 6, 5


def funnel(numerator: Any, denominator: Any, *, share: bool = True, target: float | None = None) -> Funnel:
    """Return the limits of each place around what all would share (Spiegelhalter, 2005).

    Exact binomial (`share`) or Poisson (a rate by exposure) limits, interpolated between whole counts.
    `target`: the mean of all, unless given. NaN where a denominator is zero.
    """
    top, bottom = counts(numerator, denominator)
    if target is None:
        target = float(top.sum() / bottom.sum()) if bottom.sum() > 0 else float("nan")
    bounds = [_limit(bottom, target, q, share) for q in (0.025, 0.975, 0.001, 0.999)]
    return Funnel(target, *bounds)


def run_chart(values: Any) -> Run:
    """Return what a series of points shows beyond chance (Anhøj & Olesen, 2014; Perla et al., 2011).

    NaN points are left out. Points on the median break nothing and count for nothing.
    """
    series = np.asarray(values, np.float64)
    known = np.flatnonzero(~np.isnan(series))
    median = float(np.median(series[known])) if known.size else float("nan")
    side = np.sign(series[known] - median)
    off = known[side != 0]
    shift = _in_a_row(series.size, off, side[side != 0], _SHIFT)
    step = np.sign(np.diff(series[known]))
    trend = np.zeros(series.size, np.bool_)
    moves = step != 0
    rising = _in_a_row(step.size, np.flatnonzero(moves), step[moves], _TREND - 1)
    for place in np.flatnonzero(rising):
        trend[known[[place, place + 1]]] = True
    runs = int((np.diff(side[side != 0]) != 0).sum()) + 1 if off.size else 0
    return Run(median, shift, trend, runs, _runs_by_chance(side[side != 0]))


def slope_index(values: Any, people: Any, order: Any, *, level: float = 0.95) -> Slope:
    """Return the inequality of an indicator along a ranking of groups (Mackenbach & Kunst, 1997).

    `order`: lower for the less favoured; groups of one rank share it. Each group is placed at the middle of
    the share of the population it holds, and the value regressed on that place, weighted by `people`. Raises
    ValueError with fewer than three ranks: no interval could be told.
    """
    from scipy import stats  # here only: megabytes that few requests of a server process need

    outcome, weights = np.asarray(values, np.float64), np.asarray(people, np.float64)
    ranks, inverse = np.unique(np.asarray(order), return_inverse=True)
    if not outcome.shape == weights.shape == inverse.shape or outcome.ndim != 1:
        raise ValueError("one value, one weight and one rank for each group")
    kept = ~np.isnan(outcome) & (weights > 0)
    outcome, weights, inverse = outcome[kept], weights[kept], inverse[kept]
    held = np.bincount(inverse, weights, minlength=ranks.size)
    if (held > 0).sum() < 3:
        raise ValueError("three ranks at least")
    middle = ((np.cumsum(held) - held / 2) / held.sum())[inverse]
    share = weights / weights.sum()
    centre, mean = share @ middle, share @ outcome
    spread = share @ (middle - centre) ** 2
    index = float(share @ ((middle - centre) * (outcome - mean)) / spread)
    residuals = outcome - mean - index * (middle - centre)
    # Errors of whatever variance: groups are not measured alike.
    error = float(np.sqrt((share**2 * (middle - centre) ** 2 * residuals**2).sum()) / spread)
    degrees = outcome.size - 2
    half = float(stats.t.ppf((1 + level) / 2, degrees)) * error * float(np.sqrt(outcome.size / degrees))
    bottom, top = float(mean - index * centre), float(mean + index * (1 - centre))
    ratio = bottom / top if bottom > 0 and top > 0 else float("nan")
    return Slope(Estimate(index, index - half, index + half), bottom, top, ratio)


def _limit(bottom: FloatArray, target: float, q: float, share: bool) -> FloatArray:
    """Return where the distribution of a count passes q, between two whole counts, over the denominator."""
    from scipy import stats  # here only, as above

    some = bottom > 0
    n = np.where(some, bottom, 1.0)
    law = stats.binom(n, target) if share else stats.poisson(n * target)
    r = law.ppf(q)
    above, at = law.cdf(r), law.cdf(r - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        back = np.where(above > at, (above - q) / (above - at), 0.0)
    found = np.maximum(r - back, 0.0) / n
    return np.where(some, found, np.nan)


def _in_a_row(size: int, places: np.ndarray, sides: FloatArray, least: int) -> BoolArray:
    """Return the places of `size` that are in a row of `least` or more equal sides."""
    found = np.zeros(size, np.bool_)
    if places.size == 0:
        return found
    for row in np.split(np.arange(places.size), np.flatnonzero(np.diff(sides) != 0) + 1):
        if row.size >= least:
            found[places[row]] = True
    return found


def _runs_by_chance(sides: FloatArray) -> tuple[int, int] | None:
    """Return the fewest and the most runs that chance gives 95 % of the time (Wald & Wolfowitz, 1940)."""
    high = int((sides > 0).sum())
    low = sides.size - high
    total = high + low
    if total < 10 or not high or not low:
        return None
    mean = 1 + 2 * high * low / total
    error = np.sqrt((mean - 1) * (mean - 2) / (total - 1))
    return int(np.ceil(mean - 1.96 * error)), int(np.floor(mean + 1.96 * error))
