"""Areas reached by road: each reached road lies in them, nothing far from a reached road does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maillage.engines.traveltime import (
    Band,
    RoadGraph,
    isochrones,
    minutes_from,
    read_openstreetmap,
    road_graph,
    snap,
)

ANDORRA = Path(__file__).resolve().parents[3] / "shared" / "data" / "osm" / "andorra.osm.pbf"
CELL = 0.25


def areas(bands: list[Band]) -> list[shapely.Geometry]:
    return [shapely.geometry.shape(band.geometry) for band in bands if band.geometry]


def along(*km: float, minutes: float = 1.0) -> RoadGraph:
    """A road north from (1.5, 42.5), open both ways, with a node at each of `km`, a minute between them."""
    lat = [42.5 + one / 111.195 for one in (0.0, *km)]
    tail = [*range(len(km)), *range(1, len(km) + 1)]
    head = [*range(1, len(km) + 1), *range(len(km))]
    return road_graph([1.5] * len(lat), lat, tail, head, [minutes] * len(tail), vintage="x")


def test_bands_follow_the_road_and_do_not_overlap():
    bands = isochrones(along(2.0, 4.0, 6.0), 0, [1, 2, 5])
    assert [(band.above, band.within) for band in bands] == [(0, 1), (1, 2), (2, 5)]
    found = areas(bands)
    for one, km in zip(found, (1.0, 3.0, 5.0), strict=True):
        assert one.contains(shapely.Point(1.5, 42.5 + km / 111.195))
        assert not one.intersects(shapely.Point(1.52, 42.5 + km / 111.195))  # 1.6 km from the road
    assert sum(one.area for one in found) == pytest.approx(shapely.union_all(found).area, rel=1e-6)
    assert all(band.km2 == pytest.approx(area.area * 111.195**2 * np.cos(np.radians(42.5)), rel=1e-3)
               for band, area in zip(bands, found, strict=True))  # fmt: skip


def test_a_road_is_reached_as_far_as_the_minutes_go():
    area = areas(isochrones(along(10.0, minutes=10.0), 0, [5]))[0]
    north = area.bounds[3]
    assert (north - 42.5) * 111.195 == pytest.approx(5.0, abs=2 * CELL)


def test_a_place_without_a_road_reaches_its_own_squares():
    graph = road_graph([1.5, 1.6], [42.5, 42.5], [], [], [], vintage="x")
    band, later = isochrones(graph, 0, [10, 20])
    assert areas([band])[0].contains(shapely.Point(1.5, 42.5))
    assert (later.geometry, later.km2) == (None, 0.0)


@pytest.mark.parametrize(
    ("bounds", "cell"), [([], 0.25), ([20, 10], 0.25), ([10, 10], 0.25), ([0, 10], 0.25), ([10], 0.0)]
)
def test_bounds_and_squares_make_sense_or_are_refused(bounds, cell):
    with pytest.raises(ValueError, match="isochrones: bounds must be > 0 and ascending"):
        isochrones(along(1.0), 0, bounds, cell_km=cell)


def test_a_grid_too_fine_for_what_is_reached_is_refused():
    graph = road_graph([1.5, 1.6], [42.5, 42.6], [0], [1], [5.0], vintage="x")
    with pytest.raises(ValueError, match="the grid is too fine"):
        isochrones(graph, 0, [10], cell_km=0.002)


@given(
    st.lists(st.tuples(st.floats(1.4, 1.6), st.floats(42.4, 42.6)), min_size=2, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7), st.floats(0, 20)), max_size=12),
)
def test_each_node_reached_is_in_the_band_of_its_minutes_or_an_earlier_one(places, links):
    n = len(places)
    lon, lat = zip(*places, strict=True)
    kept = [(a, b, minutes) for a, b, minutes in links if a < n and b < n]
    tail, head, minutes = zip(*kept, strict=True) if kept else ((), (), ())
    graph = road_graph(lon, lat, tail, head, minutes, vintage="x")
    bands = isochrones(graph, 0, [5, 10, 15], cell_km=0.5)
    for one, x, y in zip(minutes_from(graph, 0), lon, lat, strict=True):
        within = [band for band in bands if band.above < one or not band.above]
        sooner = [band for band in bands if band.within >= one][:1]
        found = areas([band for band in bands if sooner and band.within <= sooner[0].within])
        assert one > 15 or any(area.distance(shapely.Point(x, y)) < 1e-5 for area in found), within


@pytest.mark.skipif(not ANDORRA.is_file(), reason="the extract of Andorra is not here")
def test_the_areas_of_andorra_hold_what_dijkstra_reaches():
    graph = read_openstreetmap(ANDORRA)
    start = int(snap(graph, [1.5218], [42.5075]).node[0])
    bands = isochrones(graph, start, [10, 20, 30, 45])
    minutes = minutes_from(graph, start)
    union = None
    for band, area in zip(bands, areas(bands), strict=True):
        union = area if union is None else shapely.union(union, area)
        inside = shapely.intersects_xy(shapely.buffer(union, 1e-5), graph.lon, graph.lat)
        assert inside[minutes <= band.within].all()
        # Nothing is in it that is far from where one gets to in that time.
        far = snap(graph, graph.lon[inside], graph.lat[inside], among=minutes <= band.within).km
        assert far.max() < 4 * CELL
    assert 20 < sum(band.km2 for band in bands) < 468  # of the whole country
