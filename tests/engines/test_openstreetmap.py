"""The roads of an extract: small ones written here, and whole countries where they are present."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import osmium
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from maillage.engines.traveltime import (
    CAR,
    RoadGraph,
    RoadTimes,
    main_network,
    minutes_between,
    minutes_from,
    read_extract,
    read_openstreetmap,
    snap,
)
from maillage.engines.traveltime.reference import great_circle_km, road_minutes

EXTRACTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "osm"
countries = pytest.mark.skipif(not EXTRACTS.is_dir(), reason="the extracts of whole countries are not here")

Tags = dict[str, str]
Way = tuple[list[int], Tags]


def place(node: int) -> tuple[float, float]:
    """Nodes stand on a grid of ten columns, a hundredth of a degree apart, near the equator."""
    return node % 10 / 100, node // 10 / 100


def extract(folder: Path, ways: list[Way], nodes: dict[int, Tags], head: str = "", name="e.osm") -> Path:
    """Write an extract; `nodes` says the tags of those that are there."""

    def tagged(tags: Tags) -> str:
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items())

    body = [
        f'<node id="{k}" version="1" lon="{place(k)[0]}" lat="{place(k)[1]}">{tagged(tags)}</node>'
        for k, tags in sorted(nodes.items())
    ]
    for number, (refs, tags) in enumerate(ways, 1):
        steps = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        body.append(f'<way id="{number}" version="1">{steps}{tagged(tags)}</way>')
    file = folder / name
    file.write_text(f'<?xml version="1.0"?><osm version="0.6"{head}>{"".join(body)}</osm>', encoding="utf-8")
    return file


def minutes(graph: RoadGraph, start: int, end: int) -> float:
    """Minutes between two nodes of the grid."""
    lon, lat = zip(place(start), place(end), strict=True)
    ends = snap(graph, lon, lat)
    assert (ends.km < 1e-6).all()
    return float(minutes_from(graph, int(ends.node[0]))[ends.node[1]])


STEP = great_circle_km(0.0, 0.0, 0.01, 0.0)
AT = {kmh: STEP / kmh * 60 for kmh in (25.0, 40.0, 55.0, 64.0, 65.0, 72.0)}
TOWN: list[Way] = [
    ([1, 2, 3], {"highway": "secondary", "name": "D 1"}),
    ([3, 4], {"highway": "primary", "maxspeed:forward": "80", "maxspeed": "90"}),
    ([4, 5], {"highway": "residential", "oneway": "yes"}),
    ([5, 15], {"highway": "residential", "oneway": "-1"}),
    ([5, 6], {"highway": "residential"}),
    ([6, 7], {"highway": "residential"}),
    ([3, 13], {"highway": "residential", "access": "private"}),
    ([3, 13], {"highway": "footway"}),
    ([13, 14], {"highway": "residential"}),
    ([14, 24, 23, 13], {"highway": "tertiary", "junction": "roundabout"}),
    ([1, 11, 21], {"route": "ferry", "duration": "00:20", "motor_vehicle": "yes"}),
    ([21, 21], {"route": "ferry"}),
    ([21, 31, 91, 41, 51], {"highway": "tertiary"}),
    ([1, 2], {"railway": "rail"}),
]
NODES: dict[int, Tags] = {k: {} for refs, _ in TOWN for k in refs if k != 91} | {
    6: {"barrier": "bollard"}, 2: {"barrier": "gate"}, 3: {"highway": "crossing"},
}  # fmt: skip


@pytest.fixture
def town(tmp_path):
    return read_openstreetmap(extract(tmp_path, TOWN, NODES))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (1, 3, 2 * AT[55.0]),  # through an open gate
        (3, 1, 2 * AT[55.0]),
        (3, 4, AT[64.0]),  # four fifths of the limit that way
        (4, 3, AT[72.0]),
        (4, 5, AT[25.0]),
        (5, 4, np.inf),  # one-way
        (5, 15, np.inf),
        (15, 5, AT[25.0]),  # one-way, drawn backwards
        (5, 7, np.inf),  # a bollard
        (3, 13, np.inf),  # private, and a footway
        (14, 13, AT[25.0]),
        (14, 23, 2 * AT[40.0]),  # around
        (13, 24, AT[25.0] + AT[40.0]),
        (23, 24, AT[40.0] + AT[25.0] + AT[40.0]),
        (1, 21, 30.0),  # 20 minutes and 10 to board
        (21, 11, 15.0),  # halfway
        (21, 31, AT[40.0]),
        (31, 41, np.inf),  # the node between is not in the extract
        (41, 51, AT[40.0]),
    ],
)
def test_a_town_by_hand(town, start, end, expected):
    assert minutes(town, start, end) == pytest.approx(expected, rel=1e-6)


def test_compressed_extracts_say_the_same_and_when_they_are_of(tmp_path, town):
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2026-01-02T03:04:05Z")
    file = tmp_path / "e.osm.pbf"
    with osmium.SimpleWriter(str(file), header=header) as writer:
        for entity in osmium.FileProcessor(str(tmp_path / "e.osm")):
            writer.add(entity)
    graph = read_openstreetmap(file)
    for one, other in zip(
        (graph.head, graph.minutes, graph.lon), (town.head, town.minutes, town.lon), strict=True
    ):
        np.testing.assert_allclose(one, other)
    assert (graph.vintage, town.vintage) == ("OpenStreetMap 2026-01-02", "OpenStreetMap")
    assert read_openstreetmap(file, vintage="essai").vintage == "essai"


@pytest.mark.parametrize(
    ("ways", "nodes"),
    [
        ([], {1: {}}),
        ([([1, 2], {"highway": "footway"})], {1: {}, 2: {}}),
        ([([1, 2], {"highway": "road"})], {}),
    ],
)
def test_an_extract_without_a_road_is_refused(tmp_path, ways, nodes):
    with pytest.raises(ValueError, match=r"e\.osm has no road for cars"):
        read_openstreetmap(extract(tmp_path, ways, nodes))


@pytest.mark.parametrize("name", ["e.osm", "e.osm.pbf", "e.osm.gz", "e.csv"])
def test_what_is_no_extract_is_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"code;nom\n2A004;Ajaccio\n")
    with pytest.raises(ValueError, match=f"{name} cannot be read as an OpenStreetMap extract"):
        read_openstreetmap(tmp_path / name)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(ValueError, match=r"absent\.osm\.pbf cannot be read"):
        read_openstreetmap(tmp_path / "absent.osm.pbf")


def test_a_road_of_one_node_makes_no_link(tmp_path):
    graph = read_openstreetmap(extract(tmp_path, [([1], {"highway": "road"})], {1: {}}))
    assert (graph.n, len(graph)) == (1, 0)


@given(
    st.lists(
        st.tuples(
            st.lists(st.integers(0, 19), min_size=1, max_size=5),
            st.fixed_dictionaries(
                {"highway": st.sampled_from(["primary", "residential", "steps"])},
                optional={"oneway": st.sampled_from(["yes", "-1", "no"]), "maxspeed": st.just("30")},
            ),
        ),
        max_size=8,
    )
)
def test_any_ways_are_read_as_the_reference_does(tmp_path_factory, ways):
    links = []
    for refs, tags in [*ways, ([0, 1], {"highway": "road"})]:
        way = CAR.way(tags)
        for one, other in pairwise(refs):
            km = great_circle_km(*place(one), *place(other))
            links += [(one, other, km / way.forward * 60)] if way.forward else []
            links += [(other, one, km / way.backward * 60)] if way.backward else []
    nodes: dict[int, Tags] = {k: {} for k in range(20)}
    file = extract(tmp_path_factory.mktemp("any"), [*ways, ([0, 1], {"highway": "road"})], nodes)
    graph = read_openstreetmap(file)
    start = int(snap(graph, [0.0], [0.0]).node[0])
    expected = dict(zip(map(place, range(20)), road_minutes(20, links, 0), strict=True))
    for lon, lat, found in zip(graph.lon, graph.lat, minutes_from(graph, start), strict=True):
        assert found == pytest.approx(expected[round(float(lon), 7), round(float(lat), 7)], rel=1e-6)


def test_town_halls_and_settlements_are_read_with_the_code_of_their_commune(tmp_path):
    nodes: dict[int, Tags] = {
        1: {}, 2: {}, 3: {"amenity": "townhall", "name": "Mairie de Bourg", "ref:INSEE": "00001"},
        4: {"place": "village", "name": "Val"}, 5: {"place": "hamlet"}, 6: {"place": "sea", "name": "Mer"},
        7: {"amenity": "bench"}, 8: {},
    }  # fmt: skip
    ways: list[Way] = [
        ([1, 2], {"highway": "road"}),
        ([8, 1, 8], {"amenity": "townhall", "name": "Hôtel de ville"}),
        ([91, 1], {"amenity": "townhall"}),  # its first node is not in the extract
        ([], {"amenity": "townhall"}),
    ]
    file = extract(tmp_path, ways, nodes)
    commune = {"boundary": "administrative", "admin_level": "8", "ref:INSEE": "00002"}
    relations = [
        (commune, "admin_centre", 4),
        (commune, "label", 5),
        (commune | {"admin_level": "6"}, "admin_centre", 5),
    ]
    body = "".join(
        f'<relation id="{k}" version="1"><member type="node" ref="{ref}" role="{role}"/>'
        + "".join(f"<tag k={quoteattr(name)} v={quoteattr(value)}/>" for name, value in tags.items())
        + "</relation>"
        for k, (tags, role, ref) in enumerate(relations, 1)
    )
    file.write_text(file.read_text(encoding="utf-8").replace("</osm>", f"{body}</osm>"), encoding="utf-8")
    found = read_extract(file).landmarks
    assert found.name.tolist() == ["Mairie de Bourg", "Val", "", "Hôtel de ville"]
    assert found.code.tolist() == ["00001", "00002", "", ""]
    assert found.is_hall.tolist() == [True, False, False, True]
    np.testing.assert_allclose(found.lon, [place(k)[0] for k in (3, 4, 5, 8)])
    assert read_extract(extract(tmp_path, ways[:1], {1: {}, 2: {}})).landmarks.lon.size == 0


@countries
@pytest.mark.parametrize(
    ("name", "nodes", "main"),
    [
        ("andorra.osm.pbf", 16_504, 0.99),
        ("liechtenstein.osm.pbf", 16_626, 0.99),
        ("saint_barthelemy.osm.gz", 3_723, 0.98),
    ],
)
def test_whole_countries_equal_scipy_to_the_last_bit(name, nodes, main):
    graph = read_openstreetmap(EXTRACTS / name)
    assert graph.n == nodes
    assert main_network(graph).mean() > main
    links = csr_array((graph.minutes, graph.head, graph.starts), shape=(graph.n, graph.n))
    asked = np.linspace(0, graph.n - 1, 40).astype(int)
    for limit in (8.0, np.inf):
        found = minutes_between(graph, asked, asked, limit)
        table = np.full((40, 40), np.inf)
        table[found.origin, found.destination] = found.minutes
        np.testing.assert_array_equal(table, dijkstra(links, indices=asked, limit=limit)[:, asked])


@countries
def test_the_roads_of_andorra():
    """Andorra la Vella, Ordino, and El Pas de la Case beyond the mountain, from hall to hall."""
    graph = read_openstreetmap(EXTRACTS / "andorra.osm.pbf")
    halls = np.array([(1.5218, 42.5075), (1.5332, 42.5562), (1.7335, 42.5427)])
    router = RoadTimes(graph)
    assert (router.snap(*halls.T).km < 0.1).all()
    pairs = router.pairs(*halls.T, 60.0)
    table = pairs.minutes.reshape(3, 3)
    assert table[0, 1] == pytest.approx(11, abs=3)
    assert table[0, 2] == pytest.approx(37, abs=6)
    assert table[1, 2] > table[0, 2] - table[0, 1]
