"""The published formula, written as literally as it reads; slow on purpose, the judge of `compute`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from maillage.engines.accessibility.model import Decay, FloatArray, TravelPairs


def weight(decay: Decay, minutes: float) -> float:
    """w(t): the weight of one travel time."""
    if minutes > decay.bounds[-1]:
        return 0.0
    if decay.interpolation == "step":
        return next(w for bound, w in zip(decay.bounds, decay.weights, strict=True) if minutes <= bound)
    if minutes <= decay.bounds[0]:
        return decay.weights[0]
    after = next(k for k, bound in enumerate(decay.bounds) if minutes <= bound)
    t0, t1 = decay.bounds[after - 1], decay.bounds[after]
    w0, w1 = decay.weights[after - 1], decay.weights[after]
    return w0 + (w1 - w0) * (minutes - t0) / (t1 - t0)


def accessibility(
    pairs: TravelPairs, decay: Decay, demand: Sequence[float], supply: Sequence[float]
) -> FloatArray:
    """APL_i = Σ_j w(t_ij) · S_j / Σ_k w(t_kj) · P_k, for each commune i, shape (n,)."""
    columns = (pairs.origin.tolist(), pairs.destination.tolist(), pairs.minutes.tolist())
    w = {(i, j): weight(decay, t) for i, j, t in zip(*columns, strict=True)}
    catchment = [0.0] * pairs.n
    for (i, j), w_ij in w.items():
        catchment[j] += w_ij * demand[i]
    apl = [0.0] * pairs.n
    for (i, j), w_ij in w.items():
        if catchment[j] > 0:
            apl[i] += w_ij * supply[j] / catchment[j]
    return np.array(apl)
