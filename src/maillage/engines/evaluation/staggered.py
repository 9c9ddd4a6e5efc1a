"""Units treated at different dates: group-time effects and their averages (Callaway & Sant'Anna, 2021)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maillage.engines.evaluation.compute import estimate, wald
from maillage.engines.evaluation.model import BoolArray, Estimate, FloatArray, Leads, Panel, Staggered


@dataclass(frozen=True, slots=True)
class _Cell:
    """The effect on a cohort at a period, and what each unit adds to its error (n)."""

    cohort: int
    period: int
    effect: float
    influence: FloatArray
    observed: int
    units: int


def staggered(panel: Panel, *, not_yet: bool = False, level: float = 0.95) -> Staggered:
    """Return the effect on each cohort at each period, beside units not treated, and the averages.

    ATT(g, t) = E[Y_t − Y_(g−1) | G = g] − E[Y_t − Y_(g−1) | C]: no covariate, the period before the treatment
    as the base of all. C: units never treated, and with `not_yet` those treated only later than both t and
    the base. Errors by influence functions: units drawn independently, weights of cohorts estimated too. A
    cohort treated from the first period, or without comparator, is left out. Raises ValueError where nothing
    is left.
    """
    cells = [
        cell
        for cohort in np.unique(panel.first[panel.ever & (panel.first >= 1)]).astype(int)
        for period in range(panel.outcome.shape[1])
        if period != cohort - 1 and (cell := _cell(panel, int(cohort), period, not_yet)) is not None
    ]
    treated = [one for one in cells if one.period >= one.cohort]
    if not treated:
        raise ValueError("no cohort has both a period before its treatment and units to be compared with")
    since = sorted({one.period - one.cohort for one in cells})
    averages = [_average(panel, [one for one in cells if one.period - one.cohort == lag]) for lag in since]
    lags = np.array(since, np.int64)
    influences = np.array([one.influence for one in averages])
    covariance = influences @ influences.T / panel.first.size**2
    trend = wald(np.array([one.effect for one in averages]), covariance, lags < 0, panel.first.size - 1)
    return Staggered(
        np.array([one.cohort for one in cells], np.int64),
        np.array([one.period for one in cells], np.int64),
        tuple(_estimate(one, level) for one in cells),
        _estimate(_average(panel, treated), level),
        Leads(lags, tuple(_estimate(one, level) for one in averages), trend),
    )


def _cell(panel: Panel, cohort: int, period: int, not_yet: bool) -> _Cell | None:
    change = panel.outcome[:, period] - panel.outcome[:, cohort - 1]
    seen = ~np.isnan(change)
    mine = seen & (panel.first == cohort)
    later = panel.first > max(period, cohort - 1)
    others = seen & (~panel.ever | (not_yet & later & (panel.first != cohort)))
    if not (mine.any() and others.any()):
        return None
    influence = _of_mean(change, mine) - _of_mean(change, others)
    effect = float(change[mine].mean() - change[others].mean())
    return _Cell(
        cohort, period, effect, influence, 2 * int(mine.sum() + others.sum()), int(mine.sum() + others.sum())
    )


def _of_mean(values: FloatArray, among: BoolArray) -> FloatArray:
    """Return what each unit adds to the error of a mean among some: n / m · (value − mean)."""
    size = among.size / among.sum()
    return np.where(among, size * (np.where(among, values, 0.0) - values[among].mean()), 0.0)


def _average(panel: Panel, cells: list[_Cell]) -> _Cell:
    """Return the mean of effects weighted by the units of their cohorts, these shares estimated too."""
    members = np.array([panel.first == one.cohort for one in cells], np.float64)
    shares = members.mean(axis=1)
    total = shares.sum()
    effects = np.array([one.effect for one in cells])
    mean = float(shares @ effects / total)
    influence = shares @ np.array([one.influence for one in cells]) / total
    influence += (effects - mean) @ (members - shares[:, None]) / total
    return _Cell(0, 0, mean, influence, max(one.observed for one in cells), max(one.units for one in cells))


def _estimate(cell: _Cell, level: float) -> Estimate:
    units = cell.influence.size
    error = float(np.sqrt((cell.influence**2).sum()) / units)
    return estimate(cell.effect, error, units - 1, cell.observed, cell.units, level)
