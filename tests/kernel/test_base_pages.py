"""The answers that every context's pages are made with."""

import gzip
import json

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from maillage.kernel.models import Person, Scope
from maillage.kernel.pages import presenters
from maillage.kernel.pages.base import Endpoint, csv_response, geojson_response, json_response
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import all_rules
from maillage.kernel.tables import Column, Row, Table

ask = RequestFactory().get
SMALL = {"type": "FeatureCollection", "features": []}


def asked_by(person: object, **headers: str) -> HttpRequest:
    request = ask("/", headers=headers)
    request.user = person
    return request


class Greeting(Endpoint):
    permission = Permission.VIEW_DIAGNOSIS
    where: Scope | None = None

    def get_scope(self) -> Scope | None:
        return self.where

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"Bonjour {self.person}")


def test_a_page_is_served_to_those_who_may(nurse: Person, scope: Scope, other_scope: Scope) -> None:
    assert Greeting.as_view(where=scope)(asked_by(nurse)).text == "Bonjour Inès"
    with pytest.raises(PermissionDenied):
        Greeting.as_view(where=other_scope)(asked_by(nurse))
    with pytest.raises(PermissionDenied):
        Greeting.as_view()(asked_by(AnonymousUser()))


def test_csv_is_what_a_french_spreadsheet_opens() -> None:
    table = Table("acces", "Accès", [Column("name", "Commune"), Column("apl", "APL", "number", decimals=2)],
                  [Row({"name": "Gueugnon", "apl": 2.85})])  # fmt: skip
    response = csv_response(table)
    assert response.content.decode() == "\ufeffCommune;APL\r\nGueugnon;2,85\r\n"
    assert response["Content-Disposition"] == 'attachment; filename="acces.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8"


def test_json_keeps_accents_and_refuses_nan() -> None:
    assert json_response({"é": [1, None]}).content.decode() == '{"é":[1,null]}'
    with pytest.raises(ValueError, match="JSON"):
        json_response({"apl": float("nan")})


def test_geojson_is_asked_about_by_version() -> None:
    first = geojson_response(ask("/"), lambda: SMALL, version="v1", seconds=60)
    assert json.loads(first.content) == SMALL
    assert first["Content-Type"] == "application/geo+json"
    assert set(first["Cache-Control"].split(", ")) == {"private", "max-age=60"}

    def never() -> bytes:
        raise AssertionError("built for a browser that holds it")

    again = geojson_response(ask("/", headers={"If-None-Match": first["ETag"]}), never, version="v1")
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    changed = geojson_response(
        ask("/", headers={"If-None-Match": first["ETag"]}), lambda: SMALL, version="v2"
    )
    assert changed.status_code == 200


def test_geojson_is_compressed_where_it_is_worth_it() -> None:
    body = json.dumps({**SMALL, "name": "x" * 5000}).encode()
    request = ask("/", headers={"Accept-Encoding": "gzip, br"})
    response = geojson_response(request, lambda: body, version="v1")
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == body
    assert "Content-Encoding" not in geojson_response(ask("/"), lambda: body, version="v1")
    assert "Content-Encoding" not in geojson_response(request, lambda: SMALL, version="v1")


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (2.5, "consultations", "2,5 consultations"),
        (65410, "", "65 410"),
        (True, "", "oui"),
        (None, "€", "à renseigner"),
        ([1, 0.3], "", "1 ; 0,3"),
        ({"A": 1}, "", "A : 1"),
        ("selon l’arrêté", "", "selon l’arrêté"),
    ],
)
def test_a_value_is_written_the_french_way(value: object, unit: str, written: str) -> None:
    from dataclasses import replace

    rule = replace(all_rules()[0], value=value, unit=unit)
    text = presenters.value(rule).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert text == written
