"""The catalogue and the card on live rows: who reads what, what is published, what changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from maillage.directory.api import Professional
from maillage.indicators import api
from maillage.indicators.actions.published import publish_value
from maillage.indicators.contributions import moved
from maillage.indicators.models import PublishedValue
from maillage.indicators.rules.periods import Period
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.orientation.api import Origin, Priority, open_request
from maillage.orientation.models import Request
from maillage.people.models import AccessLogEntry, CareRestriction, RightsRequest
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import declare_doctor, make_patient, make_person, make_territory

NOW = datetime(2026, 3, 14, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))
YEAR = "2025-04_2026-03"
KEY = "referring_doctor"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def village(place: Territory, professional: Professional) -> Territory:
    """Thirty people of forty years and two children; eighteen of the first have a médecin traitant."""
    for number in range(32):
        born = date(2016 if number >= 30 else 1986, 1, 1)
        made = make_patient(f"Tilleul{number}", place, birth_date=born, sex="female")
        if number < 18:
            declare_doctor(made, professional)
    return place


def card(place: Territory, key: str = KEY) -> str:
    return f"/pilotage/indicateurs/{place.slug}/{key}/"


def say(person: Person, address: str) -> str:
    return client_of(person).get(address).content.decode().replace("\xa0", " ").replace("\u202f", " ")


def calls(regulator: Person, place: Territory, count: int) -> list[Request]:
    """Requests called these last hours, decided 5, 6, 7… minutes after the call."""
    made = []
    for number in range(count):
        called = NOW - timedelta(hours=number + 1)
        request = open_request(
            by=regulator, scope=place.scope, origin=Origin.SINGLE_NUMBER, key=f"c{number}", values={},
            called_at=called,
        )  # fmt: skip
        Request.objects.keyed(request.pk).update(
            priority=Priority.P2.value, answered_at=called + timedelta(seconds=30),
            decided_at=called + timedelta(minutes=5 + number),
        )  # fmt: skip
        made.append(request)
    return made


def test_the_catalogue_says_each_value_and_what_has_none(member: Person, village: Territory) -> None:
    page = say(member, f"/pilotage/indicateurs/{village.slug}/")
    assert "60,0 %" in page
    assert "18 sur 30" in page
    assert "Aucun fichier importé." in page
    assert "Aucune ligne dans cette période" in page


def test_the_only_territory_opens_at_once(member: Person, village: Territory) -> None:
    answer = client_of(member).get("/pilotage/indicateurs/")
    assert answer["Location"] == f"/pilotage/indicateurs/{village.slug}/"
    make_territory()
    administrator = make_person("agnes.muguet", Role.ANALYST, None)
    assert village.name in say(administrator, "/pilotage/indicateurs/")


def test_the_card_gives_the_figure_its_interval_and_its_definition(
    analyst: Person, village: Territory
) -> None:
    page = say(analyst, card(village))
    assert "60,0 % (intervalle à 95 % : 42,3 % à 75,4 %), 18 sur 30." in page
    assert "celles dont un médecin traitant est connu" in page
    assert "ce n’est pas la part des assurés" in page


def test_each_reads_their_own_territory_and_counts_alone_without_the_right(
    analyst: Person, member: Person, village: Territory
) -> None:
    elsewhere = make_person("paul.ailleurs", Role.ANALYST, make_territory("Indian/Reunion").scope)
    nurse = make_person("ines.capucine", Role.NURSE, village.scope)
    for address in (card(village), f"/pilotage/indicateurs/{village.slug}/", f"{card(village)}lignes/"):
        assert client_of(analyst).get(address).status_code == 200
        assert client_of(elsewhere).get(address).status_code == 404
        assert client_of(nurse).get(address).status_code == 403
    assert client_of(member).get(f"{card(village)}lignes/").status_code == 403
    assert client_of(member).post(f"{card(village)}publier/").status_code == 403
    for nothing in (
        card(village, "nothing"), f"{card(village)}?periode=demain",
        card(village, "avoidable_stays") + "lignes/", card(village, "avoidable_stays") + "mois.csv",
    ):  # fmt: skip
        assert client_of(analyst).get(nothing).status_code == 404
    assert client_of(analyst).get(card(village, "avoidable_stays")).status_code == 200


def test_a_few_people_are_shown_to_who_answers_for_the_rows_and_never_leave(
    analyst: Person, member: Person, regulator: Person, place: Territory
) -> None:
    calls(regulator, place, 4)
    address = card(place, "regulation_time")
    assert "Trop peu de personnes pour montrer ce chiffre." in say(member, address)
    assert "6,0 minutes" in say(analyst, address)
    assert "Très peu de personnes" in say(analyst, address)
    assert "s;s;s" in say(analyst, f"{address}mois.csv?periode={YEAR}")
    back = client_of(analyst).post(f"{address}publier/", {"key": "k"}, follow=True).content.decode()
    assert "trop peu de personnes" in back
    assert not PublishedValue.objects.in_scope(place.scope).exists()


def test_the_desk_is_measured_from_the_call_to_the_decision(
    analyst: Person, regulator: Person, place: Territory
) -> None:
    calls(regulator, place, 21)
    page = say(analyst, card(place, "regulation_time"))
    assert "15,0 minutes (intervalle" in page
    assert "Neuf fois sur dix, 23,0 minutes au plus." in page
    assert "100,0 %" in say(analyst, card(place, "answered_in_time"))


def test_a_published_value_is_kept_and_says_what_changed_since(
    analyst: Person, village: Territory, professional: Professional
) -> None:
    client = client_of(analyst)
    for _again in range(2):  # a double click
        client.post(f"{card(village)}publier/", {"key": "k", "note": "Rapport annuel", "periode": YEAR})
    kept = PublishedValue.objects.in_scope(village.scope).get()
    assert (kept.value, kept.numerator, kept.denominator, kept.note) == (0.6, 18, 30, "Rapport annuel")
    assert "inchangée" in say(analyst, card(village))
    declare_doctor(make_patient("Nouveau", village, birth_date=date(1980, 5, 5)), professional)
    page = say(analyst, card(village))
    assert (
        "La valeur a changé depuis le 14/03/2026 : 60,0 % publié, 61,3 % aujourd’hui ; 1 ligne de plus."
        in page
    )
    kept.refresh_from_db()
    assert kept.value == 0.6
    assert Entry.objects.filter(verb="indicators.value_published").count() == 1


def test_publishing_needs_the_right_a_value_and_its_own_key(
    analyst: Person, member: Person, village: Territory
) -> None:
    today = NOW.date()
    period = Period(2026 * 12, 3)
    found = api.result(api.INDICATORS[KEY], village.scope, period, today)
    nothing = api.result(api.INDICATORS["meeting_participation"], village.scope, period, today)
    with pytest.raises(PermissionDenied):
        publish_value(by=member, scope=village.scope, result=found, source="live", key="k")
    with pytest.raises(ValidationError, match="Aucune valeur"):
        publish_value(by=analyst, scope=village.scope, result=nothing, source="live", key="k")
    publish_value(by=analyst, scope=village.scope, result=found, source="live", key="k")
    other = api.result(api.INDICATORS[KEY], village.scope, period.before(), today)
    with pytest.raises(ValidationError, match="autre période"):
        publish_value(by=analyst, scope=village.scope, result=other, source="live", key="k")


def test_the_rows_name_nobody_but_those_one_may_open_and_reading_them_is_noted(
    analyst: Person, coordinator: Person, village: Territory
) -> None:
    from maillage.people.api import request_doctor

    page = say(analyst, f"{card(village)}lignes/")
    assert "32 lignes dans la période." in page
    assert "TILLEUL" not in page
    assert (page.count("au numérateur"), page.count("exclue")) == (18, 2)
    patient = make_patient("Orphelin", village, birth_date=date(1970, 1, 1))
    request_doctor(by=coordinator, patient=patient, criteria=[])
    page = say(coordinator, f"{card(village)}lignes/")
    assert "ORPHELIN" in page
    assert "TILLEUL" not in page
    assert AccessLogEntry.objects.in_scope(village.scope).filter(person=coordinator, what="list").count() == 1
    assert Entry.objects.filter(verb="indicators.rows_read").count() == 2


def test_who_limits_the_use_of_their_file_is_in_no_count(analyst: Person, village: Territory) -> None:
    from maillage.people.models import Patient

    one = Patient.objects.in_scope(village.scope).order_by("pk").first()
    assert one is not None
    demand = RightsRequest.objects.create(
        patient=one, right="restriction", means="oral", due_on=NOW.date(), by=analyst, key="r"
    )
    CareRestriction.objects.create(patient=one, request=demand, right="restriction", since=NOW)
    assert "17 sur 29" in say(analyst, card(village))


def test_what_moved_from_one_published_period_to_the_next_is_on_the_first_screen(
    analyst: Person, member: Person, village: Territory, professional: Professional
) -> None:
    assert moved(member) is None
    today = NOW.date()
    one = api.INDICATORS[KEY]
    first = api.result(one, village.scope, Period(2025 * 12 + 9, 3), today)
    publish_value(by=analyst, scope=village.scope, result=first, source="live", key="1")
    assert moved(member) is None
    for number in range(200):
        declare_doctor(make_patient(f"Venu{number}", village, birth_date=date(1980, 1, 1)), professional)
    second = api.result(one, village.scope, Period(2026 * 12, 3), today)
    publish_value(by=analyst, scope=village.scope, result=second, source="live", key="2")
    waiting = moved(member)
    assert waiting is not None
    assert waiting.said == "1 indicateur a bougé"
    assert [line.text for line in waiting.lines] == ["Personnes qui ont un médecin traitant"]
    assert "points" in waiting.lines[0].detail
