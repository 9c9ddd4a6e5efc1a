"""From the roads of an extract to minutes between the communes that it covers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines import traveltime
from maillage.engines.traveltime import CarProfile, Extract, RoadGraph
from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.commune_places import Placed, covered, placed
from maillage.territory.rules.kinds import Placing

INTRA_RULE = "territory.traveltime.intra_minutes"
LIMIT_RULE = "territory.traveltime.road_limit"
SNAP_RULE = "territory.traveltime.road_snap"
SPEEDS_RULE = "territory.traveltime.road_speeds"
LIMITS_RULE = "territory.traveltime.road_limits"
FERRY_RULE = "territory.traveltime.ferry"
ROAD_RULES = (SPEEDS_RULE, LIMITS_RULE, FERRY_RULE, SNAP_RULE, LIMIT_RULE)
_AROUND = 0.1
"""Degrees around the roads of an extract within which communes are looked for."""


@dataclass(frozen=True, slots=True, eq=False)
class RoadMatrix:
    """Minutes by road between the communes of an extract.

    `code`, `placing` (`Placing`) and `km` say, commune by commune, where each was put and how far from the
    road; `origin` and `destination` are codes, sorted, with `minutes`, one row per ordered pair within
    `limit`, each commune's own among them. `unreached` are the communes that the map names and that no road
    for cars ties to another.
    """

    code: NDArray[np.str_]
    placing: NDArray[np.str_]
    km: NDArray[np.float32]
    origin: NDArray[np.str_]
    destination: NDArray[np.str_]
    minutes: NDArray[np.float32]
    unreached: tuple[str, ...]
    limit: float

    def details(self, extract: Extract) -> dict[str, Any]:
        """What is said of it on screen, as JSON."""
        return {
            "communes": int(self.code.size),
            "limit": self.limit,
            "box": [round(float(edge), 5) for edge in _box(extract.graph)],
            "nodes": extract.graph.n,
            "links": len(extract.graph),
            "placing": {one.value: int((self.placing == one.value).sum()) for one in Placing},
            "km": {
                name: round(float(np.quantile(self.km, share)), 3)
                for name, share in (("median", 0.5), ("p95", 0.95), ("max", 1.0))
            },
            "farthest": [
                [str(self.code[k]), str(self.placing[k]), round(float(self.km[k]), 3)]
                for k in np.argsort(-self.km, kind="stable")[:10]
            ],
            "unreached": list(self.unreached),
        }


def car_profile() -> CarProfile:
    """Return how fast a car goes, by the rules in force."""
    limits, ferry = rule(LIMITS_RULE).value, rule(FERRY_RULE).value
    return CarProfile(
        classes=_pairs(rule(SPEEDS_RULE).value),
        share_of_limit=float(limits["share_of_limit"]),
        ferry_kmh=float(ferry["ferry_kmh"]),
        boarding=float(ferry["boarding"]),
        worded=_pairs(limits["worded"]),
    )


def road_matrix(
    atlas: Atlas, extract: Extract, given: Mapping[str, tuple[float, float]] | None = None
) -> RoadMatrix:
    """Return the minutes by road between the communes that the extract covers: none where it covers none.

    `given`: longitude and latitude of town halls by commune code, believed before those of the extract.
    """
    graph, limit = extract.graph, float(rule(LIMIT_RULE).value)
    places = placed(atlas, _around(atlas, extract), extract.landmarks, given or {})
    node, km = _brought(atlas, extract, places)
    found = traveltime.minutes_between(graph, node, node, limit, threads=os.cpu_count() or 1)
    apart = found.origin != found.destination
    tied = np.zeros(node.size, dtype=bool)
    tied[found.origin[apart]] = tied[found.destination[apart]] = True
    kept = tied[found.origin] & tied[found.destination]
    origin, destination = found.origin[kept], found.destination[kept]
    minutes = np.where(origin == destination, float(rule(INTRA_RULE).value), found.minutes[kept])
    order = np.lexsort((destination, origin))
    codes = atlas.codes[places.position]
    named = places.how != Placing.CENTRE.value
    if given:  # a list of the whole country says nothing of what the extract holds
        named &= (places.how != Placing.GIVEN.value) | (node >= 0)
    return RoadMatrix(
        codes[tied],
        places.how[tied],
        km[tied].astype(np.float32),
        codes[origin[order]],
        codes[destination[order]],
        minutes[order].astype(np.float32),
        tuple(str(code) for code in codes[~tied & named]),
        limit,
    )


def _pairs(table: Mapping[str, Any]) -> tuple[tuple[str, float], ...]:
    return tuple((name, float(kmh)) for name, kmh in table.items())


def _box(graph: RoadGraph) -> tuple[float, float, float, float]:
    """West, south, east and north of the roads."""
    return float(graph.lon.min()), float(graph.lat.min()), float(graph.lon.max()), float(graph.lat.max())


def _around(atlas: Atlas, extract: Extract) -> NDArray[np.int64]:
    """The communes whose middle is where the extract has roads, or not far."""
    west, south, east, north = _box(extract.graph)
    inside = (atlas.lon >= west - _AROUND) & (atlas.lon <= east + _AROUND)
    inside &= (atlas.lat >= south - _AROUND) & (atlas.lat <= north + _AROUND)
    return np.flatnonzero(inside)


def _brought(atlas: Atlas, extract: Extract, places: Placed) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The node of each place, −1 where no road is near enough, and how far it is.

    A place is brought to the nearest network that is more than a yard, its own island's without a ferry
    rather than the mainland's.
    """
    graph, far = extract.graph, rule(SNAP_RULE).value
    size = traveltime.networks(graph).size
    among = size >= min(int(far["least_nodes"]), int(size.max()))
    snapped = traveltime.snap(graph, places.lon, places.lat, among=among)
    is_centre = places.how == Placing.CENTRE.value
    near = snapped.km <= np.where(is_centre, far["centre_km"], far["place_km"])
    unsure = np.flatnonzero(near & is_centre)
    roads = snapped.node[unsure]
    near[unsure] = covered(atlas, places.position[unsure], graph.lon[roads], graph.lat[roads])
    return np.where(near, snapped.node, -1).astype(np.int32), snapped.km
