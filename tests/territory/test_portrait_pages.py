"""The portrait, supply and needs pages: what is read on them, their files, their cost in queries."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from maillage.kernel.models import Person, Scope
from maillage.territory import api
from maillage.territory.models import Territory
from maillage.territory.rules.kinds import TerritoryKind
from tests.packs import PackCopy

PAGES = ("portrait", "supply", "needs")
TABLES = {
    "portrait": ("communes", "intercommunalites", "ages", "population"),
    "supply": ("communes", "professionnels", "structures", "communes-depourvues"),
    "needs": ("communes", "semblables", "profil"),
}


@pytest.fixture(name="visitor")
def _visitor(client: Client, coordinator: Person) -> Client:
    client.force_login(coordinator)
    return client


@pytest.fixture(name="valley")
def _valley(fictional_country: api.Atlas) -> Territory:
    return api.create_demonstration_territory(by=None)


def page(client: Client, name: str, slug: str, query: str = "", status: int = 200) -> str:
    answer = client.get(reverse(f"territory:{name}", args=[slug]) + query)
    assert answer.status_code == status
    return answer.content.decode()


def rows_of(client: Client, name: str, slug: str, table: str, query: str = "") -> list[dict[str, str]]:
    answer = client.get(reverse(f"territory:{name}_csv", args=[slug, table]) + query)
    assert answer.status_code == 200
    assert f"{slug}-" in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("name", PAGES)
def test_each_page_says_a_finding_its_sources_and_what_it_compares_with(
    visitor: Client, valley: Territory, name: str
) -> None:
    text = page(visitor, name, valley.slug)
    assert valley.note[1:] in text, "the perimeter notice"
    assert 'class="finding"' in text
    assert "Comparé à" in text
    assert "France" in text
    assert "source-note" in text
    assert 'aria-current="page">' in text


@pytest.mark.parametrize("name", PAGES)
def test_every_table_is_a_csv_with_one_line_a_row(visitor: Client, valley: Territory, name: str) -> None:
    for table in TABLES[name]:
        assert rows_of(visitor, name, valley.slug, table), table
    assert len(rows_of(visitor, name, valley.slug, "communes")) == 60
    assert visitor.get(reverse(f"territory:{name}_csv", args=[valley.slug, "inconnue"])).status_code == 404


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [("portrait", "?variable=ald", "ald"), ("supply", "?variable=nurse", "nurse"), ("needs", "", "index")],
)
def test_every_map_is_a_geojson_of_the_territory_and_around(
    visitor: Client, valley: Territory, name: str, query: str, field: str
) -> None:
    answer = visitor.get(reverse(f"territory:{name}_map", args=[valley.slug]) + query)
    collection = json.loads(answer.content)
    assert answer["Content-Type"] == "application/geo+json"
    inside = [one["properties"] for one in collection["features"] if one["properties"]["inside"]]
    assert len(inside) == 60
    assert all(field in one and one["name"] for one in inside)


def test_secrecy_is_the_same_on_screen_in_the_csv_and_on_the_map(
    visitor: Client, pack_copy: PackCopy
) -> None:
    count = pl.col("sans_mt_16p")
    pack_copy.table(
        "fragilites_commune",
        lambda table: table.with_columns(pl.when(count < 40).then(5).otherwise(count).alias("sans_mt_16p")),
    )
    api.import_pack(by=None, folder=pack_copy.folder)
    valley, atlas = api.create_demonstration_territory(by=None), api.current_atlas()
    counts = atlas.column("fragilites_commune.sans_mt_16p")
    members = set(api.member_codes(valley))
    small = {str(code) for code in atlas.codes[counts < 11]} & members
    lines = rows_of(visitor, "portrait", valley.slug, "communes")
    hidden = {line["code"] for line in lines if line["Sans médecin traitant, 16 ans et plus"] == "s"}
    assert hidden
    assert small <= hidden
    query = "?variable=no_referring_doctor"
    answer = visitor.get(reverse("territory:portrait_map", args=[valley.slug]) + query)
    features = {
        one["properties"]["code"]: one["properties"] for one in json.loads(answer.content)["features"]
    }
    assert all(features[code]["no_referring_doctor"] is None for code in hidden)
    assert all(features[code]["suppressed"] for code in hidden)
    assert page(visitor, "portrait", valley.slug, query).count('class="secret"') >= 2 * len(hidden)


def test_the_variable_of_the_map_is_chosen_in_the_address(visitor: Client, valley: Territory) -> None:
    text = page(visitor, "portrait", valley.slug, "?variable=c2s")
    assert 'data-field="c2s"' in text
    assert 'data-field="share_65p"' in page(visitor, "portrait", valley.slug, "?variable=inconnue")


def test_weights_move_the_ranking_and_stay_in_the_address(visitor: Client, valley: Territory) -> None:
    proposed = [line["code"] for line in rows_of(visitor, "needs", valley.slug, "communes")]
    others = "&".join(
        f"poids-{key}=0" for key in ("ald", "no_referring_doctor", "no_gp_visit", "c2s", "income", "access")
    )
    query = f"?poids-share_65p=4&{others}"
    moved = rows_of(visitor, "needs", valley.slug, "communes", query)
    assert [line["code"] for line in moved] != proposed
    ages = {line["code"]: line for line in rows_of(visitor, "portrait", valley.slug, "communes")}
    shares = [float(ages[line["code"]]["65 ans et plus"].replace(",", ".")) for line in moved]
    assert shares[0] == max(shares)
    text = page(visitor, "needs", valley.slug, query)
    assert "poids-share_65p=4" in text, "the files keep the weights"
    assert 'value="4"' in text


@pytest.mark.parametrize("value", ["-1", "beaucoup", "11", "nan"])
def test_a_weight_that_means_nothing_is_said_beside_its_field(
    visitor: Client, valley: Territory, value: str
) -> None:
    text = page(visitor, "needs", valley.slug, f"?poids-ald={value}")
    assert "error-summary" in text
    assert rows_of(visitor, "needs", valley.slug, "communes", f"?poids-ald={value}")


def test_all_weights_at_zero_are_refused_in_plain_words(visitor: Client, valley: Territory) -> None:
    keys = ("share_65p", "ald", "no_referring_doctor", "no_gp_visit", "c2s", "income", "poverty", "access")
    text = page(visitor, "needs", valley.slug, "?" + "&".join(f"poids-{key}=0" for key in keys))
    assert "rien ne se classe" in text


@pytest.mark.parametrize("name", PAGES)
def test_a_territory_of_one_commune(visitor: Client, valley: Territory, name: str) -> None:
    code = str(api.current_atlas().codes[0])
    alone = api.create_territory(by=None, kind=TerritoryKind.FREE, name="Une seule", codes=[code])
    assert "1 commune" in page(visitor, name, alone.slug)


@pytest.mark.parametrize("name", PAGES)
def test_a_territory_without_a_commune_says_what_to_do(
    visitor: Client, fictional_country: api.Atlas, name: str
) -> None:
    scope = Scope.objects.create(kind="territory", label="Vide")
    Territory.objects.create(kind="libre", name="Vide", slug="vide", scope=scope)
    text = page(visitor, name, "vide")
    assert "aucune commune" in text


@pytest.mark.parametrize("name", PAGES)
def test_without_data_the_page_says_how_to_import(visitor: Client, db: None, name: str) -> None:
    scope = Scope.objects.create(kind="territory", label="Vide")
    Territory.objects.create(kind="libre", name="Vide", slug="vide", scope=scope)
    assert "maillage data import" in page(visitor, name, "vide")


def test_a_commune_without_data_is_left_blank(visitor: Client, pack_copy: PackCopy) -> None:
    pack_copy.table("fragilites_commune", lambda table: table.slice(0, table.height - 1))
    api.import_pack(by=None, folder=pack_copy.folder)
    atlas = api.current_atlas()
    blank = atlas.codes[~(atlas.column("fragilites_commune.rg_pop") >= 0)]
    lonely = api.create_territory(by=None, kind=TerritoryKind.FREE, name="Muette", codes=[str(blank[0])])
    assert "non connu" in page(visitor, "portrait", lonely.slug)


def test_who_may_read(valley: Territory, client: Client) -> None:
    url = reverse("territory:portrait", args=[valley.slug])
    assert client.get(url).status_code == 302
    client.force_login(Person.objects.create_user("sans@exemple.fr"))
    assert client.get(url).status_code == 403
    assert client.get(reverse("territory:portrait", args=["inconnu"])).status_code == 404


@pytest.mark.pack
@pytest.mark.django_db
def test_the_charolais_brionnais_as_it_is(visitor: Client, national_pack: Any) -> None:
    api.import_pack(by=None, folder=national_pack)
    slug = api.create_demonstration_territory(by=None).slug
    text = page(visitor, "portrait", slug)
    assert "65\u202f410 habitants, 2,9\u00a0% de moins qu’en 2012" in text
    for label in ("Saône-et-Loire", "Allier", "Bourgogne-Franche-Comté", "Auvergne-Rhône-Alpes"):
        assert label in text
    supply = page(visitor, "supply", slug)
    assert "37 généralistes libéraux" in supply
    assert "15 ont 60 ans ou plus" in supply
    codes = {line["code"] for line in rows_of(visitor, "needs", slug, "communes")}
    assert {"71275", "71176"} <= codes, "Marcigny and Digoin"
    assert not {"71270", "71076"} & codes, "Mâcon and Chalon-sur-Saône"
