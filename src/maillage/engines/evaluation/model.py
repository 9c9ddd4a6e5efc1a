"""What an evaluation takes and gives: a panel of units over periods, and estimates with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Panel:
    """An outcome measured on units (territories, practices) over periods.

    `outcome`: n units × t periods, NaN where nothing was measured. `first`: for each unit, the number of the
    period from which it is treated (0 is the first column), NaN for a unit that never is.
    """

    outcome: FloatArray
    first: FloatArray

    def __post_init__(self) -> None:
        outcome, first = np.asarray(self.outcome, np.float64), np.asarray(self.first, np.float64)
        if outcome.ndim != 2 or first.shape != outcome.shape[:1]:
            raise ValueError("a panel is units × periods, with one first period of treatment for each unit")
        if np.isinf(outcome).any():
            raise ValueError("an outcome is a number, or NaN where nothing was measured")
        object.__setattr__(self, "outcome", outcome)
        object.__setattr__(self, "first", first)

    @property
    def treated(self) -> BoolArray:
        """Whether each unit is treated at each period, n × t."""
        # A comparison with NaN is false: a unit that is never treated is not.
        return np.asarray(np.arange(self.outcome.shape[1]) >= self.first[:, None])

    @property
    def ever(self) -> BoolArray:
        """Whether each unit is treated at some period of the panel."""
        return np.asarray(self.first < self.outcome.shape[1])


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect in the unit of the outcome, with its interval and the p-value of no effect.

    `error`, `low`, `high` and `p` are NaN where the data cannot say how uncertain it is: fewer than two
    clusters on a side, or as many coefficients as observations. `degrees`: degrees of freedom of Student's t.
    """

    effect: float
    error: float
    low: float
    high: float
    p: float
    degrees: float
    observations: int
    clusters: int


@dataclass(frozen=True, slots=True)
class Leads:
    """Effects by periods since the treatment began (0 is its first period); before −1, placebos.

    `trend_p`: p-value of « all effects before −1 are zero » (Wald, F); NaN where there is none to test.
    """

    since: IntArray
    effects: tuple[Estimate, ...]
    trend_p: float


@dataclass(frozen=True, slots=True)
class Staggered:
    """Effects by cohort and period (k pairs), and their averages, of units treated at different dates.

    `average` weighs each treated cohort and period by the units of the cohort; `since` holds the same by
    periods since the treatment began.
    """

    cohort: IntArray
    period: IntArray
    effects: tuple[Estimate, ...]
    average: Estimate
    since: Leads


@dataclass(frozen=True, slots=True)
class Break:
    """What changes in a series at the interruption: its level at once, its slope, its mean over what follows.

    `fitted`: the model, `expected`: the same without interruption; one value for each point of the series.
    """

    level: Estimate
    slope: Estimate
    mean: Estimate
    fitted: FloatArray
    expected: FloatArray


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A treated unit beside the weighted mean of its donors.

    `effect`: mean gap after the treatment; `gap`: one value for each period. `fit`: root mean square gap
    before. `ratio`: root mean square gap after over before. `p`: share of the units, the treated one
    included, whose ratio is at least as large when each in turn is taken for the treated one.
    """

    weights: FloatArray
    effect: float
    gap: FloatArray
    fit: float
    ratio: float
    p: float
    ratios: FloatArray


@dataclass(frozen=True, slots=True)
class Differences:
    """Synthetic difference-in-differences: the effect, the weights of donors and of periods before.

    `p`: share of the units, the treated ones counted once, whose effect is at least as large in absolute
    value when each donor in turn is taken for the treated one.
    """

    effect: float
    donors: FloatArray
    periods: FloatArray
    p: float


def as_floats(values: Any) -> FloatArray:
    """Return a vector of floats. Raises ValueError for another shape."""
    found = np.asarray(values, np.float64)
    if found.ndim != 1:
        raise ValueError("one value for each point, in one dimension")
    return found
