"""How far the nearest GP, pharmacy, emergency department and maternity are, and for how many people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility, traveltime
from maillage.engines.traveltime import Nearest
from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import counts
from maillage.territory.computations.access_summary import known
from maillage.territory.computations.comparisons import Members, population
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.pairs_cache import NationalPairs
from maillage.territory.computations.supplies import SERVICES

BOUNDS_RULE = "territory.access.travel_bounds"

_nearest: Memo[Nearest] = Memo(16)


@dataclass(frozen=True, slots=True)
class Remoteness:
    """How far a service is from the people of an area.

    `mean` minutes weighted by inhabitants; `share_over` the share (0 to 1) of the inhabitants farther than
    each bound, in minutes; `people_over` the same in inhabitants.
    """

    mean: float | None
    share_over: dict[int, float | None]
    people_over: dict[int, float | None]

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Remoteness:
        """Read back what was written as JSON, where keys are texts."""
        share_over, people = (
            {int(bound): value for bound, value in stored[name].items()}
            for name in ("share_over", "people_over")
        )
        return cls(stored["mean"], share_over, people)


def nearest_service(atlas: Atlas, travel: NationalPairs, service: str) -> Nearest:
    """Return minutes to the nearest commune with that service, and its position, for every commune.

    A service is placed where its commune is. Raises KeyError for an unknown service.
    """
    sites = np.flatnonzero(counts(atlas, SERVICES[service].supply) > 0)
    return _nearest.get((travel.key, traveltime.VERSION, service), lambda: travel.nearest(atlas, sites))


def remoteness(atlas: Atlas, minutes: NDArray[np.float64], members: Members) -> Remoteness:
    """Return how far a service is from the people of `members`, from `minutes` over all communes."""
    people, times = population(atlas)[members], minutes[members]
    # Without any site in the country, nobody is within reach and no mean exists.
    shares = {bound: accessibility.share_above(times, people, bound) for bound in travel_bounds()}
    return Remoteness(
        mean=known(accessibility.mean(times, people)),
        share_over={bound: known(share) for bound, share in shares.items()},
        people_over={bound: known(share * float(people.sum())) for bound, share in shares.items()},
    )


def travel_bounds() -> tuple[int, ...]:
    """Return the minutes beyond which people are counted."""
    return tuple(int(bound) for bound in rule(BOUNDS_RULE).value)
