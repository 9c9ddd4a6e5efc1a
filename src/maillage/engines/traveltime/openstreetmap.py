"""The roads of an OpenStreetMap extract as a graph of directed links.

Read: classes of roads and posted limits, one-ways and roundabouts, access, barriers, ferries that take cars.
Not read: turn restrictions, traffic lights, conditional access. Each node of a road is kept, bends included,
so that a point is brought to the road and not to the next crossroads.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from maillage.engines.traveltime.geometry import along_a_curve, chord_between, km_of_chord, unit_vectors
from maillage.engines.traveltime.model import FloatArray
from maillage.engines.traveltime.profile import CAR, CarProfile, Way, stops
from maillage.engines.traveltime.roads import RoadGraph, road_graph

_FERRY = -1.0
"""The speed written for a ferry, whose minutes are known for the whole crossing."""


class _Roads(NamedTuple):
    """What is kept of an extract: nodes one after another along the ways, and what each way says.

    `first`: where the nodes of each way begin in `ref`, `lon`, `lat`; `forward`, `backward`: km/h, or
    `_FERRY`; `ferries`: their tags, by way; `barriers`: nodes that stop cars.
    """

    ref: array[int]
    lon: array[float]
    lat: array[float]
    first: array[int]
    forward: array[float]
    backward: array[float]
    ferries: dict[int, dict[str, str]]
    barriers: set[int]


def read_openstreetmap(path: Path, profile: CarProfile = CAR, *, vintage: str = "") -> RoadGraph:
    """Read an extract (.osm.pbf, .osm, .osm.gz) in which nodes come before ways, as all published ones.

    Without a `vintage`, the date that the extract says of itself. A road cut off at its edge goes as far as
    its nodes are there. Raises ValueError for what is no extract, or has no road for cars.
    """
    roads, dated = _read(path, profile)
    if not roads.ref:
        raise ValueError(f"{path.name} has no road for cars of which the nodes come first")
    ref, node = np.unique(np.frombuffer(roads.ref, dtype=np.int64), return_inverse=True)
    lon, lat = np.empty(ref.size), np.empty(ref.size)
    lon[node], lat[node] = roads.lon, roads.lat
    # Neighbours stand together in memory: a search is three times faster than in the order of their making.
    order = along_a_curve(lon, lat)
    place = np.empty_like(order)
    place[order] = np.arange(order.size)
    ref, lon, lat, node = ref[order], lon[order], lat[order], place[node]
    tail, head, km, way = _segments(roads, node, unit_vectors(lon, lat))
    open_to = ~np.isin(ref, np.fromiter(roads.barriers, dtype=np.int64))
    passable = open_to[tail] & open_to[head]
    rows = []
    for one, other, kmh in ((tail, head, roads.forward), (head, tail, roads.backward)):
        speed = np.frombuffer(kmh)[way]
        minutes = np.divide(km * 60.0, speed, out=np.zeros(km.size), where=speed > 0)
        minutes = np.where(speed == _FERRY, _ferries(roads, way, km, profile), minutes)
        kept = passable & (speed != 0)
        rows.append((one[kept], other[kept], minutes[kept]))
    columns = (np.concatenate(column) for column in zip(*rows, strict=True))
    return road_graph(lon, lat, *columns, vintage=vintage or dated)


def _read(path: Path, profile: CarProfile) -> tuple[_Roads, str]:
    # Here only: no server process reads an extract.
    import osmium

    roads = _Roads(array("q"), array("d"), array("d"), array("q"), array("d"), array("d"), {}, set())
    try:
        extract = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations()
        for entity in extract.with_filter(osmium.filter.KeyFilter("highway", "route", "barrier")):
            tags = dict(entity.tags)
            if isinstance(entity, osmium.osm.Way):
                _keep(roads, entity.nodes, tags, profile)
            elif stops(tags):
                roads.barriers.add(entity.id)
        dated: str = extract.header.get("osmosis_replication_timestamp")
    except RuntimeError as fault:
        raise ValueError(f"{path.name} cannot be read as an OpenStreetMap extract: {fault}") from fault
    return roads, f"OpenStreetMap {dated[:10]}".strip()


def _keep(roads: _Roads, nodes: Any, tags: dict[str, str], profile: CarProfile) -> None:
    way = profile.way(tags)
    if profile.ferry_minutes(tags, 0.0) is not None:
        way = Way(_FERRY, _FERRY)
    if way.forward == way.backward == 0.0:
        return
    going_on = False
    for node in nodes:
        if not node.location.valid():  # at the edge of an extract, a part of a way may be cut off
            going_on = False
            continue
        if not going_on:
            going_on = True
            roads.first.append(len(roads.ref))
            roads.forward.append(way.forward)
            roads.backward.append(way.backward)
            if way.forward == _FERRY:
                roads.ferries[len(roads.first) - 1] = tags
        roads.ref.append(node.ref)
        roads.lon.append(node.location.lon)
        roads.lat.append(node.location.lat)


def _segments(
    roads: _Roads, node: NDArray[np.int64], points: FloatArray
) -> tuple[NDArray[np.int32], NDArray[np.int32], FloatArray, NDArray[np.int64]]:
    """The steps from each node of a way to the next: both ends, kilometres, and of which way."""
    first = np.frombuffer(roads.first, dtype=np.int64)
    way = np.repeat(np.arange(first.size), np.diff(np.append(first, node.size)))
    inside = way[1:] == way[:-1]
    tail, head = node[:-1][inside].astype(np.int32), node[1:][inside].astype(np.int32)
    return tail, head, km_of_chord(chord_between(points, tail, head)), way[1:][inside]


def _ferries(roads: _Roads, way: NDArray[np.int64], km: FloatArray, profile: CarProfile) -> FloatArray:
    """Minutes of each step of a ferry: those of the crossing, shared out by length; 0 elsewhere."""
    length = np.bincount(way, km, minlength=len(roads.first))
    share = np.zeros(length.size)
    for k, tags in roads.ferries.items():
        crossing = profile.ferry_minutes(tags, float(length[k]))
        share[k] = 0.0 if crossing is None or length[k] == 0 else crossing / length[k]
    return km * share[way]
