"""The estimators written as literally as they read; slow on purpose, the judge of the fast ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

Cell = tuple[int, int, float]  # unit, period, outcome


def clustered_regression(
    rows: Sequence[tuple[int, Sequence[float], float]], k: int
) -> tuple[list[float], list[list[float]]]:
    """Ordinary least squares of (unit, regressors, outcome) and the CR1 covariance; k coefficients count."""
    design = np.array([one for _unit, one, _outcome in rows])
    outcome = np.array([one for _unit, _regressors, one in rows])
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ design.T @ outcome
    meat = np.zeros_like(bread)
    units = sorted({unit for unit, _regressors, _outcome in rows})
    for unit in units:
        score = np.zeros(design.shape[1])
        for other, regressors, one in rows:
            if other == unit:
                score += np.array(regressors) * (one - float(np.dot(regressors, beta)))
        meat += np.outer(score, score)
    small = len(units) / (len(units) - 1) * (len(rows) - 1) / (len(rows) - k)
    return beta.tolist(), (small * bread @ meat @ bread).tolist()


def two_way(
    cells: Sequence[Cell], regressors: Sequence[Callable[[int, int], float]]
) -> tuple[list[float], list[list[float]]]:
    """Coefficients and covariance of regressors beside a dummy for each unit and for each period."""
    units = sorted({unit for unit, _period, _outcome in cells})
    periods = sorted({period for _unit, period, _outcome in cells})
    rows = [
        (
            unit,
            [one(unit, period) for one in regressors]
            + [float(unit == other) for other in units]
            + [float(period == other) for other in periods[1:]],
            outcome,
        )
        for unit, period, outcome in cells
    ]
    beta, covariance = clustered_regression(rows, len(regressors) + len(periods))
    k = len(regressors)
    return beta[:k], [line[:k] for line in covariance[:k]]


def group_time(
    outcome: Sequence[Sequence[float]], first: Sequence[float], cohort: int, period: int, *, not_yet: bool
) -> float | None:
    """Mean change of a cohort since the period before its treatment, less that of those not treated."""
    mine, others = [], []
    for line, begins in zip(outcome, first, strict=True):
        change = line[period] - line[cohort - 1]
        if math.isnan(change):
            continue
        never = math.isnan(begins) or begins >= len(line)
        if begins == cohort:
            mine.append(change)
        elif never or (not_yet and begins > period and begins > cohort - 1):
            others.append(change)
    if not mine or not others:
        return None
    return sum(mine) / len(mine) - sum(others) / len(others)


def newey_west(design: Sequence[Sequence[float]], residuals: Sequence[float], lags: int) -> list[list[float]]:
    """(X'X)⁻¹ [ Σ_t Σ_s w(|t − s|)·e_t·e_s·x_t·x_s' ] (X'X)⁻¹ · n/(n − k), w(l) = 1 − l/(lags + 1)."""
    points = [np.array(one) for one in design]
    n, k = len(points), len(points[0])
    bread = np.linalg.inv(sum((np.outer(one, one) for one in points), np.zeros((k, k))))
    meat = np.zeros((k, k))
    for t in range(n):
        for s in range(n):
            if abs(t - s) <= lags:
                weight = 1 - abs(t - s) / (lags + 1)
                meat += weight * residuals[t] * residuals[s] * np.outer(points[t], points[s])
    found: list[list[float]] = (n / (n - k) * bread @ meat @ bread).tolist()
    return found


def gap_after(
    treated: Sequence[float], donors: Sequence[Sequence[float]], weights: Sequence[float], start: int
) -> float:
    """Mean over the periods after of the treated unit less the weighted mean of its donors."""
    gaps = [
        treated[period] - sum(weight * one[period] for weight, one in zip(weights, donors, strict=True))
        for period in range(start, len(treated))
    ]
    return sum(gaps) / len(gaps)
