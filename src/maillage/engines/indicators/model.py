"""What the statistics of an indicator give: values with their intervals, limits, signals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


class Interval(NamedTuple):
    """Values and their bounds, arrays of one shape; NaN where there is nothing to divide by."""

    value: FloatArray
    low: FloatArray
    high: FloatArray


class Estimate(NamedTuple):
    """One value and its bounds."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Slope:
    """Inequality along a ranking of the whole population, from the least to the most favoured.

    `index`: value expected at the top less value expected at the bottom (slope index of inequality), in the
    unit of the indicator. `ratio`: value expected at the bottom over that at the top; NaN where one is not
    above zero.
    """

    index: Estimate
    bottom: float
    top: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """The value that all would share, and the limits within which chance keeps 95 % and 99.8 % of them."""

    target: float
    low95: FloatArray
    high95: FloatArray
    low998: FloatArray
    high998: FloatArray


@dataclass(frozen=True, slots=True)
class Run:
    """A run chart: its median, and the places of the points that chance would hardly give.

    `shift`: in six points or more in a row on one side of the median. `trend`: in five or more in a row all
    going up or all going down. `crossings`: how many runs there are, with the number of runs under or over
    which chance would hardly be; None where there are too few points to say.
    """

    median: float
    shift: BoolArray
    trend: BoolArray
    runs: int
    expected: tuple[int, int] | None


def counts(numerator: Any, denominator: Any) -> tuple[FloatArray, FloatArray]:
    """Return both as arrays of one shape. Raises ValueError for what no count can be."""
    top, bottom = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    if np.isnan(top).any() or np.isnan(bottom).any() or (top < 0).any() or (bottom < 0).any():
        raise ValueError("a count is a number, zero at least")
    return top, bottom
