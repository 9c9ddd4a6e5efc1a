"""Areas within some minutes by road of a place, as GeoJSON, where the roads of an extract are kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.engines import traveltime
from maillage.engines.traveltime import Band, RoadGraph
from maillage.kernel.formats import number
from maillage.kernel.sourced_rules import rule
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.road_matrix import SNAP_RULE
from maillage.territory.computations.road_store import kept_roads, roads_of
from maillage.territory.models import TravelMatrix

BOUNDS_RULE = "territory.traveltime.isochrones"
CELL_RULE = "territory.traveltime.isochrone_cell"

_roads: Memo[tuple[RoadGraph, NDArray[np.bool_]]] = Memo(2)
_bands: Memo[list[Band]] = Memo(32)


@dataclass(frozen=True, slots=True)
class RoadAreas:
    """What is reached by road from a place: bands that do not overlap, by `source`, from a road `km` away.

    `cell_m`: the side of their squares, metres.
    """

    bands: tuple[Band, ...]
    source: str
    km: float
    cell_m: float


def road_areas(lon: float, lat: float) -> RoadAreas | None:
    """Return the areas around a place (degrees); None where no kept road passes near it."""
    for matrix in kept_roads():
        west, south, east, north = matrix.details["box"]
        if west <= lon <= east and south <= lat <= north:
            found = _areas_by(matrix, lon, lat)
            if found is not None:
                return found
    return None


def _areas_by(matrix: TravelMatrix, lon: float, lat: float) -> RoadAreas | None:
    graph, among = _roads.get(matrix.fingerprint, lambda: _opened(roads_of(matrix)))
    far = float(rule(SNAP_RULE).value["centre_km"])
    snapped = traveltime.snap(graph, [lon], [lat], among=among, within_km=far)
    node, cell = int(snapped.node[0]), float(rule(CELL_RULE).value)
    bounds = tuple(float(bound) for bound in rule(BOUNDS_RULE).value)
    if node < 0:
        return None
    found = _bands.get(
        (matrix.fingerprint, node, bounds, cell),
        lambda: traveltime.isochrones(graph, node, bounds, cell_km=cell),
    )
    return RoadAreas(tuple(found), graph.vintage, float(snapped.km[0]), cell * 1000.0)


def has_roads() -> bool:
    """Return whether the roads of some extract are kept."""
    return bool(kept_roads())


def band_label(band: Band) -> str:
    """Return « 10 min au plus », « de 10 à 20 min »."""
    if not band.above:
        return _("%(within)s min au plus") % {"within": number(band.within)}
    return _("de %(above)s à %(within)s min") % {"above": number(band.above), "within": number(band.within)}


def _opened(graph: RoadGraph) -> tuple[RoadGraph, NDArray[np.bool_]]:
    size = traveltime.networks(graph).size
    least = min(int(rule(SNAP_RULE).value["least_nodes"]), int(size.max()))
    return graph, size >= least
