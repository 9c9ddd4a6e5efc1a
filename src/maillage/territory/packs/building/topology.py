"""GeoJSON outlines to a TopoJSON: neighbours share their borders, so that contiguity can be read in the arcs.

The method is that of TopoJSON (M. Bostock, 2012): points are put on a grid; a border is cut where three areas
meet, or where a border begins to be shared; each piece is kept once. Nothing is simplified.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from maillage.territory.packs.building.published import WrongFileError

QUANTUM = 1e-5
"""Degrees between two points of the grid: about one metre."""
_TRIANGLE = 3

Point = tuple[int, int]
Polygons = list[list[list[Point]]]


def outlines_of(geojson: Any, label: str) -> dict[str, Polygons]:
    """Return the rings of each commune by code, on the grid, without their last point. Raises
    WrongFileError."""
    features = geojson.get("features") if isinstance(geojson, Mapping) else None
    if not isinstance(features, list) or not features:
        raise WrongFileError(
            _(
                "%s : le fichier n’est pas un GeoJSON de communes (« features » manque). Donnez le fichier "
                "des contours."
            )
            % label
        )
    found: dict[str, Polygons] = {}
    for feature in features:
        try:
            code = _code(feature["properties"])
            shape = feature["geometry"]
            if shape["type"] not in {"Polygon", "MultiPolygon"}:
                raise KeyError(shape["type"])
            polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            found.setdefault(code, []).extend(_gridded(polygons))
        except (KeyError, TypeError, IndexError, ValueError) as error:
            raise WrongFileError(
                _(
                    "%(label)s : un contour n’a pas la forme voulue (%(why)s). Il faut des Polygon ou "
                    "MultiPolygon avec "
                    "une propriété « code »."
                )
                % {"label": label, "why": f"{type(error).__name__} {error}"[:120]}
            ) from error
    return found


def _code(properties: Mapping[str, Any]) -> str:
    code = next(
        (properties[name] for name in ("code", "insee_com", "INSEE_COM", "codgeo") if name in properties),
        None,
    )
    if not isinstance(code, str):
        raise KeyError("code")
    return code


def _gridded(polygons: Iterable[Iterable[Iterable[Sequence[float]]]]) -> Polygons:
    kept: Polygons = []
    for polygon in polygons:
        rings = [ring for ring in map(_ring, polygon) if ring]
        if rings:
            kept.append(rings)
    return kept


def _ring(points: Iterable[Sequence[float]]) -> list[Point]:
    """Return the distinct points of a ring on the grid, the closing one left out; nothing of a ring
    without area."""
    ring: list[Point] = []
    for point in points:
        place = (round(point[0] / QUANTUM), round(point[1] / QUANTUM))
        if not ring or ring[-1] != place:
            ring.append(place)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    return ring if len(set(ring)) >= _TRIANGLE else []


def merged_into(outlines: Mapping[str, Polygons], holders: Mapping[str, str]) -> dict[str, Polygons]:
    """Return the outlines by the commune of today that `holders` gives; those of no commune are left out."""
    found: dict[str, Polygons] = {}
    for code in sorted(outlines):
        if holder := holders.get(code, ""):
            found.setdefault(holder, []).extend(outlines[code])
    return found


def topojson(outlines: Mapping[str, Polygons], names: Mapping[str, str]) -> str:
    """Return the TopoJSON of `outlines`, communes by ascending code, as text."""
    junctions = _junctions(outlines)
    arcs: list[list[Point]] = []
    numbers: dict[tuple[Point, ...], int] = {}

    def numbered(piece: list[Point]) -> int:
        forward, backward = tuple(piece), tuple(reversed(piece))
        if forward in numbers:
            return numbers[forward]
        if backward in numbers:
            return ~numbers[backward]
        numbers[forward] = len(arcs)
        arcs.append(piece)
        return numbers[forward]

    geometries = []
    for code in sorted(outlines):
        polygons = [
            [[numbered(piece) for piece in _pieces(ring, junctions)] for ring in rings]
            for rings in outlines[code]
        ]
        if polygons:
            geometries.append(
                {
                    "type": "MultiPolygon",
                    "arcs": polygons,
                    "properties": {"code": code, "nom": names.get(code, "")},
                }
            )
    topology = {
        "type": "Topology",
        "transform": {"scale": [QUANTUM, QUANTUM], "translate": [0, 0]},
        "arcs": [[arc[0], *((q[0] - p[0], q[1] - p[1]) for p, q in pairwise(arc))] for arc in arcs],
        "objects": {"communes": {"type": "GeometryCollection", "geometries": geometries}},
    }
    return json.dumps(topology, ensure_ascii=False, separators=(",", ":"))


def _junctions(outlines: Mapping[str, Polygons]) -> set[Point]:
    """Return the points whose two neighbours are not the same in every ring that goes through them."""
    neighbours: dict[Point, tuple[Point, Point]] = {}
    junctions: set[Point] = set()
    for polygons in outlines.values():
        for rings in polygons:
            for ring in rings:
                before = ring[-1]
                for at, point in enumerate(ring):
                    after = ring[at + 1 - len(ring)]
                    pair = (before, after) if before < after else (after, before)
                    if neighbours.setdefault(point, pair) != pair:
                        junctions.add(point)
                    before = point
    return junctions


def _pieces(ring: list[Point], junctions: set[Point]) -> list[list[Point]]:
    """Cut a ring at its junctions; one without any begins at its least point, whichever way it is walked."""
    cuts = [at for at, point in enumerate(ring) if point in junctions]
    if not cuts:
        first = ring.index(min(ring))
        whole = ring[first:] + ring[:first]
        return [[*whole, whole[0]]]
    turned = ring[cuts[0] :] + ring[: cuts[0]]
    places = [at - cuts[0] for at in cuts]
    closed = [*turned, turned[0]]
    return [closed[start : stop + 1] for start, stop in pairwise([*places, len(ring)])]


def middle(polygons: Polygons) -> tuple[float, float]:
    """Return longitude and latitude of the centroid of the largest ring of an outline."""
    rings = [(abs(_doubled_area(rings[0])), rings[0]) for rings in polygons]
    _area, ring = max(rings)
    doubled = _doubled_area(ring)
    if not doubled:
        return ring[0][0] * QUANTUM, ring[0][1] * QUANTUM
    x = y = 0
    for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]):
        cross = x0 * y1 - x1 * y0
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return x / (3 * doubled) * QUANTUM, y / (3 * doubled) * QUANTUM


def _doubled_area(ring: list[Point]) -> int:
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*ring, ring[0]]))
