"""Who goes where: the flows implied by the same weights, self-sufficiency, attraction, overlaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from maillage.engines.accessibility.compute import nonnegative, per_head
from maillage.engines.accessibility.model import FloatArray, IntArray, Result, Structure, TravelPairs


@dataclass(frozen=True, slots=True, eq=False)
class Flows:
    """Modelled flows from communes of residence to communes of practice, as compressed rows by residence.

    `volume` = P_i · w_ij · R_j in units of supply (consultations a year, if supply counts them): the site's
    supply is shared out exactly, Σ_i volume_ij = S_j. `share` = volume / Σ_j volume, 0 … 1.
    """

    n: int
    starts: NDArray[np.int32]
    destination: IntArray
    volume: FloatArray
    share: FloatArray

    def origins(self) -> IntArray:
        """The commune of residence of each flow, aligned with `destination`."""
        return np.repeat(np.arange(self.n, dtype=np.int32), np.diff(self.starts))

    def out_of(self, origin: int) -> tuple[IntArray, FloatArray, FloatArray]:
        """Where one commune's residents go: destinations, volumes, shares."""
        row = slice(int(self.starts[origin]), int(self.starts[origin + 1]))
        return self.destination[row], self.volume[row], self.share[row]

    def into(self, destination: int) -> tuple[IntArray, FloatArray, FloatArray]:
        """Where one commune's patients come from: origins, volumes, shares of what is delivered there."""
        found = np.flatnonzero(self.destination == destination)
        origin = np.searchsorted(self.starts, found, side="right") - 1
        volume = self.volume[found]
        total = volume.sum()
        return origin.astype(np.int32), volume, volume / total if total > 0 else volume

    def between(self, groups: ArrayLike, n_groups: int) -> FloatArray:
        """Volumes between groups of communes, shape (n_groups, n_groups), rows = residence.

        `groups`: group of each commune, 0 … n_groups−1, or −1 for none, shape (n,).
        """
        group = np.asarray(groups, dtype=np.int64)
        home, site = group[self.origins()], group[self.destination]
        known = (home >= 0) & (site >= 0)
        cells = np.bincount(
            home[known] * n_groups + site[known], self.volume[known], minlength=n_groups * n_groups
        )
        return np.asarray(cells, dtype=np.float64).reshape(n_groups, n_groups)


def flows(structure: Structure, result: Result, demand: ArrayLike) -> Flows:
    """The flows that the accessibility formula implies, sites with supply only."""
    population = nonnegative(demand, structure.n, "demand")
    ratio = result.ratio[structure.sites]
    homes = structure.by_home
    origin = np.repeat(np.arange(structure.n, dtype=np.int32), np.diff(homes.indptr))
    pull = homes.data * ratio[homes.indices]
    kept = pull > 0
    origin, pull = origin[kept], pull[kept]
    starts = np.zeros(structure.n + 1, dtype=np.int32)
    np.cumsum(np.bincount(origin, minlength=structure.n), out=starts[1:])
    # A flow exists only where its home has some accessibility, so the division is safe.
    share = pull / np.bincount(origin, pull, minlength=structure.n)[origin]
    return Flows(structure.n, starts, structure.sites[homes.indices[kept]], population[origin] * pull, share)


def self_sufficiency(modelled: Flows, inside: ArrayLike | None = None) -> FloatArray:
    """Share of each commune's care that is found at home, shape (n,); NaN where it has no access at all.

    With `inside` (booleans, shape (n,)), the share found anywhere in that territory.
    """
    origin = modelled.origins()
    home = origin == modelled.destination if inside is None else np.asarray(inside)[modelled.destination]
    found = np.bincount(origin, modelled.share * home, minlength=modelled.n)
    return np.where(np.diff(modelled.starts) > 0, found, np.nan)


def attraction(modelled: Flows, inside: ArrayLike | None = None) -> FloatArray:
    """Share of what is delivered at each commune that serves people from elsewhere; NaN without supply.

    With `inside` (booleans, shape (n,)), the share that serves people from outside that territory.
    """
    origin = modelled.origins()
    away = origin != modelled.destination if inside is None else ~np.asarray(inside)[origin]
    delivered = np.bincount(modelled.destination, modelled.volume, minlength=modelled.n)
    exported = np.bincount(modelled.destination, modelled.volume * away, minlength=modelled.n)
    return np.where(delivered > 0, exported / np.where(delivered > 0, delivered, 1.0), np.nan)


def main_destination(modelled: Flows) -> tuple[IntArray, FloatArray]:
    """The site each commune depends on most and its share of that commune's care: (−1, 0) without access."""
    origin = modelled.origins()
    order = np.lexsort((modelled.destination, -modelled.share, origin))
    homes, first = np.unique(origin[order], return_index=True)
    position, share = np.full(modelled.n, -1, dtype=np.int32), np.zeros(modelled.n)
    position[homes] = modelled.destination[order][first]
    share[homes] = modelled.share[order][first]
    return position, share


class Overlaps(NamedTuple):
    """Sites of one kind close to each other where the need is already met, nearest first.

    `first` < `second`: commune positions; `minutes`: the shorter way; `access`: mean accessibility of the
    people in the poorer of the two catchments, in units of supply per head.
    """

    first: IntArray
    second: IntArray
    minutes: FloatArray
    access: FloatArray


def overlaps(
    pairs: TravelPairs, structure: Structure, result: Result, demand: ArrayLike, *, within: float, need: float
) -> Overlaps:
    """Pairs of sites at most `within` minutes apart, each in a catchment served at `need` or better.

    The mean accessibility of a catchment, Σ_i w_ij P_i APL_i / D_j, is used rather than R_j because it also
    counts the supply of the other sites around.
    """
    access = catchment_access(structure, result, demand)
    enough = np.zeros(structure.n, dtype=bool)
    enough[structure.sites] = (result.ratio[structure.sites] > 0) & (access >= need)
    near = (pairs.minutes <= within) & (pairs.origin != pairs.destination)
    near &= enough[pairs.origin] & enough[pairs.destination]
    low = np.minimum(pairs.origin[near], pairs.destination[near])
    high = np.maximum(pairs.origin[near], pairs.destination[near])
    minutes = pairs.minutes[near].astype(np.float64)
    order = np.lexsort((minutes, high, low))
    low, high, minutes = low[order], high[order], minutes[order]
    fresh = np.ones(low.size, dtype=bool)
    fresh[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    low, high, minutes = low[fresh], high[fresh], minutes[fresh]
    poorer = np.minimum(access[structure.site_of[low]], access[structure.site_of[high]])
    order = np.lexsort((high, low, minutes))
    return Overlaps(low[order], high[order], minutes[order], poorer[order])


def catchment_access(structure: Structure, result: Result, demand: ArrayLike) -> FloatArray:
    """Mean accessibility of the people in each site's catchment, shape (sites,); 0 where nobody is."""
    population = nonnegative(demand, structure.n, "demand")
    served = structure.by_site @ (population * result.apl)
    reached = result.catchment_demand[structure.sites]
    return per_head(served, reached)


def adjacency_of(first: ArrayLike, second: ArrayLike, n: int) -> tuple[NDArray[np.int32], IntArray]:
    """Symmetric adjacency (`indptr`, `indices`) from neighbours given once, in either order."""
    a, b = np.asarray(first, dtype=np.int32), np.asarray(second, dtype=np.int32)
    links = csr_array((np.ones(2 * a.size, dtype=bool), (np.r_[a, b], np.r_[b, a])), shape=(n, n))
    links.sum_duplicates()
    return links.indptr.astype(np.int32), links.indices.astype(np.int32)
