"""The roads of an extract, kept in the database and mapped from files, for the areas around a structure.

They are kept there rather than in the cache alone because nothing else could make them again: the extract is
not kept. Degrees are those of OpenStreetMap (seven decimals), minutes are rounded to single precision.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines.traveltime import RoadGraph
from maillage.territory.computations import array_cache
from maillage.territory.models import TravelMatrix
from maillage.territory.rules.kinds import TravelKind

FAMILY = "roads"
PARTS = ("lon", "lat", "starts", "head", "minutes")
_DEGREE = 1e7


def packed(graph: RoadGraph) -> bytes:
    """Return the graph as a compressed NumPy archive."""
    archive = io.BytesIO()
    tail = np.repeat(np.arange(graph.n, dtype=np.int32), np.diff(graph.starts))
    np.savez_compressed(
        archive,
        lon=np.round(graph.lon * _DEGREE).astype(np.int32),
        lat=np.round(graph.lat * _DEGREE).astype(np.int32),
        leaving=np.diff(graph.starts).astype(np.int32),
        step=graph.head - tail,
        minutes=graph.minutes.astype(np.float32),
    )
    return archive.getvalue()


def unpacked(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the columns of `RoadGraph` from what `packed` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        leaving, step = archive["leaving"], archive["step"]
        tail = np.repeat(np.arange(leaving.size, dtype=np.int32), leaving)
        return {
            "lon": archive["lon"] / _DEGREE,
            "lat": archive["lat"] / _DEGREE,
            "starts": np.concatenate(([0], np.cumsum(leaving, dtype=np.int64))),
            "head": tail + step,
            "minutes": archive["minutes"].astype(np.float64),
        }


def kept_roads() -> list[TravelMatrix]:
    """Return the extracts whose roads are kept, without them, in the order in which they decide."""
    return list(TravelMatrix.objects.filter(kind=TravelKind.ROAD, roads__isnull=False).by_rank().light())


def roads_of(matrix: TravelMatrix) -> RoadGraph:
    """Return the roads of an extract, mapped from files that every process of the machine shares."""

    def build() -> dict[str, NDArray[Any]]:
        content = TravelMatrix.objects.values_list("roads", flat=True).get(pk=matrix.pk)
        return unpacked(bytes(content or b""))

    arrays = array_cache.stored(FAMILY, matrix.fingerprint[:32], PARTS, build)
    columns = {name: np.asarray(arrays[name]) for name in PARTS}
    return RoadGraph(**columns, vintage=f"{matrix.provider} {matrix.vintage}")
