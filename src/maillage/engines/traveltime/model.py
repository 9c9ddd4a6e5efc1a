"""What a travel-time provider gives and is asked: pairs of communes with minutes, and the crow-fly model.

The ladder of providers, best first:

1. an imported matrix (`pairs_from_table`): the only one that can match INSEE's Metric-OSRM distances;
2. the roads of an extract (`RoadTimes`), followed exactly;
3. the crow-fly model below, always labelled as an estimate on screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG 1980), kilometres."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Travel times between communes, as aligned columns sorted by origin, then destination.

    `origin` and `destination` are positions 0 … n−1 (int32), `minutes` float32 ≥ 0, each shape (m,). No
    pair appears twice and each commune has its own pair (origin = destination). A pair that is absent is
    farther than `max_minutes`. Minutes need not be symmetric.

    `provider` and `vintage` say where the times come from; `estimate` is True where no road was followed.
    """

    origin: IntArray
    destination: IntArray
    minutes: NDArray[np.float32]
    n: int
    max_minutes: float
    provider: str
    vintage: str
    estimate: bool

    def __len__(self) -> int:
        return int(self.origin.size)

    def row_starts(self) -> NDArray[np.int64]:
        """Where the pairs of each origin begin, shape (n + 1,): the `indptr` of a CSR matrix."""
        counts = np.bincount(self.origin, minlength=self.n)
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


class TravelTimes(Protocol):
    """Anything that can measure travel times between points, as `RoadTimes` does.

    An implementation keeps the conventions of `Pairs`; points are WGS84 degrees, shape (n,).
    """

    def pairs(self, lon: FloatArray, lat: FloatArray, max_minutes: float) -> Pairs:
        """All pairs within `max_minutes`, both directions, each commune's own pair included."""
        ...


class Nearest(NamedTuple):
    """For each commune, minutes to the nearest site and its position (infinity and −1 where none)."""

    minutes: FloatArray
    position: IntArray


@dataclass(frozen=True, slots=True)
class CrowFlyModel:
    """minutes = coefficient × km^exponent, km along the great circle; within a commune, `intra_minutes`.

    The defaults were fitted on 2,493 routed pairs of Gironde (median error 8 %). INSEE's convention for
    the time within a commune is 0. Raises ValueError where a parameter makes no sense.
    """

    coefficient: float = 1.866
    exponent: float = 0.844
    intra_minutes: float = 0.0
    vintage: str = "Gironde, 2 493 couples"

    def __post_init__(self) -> None:
        if not (self.coefficient > 0 and self.exponent > 0 and self.intra_minutes >= 0):
            raise ValueError("crow-fly model: coefficient and exponent must be > 0, intra_minutes >= 0")

    def minutes(self, km: FloatArray) -> FloatArray:
        """Minutes for distances in kilometres, any shape."""
        return np.asarray(self.coefficient * np.power(km, self.exponent), dtype=np.float64)

    def reach_km(self, minutes: float) -> float:
        """The distance covered in that many minutes, kilometres."""
        return float((minutes / self.coefficient) ** (1.0 / self.exponent))


@dataclass(frozen=True, slots=True)
class CrowFlyFit:
    """A fitted crow-fly model and how far it stays from the routed times it was fitted on.

    `mean_absolute_error` in minutes, `median_relative_error` a share of the routed time, `n` pairs.
    """

    model: CrowFlyModel
    mean_absolute_error: float
    median_relative_error: float
    n: int
