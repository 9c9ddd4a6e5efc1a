"""What a comparison can see before it begins: the smallest effect that it would find."""

from __future__ import annotations

import numpy as np

from maillage.engines.evaluation.model import Panel


def detectable(
    *,
    spread: float,
    correlation: float,
    treated: int,
    compared: int,
    before: int,
    after: int,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    """Return the smallest effect that a difference-in-differences finds `power` of the time.

    Var = σ²·(1 − ρ)·(1/n₁ + 1/n₀)·(1/m + 1/r): m periods before and r after, equally correlated (Frison &
    Pocock, 1992); Student's t with n₁ + n₀ − 2 degrees. `spread`: standard deviation σ of a measure;
    `correlation`: ρ between two measures of one unit, under 1. Same unit as `spread`. Raises ValueError.
    """
    from scipy import stats  # here only: megabytes that few requests of a server process need

    if min(treated, compared, before, after) < 1 or treated + compared < 3:
        raise ValueError("one unit and one period on each side, three units in all, at least")
    if not (spread >= 0 and -1 <= correlation < 1 and 0 < power < 1 and 0 < level < 1):
        raise ValueError("a spread from 0, a correlation under 1, a power and a level between 0 and 1")
    error = spread * np.sqrt((1 - correlation) * (1 / treated + 1 / compared) * (1 / before + 1 / after))
    degrees = treated + compared - 2
    return float((stats.t.ppf((1 + level) / 2, degrees) + stats.t.ppf(power, degrees)) * error)


def spread_and_correlation(panel: Panel) -> tuple[float, float]:
    """Return σ and ρ of a panel before any treatment, periods put on one level: what `detectable` takes.

    One-way analysis of variance between and within units, every unit seen as often (others left out). Raises
    ValueError with fewer than two such units or two periods.
    """
    before = np.where(panel.treated, np.nan, panel.outcome)
    periods = before[:, ~np.isnan(before).any(axis=0)]
    if periods.shape[0] < 2 or periods.shape[1] < 2:
        raise ValueError("two units measured at two periods before any treatment, at least")
    levelled = periods - periods.mean(axis=0)
    units, times = levelled.shape
    between = times * float(levelled.mean(axis=1).var(ddof=1))
    inside = float(((levelled - levelled.mean(axis=1, keepdims=True)) ** 2).sum()) / (
        (units - 1) * (times - 1)
    )
    shared = (between - inside) / times
    total = shared + inside
    if total <= 0:
        return 0.0, 0.0
    return float(np.sqrt(total)), float(min(max(shared / total, -1.0), 1 - 1e-12))
