"""From an extract to minutes: where communes are put, what is refused, what each page then says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from maillage.engines import traveltime
from maillage.engines.traveltime import CAR
from maillage.kernel.models import Entry, Person
from maillage.territory import api
from maillage.territory.actions.flows import delete_travel_matrix, import_travel_matrix
from maillage.territory.actions.roads import RoadsRefusedError, import_roads
from maillage.territory.computations.access import national_access
from maillage.territory.computations.hall_table import read_halls
from maillage.territory.computations.line_checks import TableError
from maillage.territory.computations.road_matrix import car_profile
from maillage.territory.computations.road_store import kept_roads, packed, roads_of, unpacked
from maillage.territory.computations.road_words import told_roads
from maillage.territory.computations.travel_layers import layers, places_of
from maillage.territory.models import TravelMatrix
from maillage.territory.rules.kinds import Placing, TravelKind
from tests.kernel.own_database import own_database
from tests.territory.extracts import Point, Written


@pytest.fixture(name="near")
def _near(fictional_country: api.Atlas) -> np.ndarray:
    """Positions of eight communes: the first of the country and the nearest to it."""
    lon, lat = fictional_country.lon, fictional_country.lat
    return np.argsort(np.hypot(lon - lon[0], lat - lat[0]), kind="stable")[:8]


def at(atlas: api.Atlas, position: int) -> Point:
    return float(atlas.lon[position]), float(atlas.lat[position])


def star(atlas: api.Atlas, positions: np.ndarray) -> Written:
    """Roads from the first commune's middle to the middle of each other."""
    written = Written()
    written.star(at(atlas, positions[0]), [at(atlas, k) for k in positions[1:]])
    return written


def placing(matrix: TravelMatrix) -> dict[str, str]:
    places = places_of(next(one for one in layers() if one.pk == matrix.pk))
    return dict(zip(places.code.tolist(), places.placing.tolist(), strict=True))


def test_the_speeds_of_the_rules_are_those_that_were_measured() -> None:
    assert car_profile() == CAR


def test_minutes_follow_the_roads_and_say_so(
    fictional_country: api.Atlas, near: np.ndarray, coordinator: Person, tmp_path: Path
) -> None:
    file = star(fictional_country, near).save(tmp_path / "ici.osm")
    matrix = import_roads(by=coordinator, extract=file)
    assert (matrix.kind, matrix.provider, matrix.vintage) == ("road", "OpenStreetMap", "ici.osm")
    codes = fictional_country.codes[near]
    communes = {one.pk: one for one in api.Commune.objects.filter(code__in=codes.tolist())}
    here, first, second = (communes[code] for code in codes[:3].tolist())
    found = api.journeys_from(first, [first, here, second])
    lon, lat = fictional_country.lon[near[:3]], fictional_country.lat[near[:3]]
    km = [
        traveltime.crow_fly_from(lon[[0, k]], lat[[0, k]], 0, traveltime.CrowFlyModel(1.0, 1.0))[1]
        for k in (1, 2)
    ]
    by_road = [km[0] / 55.0 * 60, (km[0] + km[1]) / 55.0 * 60]
    assert found.minutes[0] == 0
    assert found.minutes[1:].tolist() == pytest.approx(by_road, rel=1e-4)
    assert found.source_to(1) == "OpenStreetMap, ici.osm"
    travel = national_access(fictional_country).travel
    assert [one.kind for one in travel.sources_of(near[:1])] == [TravelKind.ROAD]
    assert not travel.is_estimate(near)
    assert travel.is_estimate(np.arange(len(fictional_country)))
    said = told_roads(matrix)
    assert "relie 8 communes par la route" in said
    assert "milieu de la commune 8" in said
    assert Entry.objects.filter(verb="territory.travel_matrix_imported").count() == 1
    assert import_roads(by=None, extract=file).pk == matrix.pk
    assert Entry.objects.filter(verb="territory.travel_matrix_imported").count() == 1
    delete_travel_matrix(by=coordinator, matrix=matrix)
    assert api.journeys_from(first, [here]).is_estimate.all()


