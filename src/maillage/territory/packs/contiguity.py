"""Which communes touch: from shared borders, or by enclosure for a commune without outline."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maillage.territory.packs.geometry import Contours

IntArray = NDArray[np.int64]


def adjacency(
    codes: Sequence[str], lon: NDArray[np.float64], lat: NDArray[np.float64], contours: Contours
) -> tuple[IntArray, IntArray]:
    """Return contiguity over `codes` (ascending) as CSR indptr and indices, symmetric, without the diagonal.

    A commune without outline touches the commune whose outline holds its centre (a commune merged
    since the outlines were drawn is shown within its successor), if any.
    """
    every = np.array(codes)
    place = (
        np.searchsorted(every, np.array(contours.codes, every.dtype)) if contours.codes else np.empty(0, int)
    )
    pairs = [place[contours.pairs]]
    for orphan in np.setdiff1d(np.arange(len(every)), place):
        holder = _holder(float(lon[orphan]), float(lat[orphan]), contours)
        if holder is not None:
            pairs.append(np.array([[orphan, place[holder]]]))
    one_way = np.concatenate(pairs)
    both = np.unique(np.concatenate([one_way, one_way[:, ::-1]]), axis=0)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(both[:, 0], minlength=len(every)))])
    return indptr, both[:, 1]


def _holder(lon: float, lat: float, contours: Contours) -> int | None:
    west, south, east, north = contours.boxes.T
    boxed = np.flatnonzero((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    return next(
        (int(position) for position in boxed if _inside(lon, lat, contours.geometries[position])), None
    )


def _inside(lon: float, lat: float, geometry: str) -> bool:
    """Return whether a GeoJSON polygon or multipolygon holds a point: the even-odd rule over all rings."""
    shape = json.loads(geometry)
    polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    crossings = sum(_crossings(lon, lat, np.array(ring)) for polygon in polygons for ring in polygon)
    return crossings % 2 == 1


def _crossings(lon: float, lat: float, ring: NDArray[np.float64]) -> int:
    """Return how many sides of `ring` a ray eastwards from the point crosses."""
    x, y = ring.T
    spans = (y[:-1] > lat) != (y[1:] > lat)
    x0, y0, x1, y1 = x[:-1][spans], y[:-1][spans], x[1:][spans], y[1:][spans]
    return int(np.sum(x0 + (lat - y0) / (y1 - y0) * (x1 - x0) > lon))
