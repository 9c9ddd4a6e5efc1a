"""Criteria on screen: kept in the form, said in plain words, given up in one gesture; the map of it all."""

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Request, Search
from maillage.orientation.pages import criteria
from maillage.territory.api import Commune
from tests.orientation.conftest import Call, Doctor

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def desk(client: Client, regulator: Person) -> Client:
    client.force_login(regulator)
    return client


def search(desk: Client, request: Request, **sent: object) -> str:
    address = reverse("orientation:search", args=[request.pk])
    answer = desk.post(
        address, {name.replace("_c_", "c-"): value for name, value in sent.items()}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def asked(request: Request) -> api.Criteria:
    return criteria.criteria_of(Search.objects.of_request(request).first())


def test_the_form_asks_for_everything_and_keeps_it(desk: Client, call: Call, doctor: Professional) -> None:
    request = call()
    sent = {
        "c-profession": "60", "c-place": "home", "c-max_travel": "25", "c-horizon_hours": "4",
        "c-language": "ar", "c-wheelchair": "on", "c-sector_one": "on",
    }  # fmt: skip
    text = search(desk, request, **sent)
    assert asked(request) == api.Criteria(
        max_travel=25.0, horizon_hours=4, profession="60", home_visit=True, wheelchair=True, language="ar",
        sector_one=True,
    )  # fmt: skip
    for words in ("infirmier, infirmière", f"à 25{NBSP}min au plus", f"dans les 4{NBSP}h", "à domicile",
                  "parle arabe", "accessible en fauteuil", "secteur 1"):  # fmt: skip
        assert words in text
    assert '<option value="25" selected>' in text
    assert 'name="c-wheelchair" id="id_c-wheelchair" checked' in text


def test_one_criterion_is_given_up_by_one_button(desk: Client, call: Call, doctor: Professional) -> None:
    request = call()
    search(desk, request, **{"c-max_travel": "10", "c-place": "remote", "c-wheelchair": "on"})
    search(
        desk, request, **{"c-max_travel": "10", "c-place": "remote", "c-wheelchair": "on", "without": "place"}
    )
    assert asked(request) == api.Criteria(max_travel=10.0, wheelchair=True)
    search(desk, request, **{"c-max_travel": "10", "c-wheelchair": "on", "without": "max_travel"})
    assert asked(request) == api.Criteria(wheelchair=True)
    search(desk, request, **{"c-wheelchair": "on", "without": "stored"})  # no criterion: nothing changes
    assert asked(request) == api.Criteria(wheelchair=True)


def test_no_result_says_what_would_widen_it(desk: Client, call: Call, doctor: Professional) -> None:
    request = call()
    text = search(desk, request, **{"c-max_travel": "10"})
    assert "Sans limite de trajet (1 de plus)" in text
    text = search(desk, request, **{"c-max_travel": "10", "widen": "too_far"})
    assert asked(request).max_travel == criteria.NO_TRAVEL_LIMIT
    assert "sans limite de trajet" in text
    assert "Réserver" in text


def test_a_language_that_nobody_speaks_is_given_up(desk: Client, call: Call, doctor: Professional) -> None:
    request = call()
    text = search(desk, request, **{"c-language": "fa"})
    assert "Dans n’importe quelle langue" in text
    text = search(desk, request, **{"c-language": "fa", "widen": "language"})
    assert asked(request).language == ""
    assert "Réserver" in text


def test_what_is_given_up_is_what_the_reason_names() -> None:
    given = api.Criteria(wheelchair=True, language="ar", sector_one=True, child=True)
    widen = [{"reason": reason, "people": 2} for reason in ("ability", "too_late", "age", "motive")]
    rows = {one.reason: one.words for one in criteria.wider(widen, given)}
    assert set(rows) == {"ability", "too_late", "age"}
    assert rows["ability"] == "Sans exiger\N{NO-BREAK SPACE}: fauteuil, secteur 1, langue (2 de plus)"
    assert rows["too_late"] == "Dans les 7 jours (2 de plus)"
    assert criteria.widened(given, "ability") == api.Criteria(child=True)
    assert criteria.widened(given, "too_late").horizon_hours == 168
    assert not criteria.widened(given, "age").child


def test_a_childs_age_is_asked_only_where_it_is_not_known(
    desk: Client, call: Call, doctor: Professional
) -> None:
    known, unknown = call(age_months=38), call(patient=None)
    assert "Reçoit les enfants" not in search(desk, known)
    text = search(desk, unknown, **{"c-child": "on"})
    assert "Reçoit les enfants" in text
    assert asked(unknown).child
    assert "reçoit les enfants" in text


def test_the_delay_decided_is_the_default_and_is_said(desk: Client, call: Call, doctor: Professional) -> None:
    assert "2 heures au plus" in search(desk, call(delay="2H"))


def test_a_value_that_is_no_choice_is_said_and_nothing_is_searched(desk: Client, call: Call) -> None:
    request = call()
    text = search(desk, request, **{"c-max_travel": "7"})
    assert f"Trajet{NBSP}: " in text
    assert not Search.objects.of_request(request).exists()


def test_criteria_given_by_another_door_stay_in_the_form(
    desk: Client, call: Call, regulator: Person, doctor: Professional
) -> None:
    request = call()
    api.propose(by=regulator, request=request, criteria=api.Criteria(max_travel=37.0, horizon_hours=6))
    text = desk.get(reverse("orientation:request", args=[request.pk])).content.decode()
    assert '<option value="37" selected>' in text
    assert '<option value="6" selected>' in text


def test_the_map_says_what_the_list_says_by_commune(
    desk: Client, call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, village: Commune,
    town: Commune,
) -> None:  # fmt: skip
    request = call()
    addresses = [reverse(f"orientation:map_{name}", args=[request.pk]) for name in ("places", "communes")]
    alone = desk.get(addresses[0]).json()["features"]
    assert [one["properties"]["type"] for one in alone] == ["person"]
    make_doctor("Bruyère", commune=village)
    search(desk, request)
    points = {one["properties"]["code"]: one for one in desk.get(addresses[0]).json()["features"]}
    assert points[village.code]["properties"]["type"] == "both"
    assert points[town.code]["properties"]["type"] == "place"
    assert points[town.code]["geometry"]["coordinates"] == [town.lon, town.lat]
    assert all(one["properties"]["centre"] for one in points.values())
    text = desk.get(addresses[0]).content.decode() + desk.get(addresses[1]).content.decode()
    assert "Tilleul" not in text  # nothing of the person but where they are
    assert desk.get(addresses[1]).json()["type"] == "FeatureCollection"
    assert 'id="desk-map"' in desk.get(reverse("orientation:request", args=[request.pk])).content.decode()


def test_without_a_commune_there_is_no_point(desk: Client, call: Call) -> None:
    request = call(commune=None)
    assert desk.get(reverse("orientation:map_places", args=[request.pk])).json()["features"] == []
    assert desk.get(reverse("orientation:map_communes", args=[request.pk])).status_code == 200
