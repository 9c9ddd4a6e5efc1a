"""White zones: contiguous clusters under a threshold, and the supply that would lift them over it.

Accessibility is linear in supply: one more unit at site j raises commune i by w_ij / D_j whatever else
happens. The mean of a zone is then linear too, so that every unit is best spent at the one site with the
largest slope. Lifting every commune of the zone is a small integer programme in the same coefficients.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from maillage.engines.accessibility.compute import nonnegative, per_head
from maillage.engines.accessibility.model import FloatArray, IntArray, Result, Structure


def clusters(
    mask: ArrayLike, adjacency: tuple[ArrayLike, ArrayLike], weights: ArrayLike | None = None
) -> IntArray:
    """Contiguous clusters of the communes in `mask`, shape (n,): a number from 0, −1 outside.

    `adjacency`: (`indptr`, `indices`) of a symmetric contiguity matrix. Clusters are numbered from the
    heaviest: by `weights` (people), else by number of communes; ties by lowest position.
    """
    chosen = np.flatnonzero(np.asarray(mask, dtype=bool))
    n = np.asarray(mask).size
    labels = np.full(n, -1, dtype=np.int32)
    if chosen.size == 0:
        return labels
    indptr, indices = (np.asarray(part) for part in adjacency)
    from scipy.sparse.csgraph import connected_components  # here only: see `_cover`

    links = csr_array((np.ones(indices.size, dtype=bool), indices, indptr), shape=(n, n))
    count, found = connected_components(links[chosen][:, chosen], directed=False)
    people = np.ones(chosen.size) if weights is None else np.asarray(weights, dtype=np.float64)[chosen]
    heaviest = np.argsort(-np.bincount(found, people, minlength=count), kind="stable")
    number = np.empty(count, dtype=np.int32)
    number[heaviest] = np.arange(count)
    labels[chosen] = number[found]
    return labels


class Lift(NamedTuple):
    """The least supply found that lifts a zone: whole units at each of `sites` (commune positions).

    `mean_after` and `lowest_after`: accessibility of the zone then. `proved`: no smaller total exists.
    """

    sites: IntArray
    units: NDArray[np.int64]
    mean_after: float
    lowest_after: float
    proved: bool


def supply_to_lift(
    structure: Structure,
    result: Result,
    demand: ArrayLike,
    members: ArrayLike,
    threshold: float,
    *,
    unit: float = 1.0,
    candidates: ArrayLike | None = None,
    everyone: bool = False,
    seconds: float = 5.0,
) -> Lift | None:
    """The fewest added units that bring a zone to the threshold; None where no candidate reaches it.

    `members`: positions of the zone's communes; `unit`: what one addition supplies (a GP's consultations a
    year); `candidates`: positions where it may settle, the zone's own communes when None. By default the
    zone's mean, weighted by `demand`, must reach the threshold (the legal reading); with `everyone`, each of
    its communes that has inhabitants, solved within `seconds` by HiGHS.
    """
    zone = np.asarray(members, dtype=np.int64)
    population = nonnegative(demand, structure.n, "demand")[zone]
    sites = np.unique(zone if candidates is None else np.asarray(candidates, dtype=np.int64))
    index = np.array([structure.site(int(position)) for position in sites], dtype=np.int64)
    step = per_head(np.full(sites.size, unit), result.catchment_demand[sites])
    slopes: FloatArray = structure.by_home[zone][:, index].toarray() * step
    apl = result.apl[zone]
    inhabited = population > 0
    if not inhabited.any():
        return None
    share = population / population.sum()
    if everyone:
        units, proved = _cover(slopes[inhabited], threshold - apl[inhabited], seconds)
    else:
        units, proved = _best_site(share @ slopes, threshold - float(share @ apl)), True
    if units is None:
        return None
    after = apl + slopes @ units
    used = units > 0
    return Lift(
        sites[used].astype(np.int32),
        units[used],
        float(share @ after),
        float(after[inhabited].min()),
        proved,
    )


def _best_site(slopes: FloatArray, shortfall: float) -> NDArray[np.int64] | None:
    units = np.zeros(slopes.size, dtype=np.int64)
    if shortfall <= 0:
        return units
    best = int(np.argmax(slopes))
    if not slopes[best] > 0:
        return None
    units[best] = int(np.ceil(shortfall / slopes[best] - 1e-9))
    return units


def _cover(
    slopes: FloatArray, shortfall: FloatArray, seconds: float
) -> tuple[NDArray[np.int64] | None, bool]:
    """Minimise Σ x_j with Σ_j slope_ij · x_j ≥ shortfall_i for every i, x whole and ≥ 0."""
    short = shortfall > 0
    if not short.any():
        return np.zeros(slopes.shape[1], dtype=np.int64), True
    # In shares of each commune's own shortfall, so that the solver's tolerance means the same everywhere.
    covered = slopes[short] / shortfall[short, None]
    # Here only: six megabytes that a process does not need before somebody asks this.
    from scipy.optimize import Bounds, LinearConstraint, milp

    solution = milp(
        np.ones(slopes.shape[1]),
        constraints=LinearConstraint(covered, lb=1.0),
        bounds=Bounds(0, np.inf),
        integrality=np.ones(slopes.shape[1]),
        options={"time_limit": seconds},
    )
    if solution.x is None:
        return None, False
    return np.round(solution.x).astype(np.int64), bool(solution.status == 0)
