"""The vocabulary of spatial accessibility: decay, structure of who reaches whom, result.

    D_j = Σ_i w(t_ij) · P_i        demand on site j
    R_j = S_j / D_j                supply per head of that demand (0 where nobody is in reach)
    APL_i = Σ_j w(t_ij) · R_j      accessibility at commune i

i is a commune of residence, j a commune of practice, w the weight of the travel time t_ij, P the
population (or standardised population), S the supply. This is the enhanced two-step floating catchment
area (Luo and Qi, 2009), which the DREES publishes as the APL.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
SparseRows = Any
"""A SciPy `csr_array` (SciPy ships no types)."""
_CSR = ("data", "indices", "indptr")
STRUCTURE_ARRAYS = ("sites", "site_of", *(f"{rows}_{part}" for rows in ("site", "home") for part in _CSR))


class TravelPairs(Protocol):
    """What the engine needs of travel times; `engines.traveltime.Pairs` satisfies it."""

    @property
    def origin(self) -> IntArray: ...
    @property
    def destination(self) -> IntArray: ...
    @property
    def minutes(self) -> NDArray[np.float32]: ...
    @property
    def n(self) -> int: ...
    @property
    def max_minutes(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Decay:
    """How much a travel time counts: weights at increasing bounds, in minutes, and 0 beyond the last.

    - `step`: `weights[k]` holds for bounds[k−1] < t ≤ bounds[k];
    - `linear`: `weights[0]` up to bounds[0], then straight lines through (bounds[k], weights[k]).

    Multiplying all weights by a constant changes no accessibility. Raises ValueError where bounds do not
    increase or a weight is negative or grows with time.
    """

    bounds: tuple[float, ...]
    weights: tuple[float, ...]
    interpolation: Literal["step", "linear"] = "step"

    def __post_init__(self) -> None:
        if not self.bounds or len(self.bounds) != len(self.weights):
            raise ValueError("a decay needs as many weights as bounds, at least one")
        if self.bounds[0] < 0 or any(b <= a for a, b in zip(self.bounds, self.bounds[1:], strict=False)):
            raise ValueError("decay bounds must increase from 0 minutes or more")
        if min(self.weights) < 0 or any(b > a for a, b in zip(self.weights, self.weights[1:], strict=False)):
            raise ValueError("decay weights must be positive and never grow with time")

    @property
    def horizon(self) -> float:
        """Minutes beyond which nothing counts."""
        return self.bounds[-1]

    def weigh(self, minutes: ArrayLike) -> FloatArray:
        """The weight of each travel time, same shape."""
        times = np.asarray(minutes)
        if self.interpolation == "linear":
            return np.asarray(np.interp(times, self.bounds, self.weights, right=0.0), dtype=np.float64)
        # Counting the bounds passed is several times faster than a binary search on so few of them.
        band = np.zeros(times.shape, dtype=np.uint8)
        for bound in self.bounds:
            band += times > bound
        return np.asarray((*self.weights, 0.0), dtype=np.float64)[band]


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Who reaches whom, weighted: everything that depends on travel times and decay only.

    `sites`: positions of the communes where supply may stand, ascending, shape (s,). `site_of`: index into
    `sites` or −1, shape (n,). `by_site`: csr (s, n), the catchment of each site; `by_home`: csr (n, s), the
    sites in reach of each commune. Both hold the same weights; indices ascend inside a row.
    """

    n: int
    sites: IntArray
    site_of: IntArray
    by_site: SparseRows
    by_home: SparseRows
    decay: Decay

    def __post_init__(self) -> None:
        # Read-only: shared between scenarios and threads, and one array type for the compiled kernels.
        for rows in (self.by_site, self.by_home):
            for part in (rows.indptr, rows.indices, rows.data):
                part.setflags(write=False)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays that make this structure, by the names of `STRUCTURE_ARRAYS`, to be kept in files."""
        rows = {"site": self.by_site, "home": self.by_home}
        parts = {f"{key}_{part}": getattr(rows[key], part) for key in rows for part in _CSR}
        return {"sites": self.sites, "site_of": self.site_of} | parts

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], decay: Decay) -> Structure:
        """A structure on the arrays of another, not copied: files mapped in memory stay so."""
        sites, site_of = np.asarray(arrays["sites"]), np.asarray(arrays["site_of"])
        by_site, by_home = (
            csr_array(tuple(np.asarray(arrays[f"{key}_{part}"]) for part in _CSR), shape=shape)
            for key, shape in (("site", (sites.size, site_of.size)), ("home", (site_of.size, sites.size)))
        )
        return cls(site_of.size, sites, site_of, by_site, by_home, decay)

    def site(self, position: int) -> int:
        """The index of a commune among `sites`; ValueError where it was left out of the structure."""
        if not 0 <= position < self.n:
            raise ValueError(f"commune position {position} is outside 0 … {self.n - 1}")
        index = int(self.site_of[position])
        if index < 0:
            raise ValueError(f"commune position {position} is not among the sites of this structure")
        return index


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """Accessibility of each commune and the two quantities behind it, each float64 of shape (n,).

    `apl`: units of supply per unit of demand. `ratio`: R_j, and `catchment_demand`: D_j, both 0 where the
    commune is not a site. `unreachable_supply`: supply that stands where nobody is in reach, so that
    Σ P_i · APL_i = Σ S_j − unreachable_supply.
    """

    apl: FloatArray
    ratio: FloatArray
    catchment_demand: FloatArray
    unreachable_supply: float
