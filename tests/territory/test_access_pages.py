"""The pages about access: what is read on them, their files, their cost, what they do with little data."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person, Scope
from maillage.territory import api
from maillage.territory.models import Territory, TravelMatrix
from maillage.territory.rules.kinds import TerritoryKind

PAGES = ("access", "white_zones", "flows", "what_if")
TABLES = {
    "access": ("communes", "deciles", "services", "zones-de-comparaison", "ecarts"),
    "white_zones": ("zones", "recouvrements", "pharmacies"),
    "flows": ("communes", "trajets", "urgences"),
    "what_if": ("communes", "services"),
}
MAPS = ("access_map", "white_zones_map", "flows_map", "flows_lines", "what_if_map")
PROFESSIONS = ("gp", "nurse", "physiotherapist", "dentist", "midwife")


@pytest.fixture(name="visitor")
def _visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture(name="valley")
def _valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


def url(name: str, territory: Territory, *more: object) -> str:
    return reverse(f"territory:{name}", args=[territory.slug, *more])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


@pytest.mark.parametrize("profession", PROFESSIONS)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_reads_for_every_profession(
    visitor: Client, valley: Territory, name: str, profession: str
) -> None:
    page = text(visitor, f"{url(name, valley)}?profession={profession}")
    assert "estimation" in page, "a crow-fly figure says that it is an estimate"
    assert 'class="figures"' in page


def test_an_unknown_choice_is_not_found(visitor: Client, valley: Territory) -> None:
    for name in PAGES:
        assert visitor.get(f"{url(name, valley)}?profession=barber").status_code == 404
        assert visitor.get(f"{url(name, valley)}?parametres=inconnu").status_code == 404


def test_a_published_set_of_parameters_is_kept_by_every_link(visitor: Client, valley: Territory) -> None:
    page = text(visitor, f"{url('access', valley)}?parametres=published")
    assert "carte.geojson?parametres=published" in page
    assert "communes.csv?parametres=published" in page
    assert "profession=nurse&amp;parametres=published" in page


@pytest.mark.parametrize(("name", "table"), [(name, table) for name in TABLES for table in TABLES[name]])
def test_every_table_is_a_file(visitor: Client, valley: Territory, name: str, table: str) -> None:
    answer = visitor.get(url(f"{name}_csv", valley, table))
    assert answer.status_code == 200
    assert f"{valley.slug}-" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert len({len(row) for row in rows}) == 1
    assert visitor.get(url(f"{name}_csv", valley, "inconnue")).status_code == 404


@pytest.mark.parametrize("name", MAPS)
def test_every_map_is_geojson(visitor: Client, valley: Territory, name: str) -> None:
    answer = visitor.get(url(name, valley))
    assert answer["Content-Type"] == "application/geo+json"
    collection = json.loads(answer.content)
    assert collection["type"] == "FeatureCollection"
    assert collection["estimate"] is True
    assert collection["features"]


def test_the_map_and_the_list_say_the_same(visitor: Client, valley: Territory) -> None:
    features = json.loads(visitor.get(url("access_map", valley)).content)["features"]
    drawn = {
        feature["properties"]["code"]: feature["properties"]["apl"]
        for feature in features
        if feature["properties"]["inside"]
    }
    answer = visitor.get(url("access_csv", valley, "communes"))
    listed = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    values = {row["code"]: row["Accessibilité (C/an/hab.)"] for row in listed}
    assert set(drawn) == set(values)
    for code, value in drawn.items():
        assert value == pytest.approx(float(values[code].replace(",", ".")), abs=1e-4)


@pytest.mark.parametrize("name", PAGES)
def test_a_territory_of_one_commune_reads(
    visitor: Client, fictional_country: api.Atlas, coordinator: Person, name: str
) -> None:
    smallest = fictional_country.codes[fictional_country.column("communes.pop_municipale").argmin()]
    alone = api.create_territory(by=coordinator, kind=TerritoryKind.FREE, name="Seule", codes=[str(smallest)])
    for profession in PROFESSIONS:
        text(visitor, f"{url(name, alone)}?profession={profession}")
    for table in TABLES[name]:
        assert visitor.get(url(f"{name}_csv", alone, table)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_without_data_a_page_says_what_to_do(visitor: Client, coordinator: Person, name: str) -> None:
    empty = Territory.objects.create(
        kind="libre", name="Vide", slug="vide", search_name=" vide ", scope=Scope.objects.create(label="Vide")
    )
    assert "Aucun jeu de données" in text(visitor, url(name, empty))


@pytest.mark.parametrize("name", PAGES)
def test_every_page_reads_in_english(visitor: Client, valley: Territory, name: str) -> None:
    visitor.cookies["django_language"] = "en"
    page = text(visitor, url(name, valley))
    assert '<html lang="en"' in page
    assert "General practitioners" in page
    assert "Médecins généralistes" not in page


def test_any_commune_has_its_access(visitor: Client, fictional_country: api.Atlas, valley: Territory) -> None:
    inside = api.member_codes(valley)[0]
    page = text(visitor, reverse("territory:commune_access", args=[inside]))
    assert valley.name in page
    for words in ("Référence de la DREES", "Accès par profession", "Le plus proche de chaque service"):
        assert words in page
    outside = next(code for code in fictional_country.codes if code not in api.member_codes(valley))
    assert valley.name not in text(visitor, reverse("territory:commune_access", args=[str(outside)]))
    assert visitor.get(reverse("territory:commune_access", args=["99999"])).status_code == 404
    for table in ("professions", "plus-proches", "destinations"):
        assert visitor.get(reverse("territory:commune_access_csv", args=[inside, table])).status_code == 200
    assert visitor.get(reverse("territory:commune_access_csv", args=[inside, "autre"])).status_code == 404


def test_a_matrix_is_received_refused_and_forgotten(
    visitor: Client, client: Client, fictional_country: api.Atlas, patient: Person
) -> None:
    address = reverse("territory:travel_times")
    assert "à vol d’oiseau" in text(visitor, address)
    a, b = fictional_country.codes[:2].tolist()

    def sent(content: str) -> dict[str, object]:
        return {
            "provider": "INSEE",
            "vintage": "2025",
            "file": SimpleUploadedFile("temps.csv", f"origin,destination,minutes\n{content}".encode()),
        }

    refused = visitor.post(address, sent(f"{a},00000,5"))
    assert refused.status_code == 422
    assert "temps.csv, ligne 1, colonne destination" in refused.content.decode()
    assert visitor.post(address, {"provider": "INSEE"}).status_code == 422
    assert visitor.post(address, sent(f"{a},{b},12")).status_code == 302
    assert "Les temps fournis par INSEE" in text(visitor, address)
    matrix = TravelMatrix.objects.get()
    delete = reverse("territory:travel_times_delete", args=[matrix.pk])
    client.force_login(patient)
    assert "Importer" not in text(client, address)
    assert client.post(delete).status_code == 403
    client.force_login(matrix.imported_by)
    assert visitor.post(delete).status_code == 302
    assert not TravelMatrix.objects.exists()


@pytest.mark.pack
@pytest.mark.django_db
def test_gueugnon_and_marcigny_are_poorly_served(client: Client, national_pack, coordinator: Person) -> None:
    api.import_pack(by=None, folder=national_pack)
    territory = api.create_demonstration_territory(by=None)
    client.force_login(coordinator)
    gueugnon = text(client, reverse("territory:commune_access", args=["71230"]))
    assert "L’accès aux généralistes est faible à Gueugnon" in gueugnon
    assert "1,60" in gueugnon, "the published APL of 2023"
    assert "71230" not in api.member_codes(territory)
    marcigny = text(client, reverse("territory:commune_access", args=["71275"]))
    assert "L’accès aux généralistes est faible à Marcigny" in marcigny
    assert "1,48" in marcigny
    for code in ("71270", "71076"):
        well_served = text(client, reverse("territory:commune_access", args=[code]))
        assert "est faible" not in well_served
        assert territory.name not in well_served
    around = json.loads(client.get(url("access_map", territory)).content)["features"]
    halo = {feature["properties"]["code"]: feature["properties"]["inside"] for feature in around}
    assert halo["71230"] is False
    assert halo["71275"] is True
    page = text(client, url("access", territory))
    assert "Référence absente" not in page
    assert "Saône-et-Loire" in page
    zones = text(client, url("white_zones", territory))
    assert "habitants" in zones


def test_a_ranking_of_places_says_its_criterion_and_the_reasons(
    client: Client, coordinator: Person, fictional_country: api.Atlas
) -> None:
    client.force_login(coordinator)
    valley = api.create_demonstration_territory(by=None)
    page = client.get(reverse("territory:what_if", args=[valley.slug])).content.decode()
    assert "Classées par le manque comblé" in page
    places = re.findall(r'<li data-code="\d+"><strong>.*?</li>', page, re.S)
    assert places
    assert "comble le plus de manque" in places[0]
    assert all("de ce que comble la première" in place for place in places[1:])
    assert all("habitant" in place and ("exerce" in place or "pharmacie" in place) for place in places)


def test_estimates_are_said_once_a_row_of_figures(
    client: Client, coordinator: Person, fictional_country: api.Atlas
) -> None:
    client.force_login(coordinator)
    valley = api.create_demonstration_territory(by=None)
    page = client.get(reverse("territory:access", args=[valley.slug])).content.decode()
    rows = page.split('<div class="figures">')[1:]
    assert rows
    assert '<span class="tag estimate">estimations</span>' in rows[0]
    assert '<span class="tag estimate">estimation</span>' not in rows[0]
