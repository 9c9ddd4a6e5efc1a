"""The pages about territories: list, three ways to draw one, perimeter, commune, data."""

import json

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person
from maillage.territory import api
from maillage.territory.models import Territory
from maillage.territory.rules.kinds import TerritoryKind
from tests.packs import PackCopy


@pytest.fixture
def visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture
def reader(patient: Person) -> Client:
    client = Client()
    client.force_login(patient)
    return client


@pytest.fixture
def valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


def _text(client: Client, name: str, *arguments: str, query: str = "") -> str:
    answer = client.get(reverse(f"territory:{name}", args=arguments) + query)
    assert answer.status_code == 200
    return answer.content.decode()


FORM = {"name": "Mon secteur", "kind": "libre", "parent": "", "step": "save"}


def test_the_list_names_each_territory_with_its_people(visitor: Client, valley: Territory) -> None:
    page = _text(visitor, "index")
    assert "Val-de-Brume" in page
    assert reverse("territory:create") in page
    csv = _text(visitor, "index_csv")
    assert "Val-de-Brume;CPTS;60;" in csv


def test_without_data_the_list_says_what_to_do(visitor: Client) -> None:
    assert "maillage data import" in _text(visitor, "index")
    assert reverse("territory:packs") in _text(visitor, "data")


def test_without_data_who_may_not_prepare_any_is_told_how_it_is_done(reader: Client) -> None:
    page = _text(reader, "data")
    assert "maillage data check" in page
    assert reverse("territory:packs") not in page


def test_a_reader_is_not_offered_to_create(reader: Client, valley: Territory) -> None:
    assert reverse("territory:create") not in _text(reader, "index")
    assert reader.get(reverse("territory:create")).status_code == 403
    assert reader.post(reverse("territory:change", args=[valley.slug]), {}).status_code == 403


def test_a_pasted_list_makes_a_territory(visitor: Client, fictional_country: api.Atlas) -> None:
    answer = visitor.post(
        reverse("territory:create"), {**FORM, "codes": "code;nom\n00001;A\n00002;B\n00002;B"}, follow=True
    )
    territory = Territory.objects.get()
    assert answer.redirect_chain == [(reverse("territory:perimeter", args=["mon-secteur"]), 302)]
    assert api.member_codes(territory) == ["00001", "00002"]
    page = answer.content.decode()
    assert "est créé" in page
    assert "Ligne 4 : 00002 était déjà dans la liste" in page


def test_wrong_lines_are_told_one_by_one(visitor: Client, fictional_country: api.Atlas) -> None:
    page = visitor.post(reverse("territory:create"), {**FORM, "codes": "00001\nzz\n71230"}).content.decode()
    assert "Ligne 2 : « zz » n’est pas un code INSEE" in page
    assert "Ligne 3 : la commune 71230 n’existe pas dans les données" in page
    assert not Territory.objects.exists()


def test_many_wrong_lines_are_counted(visitor: Client, fictional_country: api.Atlas) -> None:
    codes = "\n".join(f"9{number:04d}" for number in range(20))
    page = visitor.post(reverse("territory:create"), {**FORM, "codes": codes}).content.decode()
    assert "Et 8 autres lignes." in page


def test_a_group_is_found_then_added_to_what_was_written(
    visitor: Client, fictional_country: api.Atlas
) -> None:
    url = reverse("territory:create")
    page = visitor.post(
        url, {**FORM, "step": "find", "group": "haut aubre", "codes": "00001"}
    ).content.decode()
    assert 'value="add:epci:000000003"' in page
    assert "Mon secteur" in page
    page = visitor.post(url, {**FORM, "step": "add:epci:000000003", "codes": "00001\nzz"}).content.decode()
    assert "19 communes reconnues" in page
    assert "zz" in page
    assert visitor.post(url, {**FORM, "step": "add:nothing:1", "codes": ""}).status_code == 200


def test_the_map_of_a_departement_fills_the_same_list(visitor: Client, fictional_country: api.Atlas) -> None:
    page = visitor.post(
        reverse("territory:create"), {**FORM, "step": "map", "departement": "00"}
    ).content.decode()
    assert 'data-pick="id_codes"' in page
    assert "departement=00" in page
    answer = visitor.get(reverse("territory:department_map") + "?departement=00")
    features = json.loads(answer.content)["features"]
    assert len(features) == 96
    assert set(features[0]["properties"]) == {"code", "name", "population", "inside", "url"}


def test_an_error_of_the_action_is_shown(visitor: Client, fictional_country: api.Atlas) -> None:
    page = visitor.post(
        reverse("territory:create"), {**FORM, "name": "!!!", "codes": "00001"}
    ).content.decode()
    assert "Donnez un nom au territoire" in page


