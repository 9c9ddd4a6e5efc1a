"""White zones of a territory and what would lift them; overlaps, where supply exceeds the usual need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.engines.accessibility import Lift, Result
from maillage.engines.traveltime import Nearest
from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, counts

Positions = NDArray[np.intp]
MINUTES_RULE = "territory.overlaps.minutes"
QUANTILE_RULE = "territory.overlaps.need_quantile"
PHARMACY_FIRST_RULE = "territory.overlaps.pharmacy_first"
PHARMACY_NEXT_RULE = "territory.overlaps.pharmacy_next"
MILP_SECONDS = 0.3
MAX_CANDIDATES = 60
"""A zone larger than this is lifted from its most populated communes only, so that no page waits."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """The nearest commune outside the zone that has supply and is not under the threshold."""

    position: int
    minutes: float


@dataclass(frozen=True, slots=True, eq=False)
class WhiteZone:
    """A contiguous set of communes under the threshold.

    `members` are positions in the atlas, most populated first. `mean` is weighted by standardised
    population. `outside` counts the communes next to it, outside the territory, that are under too.
    `mean_lift` brings the zone's mean to the threshold, `full_lift` each of its communes; None where no
    settlement inside the zone does.
    """

    number: int
    members: Positions
    people: float
    mean: float
    lowest: float
    heads: float
    outside: int
    mean_lift: Lift | None
    full_lift: Lift | None
    alternative: Alternative | None


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Communes close to each other that hold supply of one kind beyond the usual need.

    `minutes` is the longest of the short ways that tie them; `access` the mean accessibility of the
    poorest catchment among them, `need` what it is measured against.
    """

    members: Positions
    heads: float
    minutes: float
    access: float
    need: float


@dataclass(frozen=True, slots=True)
class PharmacySurplus:
    """A commune with more pharmacies than the population rule would open today."""

    position: int
    pharmacies: int
    allowed: int


def white_zones(
    atlas: Atlas, access: Access, members: Positions, result: Result | None = None
) -> list[WhiteZone]:
    """Return the white zones of the territory `members`, most populated first.

    `result` replaces the present accessibility, for a scenario.
    """
    state = result or access.result
    under = (state.apl < access.low) & (access.people > 0)
    inside = np.zeros(len(atlas), dtype=bool)
    inside[members] = True
    labels = accessibility.clusters(under & inside, atlas.adjacency, access.people)
    beyond = under & ~inside
    candidates = _where_one_could_settle(atlas, access)
    enough = np.flatnonzero((access.heads > 0) & ~under)
    nearest = access.travel.nearest(atlas, enough)
    return [
        _zone(atlas, access, state, number, np.flatnonzero(labels == number), beyond, candidates, nearest)
        for number in range(int(labels.max(initial=-1)) + 1)
    ]


def zone_labels(
    atlas: Atlas, access: Access, members: Positions, apl: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Return the number of the white zone of each commune of `members`, −1 where it is in none."""
    inside = np.zeros(len(atlas), dtype=bool)
    inside[members] = True
    under = inside & (apl < access.low) & (access.people > 0)
    return accessibility.clusters(under, atlas.adjacency, access.people)[members]


def _zone(
    atlas: Atlas,
    access: Access,
    state: Result,
    number: int,
    zone: Positions,
    beyond: NDArray[np.bool_],
    candidates: NDArray[np.bool_],
    nearest: Nearest,
) -> WhiteZone:
    zone = zone[np.argsort(-access.people[zone], kind="stable")]
    starts, neighbours = atlas.adjacency
    around = np.unique(np.concatenate([neighbours[starts[k] : starts[k + 1]] for k in zone]))
    lifts = [_lift(access, state, zone, candidates, everyone=everyone) for everyone in (False, True)]
    return WhiteZone(
        number=number,
        members=zone,
        people=float(access.people[zone].sum()),
        mean=accessibility.mean(state.apl[zone], access.demand[zone]),
        lowest=float(state.apl[zone].min()),
        heads=float(access.heads[zone].sum()),
        outside=int(np.count_nonzero(beyond[around])),
        mean_lift=lifts[0],
        full_lift=lifts[1],
        alternative=_alternative(zone, nearest),
    )


def _where_one_could_settle(atlas: Atlas, access: Access) -> NDArray[np.bool_]:
    """The communes that already hold such a professional or a pharmacy: a hamlet would be no answer."""
    return (access.heads > 0) | (counts(atlas, "supply_commune.pharmacies") > 0)


def _lift(
    access: Access, state: Result, zone: Positions, likely: NDArray[np.bool_], *, everyone: bool
) -> Lift | None:
    """Return what lifts the zone from its likely places, from any of its communes where those cannot."""
    places = zone[likely[zone]] if likely[zone].any() else zone[:1]
    for candidates in (places, zone[:MAX_CANDIDATES]):
        lift = accessibility.supply_to_lift(
            access.structure,
            state,
            access.demand,
            zone,
            access.low,
            unit=access.unit,
            candidates=candidates,
            everyone=everyone,
            seconds=MILP_SECONDS,
        )
        if lift is not None:
            return lift
    return None


def _alternative(zone: Positions, nearest: Nearest) -> Alternative | None:
    """Return the site nearest to the zone's most populated commune; poorly served sites do not count."""
    position = int(nearest.position[zone[0]])
    return Alternative(position, float(nearest.minutes[zone[0]])) if position >= 0 else None


def overlaps(access: Access, members: Positions) -> list[Overlap]:
    """Return where supply of one kind stands within a few minutes beyond the usual need, largest first.

    The need is the accessibility that the rule's share of the country does not exceed.
    """
    within = float(rule(MINUTES_RULE).value)
    need = float(accessibility.quantiles(access.apl, access.people, [float(rule(QUANTILE_RULE).value)])[0])
    found = accessibility.overlaps(
        access.travel.pairs, access.structure, access.result, access.demand, within=within, need=need
    )
    inside = np.isin(found.first, members) & np.isin(found.second, members)
    first, second = found.first[inside], found.second[inside]
    n = access.people.size
    tied = np.zeros(n, dtype=bool)
    tied[first] = tied[second] = True
    groups = accessibility.clusters(tied, accessibility.adjacency_of(first, second, n), access.heads)
    return [
        Overlap(
            members=np.flatnonzero(groups == group),
            heads=float(access.heads[groups == group].sum()),
            minutes=float(found.minutes[inside][groups[first] == group].max()),
            access=float(found.access[inside][groups[first] == group].min()),
            need=need,
        )
        for group in range(int(groups.max(initial=-1)) + 1)
    ]


def pharmacy_surpluses(atlas: Atlas, members: Positions) -> list[PharmacySurplus]:
    """Return the communes with two pharmacies or more, and more than today's rule would open there."""
    first, following = (float(rule(key).value) for key in (PHARMACY_FIRST_RULE, PHARMACY_NEXT_RULE))
    held = counts(atlas, "supply_commune.pharmacies")[members]
    people = counts(atlas, "communes.pop_municipale")[members]
    allowed = np.where(people >= first, 1 + np.floor((people - first) / following), 0)
    surplus = np.flatnonzero((held >= 2) & (held > allowed))
    order = surplus[np.argsort(allowed[surplus] - held[surplus], kind="stable")]
    return [PharmacySurplus(int(members[k]), int(held[k]), int(allowed[k])) for k in order]
