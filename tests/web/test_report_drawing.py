"""Maps and charts: well-formed, the same bytes each time, names that stay text, outlines that close."""

from xml.etree import ElementTree

import pytest

from maillage.web.drawing import (
    Area,
    Badge,
    BarChart,
    Flow,
    Mark,
    Series,
    StaticMap,
    Town,
    draw_bars,
    draw_map,
)
from maillage.web.drawing.geometry import Projection, centre, outline, rings
from maillage.web.drawing.labels import Candidate, place
from maillage.web.drawing.maps import class_of, grey
from maillage.web.drawing.svg import width_of, wrapped
from tests.web.report_samples import HOSTILE, sample_map, square

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def test_a_map_is_well_formed_and_repeatable() -> None:
    assert sample_map() == sample_map()
    root = parsed(sample_map())
    assert root.find(f"{SVG}title").text == "Carte d’essai"
    assert root.find(f"{SVG}desc").text == "Des carrés."
    assert root.get("role") == "img"


def test_hostile_names_stay_text() -> None:
    texts = {element.text for element in parsed(sample_map()).iter(f"{SVG}text")}
    assert HOSTILE[0] in texts
    assert not list(parsed(sample_map()).iter(f"{SVG}script"))


def test_the_legend_says_the_bounds_and_the_signs() -> None:
    texts = [element.text for element in parsed(sample_map()).iter(f"{SVG}text")]
    for said in ("Mesure", "1", "2,5", "4", "5", "sans donnée", "zone blanche"):
        assert said in texts


def test_an_area_without_data_is_hatched_never_pale() -> None:
    fills = [element.get("fill") for element in parsed(sample_map("essai")).iter(f"{SVG}path")]
    assert fills.count("url(#essai-vide)") == 1


@pytest.mark.parametrize(("value", "expected"), [(0.5, 0), (1.0, 1), (2.49, 1), (2.5, 2), (9.0, 4)])
def test_a_bound_belongs_to_the_class_above(value: float, expected: int) -> None:
    assert class_of(value, (1, 2.5, 4, 5)) == expected


def test_greys_go_from_pale_to_dark_whatever_the_number_of_classes() -> None:
    for count in (2, 3, 4, 5):
        levels = [int(grey(index, count)[1:3], 16) for index in range(count)]
        assert levels == sorted(levels, reverse=True)
        assert len(set(levels)) == count


def test_the_outline_of_two_neighbours_forgets_their_common_border() -> None:
    lines = outline([square(0, 0), square(1, 0), None])
    assert len(lines) == 1
    assert lines[0][0] == lines[0][-1]
    assert len(lines[0]) == 7, "six corners, the first one twice"


def test_separate_sets_have_separate_outlines() -> None:
    assert len(outline([square(0, 0), square(5, 0)])) == 2


def test_a_commune_without_outline_and_one_alone_are_drawn() -> None:
    svg = draw_map(
        StaticMap("a", "t", "d", [Area("1", None, 2.0)], bounds=(1.0,), towns=[Town("Seule", 4.0, 46.0, 1)])
    )
    assert "Seule" in svg
    assert "2\u00a0km" in svg


def test_nothing_at_all_is_still_a_map() -> None:
    assert parsed(draw_map(StaticMap("a", "t", "d", []))) is not None


def test_marks_of_one_place_stand_side_by_side() -> None:
    marks = [Mark(4.02, 46.02, kind) for kind in ("pharmacie", "laboratoire", "urgences", "maternité", "msp")]
    svg = draw_map(StaticMap("a", "t", "d", [Area("1", square(0, 0))], marks=marks))
    drawn = [e for e in parsed(svg).iter() if e.get("class") == "mark"]
    places = {e.get("points") or (e.get("cx"), e.get("cy")) for e in drawn}
    assert len(drawn) == 2 * len(marks), "on the map, and in the legend"
    assert len(places) > len(marks)


def test_flows_and_badges_are_drawn() -> None:
    flows = [Flow((4.0, 46.0), (4.1, 46.05), 1.0)]
    spec = StaticMap(
        "a",
        "t",
        "d",
        [Area("1", square(0, 0))],
        flows=flows,
        flow_label="vers",
        badges=[Badge(4.02, 46.02, 7)],
    )
    root = parsed(draw_map(spec))
    assert len(list(root.iter(f"{SVG}line"))) >= 1
    assert "7" in [element.text for element in root.iter(f"{SVG}text")]


def test_north_is_up_and_east_is_right() -> None:
    paper = Projection.fitting([(4.0, 46.0), (4.5, 46.5)], 300, 300)
    (x1, y1), (x2, y2) = paper.point((4.0, 46.0)), paper.point((4.5, 46.5))
    assert x1 < x2
    assert y2 < y1


def test_rings_and_centre_of_odd_geometries() -> None:
    assert list(rings(None)) == []
    assert list(rings({"type": "Point", "coordinates": [1, 2]})) == []
    assert centre(None) is None
    both = {
        "type": "MultiPolygon",
        "coordinates": [square(0, 0)["coordinates"], square(3, 0, 0.01)["coordinates"]],
    }
    assert len(list(rings(both))) == 2
    assert centre(both) == pytest.approx((4.025, 46.025))


def test_names_do_not_overlap_and_the_most_important_is_kept() -> None:
    crowd = [Candidate(f"Ville {rank}", 100 + rank, 100, rank) for rank in range(20)]
    placed = place(crowd, (200, 200))
    assert placed[0].candidate.name == "Ville 19"
    assert 1 < len(placed) < 20


def test_no_name_leaves_the_frame() -> None:
    assert place([Candidate("Un nom bien trop long pour tenir", 5, 5, 1)], (60, 60)) == []


def test_bars_write_their_values_and_unknown_ones() -> None:
    chart = BarChart(
        "b", "t", "d", ["Un", "Deux"], [Series("Ici", [0.5, None]), Series("Là", [0.25, 0.1])], "%", 0
    )
    texts = [element.text for element in parsed(draw_bars(chart)).iter(f"{SVG}text")]
    assert "50\u00a0%" in texts
    assert "–" in texts
    assert "Ici" in texts


def test_negative_bars_have_a_length_and_keep_their_sign() -> None:
    chart = BarChart("b", "t", "d", ["Écart"], [Series("x", [-1.5])], decimals=1)
    root = parsed(draw_bars(chart))
    assert "−1,5" in [element.text for element in root.iter(f"{SVG}text")]
    assert all(float(rect.get("width")) >= 0 for rect in root.iter(f"{SVG}rect") if rect.get("class"))


def test_words_wrap_at_spaces() -> None:
    assert wrapped("un deux trois", 10, width_of("un deux", 10)) == ["un deux", "trois"]
    assert wrapped("interminable", 10, 1) == ["interminable"]


def test_no_name_covers_the_dot_of_another() -> None:
    placed = place(
        [Candidate("Un grand nom de ville", 50, 50, 2), Candidate("Petite", 90, 50, 1)], (300, 100)
    )
    assert [one.candidate.name for one in placed] == ["Un grand nom de ville"]
