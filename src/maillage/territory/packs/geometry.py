"""TopoJSON to GeoJSON texts, bounding boxes and contiguity.

TopoJSON 1.0 (https://github.com/topojson/topojson-specification): neighbours share arcs, quantised
and delta-encoded; a negative index walks the arc backwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.territory.packs.insets import Inset, put_back

DECIMALS = 5  # about one metre, far finer than the simplified outlines
SMALLEST_RING = 4  # a triangle, closed

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Centres = Mapping[str, tuple[float, float]]


class InvalidTopologyError(ValueError):
    """The file is not a TopoJSON of communes; the message says why."""


@dataclass(frozen=True, slots=True)
class Contours:
    """Outlines of communes, in the order of the file.

    `geometries` are GeoJSON texts, `boxes` is float64[n, 4] (west, south, east, north) and `pairs` is
    int64[m, 2], the positions of communes that share a border, each pair once with the lower first.
    `insets` are the départements that were drawn away from their place, and are back in it.
    """

    codes: tuple[str, ...]
    geometries: tuple[str, ...]
    boxes: FloatArray
    pairs: IntArray
    insets: tuple[Inset, ...] = ()


EMPTY = Contours((), (), np.empty((0, 4)), np.empty((0, 2), np.int64))


@dataclass(frozen=True, slots=True)
class _Outline:
    """One geometry: `polygons` are lists of rings, a ring is a list of arc numbers."""

    code: str
    kind: str
    polygons: list[list[list[int]]]

    def arcs(self) -> list[int]:
        """Return the arcs used, without direction."""
        return [arc if arc >= 0 else ~arc for polygon in self.polygons for ring in polygon for arc in ring]


class _Arcs:
    """The points of all arcs, one array and where each arc begins."""

    def __init__(self, topology: Mapping[str, Any]) -> None:
        arcs = topology["arcs"]
        self.bounds = np.cumsum([0, *map(len, arcs)])
        flat = np.fromiter(chain.from_iterable(point[:2] for arc in arcs for point in arc), np.float64)
        self.points = flat.reshape(-1, 2)
        if transform := topology.get("transform"):
            scale, translate = np.array(transform["scale"]), np.array(transform["translate"])
            self.points = self._running_sums() * scale + translate

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def _running_sums(self) -> FloatArray:
        """Sum the deltas within each arc: a running sum less what it was where the arc begins."""
        sums = np.cumsum(self.points, axis=0)
        lengths = np.diff(self.bounds)
        starts = self.bounds[:-1][lengths > 0]
        before = sums[starts] - self.points[starts]
        decoded: FloatArray = sums - np.repeat(before, lengths[lengths > 0], axis=0)
        return decoded

    def rows(self, arcs: IntArray) -> IntArray:
        """Return the rows of `points` that `arcs` hold, arc after arc."""
        starts, lengths = self.bounds[arcs], np.diff(self.bounds)[arcs]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        rows: IntArray = np.repeat(starts, lengths) + within
        return rows


def contours(text: bytes, centres: Centres | None = None) -> Contours:
    """Decode a TopoJSON whose single object is a collection of communes with a `code` property.

    `centres` gives the known (lon, lat) by code: départements drawn in an inset are put back by them.
    Raises InvalidTopologyError with a French reason.
    """
    try:
        topology = json.loads(text)
        if not isinstance(topology, dict) or topology.get("type") != "Topology":
            raise InvalidTopologyError("le fichier n’est pas une « Topology »")
        return _decode(topology, centres or {})
    except InvalidTopologyError:
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, RecursionError) as error:
        raise InvalidTopologyError(f"structure inattendue ({error!r:.120})") from error


def _decode(topology: Mapping[str, Any], centres: Centres) -> Contours:
    objects = list(topology["objects"].values())
    if len(objects) != 1 or not objects[0]["geometries"]:
        raise InvalidTopologyError("il faut un seul objet, une collection d’au moins une commune")
    arcs = _Arcs(topology)
    outlines = [_outline(geometry, len(arcs)) for geometry in objects[0]["geometries"]]
    codes = tuple(outline.code for outline in outlines)
    owners, used = _sides(outlines)
    boxes = _boxes(arcs, owners, used, len(outlines))
    insets = put_back(
        arcs.points, codes, boxes, centres, lambda members: arcs.rows(used[np.isin(owners, members)])
    )
    if insets:
        boxes = _boxes(arcs, owners, used, len(outlines))
    return Contours(codes, _texts(arcs, outlines), boxes, _contiguity(owners, used), insets)


def _outline(geometry: Mapping[str, Any], arc_count: int) -> _Outline:
    code = (geometry.get("properties") or {}).get("code")
    kind = str(geometry.get("type"))
    if not isinstance(code, str):
        raise InvalidTopologyError("géométrie sans propriété « code »")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise InvalidTopologyError(f"commune {code} : géométrie de type {kind}, ni Polygon ni MultiPolygon")
    outline = _Outline(code, kind, [geometry["arcs"]] if kind == "Polygon" else geometry["arcs"])
    used = outline.arcs()
    if not used or max(used) >= arc_count:
        raise InvalidTopologyError(f"commune {code} : aucun arc, ou un arc absent du fichier")
    return outline


def _sides(outlines: Sequence[_Outline]) -> tuple[IntArray, IntArray]:
    """Return, for each use of an arc by an outline, the position of the outline and the arc."""
    each = [outline.arcs() for outline in outlines]
    owners = np.repeat(np.arange(len(each)), [len(arcs) for arcs in each])
    return owners, np.fromiter(chain.from_iterable(each), np.int64, len(owners))


def _boxes(arcs: _Arcs, owners: IntArray, used: IntArray, count: int) -> FloatArray:
    points = arcs.points[arcs.rows(used)]
    owner = np.repeat(owners, np.diff(arcs.bounds)[used])
    starts = np.searchsorted(owner, np.arange(count))
    return np.concatenate([np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)], axis=1)


def _contiguity(owners: IntArray, used: IntArray) -> IntArray:
    """Return the pairs of outlines that have an arc in common."""
    order = np.lexsort((owners, used))
    arc, owner = used[order], owners[order]
    pairs = np.stack([owner[:-1], owner[1:]], axis=1)[arc[1:] == arc[:-1]]
    return np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)


def _texts(arcs: _Arcs, outlines: Sequence[_Outline]) -> tuple[str, ...]:
    words = [f"[{lon:.15g},{lat:.15g}]" for lon, lat in np.round(arcs.points, DECIMALS).tolist()]
    bounds = arcs.bounds.tolist()

    def ring_coordinates(ring: Sequence[int], code: str) -> str:
        points: list[str] = []
        for arc in ring:
            start, stop = bounds[arc if arc >= 0 else ~arc], bounds[(arc if arc >= 0 else ~arc) + 1]
            walked = words[start:stop] if arc >= 0 else words[start:stop][::-1]
            # The last point of an arc is the first of the next one.
            points.extend(walked[1:] if points else walked)
        if len(points) < SMALLEST_RING or points[0] != points[-1]:
            raise InvalidTopologyError(f"commune {code} : un contour est ouvert ou trop court")
        return f"[{','.join(points)}]"

    def text(outline: _Outline) -> str:
        polygons = [
            f"[{','.join(ring_coordinates(ring, outline.code) for ring in polygon)}]"
            for polygon in outline.polygons
        ]
        coordinates = polygons[0] if outline.kind == "Polygon" else f"[{','.join(polygons)}]"
        return f'{{"type":"{outline.kind}","coordinates":{coordinates}}}'

    return tuple(text(outline) for outline in outlines)
