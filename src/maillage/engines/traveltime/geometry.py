"""Points on the unit sphere in three dimensions, and the great-circle distances between them.

One k-d tree then serves metropolitan France and the overseas départements alike; the chord found there gives
the great-circle distance exactly: km = 2 R asin(chord / 2).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from maillage.engines.traveltime.columns import refuse
from maillage.engines.traveltime.model import EARTH_RADIUS_KM, FloatArray


def kd_tree(points: FloatArray) -> Any:
    """Return the points as a k-d tree. SciPy's is imported here only: it brings 15 MB with it."""
    from scipy.spatial import cKDTree

    return cKDTree(points)


def unit_vectors(lon: ArrayLike, lat: ArrayLike) -> FloatArray:
    """Points of the sphere, shape (n, 3). Raises ValueError on missing or impossible coordinates."""
    longitude, latitude = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if longitude.shape != latitude.shape or longitude.ndim != 1:
        raise ValueError("lon and lat must be two columns of the same length")
    refuse(~((np.abs(longitude) <= 180) & (np.abs(latitude) <= 90)), "coordinates missing or impossible")
    east, north = np.radians(longitude), np.radians(latitude)
    return np.column_stack((np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)))


def chord_between(points: FloatArray, first: NDArray[np.int32], second: NDArray[np.int32]) -> FloatArray:
    """Straight distances through the sphere, of which the radius is 1."""
    gap = points[first] - points[second]
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", gap, gap)))


def km_of_chord(chord: FloatArray) -> FloatArray:
    """Kilometres along the great circle."""
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2.0, 1.0)))


def along_a_curve(lon: FloatArray, lat: FloatArray) -> NDArray[np.int64]:
    """The order of points along a Z-order curve (Morton, 1966), in which neighbours mostly follow each other.

    Degrees are cut in 2³² steps; points of one step keep their order.
    """
    places = [
        np.floor((values + half) / (2 * half) * (2**32 - 1)) for values, half in ((lon, 180.0), (lat, 90.0))
    ]
    east, north = (_spread(place.astype(np.uint64)) for place in places)
    return np.argsort(east | (north << np.uint64(1)), kind="stable")


def _spread(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The 32 lowest bits of each value, at every other place of 64."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333), (1, 0x5555555555555555),
    ):  # fmt: skip
        values = (values | (values << np.uint64(shift))) & np.uint64(mask)
    return values
