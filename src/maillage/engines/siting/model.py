"""The vocabulary of siting: who lives how far from where one could open, what is sought, what was found.

    p-median:  least  Σ_i w_i · min(T, s_i, min_{j∈S} t_ij)
    coverage:  most   Σ_i w_i · [min(s_i, min_{j∈S} t_ij) ≤ T]

over the sets S of at most p candidates. i is a place of demand of weight w_i, j a candidate, t_ij the minutes
from one to the other, s_i the minutes to what stands already, T the limit. (Hakimi, 1964; Church and ReVelle,
1974.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Objective = Literal["p_median", "coverage"]
OBJECTIVES: tuple[Objective, ...] = ("p_median", "coverage")


class SitingError(ValueError):
    """A problem that means nothing: a negative weight, a time that is none, a place that is nowhere."""


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Where to open; made and checked by `of` or `dense`.

    `weight` (n): people, visits…, 0 or more. `home`, `site`, `minutes` (k): the minutes from a place of
    demand to a candidate, one row a pair; a pair that is not there is out of reach. `standing` (n): minutes
    to the nearest site that stands, infinite where none is in reach. `candidates`: how many there are,
    numbered from 0. `sites`: how many may be opened. `limit`, minutes: within which demand is covered; for
    the p-median, what a demand that reaches nothing sooner counts for.
    """

    weight: FloatArray
    home: IntArray
    site: IntArray
    minutes: FloatArray
    standing: FloatArray
    candidates: int
    sites: int
    limit: float
    objective: Objective

    @classmethod
    def of(
        cls,
        weight: ArrayLike,
        home: ArrayLike,
        site: ArrayLike,
        minutes: ArrayLike,
        *,
        candidates: int,
        sites: int,
        limit: float,
        objective: Objective = "coverage",
        standing: ArrayLike | None = None,
    ) -> Problem:
        """A problem on pairs; nothing stands where `standing` is None. Raises SitingError, which says why."""
        weights, times = _floats(weight, "weight"), _floats(minutes, "minutes")
        homes, places = _integers(home, "home"), _integers(site, "site")
        before = np.full(weights.size, np.inf) if standing is None else _floats(standing, "standing")
        if not homes.size == places.size == times.size:
            raise SitingError(f"{homes.size} homes and {places.size} sites for {times.size} minutes")
        if before.size != weights.size:
            raise SitingError(f"{before.size} standing minutes for {weights.size} weights")
        if not np.isfinite(weights).all() or (weights < 0).any():
            raise SitingError("weights are finite numbers, 0 or more")
        if np.isnan(times).any() or (times < 0).any() or np.isnan(before).any() or (before < 0).any():
            raise SitingError("minutes are 0 or more, infinite where out of reach")
        if objective not in OBJECTIVES:
            raise SitingError(f"an objective is one of {', '.join(OBJECTIVES)}, not {objective}")
        if candidates < 0 or sites < 0:
            raise SitingError("there are 0 candidates or more, and 0 sites or more to open")
        if not (np.isfinite(limit) and limit >= 0):
            raise SitingError("the limit is a finite number of minutes, 0 or more")
        for places_of, count, what in ((homes, weights.size, "homes"), (places, candidates, "sites")):
            if places_of.size and not (places_of.min() >= 0 and places_of.max() < count):
                raise SitingError(f"{what} are numbered from 0 to {count - 1}")
        return cls(
            weights, homes, places, times, before, int(candidates), int(sites), float(limit), objective
        )

    @classmethod
    def dense(cls, weight: ArrayLike, minutes: ArrayLike, **asked: Any) -> Problem:
        """A problem on a whole table of minutes, shape (n, candidates); infinite where out of reach.

        `asked`: the other words of `of`. Raises SitingError.
        """
        table = np.asarray(minutes, dtype=np.float64)
        weights = _floats(weight, "weight")
        if table.ndim != 2 or table.shape[0] != weights.size:
            raise SitingError(f"a table of shape {table.shape} for {weights.size} weights")
        home, site = np.nonzero(~np.isposinf(table))
        return cls.of(weights, home, site, table[home, site], candidates=table.shape[1], **asked)


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What to open.

    `sites`: candidates, the one that brings most first; `adds`: what each adds to those before it.
    `value`: the objective reached (weighted minutes, or people covered, what stands included). `bound`: no
    choice does better than this. `gain` = Σ `adds`: minutes saved or people newly covered; `gain_bound`: no
    choice gains more. A site that would bring nobody nearer is not opened, so that there may be fewer than
    asked. `is_proven`: no choice is better. `steps`: how it was found and proved, in order.
    """

    sites: IntArray
    adds: FloatArray
    value: float
    bound: float
    gain: float
    gain_bound: float
    is_proven: bool
    steps: tuple[str, ...]

    @property
    def gap(self) -> float:
        """How far the value may be from the best, as a share of the larger of the two: 0 when proved."""
        if self.is_proven:
            return 0.0
        return abs(self.value - self.bound) / max(abs(self.value), abs(self.bound))

    @property
    def gain_gap(self) -> float:
        """The share of the best possible gain that may be missed: 0 when proved."""
        return 0.0 if self.is_proven else 1.0 - self.gain / self.gain_bound


@dataclass(frozen=True, slots=True, eq=False)
class Swap:
    """Another choice nearly as good: `site` opened instead of `instead_of`; `gain` is what it would gain."""

    site: int
    instead_of: int
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class Served:
    """Where each place of demand stands with some sites open, each of shape (n).

    `minutes` to the nearest, infinite where none is in reach; `site`: the candidate that is nearest, −1 where
    what stood before is as near, or nothing is in reach.
    """

    minutes: FloatArray
    site: IntArray


def _floats(values: ArrayLike, what: str) -> FloatArray:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise SitingError(f"{what}: {error}") from error
    if found.ndim != 1:
        raise SitingError(f"{what} is a list of numbers, not of shape {found.shape}")
    return found


def _integers(values: ArrayLike, what: str) -> IntArray:
    found = np.asarray(values)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise SitingError(f"{what} is a list of whole numbers")
    return found.astype(np.int64)