def test_a_perimeter_is_changed_with_a_reason(visitor: Client, valley: Territory) -> None:
    url = reverse("territory:change", args=[valley.slug])
    assert "00001" in visitor.get(url).content.decode()
    data = {"name": "Val-de-Brume", "note": "", "codes": "00001 00002", "reason": "essai", "step": "save"}
    page = visitor.post(url, data, follow=True).content.decode()
    assert "Le territoire est à jour" in page
    assert api.member_codes(valley) == ["00001", "00002"]
    assert "Ligne 1" in visitor.post(url, {**data, "codes": "zz"}).content.decode()
    assert "Donnez un nom" in visitor.post(url, {**data, "name": "!"}).content.decode()
    assert visitor.post(url, {**data, "step": "map", "departement": "00"}).status_code == 200


def test_the_perimeter_page_says_it_is_constructed_and_shows_overlaps(
    visitor: Client, valley: Territory
) -> None:
    api.create_territory(
        by=None, kind=TerritoryKind.FREE, name="À cheval", codes=["00001", "00012"], parent=valley
    )
    page = _text(visitor, "perimeter", valley.slug)
    assert "Territoire fictif, engendré par le programme" in page
    assert "À cheval" in page
    assert "1 autre territoire" in page
    csv = _text(visitor, "perimeter_csv", valley.slug)
    assert csv.splitlines()[0].lstrip("\ufeff").startswith("code;Commune;")
    assert valley.name in _text(visitor, "perimeter", "a-cheval")


def test_a_commune_gone_from_the_data_is_told(
    visitor: Client, valley: Territory, pack_copy: PackCopy
) -> None:
    from tests.territory.test_packs_import import _drop_last_commune

    api.create_territory(by=None, kind=TerritoryKind.FREE, name="Bord", codes=["00095", "00096"])
    _drop_last_commune(pack_copy)
    api.import_pack(by=None, folder=pack_copy.folder)
    assert "1 commune de ce périmètre n’est plus dans les données (00096)" in _text(
        visitor, "perimeter", "bord"
    )
    assert "n’est plus dans les données en usage" in _text(visitor, "commune", "00096")


def test_outlines_are_light_tagged_and_kept_by_the_browser(visitor: Client, valley: Territory) -> None:
    url = reverse("territory:contours", args=[valley.slug])
    answer = visitor.get(url)
    features = json.loads(answer.content)["features"]
    assert sum(feature["properties"]["inside"] for feature in features) == 60
    assert len(features) == 96
    assert visitor.get(url, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304
    alone = visitor.get(url + "?autour=0")
    assert len(json.loads(alone.content)["features"]) == 60
    assert alone["ETag"] != answer["ETag"]


def test_the_address_of_a_territory_leads_to_its_portrait(visitor: Client, valley: Territory) -> None:
    answer = visitor.get(reverse("territory:show", args=[valley.slug]))
    assert answer["Location"] == reverse("territory:portrait", args=[valley.slug])
    assert visitor.get(reverse("territory:show", args=["nulle-part"])).status_code == 404


def test_without_data_a_map_is_not_found(visitor: Client) -> None:
    assert visitor.get(reverse("territory:department_map")).status_code == 404


def test_a_commune_has_its_page(visitor: Client, valley: Territory) -> None:
    brumeval = api.search_communes("brumeval")[0]
    page = _text(visitor, "commune", brumeval.code)
    assert "11\u202f840" in page
    assert "Val-de-Brume" in page
    assert "Densité" in page
    assert visitor.get(reverse("territory:commune", args=["99999"])).status_code == 404


def test_communes_are_suggested(visitor: Client, fictional_country: api.Atlas) -> None:
    answer = visitor.get(reverse("territory:commune_suggestions") + "?q=brumev")
    brumeval = api.search_communes("brumeval")[0]
    assert answer.json() == [
        {"value": brumeval.code, "label": "Brumeval", "detail": f"Pays de Brume (fictif) · {brumeval.code}"}
    ]


def test_the_data_page_tells_completeness_and_the_last_import(
    visitor: Client, reader: Client, valley: Territory, pack_copy: PackCopy
) -> None:
    page = _text(visitor, "data")
    assert "sans médecin traitant, 16 ans et plus" in page
    assert "Premier import" in page
    pack_copy.cell("communes", 5, "pop_municipale", 9_999)
    pack_copy.topology(lambda topology: topology["objects"]["communes"]["geometries"].pop())
    api.import_pack(by=None, folder=pack_copy.folder)
    page = _text(visitor, "data")
    assert "population municipale" in page
    assert "00005 :" in page
    assert "n’ont pas de contour" in page or "Remarques" in page
    assert "Dernier import" not in _text(reader, "data")
    assert "Part" not in _text(visitor, "variables_csv").splitlines()[0]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("index", "Create a territory"),
        ("create", "Create a territory"),
        ("data", "without a médecin traitant, 16 and over"),
    ],
)
def test_pages_speak_english(visitor: Client, valley: Territory, name: str, words: str) -> None:
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = visitor.get(reverse(f"territory:{name}"))
    assert words in answer.content.decode()