def test_the_roads_that_are_kept_are_those_that_were_read(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    file = star(fictional_country, near).save(tmp_path / "e.osm")
    graph = traveltime.read_openstreetmap(file, car_profile())
    import_roads(by=None, extract=file)
    kept = roads_of(kept_roads()[0])
    for one, other in ((graph.lon, kept.lon), (graph.lat, kept.lat), (graph.minutes, kept.minutes)):
        np.testing.assert_allclose(one, other, rtol=1e-6)
    assert np.array_equal(graph.head, kept.head)
    assert np.array_equal(graph.starts, kept.starts)
    assert np.array_equal(unpacked(packed(kept))["minutes"], kept.minutes)


def test_a_town_hall_decides_then_a_village_then_the_middle(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    atlas = fictional_country
    names, codes = atlas.names[near], atlas.codes[near].tolist()
    written = star(atlas, near)

    def beside(k: int, east: float) -> Point:
        lon, lat = at(atlas, near[k])
        return lon + east, lat

    # 0: several halls, of which one bears the name; 1: a hall that the map ties to the commune by its code.
    written.node(beside(0, 0.0001), amenity="townhall", name="Mairie annexe")
    written.node(beside(0, 0.0004), amenity="townhall", name=f"Mairie de {names[0]}")
    written.node(beside(0, 0.0002), amenity="townhall", name="Mairie")
    written.node(beside(2, 0.0001), amenity="townhall", ref_INSEE=codes[1])
    # 2: a village of its name; 3: the centre of its boundary, whatever its name; 4: a building.
    written.node(beside(2, 0.0003), place="village", name=str(names[2]))
    written.node(beside(2, 0.0), place="hamlet", name="Ailleurs")
    written.centre(written.node(beside(3, 0.0002), place="village", name="Le Bourg"), codes[3])
    hall = [written.node(beside(4, east)) for east in (0.0005, 0.0006, 0.0005)]
    written.through(hall, {"amenity": "townhall", "building": "yes"})
    places = tmp_path / "mairies.csv"
    lon, lat = beside(5, 0.0009)
    places.write_text(f"code;lon;lat\n{codes[5]};{lon:.6f};{lat:.6f}\n{codes[5]};0;0\n99999;1;1\n")
    matrix = import_roads(by=None, extract=written.save(tmp_path / "e.osm"), places=places)
    found = placing(matrix)
    expected = [
        Placing.HALL,
        Placing.HALL,
        Placing.SETTLEMENT,
        Placing.SETTLEMENT,
        Placing.HALL,
        Placing.GIVEN,
    ]
    assert [found[code] for code in codes] == [*(one.value for one in expected), "centre", "centre"]
    places_by_code = places_of(layers()[0])
    km = dict(zip(places_by_code.code.tolist(), places_by_code.km.tolist(), strict=True))
    wide = 0.0001 * 111.32 * np.cos(np.radians(float(atlas.lat[near[0]])))
    assert km[codes[0]] == pytest.approx(4 * wide, rel=0.02)
    assert km[codes[5]] == pytest.approx(9 * wide, rel=0.02)
    assert km[codes[6]] == 0
    assert "position donnée 1, mairie 3, bourg 2, milieu de la commune 2" in told_roads(matrix)


def test_an_island_without_a_ferry_keeps_to_itself_and_a_lone_commune_keeps_its_estimate(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    atlas = fictional_country
    main, island, lone = near[:5], near[5:7], int(near[7])
    written = Written()
    for some in (main, island):  # each more than a yard, and nothing ties one to the other
        written.star(at(atlas, some[0]), [at(atlas, k) for k in some[1:]], streets=320)
    code = str(atlas.codes[lone])
    written.node(at(atlas, lone), place="village", name=str(atlas.names[lone]), ref_INSEE=code)
    matrix = import_roads(by=None, extract=written.save(tmp_path / "e.osm"))
    assert set(placing(matrix)) == set(atlas.codes[near[:7]].tolist())
    assert matrix.details["unreached"] == [str(atlas.codes[lone])]
    assert f"garde son estimation : {atlas.names[lone]}." in told_roads(matrix).replace("\u00a0", " ")
    communes = {one.pk: one for one in api.Commune.objects.filter(code__in=atlas.codes[near].tolist())}
    ashore, on_it, other, alone = (
        communes[str(atlas.codes[k])] for k in (main[0], island[0], island[1], lone)
    )
    found = api.journeys_from(on_it, [other, ashore, alone])
    assert found.is_estimate.tolist() == [False, True, True]
    travel = national_access(atlas).travel
    assert not travel.sources_of(np.array([lone]))
    nearest = travel.nearest(atlas, np.array([main[0]]))
    assert nearest.minutes[island[0]] >= travel.measured.max_minutes  # farther than any road that was found
    assert nearest.minutes[lone] < 60


def test_imported_times_decide_before_roads_and_roads_before_the_estimate(
    fictional_country: api.Atlas, near: np.ndarray, coordinator: Person, tmp_path: Path
) -> None:
    atlas = fictional_country
    one, other, third = atlas.codes[near[:3]].tolist()
    content = f"origin,destination,minutes\n{one},{other},3\n{other},{one},4\n".encode()
    imported = import_travel_matrix(
        by=coordinator, provider="INSEE", vintage="2024", file="m.csv", content=content
    )
    import_roads(by=coordinator, extract=star(atlas, near).save(tmp_path / "e.osm"))
    assert [layer.kind for layer in layers()] == [TravelKind.IMPORTED, TravelKind.ROAD]
    communes = {each.pk: each for each in api.Commune.objects.filter(code__in=[one, other, third])}
    found = api.journeys_from(communes[one], [communes[other], communes[third]])
    assert found.minutes[0] == 3
    assert [found.source_to(k) for k in (0, 1)] == ["INSEE, 2024", "OpenStreetMap, e.osm"]
    travel = national_access(atlas).travel
    assert [layer.provider for layer in travel.sources_of(near[:1])] == ["INSEE", "OpenStreetMap"]
    row = (travel.pairs.origin == near[0]) & (travel.pairs.destination == near[1])
    assert travel.pairs.minutes[row].tolist() == [3.0]
    delete_travel_matrix(by=coordinator, matrix=imported)
    assert api.journeys_from(communes[one], [communes[other]]).source_to(0) == "OpenStreetMap, e.osm"


def test_two_extracts_side_by_side_each_speak_of_their_own(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    atlas = fictional_country
    away = np.argsort(-np.hypot(atlas.lon - atlas.lon[0], atlas.lat - atlas.lat[0]), kind="stable")[:4]
    for name, some in (("nord.osm", near[:4]), ("sud.osm", away)):
        import_roads(by=None, extract=star(atlas, some).save(tmp_path / name))
    travel = national_access(atlas).travel
    assert len(travel.sources_of(np.append(near[:4], away))) == 2
    assert len(travel.sources_of(near[:4])) == len(travel.sources_of(away)) == 1
    # A site of the other extract is as near as it is estimated to be, not out of reach.
    site = away[:1]
    found = travel.nearest(atlas, site)
    expected = traveltime.nearest(atlas.lon, atlas.lat, site, travel.model)
    assert found.minutes[near[0]] == pytest.approx(expected.minutes[near[0]])
    assert travel.nearest(atlas, np.append(site, near[1])).position[near[0]] == near[1]


def refused(extract: Path, **given: Path) -> str:
    with pytest.raises(RoadsRefusedError) as caught:
        import_roads(by=None, extract=extract, **given)
    assert not TravelMatrix.objects.exists()
    return str(caught.value)


def test_an_extract_of_another_place_is_refused_and_says_where_it_is(
    fictional_country: api.Atlas, tmp_path: Path
) -> None:
    written = Written()
    written.way([(150.0, -30.0), (150.1, -30.0)])
    said = refused(written.save(tmp_path / "loin.osm"))
    assert said.startswith("loin.osm ne relie pas deux communes")
    assert "−30,00" in said


def test_an_extract_of_one_commune_ties_nothing(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    lon, lat = at(fictional_country, near[0])
    written = Written()
    written.way([(lon, lat), (lon + 0.0001, lat)])
    assert "ne relie pas deux communes" in refused(written.save(tmp_path / "e.osm"))


def test_what_is_no_extract_is_refused_whatever_its_name(
    fictional_country: api.Atlas, tmp_path: Path
) -> None:
    for name, content in (
        ("vide.osm.pbf", b""),
        ("notes.osm.pbf", b"code;nom\n"),
        ("page.osm", b"<html><body>404</body></html>"),
        ("notes.csv", b"code;nom\n"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        assert name in refused(file)


def test_an_extract_cut_on_its_way_is_refused(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    osmium = pytest.importorskip("osmium")
    source = star(fictional_country, near).save(tmp_path / "e.osm")
    whole = tmp_path / "e.osm.pbf"
    with osmium.SimpleWriter(str(whole)) as writer:
        for entity in osmium.FileProcessor(str(source)):
            writer.add(entity)
    content = whole.read_bytes()
    for kept in (20, len(content) // 2, len(content) - 5):
        cut = tmp_path / f"coupe-{kept}.osm.pbf"
        cut.write_bytes(content[:kept])
        assert "Rien n’a changé" in refused(cut), kept
    text = tmp_path / "coupe.osm"
    text.write_bytes(source.read_bytes()[:-30])
    assert "coupé" in refused(text)


def test_an_extract_without_a_road_is_refused(fictional_country: api.Atlas, tmp_path: Path) -> None:
    written = Written()
    written.way([(1.0, 45.0), (1.1, 45.0)], {"highway": "footway"})
    assert "aucune route pour les voitures" in refused(written.save(tmp_path / "sentiers.osm"))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("code;lon\n00001;1\n", "missing_column"),
        ("code;lon;lat\n00001;1;nord\n", "wrong_position"),
        ("code;lon;lat\n00001;181;45\n", "wrong_position"),
        ("code;lon;lat\n", "empty_table"),
        ("code;lon;lat\n71230;4;46\n", "empty_table"),
    ],
)
def test_a_table_of_town_halls_with_a_defect_is_refused_by_line(content: str, kind: str) -> None:
    with pytest.raises(TableError) as caught:
        read_halls(content.encode(), "mairies.csv", {"00001"})
    assert [defect.kind for defect in caught.value.defects] == [kind]


def test_a_table_of_town_halls_is_read_as_published() -> None:
    content = "\ufeffCode_INSEE;Longitude;Latitude\n00001;4,25;46,5\n".encode()
    assert read_halls(content, "m.csv", {"00001"}) == {"00001": (4.25, 46.5)}


def test_who_may_not_import_data_imports_no_road(
    fictional_country: api.Atlas, near: np.ndarray, patient: Person, tmp_path: Path
) -> None:
    with pytest.raises(PermissionDenied):
        import_roads(by=patient, extract=star(fictional_country, near).save(tmp_path / "e.osm"))


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_an_import_stopped_at_any_step_leaves_nothing_or_all(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path, step: int
) -> None:
    file = star(fictional_country, near).save(tmp_path / "e.osm")

    def stopped(_title: str, done: int, _total: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_roads(by=None, extract=file, progress=stopped)
    assert TravelMatrix.objects.count() == (step == 3)
    assert Entry.objects.filter(verb="territory.travel_matrix_imported").count() == (step == 3)
    import_roads(by=None, extract=file)
    assert TravelMatrix.objects.count() == 1


def test_two_imports_of_one_extract_at_once_and_one_killed_leave_one_table(
    fictional_country: api.Atlas, near: np.ndarray, fictional_pack: Path, tmp_path: Path
) -> None:
    file = star(fictional_country, near).save(tmp_path / "e.osm")
    command = ("maillage", "data", "roads", str(file), "--json", "--quiet")
    with own_database(tmp_path) as own:
        own.run("maillage", "data", "import", str(fictional_pack), "--json", "--quiet")
        killed = own.start(*command)
        killed.kill()
        killed.communicate()
        both = [own.start(*command) for _ in range(2)]
        answers = [one.communicate(timeout=120) for one in both]
        assert [one.returncode for one in both] == [0, 0], answers
        one, other = (json.loads(out) for out, _errors in answers)
        assert one == other
        assert own.run(*command)[1]["communes"] == 8


def test_a_later_extract_of_the_same_place_decides(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    for name in ("2025.osm", "2026.osm"):
        import_roads(by=None, extract=star(fictional_country, near).save(tmp_path / name))
    travel = national_access(fictional_country).travel
    assert [one.vintage for one in travel.sources_of(near)] == ["2026.osm"]
    assert len(layers()) == 2


def test_an_extract_overseas_is_read_as_any_other(
    fictional_country: api.Atlas, near: np.ndarray, tmp_path: Path
) -> None:
    # Degrees are degrees: nothing is projected, west of Greenwich or south of the equator.
    written = Written()
    written.way([(-61.5, 16.2), (-61.4, 16.3)])
    graph = traveltime.read_openstreetmap(written.save(tmp_path / "guadeloupe.osm"), car_profile())
    expected = traveltime.crow_fly_from(graph.lon, graph.lat, 0, traveltime.CrowFlyModel(1.0, 1.0))[1]
    assert traveltime.minutes_from(graph, 0)[1] == pytest.approx(expected / 55.0 * 60)
    assert "−61,50" in refused(tmp_path / "guadeloupe.osm")
