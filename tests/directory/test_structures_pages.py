"""The directory's pages: list and map by territory and type, search, one structure."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory import api
from maillage.directory.models import Structure
from maillage.kernel.models import Person
from maillage.territory import api as territory

LIST = "directory:structures"


@pytest.fixture
def visitor(client: Client, patient: Person) -> Client:
    client.force_login(patient)
    return client


@pytest.fixture
def valley(db: None, fictional_pack: Path) -> territory.Territory:
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[api.structure_loader])
    return territory.create_demonstration_territory(by=None)


def _page(client: Client, query: str = "", name: str = LIST) -> str:
    answer = client.get(f"{reverse(name)}?{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_question_the_page_asks_for_one(visitor: Client, valley: territory.Territory) -> None:
    page = _page(visitor, "territory=")
    assert "Choisissez un territoire" in page
    assert "Val-de-Brume" in page


def test_a_territory_shows_its_structures_and_where_they_are(
    visitor: Client, valley: territory.Territory
) -> None:
    page = _page(visitor, "territory=val-de-brume")
    assert "CENTRE HOSPITALIER DE BRUMEVAL" in page
    assert "au centre de la commune" in page
    assert "<maillage-map" in page
    ehpad = _page(visitor, "territory=val-de-brume&type=ehpad&type=nothing")
    assert "EHPAD LES AULNES" in ehpad
    assert "CENTRE HOSPITALIER" not in ehpad


def test_text_and_commune_narrow_the_list(visitor: Client, valley: territory.Territory) -> None:
    brumeval = territory.search_communes("brumeval")[0]
    assert "CENTRE HOSPITALIER DE BRUMEVAL" in _page(
        visitor, "q=brumeval&type=hopital&territory=val-de-brume"
    )
    assert "CENTRE HOSPITALIER DE BRUMEVAL" in _page(visitor, f"commune={brumeval.code}")
    assert "Aucune structure" in _page(visitor, "q=introuvable")
    assert "Aucune structure" in _page(visitor, "q=brumeval&type=ehpad&commune=00001")


def test_the_list_is_a_file_too(visitor: Client, valley: territory.Territory) -> None:
    csv = _page(visitor, "territory=val-de-brume&type=urgences", "directory:structures_csv")
    assert csv.lstrip("\ufeff").startswith("code;Structure;Type;Commune")
    assert "Urgences" in csv


def test_points_say_when_they_stand_for_a_commune(visitor: Client, valley: territory.Territory) -> None:
    url = reverse("directory:structures_geojson")
    answer = visitor.get(f"{url}?territory=val-de-brume")
    points = {feature["properties"]["type"]: feature["properties"] for feature in answer.json()["features"]}
    assert points["pharmacie"]["centre"] is True
    assert points["hopital"]["centre"] is False
    assert "centre de la commune" in points["pharmacie"]["detail"]
    assert visitor.get(f"{url}?territory=val-de-brume", HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_points_of_a_box(visitor: Client, valley: territory.Territory) -> None:
    hospital = Structure.objects.filter(kind="hopital").first()
    assert hospital is not None
    box = f"{hospital.lon - 0.01},{hospital.lat - 0.01},{hospital.lon + 0.01},{hospital.lat + 0.01}"
    features = visitor.get(f"{reverse('directory:structures_geojson')}?bbox={box}").json()["features"]
    assert hospital.pk in {feature["id"] for feature in features}
    assert len(features) < Structure.objects.count()


@pytest.mark.parametrize("query", ["territory=nulle-part", "commune=99999", "bbox=1,2,3", "bbox=a,b,c,d"])
def test_an_unknown_place_is_not_found(visitor: Client, valley: territory.Territory, query: str) -> None:
    assert visitor.get(f"{reverse(LIST)}?{query}").status_code == 404


@pytest.mark.parametrize("kind", ["hopital", "ehpad", "pharmacie"])
def test_a_structure_has_its_page(visitor: Client, valley: territory.Territory, kind: str) -> None:
    one = Structure.objects.filter(kind=kind, commune__territories=valley).first()
    assert one is not None
    answer = visitor.get(reverse("directory:structure", args=[one.pk]))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert one.title in page
    assert "Val-de-Brume" in page
    assert "Données fictives" in page


def test_a_structure_says_who_brought_it_and_is_drawn_in_its_departement(
    visitor: Client, valley: territory.Territory
) -> None:
    one = Structure.objects.filter(kind="hopital", commune__territories=valley).first()
    assert one is not None
    assert one.commune is not None
    Structure.objects.filter(pk=one.pk).update(origin="import", source="FINESS")
    territory.Territory.objects.get(pk=valley.pk).members.all().delete()
    page = visitor.get(reverse("directory:structure", args=[one.pk])).content.decode()
    assert "Source : FINESS" in page.replace("\xa0", " ")
    assert f"departement={one.commune.departement}" in page


def test_a_structure_gone_or_without_commune_is_told(visitor: Client, valley: territory.Territory) -> None:
    Structure.objects.filter(kind="hopital").update(is_active=False, commune=None)
    one = Structure.objects.filter(kind="hopital").first()
    assert one is not None
    page = visitor.get(reverse("directory:structure", args=[one.pk])).content.decode()
    assert "n’est plus dans les données" in page
    assert visitor.get(reverse("directory:structure", args=["rien"])).status_code == 404
