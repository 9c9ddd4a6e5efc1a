"""One series and one date: what changes there beyond its trend and its seasons."""

from __future__ import annotations

from typing import Any

import numpy as np

from maillage.engines.evaluation.compute import estimate
from maillage.engines.evaluation.model import BoolArray, Break, Estimate, FloatArray, as_floats


def interrupted_series(
    outcome: Any,
    *,
    start: int,
    season: int = 0,
    harmonics: int = 0,
    lags: int | None = None,
    left_out: Any = None,
    level: float = 0.95,
) -> Break:
    """Return the segmented regression of a series that something interrupts at point `start`.

    Y_t = b0 + b1·t + b2·[t ≥ start] + b3·(t − start)·[t ≥ start] + `harmonics` pairs of sine and cosine of a
    year of `season` points. Errors of Newey & West (1987), n/(n−k), `lags` ⌊4·(n/100)^(2/9)⌋ unless given.
    For counts, give the logarithm of the rate: effects are then log ratios. `outcome`: NaN where nothing was
    measured; `left_out`: true where a point counts for nothing (transition, crisis days). A point left out
    still separates its neighbours. Raises ValueError where too few points are left on a side.
    """
    values = as_floats(outcome)
    known = ~np.isnan(values)
    if left_out is not None:
        known &= ~np.asarray(left_out, np.bool_)
    points = np.arange(values.size, dtype=np.float64)
    after = points >= start
    if (known & ~after).sum() < 2 or (known & after).sum() < 2:
        raise ValueError("a series needs two points before the interruption and two after it, at least")
    columns = [np.ones_like(points), points, after.astype(float), np.where(after, points - start, 0.0)]
    for harmonic in range(1, harmonics + 1):
        angle = 2 * np.pi * harmonic * points / season
        # At half the points of a year, the sine is zero everywhere.
        columns += [np.cos(angle)] if 2 * harmonic == season else [np.sin(angle), np.cos(angle)]
    design = np.column_stack(columns)
    used = design[known]
    if known.sum() <= used.shape[1] or np.linalg.matrix_rank(used) < used.shape[1]:
        raise ValueError("too few points for a trend, a break and these seasons")
    coefficients = np.linalg.lstsq(used, values[known], rcond=None)[0]
    wide = int(4 * (known.sum() / 100) ** (2 / 9)) if lags is None else lags
    covariance = _newey_west(design, np.where(known, values - design @ coefficients, 0.0), known, wide)
    degrees = int(known.sum()) - used.shape[1]

    def of(contrast: FloatArray) -> Estimate:
        error = float(np.sqrt(max(float(contrast @ covariance @ contrast), 0.0)))
        return estimate(float(contrast @ coefficients), error, degrees, int(known.sum()), 1, level)

    change = design.copy()
    change[:, [0, 1, *range(4, design.shape[1])]] = 0.0
    return Break(
        level=of(_unit(2, design.shape[1])),
        slope=of(_unit(3, design.shape[1])),
        mean=of(change[known & after].mean(axis=0)),
        fitted=design @ coefficients,
        expected=(design - change) @ coefficients,
    )


def _unit(place: int, size: int) -> FloatArray:
    return np.asarray(np.eye(size)[place])


def _newey_west(design: FloatArray, residuals: FloatArray, known: BoolArray, lags: int) -> FloatArray:
    """Return the covariance of coefficients whose errors are alike up to `lags` points apart (Bartlett)."""
    if lags < 0:
        raise ValueError("lags are counted from 0")
    used = design[known]
    bread = np.linalg.inv(used.T @ used)
    scores = design * residuals[:, None]
    meat = scores.T @ scores
    for lag in range(1, min(lags, len(scores) - 1) + 1):
        across = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (lags + 1)) * (across + across.T)
    count, k = used.shape
    return np.asarray(count / (count - k) * bread @ meat @ bread)
