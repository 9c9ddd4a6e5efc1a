"""Minutes along roads: the router against the literal reference and SciPy, points brought to the network."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.engines.traveltime import (
    PROVIDER_ROADS,
    RoadGraph,
    RoadTimes,
    TravelTimes,
    kernels,
    main_network,
    minutes_between,
    minutes_from,
    road_graph,
    roads,
    snap,
)
from maillage.engines.traveltime.geometry import along_a_curve
from maillage.engines.traveltime.reference import great_circle_km, road_minutes

Link = tuple[int, int, float]


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, list[Link]]:
    """Small graphs with one-ways, links side by side, loops, links of no length, and nodes left alone.

    Minutes are whole eighths: their sums are exact, so that links added in any order give the same bits.
    """
    n = draw(st.integers(1, 12))
    node = st.integers(0, n - 1)
    minutes = st.integers(0, 80).map(lambda eighths: eighths / 8)
    one_ways = draw(st.lists(st.tuples(node, node, minutes), max_size=40))
    both = draw(st.lists(st.tuples(node, node, minutes), max_size=10))
    return n, one_ways + both + [(head, tail, far) for tail, head, far in both]


def graph_of(n: int, links: list[Link], **where: list[float]) -> RoadGraph:
    """The graph of the links; its nodes stand on the equator, a hundredth of a degree apart, unless said."""
    tail, head, minutes = ([link[k] for link in links] for k in range(3))
    lon = where.get("lon", [k / 100 for k in range(n)])
    return road_graph(lon, where.get("lat", [0.0] * n), tail, head, minutes, vintage="essai")


def reference_table(n: int, links: list[Link], limit: float = np.inf) -> np.ndarray:
    return np.array([road_minutes(n, links, origin, limit) for origin in range(n)])


def dense(found, origins: int, destinations: int) -> np.ndarray:
    table = np.full((origins, destinations), np.inf)
    table[found.origin, found.destination] = found.minutes
    return table


BOTH_LOOPS = (kernels.PLAIN, kernels.kernels())


@settings(deadline=None)
@given(networks(), st.sampled_from([np.inf, 12.0, 3.0, 0.0]))
def test_minutes_equal_the_reference_to_the_last_bit(network, limit):
    n, links = network
    graph = graph_of(n, links)
    expected = reference_table(n, links, limit)
    for loops in BOTH_LOOPS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kernels, "_compiled", loops)
            np.testing.assert_array_equal([minutes_from(graph, k, limit) for k in range(n)], expected)
            found = minutes_between(graph, range(n), range(n), limit)
            np.testing.assert_array_equal(dense(found, n, n), expected)


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 400), st.floats(0.5, 6.0))
def test_minutes_equal_scipy_to_the_last_bit(seed, n, links_a_node):
    rng = np.random.default_rng(seed)
    m = int(n * links_a_node)
    tail, head = rng.integers(0, n, (2, m))
    # Minutes drawn among few, so that ways of the same length are many; SciPy reads a zero as no link.
    graph = road_graph(np.zeros(n), np.zeros(n), tail, head, rng.choice(rng.random(9) + 1e-9, m), vintage="")
    links = csr_array((graph.minutes, graph.head, graph.starts), shape=(n, n))
    asked = rng.integers(0, n, 5)
    for limit in (np.inf, 1.7):
        expected = dijkstra(links, indices=asked, limit=limit)
        found = dense(minutes_between(graph, asked, range(n), limit), 5, n)
        np.testing.assert_array_equal(found, expected)
        np.testing.assert_array_equal(minutes_from(graph, asked[0], limit), expected[0])


@settings(deadline=None)
@given(networks(), st.data())
def test_what_is_asked_may_repeat_and_stand_nowhere(network, data):
    n, links = network
    points = st.lists(st.integers(-1, n - 1), max_size=8)
    origins, destinations = data.draw(points), data.draw(points)
    limit = data.draw(st.sampled_from([np.inf, 5.0]))
    table = reference_table(n, links, limit)
    expected = [[np.inf if -1 in (i, j) else table[i, j] for j in destinations] for i in origins]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "_compiled", kernels.PLAIN)
        patch.setattr(roads, "_ROWS", 1)  # the loop then stops after each origin
        found = minutes_between(graph_of(n, links), origins, destinations, limit)
    shape = (len(origins), len(destinations))
    np.testing.assert_array_equal(dense(found, *shape), np.array(expected).reshape(shape))
    assert len(set(zip(found.origin.tolist(), found.destination.tolist(), strict=True))) == found.origin.size
    order = np.lexsort((found.minutes, found.origin))
    assert (np.diff(found.origin) >= 0).all()
    np.testing.assert_array_equal(found.minutes[order], found.minutes)
    assert found.origin.dtype == found.destination.dtype == np.int32


@settings(deadline=None)
@given(networks(), st.integers(2, 4), st.integers(1, 3))
def test_the_answer_is_the_same_whatever_the_threads(network, threads, block):
    n, links = network
    graph, asked = graph_of(n, links), [*range(n), -1, 0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(roads, "_BLOCK", block)
        alone, together = (
            minutes_between(graph, asked, asked, 12.0, threads=count) for count in (1, threads)
        )
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(alone.origin, minutes_between(graph, asked, asked, 12.0).origin)


def test_what_fails_in_a_thread_is_said(monkeypatch):
    def broken(*_asked):
        raise MemoryError("no room")

    monkeypatch.setattr(kernels, "_compiled", kernels.Kernels(broken, broken))
    with pytest.raises(MemoryError, match="no room"):
        minutes_between(graph_of(2, [(0, 1, 1.0)]), [0, 1], [0, 1], threads=2)


places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@given(st.lists(places, max_size=30))
def test_the_order_along_the_curve_is_that_of_interleaved_bits(points):
    lon, lat = (np.array([point[axis] for point in points]) for axis in range(2))

    def key(k: int) -> int:
        both = zip(points[k], (180.0, 90.0), strict=True)
        steps = [int((value + half) / (2 * half) * (2**32 - 1)) for value, half in both]
        bits = [(step >> bit & 1) << 2 * bit + axis for axis, step in enumerate(steps) for bit in range(32)]
        return sum(bits)

    assert along_a_curve(lon, lat).tolist() == sorted(range(len(points)), key=key)


@settings(deadline=None)
@given(networks())
def test_the_main_network_is_the_largest_set_that_reaches_itself(network):
    n, links = network
    reached = np.isfinite(reference_table(n, links))
    both = reached & reached.T
    largest = both.sum(axis=1).max()
    first = next(k for k in range(n) if both[k].sum() == largest)
    np.testing.assert_array_equal(main_network(graph_of(n, links)), both[first])


@settings(deadline=None)
@given(networks(), st.data())
def test_points_are_brought_to_the_nearest_node_allowed(network, data):
    n, links = network
    degrees = st.integers(-20, 20).map(lambda value: value / 100)
    nodes, points = (
        data.draw(st.lists(st.tuples(degrees, degrees), min_size=size, max_size=most))
        for size, most in ((n, n), (0, 5))
    )
    graph = graph_of(n, links, lon=[lon for lon, _ in nodes], lat=[lat for _, lat in nodes])
    among = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)))
    within = data.draw(st.sampled_from([np.inf, 8.0]))
    found = snap(graph, [lon for lon, _ in points], [lat for _, lat in points], among=among, within_km=within)
    for (lon, lat), node, km in zip(points, found.node, found.km, strict=True):
        far = [great_circle_km(lon, lat, *nodes[k]) if among[k] else np.inf for k in range(n)]
        nearest = min(far)
        if abs(nearest - within) < 1e-6 and np.isfinite(nearest):
            continue  # within rounding of the limit, either answer is right
        if nearest > within or np.isinf(nearest):
            assert (node, km) == (-1, np.inf)
            continue
        assert km == pytest.approx(nearest, abs=1e-6)
        assert far[node] == pytest.approx(nearest, abs=1e-6)
        assert not any(among[k] and nodes[k] == nodes[node] for k in range(node))


def test_without_a_mask_every_node_is_allowed():
    found = snap(graph_of(3, []), [0.0101, 0.5], [0.0, 0.0])
    assert found.node.tolist() == [1, 2]
    assert found.km[0] == pytest.approx(great_circle_km(0.0101, 0, 0.01, 0))


def test_a_graph_without_a_node_brings_nothing_anywhere():
    empty = graph_of(0, [])
    assert (empty.n, len(empty), main_network(empty).size) == (0, 0, 0)
    assert snap(empty, [1.0], [1.0]).node.tolist() == [-1]
    assert minutes_between(empty, [-1], [-1]).minutes.size == 0


def test_of_links_side_by_side_the_fastest_is_kept_and_loops_are_left_out():
    graph = graph_of(3, [(0, 1, 9.0), (2, 2, 1.0), (0, 1, 4.0), (1, 0, 7.0), (0, 2, 1.0), (0, 1, 4.0)])
    assert graph.starts.tolist() == [0, 2, 3, 3]
    assert graph.head.tolist() == [1, 2, 0]
    assert graph.minutes.tolist() == [4.0, 1.0, 7.0]


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ([(0, 1, 1.0), (3, 1, 1.0)], r"tail outside 0 … 2 \(row 1\)"),
        ([(0, -1, 1.0)], r"head outside 0 … 2 \(row 0\)"),
        ([(0, 1, 1.0), (1, 2, -0.1)], r"minutes missing or negative \(row 1\)"),
        ([(0, 1, np.inf)], r"minutes missing or negative \(row 0\)"),
    ],
)
def test_a_bad_link_is_refused_by_row(links, message):
    with pytest.raises(ValueError, match=message):
        graph_of(3, links)


def test_columns_of_different_lengths_and_impossible_positions_are_refused():
    with pytest.raises(ValueError, match="same length"):
        road_graph([0.0, 1.0], [0.0, 0.0], [0], [1], [1.0, 2.0], vintage="")
    with pytest.raises(ValueError, match=r"coordinates missing or impossible .row 1"):
        road_graph([0.0, 181.0], [0.0, 0.0], [], [], [], vintage="")


def test_a_node_that_is_not_there_is_refused():
    graph = graph_of(2, [(0, 1, 1.0)])
    with pytest.raises(ValueError, match="origin outside 0 … 1"):
        minutes_from(graph, -1)
    with pytest.raises(ValueError, match=r"destination outside 0 … 1 .row 1"):
        minutes_between(graph, [0], [0, 2])


STREET = [(k, k + 1, 1.0) for k in range(4)] + [(k + 1, k, 2.0) for k in range(4)]


def test_the_router_gives_pairs_with_the_way_to_the_road_at_both_ends():
    graph = graph_of(6, STREET)  # the last node is alone: nobody is brought there
    router: TravelTimes = RoadTimes(graph, access_kmh=30.0, intra_minutes=0.5)
    north = 0.009  # a kilometre, two minutes
    pairs = router.pairs(np.array([0.0, 0.02, 0.051]), np.array([0.0, 0.0, north]), 8.5)
    near, far = great_circle_km(0.0, 0.0, 0.0, north), great_circle_km(0.051, north, 0.04, 0.0)
    assert near < far
    rows = zip(pairs.origin.tolist(), pairs.destination.tolist(), pairs.minutes.tolist(), strict=True)
    assert list(rows) == [
        (0, 0, 0.5),
        (0, 1, 2.0),
        (0, 2, pytest.approx(4.0 + far * 2)),
        (1, 0, 4.0),
        (1, 1, 0.5),
        (1, 2, pytest.approx(2.0 + far * 2)),
        (2, 1, pytest.approx(4.0 + far * 2)),
        (2, 2, 0.5),
    ]
    assert (pairs.provider, pairs.vintage, pairs.estimate) == (PROVIDER_ROADS, "essai", False)
    assert (pairs.n, pairs.max_minutes, pairs.minutes.dtype) == (3, 8.5, np.float32)


@pytest.mark.parametrize("access_kmh", [25.0, np.inf])
def test_a_point_far_from_any_road_has_its_own_pair_only(access_kmh):
    router = RoadTimes(graph_of(5, STREET), snap_km=2.0, access_kmh=access_kmh)
    where = np.array([0.0, 0.0]), np.array([0.0, 0.05])
    assert router.snap(*where).node.tolist() == [0, -1]
    pairs = router.pairs(*where, 30.0)
    assert list(zip(pairs.origin.tolist(), pairs.destination.tolist(), strict=True)) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("wrong", [{"snap_km": -1.0}, {"access_kmh": 0.0}, {"intra_minutes": -0.1}])
def test_senseless_parameters_are_refused(wrong):
    with pytest.raises(ValueError, match="road times"):
        RoadTimes(graph_of(1, []), **wrong)


def test_without_numba_the_plain_loops_serve(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(kernels, "_compiled", None)
    assert kernels.kernels() is kernels.PLAIN
