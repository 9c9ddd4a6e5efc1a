"""What the pages say once roads are there: which minutes, what they change, where to trust the model."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory.models import Structure
from maillage.kernel.models import Person
from maillage.territory import api
from maillage.territory.actions.flows import delete_travel_matrix, import_travel_matrix
from maillage.territory.actions.roads import import_roads
from maillage.territory.computations.access import national_access
from maillage.territory.computations.travel_comparison import compare
from maillage.territory.models import Territory, TravelMatrix
from tests.territory.extracts import Written


@pytest.fixture(name="visitor")
def _visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture(name="valley")
def _valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


@pytest.fixture(name="roads")
def _roads(fictional_country: api.Atlas, valley: Territory, tmp_path: Path) -> TravelMatrix:
    """Roads from one commune of the territory to each other but one, which none reaches."""
    atlas = fictional_country
    members = atlas.positions(api.member_codes(valley))
    places = [(float(atlas.lon[k]), float(atlas.lat[k])) for k in members]
    written = Written()
    written.star(places[0], places[1:-1], streets=320)
    lone = members[-1]
    written.node(
        (places[-1][0] + 0.02, places[-1][1]), place="village", name=str(atlas.names[lone]),
        ref_INSEE=str(atlas.codes[lone]),
    )  # fmt: skip
    return import_roads(by=None, extract=written.save(tmp_path / "vallee.osm"))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode().replace("\u00a0", " ")


def url(name: str, territory: Territory, *more: object) -> str:
    return reverse(f"territory:{name}", args=[territory.slug, *more])


@pytest.mark.parametrize("name", ["access", "white_zones", "flows", "what_if", "siting"])
def test_every_page_of_minutes_says_which(
    visitor: Client, valley: Territory, roads: TravelMatrix, name: str
) -> None:
    page = text(visitor, url(name, valley))
    assert "par la route (OpenStreetMap, vallee.osm), estimés à vol d’oiseau depuis 1 commune." in page
    assert url("access_travel", valley) in page


@pytest.mark.parametrize("name", ["access", "white_zones", "flows", "what_if", "siting"])
def test_without_any_table_they_say_that_minutes_are_estimates(
    visitor: Client, valley: Territory, name: str
) -> None:
    assert "Temps de trajet estimés à vol d’oiseau." in text(visitor, url(name, valley))


def test_a_commune_says_which_minutes_are_its_own(
    visitor: Client, valley: Territory, roads: TravelMatrix
) -> None:
    codes = api.member_codes(valley)
    with_roads = text(visitor, reverse("territory:commune_access", args=[codes[1]]))
    assert "Temps de trajet par la route (OpenStreetMap, vallee.osm)." in with_roads
    (lone,) = roads.details["unreached"]
    assert "Temps de trajet estimés à vol d’oiseau." in text(
        visitor, reverse("territory:commune_access", args=[lone])
    )


def test_the_page_of_travel_times_says_where_communes_are_and_which_nothing_reaches(
    visitor: Client, valley: Territory, roads: TravelMatrix, fictional_country: api.Atlas
) -> None:
    page = text(visitor, reverse("territory:travel_times"))
    (lone,) = roads.details["unreached"]
    name = fictional_country.names[fictional_country.position(lone)]
    assert "Les temps suivent la route (OpenStreetMap, vallee.osm) là où elle va" in page
    assert f"garde son estimation : {name}." in page
    assert "milieu de la commune" in page
    assert "le trajet compte 0 min, comme dans le distancier de l’INSEE" in page


def test_what_the_roads_change_is_a_sentence_a_map_and_a_table(
    visitor: Client, valley: Territory, roads: TravelMatrix, fictional_country: api.Atlas
) -> None:
    page = text(visitor, url("access_travel", valley))
    assert "y sont par les temps mesurés" in page
    assert "Communes où l’accès change le plus" in page
    access = national_access(fictional_country)
    members = fictional_country.positions(api.member_codes(valley))
    found = compare(fictional_country, access, members)
    assert found is not None
    assert 0 < found.kept <= found.pairs
    assert found.ratio is not None
    assert found.ratio > 1, "every road goes through one commune"
    assert not found.estimated.travel.sources_of(members)
    features = json.loads(visitor.get(url("access_travel_map", valley)).content)["features"]
    gains = {one["properties"]["code"]: one["properties"]["gain"] for one in features}
    most = found.most_changed(1)[0]
    assert gains[str(fictional_country.codes[most])] == pytest.approx(found.gain[most], abs=0.006)
    answer = visitor.get(url("access_travel_csv", valley, "communes")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(answer), delimiter=";"))
    assert len(rows) > 2
    assert visitor.get(url("access_travel_csv", valley, "autre")).status_code == 404


def test_without_a_table_there_is_nothing_to_compare_and_the_page_says_what_to_do(
    visitor: Client, valley: Territory
) -> None:
    page = text(visitor, url("access_travel", valley))
    assert "il n’y a rien à leur comparer" in page
    assert "maillage data roads" in page
    assert visitor.get(url("access_travel_map", valley)).status_code == 404
    assert visitor.get(url("access_travel_csv", valley, "communes")).status_code == 404


def test_a_table_that_moves_nobody_is_said_too(
    visitor: Client, valley: Territory, fictional_country: api.Atlas, coordinator: Person
) -> None:
    one, other = api.member_codes(valley)[:2]
    content = f"origin,destination,minutes\n{one},{other},600\n{other},{one},600\n".encode()
    matrix = import_travel_matrix(
        by=coordinator, provider="INSEE", vintage="2024", file="m.csv", content=content
    )
    page = text(visitor, url("access_travel", valley))
    assert "Temps de trajet importés (INSEE, 2024)" in page
    delete_travel_matrix(by=coordinator, matrix=matrix)


def test_the_model_says_how_far_it_agrees_and_where_not_to_trust_it(
    visitor: Client, valley: Territory, roads: TravelMatrix
) -> None:
    page = text(visitor, reverse("territory:model"))
    assert "Où la prudence s’impose" in page
    assert "Accord par département" in page
    assert "Sages-femmes" in page
    for table in ("departements", "professions"):
        assert visitor.get(reverse("territory:model_csv", args=[table])).status_code == 200
    assert visitor.get(reverse("territory:model_csv", args=["autre"])).status_code == 404


@pytest.mark.django_db
def test_the_model_without_data_says_what_to_do(visitor: Client) -> None:
    assert "maillage data import" in text(visitor, reverse("territory:model"))
    assert visitor.get(reverse("territory:model_csv", args=["professions"])).status_code == 404


def structure_at(atlas: api.Atlas, position: int, east: float = 0.0) -> Structure:
    code = str(atlas.codes[position])
    return Structure.objects.create(
        pk=f"essai:{code}:{east}", kind="msp", name="Maison de santé", count=1, commune_id=code,
        precision="address",
        lon=float(atlas.lon[position]) + east, lat=float(atlas.lat[position]), origin="import",
    )  # fmt: skip


def test_a_structure_shows_what_is_reached_by_road(
    visitor: Client, valley: Territory, roads: TravelMatrix, fictional_country: api.Atlas
) -> None:
    first = int(fictional_country.positions(api.member_codes(valley)[:1])[0])
    one = structure_at(fictional_country, first)
    page = text(visitor, reverse("directory:structure", args=[one.pk]))
    assert "10 min au plus" in page
    assert "Routes : OpenStreetMap vallee.osm" in page
    answer = visitor.get(reverse("directory:structure_areas", args=[one.pk]))
    assert answer["Content-Type"] == "application/geo+json"
    bands = json.loads(answer.content)["features"]
    assert [band["properties"]["minutes"] for band in bands][:1] == [10]
    assert all(band["geometry"]["type"] in {"Polygon", "MultiPolygon"} for band in bands)
    assert visitor.get(reverse("directory:structure_areas", args=["inconnue"])).status_code == 404


def test_a_structure_far_from_any_road_or_without_roads_says_why_nothing_is_shown(
    visitor: Client, valley: Territory, fictional_country: api.Atlas, tmp_path: Path
) -> None:
    members = fictional_country.positions(api.member_codes(valley))
    one = structure_at(fictional_country, int(members[0]))
    assert "Aucune route n’est en mémoire" in text(visitor, reverse("directory:structure", args=[one.pk]))
    assert visitor.get(reverse("directory:structure_areas", args=[one.pk])).status_code == 404
    places = [(float(fictional_country.lon[k]), float(fictional_country.lat[k])) for k in members[:3]]
    written = Written()
    written.star(places[0], places[1:])
    import_roads(by=None, extract=written.save(tmp_path / "e.osm"))
    far = structure_at(fictional_country, int(members[0]), east=3.0)
    assert "ne passent pas près" in text(visitor, reverse("directory:structure", args=[far.pk]))
