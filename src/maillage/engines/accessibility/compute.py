"""The full computation: two sparse products, on the columns that hold supply."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from maillage.engines.accessibility.model import Decay, FloatArray, IntArray, Result, Structure, TravelPairs


def prepare(pairs: TravelPairs, decay: Decay, supply_mask: ArrayLike | None = None) -> Structure:
    """Weigh the pairs and arrange them by site and by home.

    `supply_mask`: booleans, shape (n,), the communes where supply stands or may be tried; all when None.
    Full computations are fastest with the communes that hold supply only; what-if needs the others too.
    Raises ValueError where the pairs stop before the decay does, or where a pair is given twice.
    """
    if pairs.max_minutes < decay.horizon:
        raise ValueError(f"pairs stop at {pairs.max_minutes} min, the decay at {decay.horizon} min")
    is_site = np.ones(pairs.n, dtype=bool) if supply_mask is None else np.asarray(supply_mask, dtype=bool)
    if is_site.shape != (pairs.n,):
        raise ValueError(f"the supply mask must have {pairs.n} values")
    sites = np.flatnonzero(is_site).astype(np.int32)
    site_of = np.full(pairs.n, -1, dtype=np.int32)
    site_of[sites] = np.arange(sites.size, dtype=np.int32)

    weights = decay.weigh(pairs.minutes)
    kept = weights > 0
    if supply_mask is not None:
        kept &= is_site[pairs.destination]
    by_home = _rows(pairs.origin[kept], site_of[pairs.destination[kept]], weights[kept], pairs.n, sites.size)
    return Structure(pairs.n, sites, site_of, by_home.T.tocsr(), by_home, decay)


def compute(structure: Structure, demand: ArrayLike, supply: ArrayLike) -> Result:
    """Accessibility of every commune for a demand (P_i) and a supply (S_j), each of shape (n,), ≥ 0.

    Raises ValueError where a value is negative or missing, or where supply stands outside the structure.
    """
    population = nonnegative(demand, structure.n, "demand")
    offered = supply_at_sites(structure, supply)
    catchment = structure.by_site @ population
    ratio = per_head(offered, catchment)
    return assemble(structure, structure.by_home @ ratio, ratio, catchment, offered)


def per_head(offered: FloatArray, catchment: FloatArray) -> FloatArray:
    """R = S / D, and 0 where nobody is in reach."""
    return np.divide(offered, catchment, out=np.zeros_like(offered), where=catchment > 0)


def assemble(
    structure: Structure, apl: FloatArray, ratio: FloatArray, catchment: FloatArray, offered: FloatArray
) -> Result:
    """A result over all communes from values over sites."""
    everywhere = np.zeros((2, structure.n))
    everywhere[0, structure.sites] = ratio
    everywhere[1, structure.sites] = catchment
    return Result(apl, everywhere[0], everywhere[1], float(offered[catchment <= 0].sum()))


def standardise(populations: ArrayLike, weights: ArrayLike) -> FloatArray:
    """Population weighted by the care that each age band uses, rescaled to the same total.

    `populations`: shape (bands, n); `weights`: relative use per head of each band, shape (bands,).
    """
    bands = np.asarray(populations, dtype=np.float64)
    use = np.asarray(weights, dtype=np.float64)
    if bands.ndim != 2 or use.shape != bands.shape[:1]:
        raise ValueError("populations must be (bands, n) and weights (bands,)")
    standardised = use @ bands
    total = standardised.sum()
    if not total > 0:
        raise ValueError("the weighted population is empty")
    return np.asarray(standardised * (bands.sum() / total), dtype=np.float64)


def nonnegative(values: ArrayLike, n: int, label: str) -> FloatArray:
    """The values as float64 of shape (n,); ValueError naming the first that is negative or missing."""
    column = np.ascontiguousarray(values, dtype=np.float64)
    if column.shape != (n,):
        raise ValueError(f"{label} must have {n} values")
    if not column.min(initial=0.0) >= 0 or not np.isfinite(column.sum()):
        wrong = int(np.argmax(~(np.isfinite(column) & (column >= 0))))
        raise ValueError(f"{label} negative or missing (commune position {wrong})")
    return column


def supply_at_sites(structure: Structure, supply: ArrayLike) -> FloatArray:
    """Supply over the sites of the structure; ValueError where some stands elsewhere."""
    everywhere = nonnegative(supply, structure.n, "supply")
    offered = everywhere[structure.sites]
    if np.count_nonzero(everywhere) != np.count_nonzero(offered):
        outside = int(np.argmax((everywhere > 0) & (structure.site_of < 0)))
        raise ValueError(f"supply outside the sites of this structure (commune position {outside})")
    return offered


def _rows(origin: IntArray, site: IntArray, weights: FloatArray, n: int, sites: int) -> csr_array:
    keys: NDArray[np.int64] = origin * np.int64(max(sites, 1)) + site
    if not (keys[1:] > keys[:-1]).all():
        order = np.argsort(keys, kind="stable")
        keys, origin, site, weights = keys[order], origin[order], site[order], weights[order]
        if not (keys[1:] > keys[:-1]).all():
            twice = int(origin[int(np.argmax(keys[1:] == keys[:-1]))])
            raise ValueError(f"a pair is given twice (origin position {twice})")
    starts = np.zeros(n + 1, dtype=np.int32)
    np.cumsum(np.bincount(origin, minlength=n), out=starts[1:])
    return csr_array((weights, site, starts), shape=(n, sites))
