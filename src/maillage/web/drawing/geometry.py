"""From GeoJSON to paper: a local projection, paths, and the outline of a set of communes."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maillage.web.drawing.svg import coordinate

KM_PER_DEGREE = 111.32

Geometry = Mapping[str, Any]
"""A GeoJSON geometry: a Polygon or a MultiPolygon in degrees, WGS84."""
Place = tuple[float, float]


def rings(geometry: Geometry | None) -> Iterator[list[Place]]:
    """Yield every ring of a polygon or multipolygon, nothing for None or another type."""
    if not geometry:
        return
    shape = geometry["type"]
    polygons = geometry["coordinates"] if shape == "MultiPolygon" else [geometry["coordinates"]]
    for polygon in polygons if shape in {"Polygon", "MultiPolygon"} else []:
        for ring in polygon:
            yield [(float(point[0]), float(point[1])) for point in ring]


@dataclass(frozen=True, slots=True)
class Projection:
    """Equirectangular around one latitude: exact enough over a hundred kilometres, and north is up.

    `scale` is drawing units per kilometre; `width` and `height` are the size of the frame.
    """

    west: float
    north: float
    squeeze: float
    scale: float
    width: float
    height: float

    @classmethod
    def fitting(
        cls, places: Iterable[Place], width: float, tallest: float, margin: float = 20.0
    ) -> Projection:
        """Return the projection that shows all `places` in a frame `width` wide and at most `tallest` high.

        The frame shrinks in height to what is shown; a single place gets 10 km around it.
        """
        points = list(places) or [(2.5, 46.5)]
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        squeeze = math.cos(math.radians((south + north) / 2))
        across = max((east - west) * squeeze * KM_PER_DEGREE, 10.0)
        down = max((north - south) * KM_PER_DEGREE, 10.0)
        scale = min((width - 2 * margin) / across, (tallest - 2 * margin) / down)
        height = down * scale + 2 * margin
        side = (width / scale / KM_PER_DEGREE / squeeze - (east - west)) / 2
        above = (height / scale / KM_PER_DEGREE - (north - south)) / 2
        return cls(west - side, north + above, squeeze, scale, width, height)

    def point(self, place: Place) -> Place:
        """Return the `(x, y)` of a `(longitude, latitude)`."""
        return (
            (place[0] - self.west) * self.squeeze * KM_PER_DEGREE * self.scale,
            (self.north - place[1]) * KM_PER_DEGREE * self.scale,
        )

    def path(self, lines: Iterable[list[Place]], closed: bool = True) -> str:
        """Return the `d` of a path; points that fall on the same tenth of a unit are drawn once."""
        parts = []
        for line in lines:
            steps: list[str] = []
            for place in line:
                x, y = self.point(place)
                step = f"{coordinate(x)} {coordinate(y)}"
                if not steps or steps[-1] != step:
                    steps.append(step)
            if len(steps) > 1:
                parts.append(f"M{'L'.join(steps)}{'Z' if closed else ''}")
        return "".join(parts)

    def shows(self, geometry: Geometry) -> bool:
        """Return whether any part of the bounding box of `geometry` is in the frame."""
        points = [self.point(place) for ring in rings(geometry) for place in ring]
        if not points:
            return False
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return max(xs) > 0 and min(xs) < self.width and max(ys) > 0 and min(ys) < self.height


def outline(geometries: Iterable[Geometry | None]) -> list[list[Place]]:
    """Return the lines around the union of polygons that share their vertices.

    A border shared by two polygons is met twice and cancels; what is left, chained, is the outline. No
    geometry library is needed because the contours of a data pack come from one topology.
    """
    borders: dict[frozenset[Place], tuple[Place, Place]] = {}
    for geometry in geometries:
        for ring in rings(geometry):
            rounded = [(round(x, 6), round(y, 6)) for x, y in ring]
            for start, end in zip(rounded, rounded[1:] + rounded[:1], strict=True):
                if start != end and borders.pop(key := frozenset((start, end)), None) is None:
                    borders[key] = (start, end)
    return _chained(borders.values())


def _chained(borders: Iterable[tuple[Place, Place]]) -> list[list[Place]]:
    after: dict[Place, list[Place]] = defaultdict(list)
    for start, end in borders:
        after[start].append(end)
    lines = []
    for start in list(after):
        while after[start]:
            line = [start]
            while after[line[-1]]:
                line.append(after[line[-1]].pop())
            lines.append(line)
    return lines


def centre(geometry: Geometry | None) -> Place | None:
    """Return the middle of the bounding box of the largest ring, None for no geometry."""
    boxes = [
        (min(x for x, _ in ring), min(y for _, y in ring), max(x for x, _ in ring), max(y for _, y in ring))
        for ring in rings(geometry)
        if ring
    ]
    if not boxes:
        return None
    west, south, east, north = max(boxes, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]))
    return ((west + east) / 2, (south + north) / 2)
