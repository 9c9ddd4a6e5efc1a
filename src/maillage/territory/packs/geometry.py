"""TopoJSON to GeoJSON texts, bounding boxes and contiguity.

TopoJSON 1.0 (https://github.com/topojson/topojson-specification): neighbours share arcs, quantised
and delta-encoded; a negative index walks the arc backwards.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

DECIMALS = 5  # about one metre, far finer than the simplified outlines


class InvalidTopologyError(ValueError):
    """The file is not a TopoJSON of communes; the message says why."""


@dataclass(frozen=True, slots=True)
class Contours:
    """Outlines of communes, in the order of the file.

    `geometries` are GeoJSON texts, `boxes` is float64[n, 4] (west, south, east, north) and `pairs` is
    int64[m, 2], the positions of communes that share a border, each pair once with the lower first.
    """

    codes: tuple[str, ...]
    geometries: tuple[str, ...]
    boxes: NDArray[np.float64]
    pairs: NDArray[np.int64]


EMPTY = Contours((), (), np.empty((0, 4)), np.empty((0, 2), np.int64))


class _Arcs:
    """The arcs of a topology: coordinates once, text forwards and backwards."""

    def __init__(self, topology: Mapping[str, Any]) -> None:
        arcs = topology["arcs"]
        self._bounds = np.cumsum([0, *map(len, arcs)])
        flat = np.fromiter(chain.from_iterable(p[:2] for arc in arcs for p in arc), np.float64)
        points = flat.reshape(-1, 2)
        if transform := topology.get("transform"):
            points = self._decoded(points) * np.array(transform["scale"]) + np.array(transform["translate"])
        self.points = np.round(points, DECIMALS)
        self._texts = [f"[{lon:.15g},{lat:.15g}]" for lon, lat in self.points.tolist()]

    def _decoded(self, deltas: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum the deltas within each arc: a running sum less what it was where the arc begins."""
        sums = np.cumsum(deltas, axis=0)
        lengths = np.diff(self._bounds)
        starts = self._bounds[:-1][lengths > 0]
        before = sums[starts] - deltas[starts]
        return sums - np.repeat(before, lengths[lengths > 0], axis=0)

    def __len__(self) -> int:
        return len(self._bounds) - 1

    def span(self, arc: int) -> tuple[int, int]:
        """Return where the points of `arc` (≥ 0) begin and end."""
        return int(self._bounds[arc]), int(self._bounds[arc + 1])

    def ring(self, arcs: Sequence[int]) -> tuple[str, list[tuple[int, int]]]:
        """Return the GeoJSON text of a ring and the spans of points it uses."""
        texts: list[str] = []
        spans = []
        for arc in arcs:
            start, stop = self.span(arc if arc >= 0 else ~arc)
            spans.append((start, stop))
            walked = self._texts[start:stop] if arc >= 0 else self._texts[start:stop][::-1]
            # The last point of an arc is the first of the next one.
            texts.extend(walked[1:] if texts else walked)
        if len(texts) < 4 or texts[0] != texts[-1]:
            raise InvalidTopologyError(f"anneau ouvert ou trop court (arcs {list(arcs)[:4]})")
        return f"[{','.join(texts)}]", spans


def _polygons(geometry: Mapping[str, Any]) -> list[Any]:
    kind = geometry.get("type")
    if kind == "Polygon":
        return [geometry["arcs"]]
    if kind == "MultiPolygon":
        return list(geometry["arcs"])
    raise InvalidTopologyError(
        f"géométrie de type {kind!r} : seuls Polygon et MultiPolygon décrivent une commune"
    )


def _code(geometry: Mapping[str, Any]) -> str:
    code = (geometry.get("properties") or {}).get("code")
    if not isinstance(code, str):
        raise InvalidTopologyError("géométrie sans propriété « code »")
    return code


def _check_indices(polygons: Sequence[Any], count: int, code: str) -> None:
    for arc in chain.from_iterable(chain.from_iterable(polygons)):
        if not isinstance(arc, int) or not -count <= arc < count:
            raise InvalidTopologyError(f"commune {code} : arc {arc!r} absent du fichier")


def _shape(arcs: _Arcs, geometry: Mapping[str, Any], code: str) -> tuple[str, NDArray[np.float64]]:
    polygons = _polygons(geometry)
    _check_indices(polygons, len(arcs), code)
    texts = []
    spans: list[tuple[int, int]] = []
    for polygon in polygons:
        rings = []
        for ring in polygon:
            text, used = arcs.ring(ring)
            rings.append(text)
            spans += used
        texts.append(f"[{','.join(rings)}]")
    coordinates = texts[0] if geometry["type"] == "Polygon" else f"[{','.join(texts)}]"
    points = np.concatenate([arcs.points[start:stop] for start, stop in spans])
    box = np.concatenate([points.min(axis=0), points.max(axis=0)])
    return f'{{"type":"{geometry["type"]}","coordinates":{coordinates}}}', box


def _sides(geometries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    """Yield (arc, position of the commune) for every arc of every outline."""
    for position, geometry in enumerate(geometries):
        for arc in chain.from_iterable(chain.from_iterable(_polygons(geometry))):
            yield (arc if arc >= 0 else ~arc), position


def _contiguity(geometries: Sequence[Mapping[str, Any]]) -> NDArray[np.int64]:
    """Return the pairs of communes that have an arc in common."""
    sides = np.array(list(_sides(geometries)), np.int64).reshape(-1, 2)
    sides = sides[np.lexsort((sides[:, 1], sides[:, 0]))]
    same_arc = sides[1:, 0] == sides[:-1, 0]
    pairs = np.stack([sides[:-1, 1], sides[1:, 1]], axis=1)[same_arc]
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return np.unique(np.sort(pairs, axis=1), axis=0)


def contours(text: bytes) -> Contours:
    """Decode a TopoJSON whose single object is a collection of communes with a `code` property.

    Raises InvalidTopologyError with a French reason.
    """
    try:
        topology = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidTopologyError(f"JSON illisible ({error})") from error
    if not isinstance(topology, dict) or topology.get("type") != "Topology":
        raise InvalidTopologyError("le fichier n’est pas une « Topology »")
    try:
        return _decode(topology)
    except InvalidTopologyError:
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
        raise InvalidTopologyError(f"structure inattendue ({error!r})") from error


def _decode(topology: Mapping[str, Any]) -> Contours:
    (collection,) = topology["objects"].values() or [None]
    geometries = collection["geometries"]
    if not geometries:
        raise InvalidTopologyError("aucune géométrie")
    arcs = _Arcs(topology)
    codes = tuple(_code(geometry) for geometry in geometries)
    shapes = [_shape(arcs, geometry, code) for geometry, code in zip(geometries, codes, strict=True)]
    return Contours(
        codes,
        tuple(text for text, _ in shapes),
        np.array([box for _, box in shapes]),
        _contiguity(geometries),
    )
