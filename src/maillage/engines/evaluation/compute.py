"""Difference-in-differences on a panel: two-way fixed effects, errors clustered by unit."""

from __future__ import annotations

import numpy as np

from maillage.engines.evaluation.model import BoolArray, Estimate, FloatArray, Leads, Panel

_TOLERANCE = 1e-12
_PER_TEST = 10


def difference_in_differences(panel: Panel, *, level: float = 0.95) -> Estimate:
    """Return β of  Y_it = α_i + λ_t + β·D_it + ε_it  with errors clustered by unit.

    Small samples: CR1 (G/(G−1) · (N−1)/(N−K), effects of units left out of K since clusters hold them) and
    Student's t with G−1 degrees. Where units are treated at different dates, β mixes comparisons with units
    already treated: `staggered` does not. Raises ValueError where nothing separates the treatment from the
    effects of units and periods.
    """
    coefficients, covariance, used = _two_way(panel, panel.treated[None].astype(np.float64))
    return _clustered(coefficients[0], covariance[0, 0], used, level)


def event_study(panel: Panel, *, level: float = 0.95) -> Leads:
    """Return the effects by periods since the treatment began, beside the period before it (−1).

    For units treated at one date: with several, an effect mixes those of other leads (Sun & Abraham, 2021).
    Raises ValueError where no unit is treated, or none is observed before it is.
    """
    since = np.arange(panel.outcome.shape[1]) - panel.first[:, None]
    known = ~np.isnan(panel.outcome)
    found = np.unique(since[known & panel.ever[:, None]]).astype(np.int64)
    leads = found[found != -1]
    if leads.size == found.size:
        raise ValueError("no treated unit is observed at the period before its treatment")
    dummies = (since[None] == leads[:, None, None]).astype(np.float64)
    coefficients, covariance, used = _two_way(panel, dummies)
    effects = tuple(
        _clustered(one, covariance[place, place], used, level) for place, one in enumerate(coefficients)
    )
    return Leads(leads, effects, wald(coefficients, covariance, leads < 0, used.any(axis=1).sum() - 1))


def placebo(panel: Panel, *, periods: int, level: float = 0.95) -> Estimate:
    """Return the effect of a treatment that would have begun `periods` earlier, on what was seen before it.

    An effect where there was no treatment says that the two sides did not move alike. Raises ValueError as
    `difference_in_differences`.
    """
    if periods < 1:
        raise ValueError("a placebo begins at least one period before the treatment")
    before = np.where(panel.treated, np.nan, panel.outcome)
    return difference_in_differences(Panel(before, panel.first - periods), level=level)


def trend_before(panel: Panel, *, level: float = 0.95) -> Estimate:
    """Return by how much a period the units to be treated moved away from the others before they were.

    Slope of  Y_it = α_i + λ_t + β·t·[i is ever treated] + ε_it  on what was seen before the treatment. One
    coefficient: it holds its level with few units, where a test of all leads at once does not. Raises
    ValueError as `difference_in_differences`.
    """
    before = np.where(panel.treated, np.nan, panel.outcome)
    apart = panel.ever[:, None] * np.arange(before.shape[1], dtype=np.float64)
    coefficients, covariance, used = _two_way(Panel(before, panel.first), apart[None])
    return _clustered(coefficients[0], covariance[0, 0], used, level)


def before_and_after(panel: Panel, *, level: float = 0.95) -> Estimate:
    """Return the mean change of the treated units between before and after, with no comparator.

    It says what changed, never why: no causal conclusion. Units seen on both sides only.
    """
    after = np.where(panel.treated, panel.outcome, np.nan)[panel.ever]
    before = np.where(panel.treated, np.nan, panel.outcome)[panel.ever]
    seen = (~np.isnan(after)).any(axis=1) & (~np.isnan(before)).any(axis=1)
    if not seen.any():
        raise ValueError("no treated unit is observed before and after its treatment")
    changes = np.nanmean(after[seen], axis=1) - np.nanmean(before[seen], axis=1)
    units = changes.size
    error = float(changes.std(ddof=1) / np.sqrt(units)) if units > 1 else float("nan")
    observed = int((~np.isnan(after[seen])).sum() + (~np.isnan(before[seen])).sum())
    return estimate(float(changes.mean()), error, units - 1, observed, units, level)


