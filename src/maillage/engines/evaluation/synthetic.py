"""One treated unit (or few) and its donors: synthetic control, synthetic difference-in-differences."""

from __future__ import annotations

import numpy as np

from maillage.engines.evaluation.model import Differences, FloatArray, Panel, Synthetic


def synthetic_control(panel: Panel, *, predictors: FloatArray | None = None) -> Synthetic:
    """Return the gap between the treated unit and the mean of its donors that was nearest to it before.

    Weights are at least zero and sum to one; they bring the donors nearest to the outcomes before the
    treatment, or to `predictors` (n units × m, already scaled by how much each counts). Each donor is then
    taken in turn for the treated one (Abadie, Diamond & Hainmueller, 2010). Raises ValueError unless exactly
    one unit is treated, everything is measured, and two donors and two periods before are there.
    """
    treated, start = _treated(panel)
    if treated.sum() != 1:
        raise ValueError("a synthetic control has one treated unit")
    own, donors = panel.outcome[treated][0], panel.outcome[~treated]
    own_traits, traits = own[:start], donors[:, :start]
    if predictors is not None:
        own_traits, traits = predictors[treated][0], predictors[~treated]
    weights = _nearest(traits.T, own_traits, 0.0)
    gap = own - weights @ donors
    ratios = [_ratio(gap, start)]
    for place in range(len(donors)):
        others = np.arange(len(donors)) != place
        other = _nearest(traits[others].T, traits[place], 0.0)
        ratios.append(_ratio(donors[place] - other @ donors[others], start))
    return Synthetic(
        weights,
        float(gap[start:].mean()),
        gap,
        _size(gap[:start]),
        ratios[0],
        _share(ratios),
        np.array(ratios),
    )


def synthetic_differences(panel: Panel) -> Differences:
    """Return the effect on units treated at one date (Arkhangelsky et al., 2021).

    Donors are weighted to move as the treated before, periods before to resemble those after; regularised as
    the authors do (ζ² = √(N1·T1) · variance of first differences, and 10⁻⁶ of it for periods). Raises
    ValueError as `synthetic_control`, but for the number of treated units.
    """
    treated, start = _treated(panel)
    own, donors = panel.outcome[treated].mean(axis=0), panel.outcome[~treated]
    effect, weights, periods = _differences(own, donors, start, int(treated.sum()))
    others = [
        _differences(donors[place], np.delete(donors, place, axis=0), start, int(treated.sum()))[0]
        for place in range(len(donors))
    ]
    return Differences(effect, weights, periods, _share([abs(one) for one in (effect, *others)]))


def _treated(panel: Panel) -> tuple[np.ndarray, int]:
    """Return which units are treated, and from which period; checked."""
    starts = np.unique(panel.first[panel.ever])
    if starts.size != 1 or np.isnan(panel.outcome).any():
        raise ValueError("treated units begin at one date, and everything is measured")
    start = int(starts[0])
    if start < 2 or (~panel.ever).sum() < 3:
        raise ValueError("two periods before the treatment and three donors, at least")
    return panel.ever, start


def _differences(
    own: FloatArray, donors: FloatArray, start: int, count: int
) -> tuple[float, FloatArray, FloatArray]:
    before, after = donors[:, :start], donors[:, start:].mean(axis=1)
    noise = float(np.diff(before, axis=1).std(ddof=1))
    ridge = (count * (own.size - start)) ** 0.25 * noise
    weights = _nearest(_centred(before.T), _centred(own[:start]), ridge * np.sqrt(start))
    periods = _nearest(_centred(before), _centred(after), 1e-6 * noise * np.sqrt(len(donors)))
    across = own - weights @ donors
    return float(across[start:].mean() - periods @ across[:start]), weights, periods


def _nearest(points: FloatArray, target: FloatArray, ridge: float) -> FloatArray:
    """Return the w ≥ 0 of sum 1 that minimises ‖points·w − target‖² + ridge²·‖w‖².

    On the simplex the first term is ‖(points − target·1ᵀ)·w‖², so that everything scales with w: the
    minimum of ‖C·u‖² + (1ᵀu − 1)² over u ≥ 0 lies in the same direction (Haskell & Hanson, 1981).
    """
    from scipy.optimize import nnls  # here only: megabytes that few requests of a server process need

    apart = points - target[:, None]
    scale = max(float(np.abs(apart).max(initial=0.0)), ridge, 1e-300)
    count = points.shape[1]
    stacked = np.vstack([apart / scale, ridge / scale * np.eye(count), np.ones(count)])
    found = nnls(stacked, np.r_[np.zeros(len(stacked) - 1), 1.0], maxiter=50 * count)[0]
    return np.asarray(found / found.sum())


def _centred(values: FloatArray) -> FloatArray:
    """Return values without the mean of each column: an intercept is then free."""
    return np.asarray(values - values.mean(axis=0))


def _size(gap: FloatArray) -> float:
    return float(np.sqrt((gap**2).mean()))


def _ratio(gap: FloatArray, start: int) -> float:
    before, after = _size(gap[:start]), _size(gap[start:])
    if before == 0:
        return float("inf") if after > 0 else 0.0
    return after / before


def _share(sizes: list[float]) -> float:
    """Return the share of units whose size is at least that of the first, itself counted."""
    return float(np.mean([one >= sizes[0] * (1 - 1e-12) for one in sizes]))
