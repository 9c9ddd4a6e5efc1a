"""What is reached by road within some minutes, as areas: the squares of a grid that a reached road crosses.

A road is reached as far as the minutes go, not only to its next node. Each square takes the least minutes of
the roads that cross it or one of the eight squares around, so that an area holds what lies along a road and
leaves out, unlike the outline of the farthest points, the forest and the mountain between two valleys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines.traveltime.geometry import chord_between, km_of_chord, unit_vectors
from maillage.engines.traveltime.model import EARTH_RADIUS_KM, FloatArray
from maillage.engines.traveltime.roads import RoadGraph, minutes_from

_WORST_CELLS = 4_000_000
"""A grid larger than that is refused: 32 MB, sixty times what an hour of motorway needs."""


@dataclass(frozen=True, slots=True)
class Band:
    """What is reached after `above` minutes and within `within`: a GeoJSON geometry and km².

    Bands do not overlap; `geometry` is None where nothing is reached in that time.
    """

    above: float
    within: float
    geometry: dict[str, Any] | None
    km2: float


def isochrones(
    graph: RoadGraph, origin: int, bounds: Sequence[float], *, cell_km: float = 0.25
) -> list[Band]:
    """The areas reached by road from the node `origin` within each of `bounds` minutes (ascending, > 0).

    Raises ValueError for bounds in another order, or a grid of no size.
    """
    limits = [float(bound) for bound in bounds]
    if not limits or limits != sorted(set(limits)) or limits[0] <= 0 or not cell_km > 0:
        raise ValueError("isochrones: bounds must be > 0 and ascending, cell_km > 0")
    minutes = minutes_from(graph, origin, limits[-1])
    x, y, reached = _along(graph, minutes, limits[-1], cell_km, origin)
    left, bottom = math.floor(x.min() / cell_km) - 1, math.floor(y.min() / cell_km) - 1
    column = np.floor(x / cell_km).astype(np.int64) - left
    row = np.floor(y / cell_km).astype(np.int64) - bottom
    shape = int(row.max()) + 2, int(column.max()) + 2
    if shape[0] * shape[1] > _WORST_CELLS:
        raise ValueError("isochrones: the grid is too fine for what is reached")
    grid = np.full(shape, np.inf)
    np.minimum.at(grid, (row, column), reached)
    grid = _spread(grid)
    to_lon, to_lat = _scales(graph, origin)
    return [
        _band(
            grid, above, within, cell_km,
            lambda column: graph.lon[origin] + (column + left) * cell_km / to_lon,
            lambda row: graph.lat[origin] + (row + bottom) * cell_km / to_lat,
        )
        for above, within in zip([0.0, *limits[:-1]], limits, strict=True)
    ]  # fmt: skip


def _scales(graph: RoadGraph, origin: int) -> tuple[float, float]:
    """Kilometres of a degree of longitude and of latitude at the origin."""
    degree = math.pi * EARTH_RADIUS_KM / 180.0
    return degree * math.cos(math.radians(graph.lat[origin])), degree


def _along(
    graph: RoadGraph, minutes: FloatArray, limit: float, cell_km: float, origin: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points along the roads reached, two a square: kilometres east and north of the origin, minutes."""
    tail = np.repeat(np.arange(graph.n, dtype=np.int32), np.diff(graph.starts))
    links = np.flatnonzero(np.isfinite(minutes[tail]))
    tail, head, takes = tail[links], graph.head[links], graph.minutes[links]
    points = unit_vectors(graph.lon, graph.lat)
    km = km_of_chord(chord_between(points, tail, head))
    steps = np.ceil(2.0 * km / cell_km).astype(np.int64) + 1
    link = np.repeat(np.arange(links.size), steps)
    step = np.arange(link.size) - np.repeat(np.cumsum(steps) - steps, steps)
    share = step / np.maximum(steps[link] - 1, 1)
    when = minutes[tail][link] + share * takes[link]
    kept = when <= limit
    link, share, when = link[kept], share[kept], when[kept]
    to_lon, to_lat = _scales(graph, origin)
    x, y = (graph.lon - graph.lon[origin]) * to_lon, (graph.lat - graph.lat[origin]) * to_lat
    here, there = tail[link], head[link]
    return (
        np.append(x[here] + share * (x[there] - x[here]), 0.0),
        np.append(y[here] + share * (y[there] - y[here]), 0.0),
        np.append(when, 0.0),
    )


def _spread(grid: FloatArray) -> FloatArray:
    """The least of each square and of the eight around; the border of the grid holds nothing of its own."""
    wide = np.pad(grid, 1, constant_values=np.inf)
    rows, columns = grid.shape
    shifted = [wide[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return np.asarray(np.minimum.reduce(shifted))


def _band(grid: FloatArray, above: float, within: float, cell_km: float, lon_of: Any, lat_of: Any) -> Band:
    # Here only: GEOS weighs on a process that draws no area.
    import shapely

    inside = (grid <= within) & ((grid > above) | (above == 0.0))
    if not inside.any():
        return Band(above, within, None, 0.0)
    first, last = _runs(inside)
    west, east = lon_of(first[1]), lon_of(last[1] + 1)
    south, north = lat_of(first[0]), lat_of(first[0] + 1)
    area = shapely.simplify(shapely.union_all(shapely.box(west, south, east, north)), 0.0)
    geometry: dict[str, Any] = shapely.geometry.mapping(shapely.set_precision(area, 1e-6))
    return Band(above, within, geometry, float(inside.sum()) * cell_km**2)


def _runs(inside: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and the last square of each run in a row: row and column, both of shape (2, runs)."""
    edge = np.diff(np.pad(inside, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row, first = np.nonzero(edge == 1)
    _, after = np.nonzero(edge == -1)
    return np.stack((row, first)), np.stack((row, after - 1))