def estimate(
    effect: float, error: float, degrees: float, observations: int, clusters: int, level: float
) -> Estimate:
    """Return an effect with Student's interval; none where `error` is NaN or zero, or no degree is left."""
    from scipy import stats  # here only: megabytes that few requests of a server process need

    if not 0 < level < 1:
        raise ValueError("the level of an interval is between 0 and 1")
    if not (error > 0 and degrees > 0):
        nan = float("nan")
        return Estimate(float(effect), nan, nan, nan, nan, float(degrees), observations, clusters)
    half = float(stats.t.ppf((1 + level) / 2, degrees)) * error
    p = float(2 * stats.t.sf(abs(effect) / error, degrees))
    return Estimate(
        float(effect), float(error), effect - half, effect + half, p, float(degrees), observations, clusters
    )


def wald(coefficients: FloatArray, covariance: FloatArray, tested: BoolArray, degrees: float) -> float:
    """Return the p-value of « the coefficients tested are all zero » (F); NaN where it cannot be told.

    Fewer than `_PER_TEST` clusters for each coefficient make a clustered covariance say too often that they
    are not: nothing is told then.
    """
    from scipy import stats  # here only, as above

    count = int(tested.sum())
    if count == 0 or degrees < _PER_TEST * count:
        return float("nan")
    among = covariance[np.ix_(tested, tested)]
    if np.linalg.matrix_rank(among) != count:
        return float("nan")
    statistic = coefficients[tested] @ np.linalg.solve(among, coefficients[tested]) / count
    return float(stats.f.sf(statistic, count, degrees))


def within(values: FloatArray, known: BoolArray) -> FloatArray:
    """Return m × n × t values without the effects of units and periods; what is not known is zero.

    Exact at once where everything is known, else by alternating projections (von Neumann; Gaure, 2013).
    """
    left = np.where(known, values, 0.0)
    by_unit = np.maximum(known.sum(axis=1), 1)
    by_period = np.maximum(known.sum(axis=0), 1)
    scale = max(float(np.abs(left).max(initial=0.0)), 1e-300)
    apart = np.inf
    while apart > _TOLERANCE * scale:
        left -= np.where(known, (left.sum(axis=2) / by_unit)[:, :, None], 0.0)
        left -= np.where(known, (left.sum(axis=1) / by_period)[:, None, :], 0.0)
        apart = 0.0 if known.all() else float(np.abs(left.sum(axis=2) / by_unit).max(initial=0.0))
    return left


def _two_way(panel: Panel, regressors: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return k coefficients, their covariance clustered by unit (k × k), and what was used (n × t)."""
    known = ~np.isnan(panel.outcome)
    k = regressors.shape[0]
    left = within(np.concatenate([regressors, panel.outcome[None]]), known)
    x, y = left[:k].reshape(k, -1), left[k].ravel()
    cross = x @ x.T
    size = np.array([np.where(known, one, 0.0).ravel() for one in regressors])
    if np.linalg.matrix_rank(cross, tol=1e-9 * max(float((size**2).sum()), 1.0)) < k:
        raise ValueError("the treatment cannot be told from the effects of units and periods")
    bread = np.linalg.inv(cross)
    coefficients = bread @ (x @ y)
    residuals = (y - coefficients @ x).reshape(known.shape)
    scores = (left[:k] * residuals).sum(axis=2)
    clusters = int(known.any(axis=1).sum())
    observations = int(known.sum())
    counted = k + int(known.any(axis=0).sum())
    # Two units and two periods at least: without them, nothing could be told from the effects.
    small = clusters / (clusters - 1) * (observations - 1) / (observations - counted)
    return coefficients, small * bread @ (scores @ scores.T) @ bread, known


def _clustered(effect: float, variance: float, used: BoolArray, level: float) -> Estimate:
    clusters = int(used.any(axis=1).sum())
    return estimate(
        float(effect), float(np.sqrt(max(variance, 0.0))) if variance == variance else float("nan"),
        clusters - 1, int(used.sum()), clusters, level,
    )  # fmt: skip
