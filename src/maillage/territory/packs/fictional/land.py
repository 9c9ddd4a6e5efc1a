"""The land: hexagons with shaken corners, so that neighbours share exact borders; a river; five EPCI.

It lies in the Atlantic, where no map will take it for a real place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COLUMNS, ROWS = 12, 8
SIDE_KM = 2.4  # a hexagon of 15 km², the size of a rural commune
ORIGIN = (-8.2, 46.1)
KM_PER_DEGREE = 111.2
QUANTUM = 1e-5
CORNER_SHAKE = 0.24
"""Displacement of corners, as a share of the side: under a quarter, polygons stay simple."""
BORDER_SHAKE = 0.09
"""Displacement of the middle of borders, so that they are not straight."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Land:
    """Places in kilometres from the origin, and the topology of outlines.

    `centres` is float64[n, 2]; `rings` are the six arcs of each cell, negative when walked backwards, and
    `arcs` the quantised points (degrees / QUANTUM); `epci` is int[n]; `on_river` bool[n].
    """

    centres: NDArray[np.float64]
    arcs: list[list[list[int]]]
    rings: list[list[int]]
    areas: NDArray[np.float64]
    epci: NDArray[np.int64]
    on_river: NDArray[np.bool_]

    def degrees(self) -> NDArray[np.float64]:
        """Return the centres as longitude and latitude, four decimals."""
        return np.round(np.array([_degrees(x, y) for x, y in self.centres]), 4)


def make_land(rng: np.random.Generator) -> Land:
    """Return the land of the seed behind `rng`."""
    cells = [(column, row) for row in range(ROWS) for column in range(COLUMNS)]
    corners: dict[tuple[int, int], Point] = {}
    borders: dict[tuple[tuple[int, int], tuple[int, int]], int] = {}
    arcs: list[list[Point]] = []
    rings = []
    for column, row in cells:
        keys = [_corner_key(column, row, turn) for turn in range(6)]
        for turn, key in enumerate(keys):
            if key not in corners:
                corners[key] = _shaken(_corner(column, row, turn), CORNER_SHAKE, rng)
        ring = []
        for start, end in zip(keys, keys[1:] + keys[:1], strict=True):
            if (end, start) in borders:
                ring.append(~borders[end, start])
                continue
            borders[start, end] = len(arcs)
            ring.append(len(arcs))
            arcs.append(_border(corners[start], corners[end], rng))
        rings.append(ring)
    outlines = [_outline(arcs, ring) for ring in rings]
    centres = np.array([np.mean(outline, axis=0) for outline in outlines])
    return Land(
        centres=centres,
        arcs=[[_quantised(point) for point in arc] for arc in arcs],
        rings=rings,
        areas=np.array([_area(outline) for outline in outlines]),
        epci=np.array([_epci(column, row) for column, row in cells]),
        on_river=np.abs(centres[:, 1] - _river(centres[:, 0])) < SIDE_KM * 0.9,
    )


def _centre(column: int, row: int) -> Point:
    return (column + 0.5 * (row % 2)) * SIDE_KM * math.sqrt(3), row * SIDE_KM * 1.5


def _corner(column: int, row: int, turn: int) -> Point:
    x, y = _centre(column, row)
    angle = math.pi / 3 * turn + math.pi / 6
    return x + SIDE_KM * math.cos(angle), y + SIDE_KM * math.sin(angle)


def _corner_key(column: int, row: int, turn: int) -> tuple[int, int]:
    """Name a corner by its unshaken place, the same for the three cells that meet there."""
    x, y = _corner(column, row, turn)
    return round(x * 1000), round(y * 1000)


def _shaken(point: Point, share: float, rng: np.random.Generator) -> Point:
    dx, dy = rng.uniform(-share, share, 2) * SIDE_KM
    return point[0] + float(dx), point[1] + float(dy)


def _border(start: Point, end: Point, rng: np.random.Generator) -> list[Point]:
    thirds = [
        (start[0] + (end[0] - start[0]) * t, start[1] + (end[1] - start[1]) * t) for t in (1 / 3, 2 / 3)
    ]
    return [start, *(_shaken(point, BORDER_SHAKE, rng) for point in thirds), end]


def _outline(arcs: list[list[Point]], ring: list[int]) -> NDArray[np.float64]:
    points = [point for arc in ring for point in (arcs[arc] if arc >= 0 else arcs[~arc][::-1])[:-1]]
    return np.array(points)


def _area(outline: NDArray[np.float64]) -> float:
    """Return the area of a polygon in km² (the shoelace formula)."""
    x, y = outline.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def _epci(column: int, row: int) -> int:
    """Return 0, 1 or 2 for Val-de-Brume (sixty communes), 3 or 4 for its neighbours east and north."""
    if row >= 6:
        return 4
    if column >= 10:
        return 3
    return (column >= 4) + (column >= 7)


def _river(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far north the Brume flows at `x` kilometres from the western edge."""
    return 10.0 + 4.0 * np.sin(x / 9.0) + 0.12 * x


def _degrees(x: float, y: float) -> Point:
    lon, lat = ORIGIN
    return lon + x / (KM_PER_DEGREE * math.cos(math.radians(lat))), lat + y / KM_PER_DEGREE


def _quantised(point: Point) -> list[int]:
    lon, lat = _degrees(*point)
    return [round(lon / QUANTUM), round(lat / QUANTUM)]
