"""The roads of an OpenStreetMap extract as a graph of directed links.

Read: classes of roads and posted limits, one-ways and roundabouts, access, barriers, ferries that take cars.
Not read: turn restrictions, traffic lights, conditional access. Each node of a road is kept, bends included,
so that a point is brought to the road and not to the next crossroads.

Read beside them: where the communes are (`Landmarks`), by their town halls and the places that have a name.
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

_KEYS = ("highway", "route", "barrier", "amenity", "place", "boundary")
_SETTLEMENTS = frozenset(
    {"city", "town", "village", "hamlet", "suburb", "neighbourhood", "isolated_dwelling"}
)
_FERRY = -1.0
"""The speed written for a ferry, whose minutes are known for the whole crossing."""


class UnreadableExtractError(ValueError):
    """The file is no extract, or is cut; the message says what the reader says."""


class NoRoadError(ValueError):
    """The extract has no road for cars of which the nodes come first."""


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


class Landmarks(NamedTuple):
    """Town halls and settlements of an extract, as aligned columns of shape (n,).

    `is_hall` says which are town halls; `name` is what the map calls them, and `code` the official code of
    their commune (`ref:INSEE`, their own or that of the boundary whose centre they are), both empty where the
    map does not say.
    """

    lon: FloatArray
    lat: FloatArray
    is_hall: NDArray[np.bool_]
    name: NDArray[np.str_]
    code: NDArray[np.str_]


class Extract(NamedTuple):
    """What is read of an extract in one pass."""

    graph: RoadGraph
    landmarks: Landmarks


def read_openstreetmap(path: Path, profile: CarProfile = CAR, *, vintage: str = "") -> RoadGraph:
    """Read the roads of an extract, as `read_extract`."""
    return read_extract(path, profile, vintage=vintage).graph


def read_extract(path: Path, profile: CarProfile = CAR, *, vintage: str = "") -> Extract:
    """Read an extract (.osm.pbf, .osm, .osm.gz) in which nodes come before ways, as all published ones.

    Without a `vintage`, the date that the extract says of itself. A road cut off at its edge goes as far as
    its nodes are there. Raises UnreadableExtractError for what is no extract, NoRoadError for one without a
    road for cars.
    """
    roads, found, dated = _read(path, profile)
    if not roads.ref:
        raise NoRoadError(f"{path.name} has no road for cars of which the nodes come first")
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
    return Extract(road_graph(lon, lat, *columns, vintage=vintage or dated), found.landmarks())


class _Found:
    """The landmarks while they are read: those of each node, and the communes whose centre a node is."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, float, bool, str, str]] = []
        self.centres: dict[int, str] = {}

    def add(self, node: int, location: Any, tags: dict[str, str]) -> None:
        """Keep a town hall or a settlement; `node` is 0 for a building."""
        is_hall = tags.get("amenity") == "townhall"
        if (is_hall or tags.get("place") in _SETTLEMENTS) and location.valid():
            said = tags.get("name", ""), tags.get("ref:INSEE", "")
            self.rows.append((node, location.lon, location.lat, is_hall, *said))

    def bound(self, members: Any, tags: dict[str, str]) -> None:
        """Keep which node is the centre of the commune that a boundary goes round."""
        if tags.get("admin_level") == "8" and "ref:INSEE" in tags:
            self.centres |= {
                one.ref: tags["ref:INSEE"]
                for one in members
                if one.type == "n" and one.role in ("admin_centre", "admin_center")
            }

    def landmarks(self) -> Landmarks:
        """What was found, as columns."""
        node, lon, lat, is_hall, name, code = zip(*self.rows, strict=True) if self.rows else [()] * 6
        codes = [said or self.centres.get(one, "") for one, said in zip(node, code, strict=True)]
        return Landmarks(
            np.array(lon, dtype=np.float64),
            np.array(lat, dtype=np.float64),
            np.array(is_hall, dtype=bool),
            np.array(name, dtype=np.str_),
            np.array(codes, dtype=np.str_),
        )


def _read(path: Path, profile: CarProfile) -> tuple[_Roads, _Found, str]:
    # Here only: no server process reads an extract.
    import osmium

    roads = _Roads(array("q"), array("d"), array("d"), array("q"), array("d"), array("d"), {}, set())
    found = _Found()
    try:
        extract = osmium.FileProcessor(str(path)).with_locations()
        for entity in extract.with_filter(osmium.filter.KeyFilter(*_KEYS)):
            tags = dict(entity.tags)
            if isinstance(entity, osmium.osm.Way):
                _keep(roads, entity.nodes, tags, profile)
                if len(entity.nodes):
                    found.add(0, entity.nodes[0].location, tags)
            elif isinstance(entity, osmium.osm.Relation):
                found.bound(entity.members, tags)
            else:
                assert isinstance(entity, osmium.osm.Node), "no area is asked for"
                found.add(entity.id, entity.location, tags)
                if stops(tags):
                    roads.barriers.add(entity.id)
        dated: str = extract.header.get("osmosis_replication_timestamp")
    except RuntimeError as fault:
        said = f"{path.name} cannot be read as an OpenStreetMap extract: {fault}"
        raise UnreadableExtractError(said) from fault
    return roads, found, f"OpenStreetMap {dated[:10]}".strip()


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
