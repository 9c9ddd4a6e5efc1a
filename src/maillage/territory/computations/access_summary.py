"""How accessibility is spread over an area: the figures the access page, scenarios and the report share.

Means are weighted by standardised population; deciles, shares and inequality by inhabitants. This is the
aggregation rule of the published APL.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.territory.computations.access import Access
from maillage.territory.computations.comparisons import Members

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Summary:
    """Accessibility over an area; None where nothing is known or nothing can be divided.

    `below` and `above` are shares (0 to 1) of inhabitants under the low and over the high threshold, and
    `people_below` the inhabitants; `p10`, `p90` bound the outer tenths, `interdecile` is their ratio;
    `deciles` are the means of the ten tenths from the least to the best served.
    """

    mean: float | None
    below: float | None
    people_below: float | None
    above: float | None
    p10: float | None
    p90: float | None
    interdecile: float | None
    gini: float | None
    deciles: tuple[float | None, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {**asdict(self), "deciles": list(self.deciles)}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Summary:
        """Read back what `as_dict` wrote."""
        return cls(**{**stored, "deciles": tuple(stored["deciles"])})


def summary(access: Access, members: Members, apl: Values | None = None) -> Summary:
    """Return the spread of accessibility over `members`; `apl` replaces the present one, for a scenario."""
    values = (access.apl if apl is None else apl)[members]
    people, demand = access.people[members], access.demand[members]
    below = accessibility.share_below(values, people, access.low)
    low, high = accessibility.quantiles(values, people, [0.1, 0.9]) if people.sum() > 0 else (np.nan, np.nan)
    above = np.nan if access.high is None else accessibility.share_above(values, people, access.high)
    tenths = accessibility.deciles(values, people, mean_weights=demand).means
    return Summary(
        mean=known(accessibility.mean(values, demand)),
        below=known(below),
        people_below=known(below * float(people.sum())),
        above=known(above),
        p10=known(low),
        p90=known(high),
        interdecile=known(high / low) if low > 0 else None,
        gini=known(accessibility.gini(values, people)),
        deciles=tuple(known(mean) for mean in tenths),
    )


def known(value: float) -> float | None:
    """Return a number, None for NaN and infinities."""
    return float(value) if np.isfinite(value) else None
