"""A desk overseas: what is read, typed, counted and told there follows its own wall clock."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel import outbox
from maillage.kernel.clock import zone_for
from maillage.kernel.models import Person
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.territory.api import Territory
from tests.factories import make_person, make_territory
from tests.orientation.conftest import Call

NBSP = "\N{NO-BREAK SPACE}"
ISLANDS = {
    "Indian/Reunion": 4,
    "America/Cayenne": -3,
    "Pacific/Marquesas": -9.5,
}


@pytest.fixture(params=ISLANDS)
def zone(request: pytest.FixtureRequest) -> ZoneInfo:
    return ZoneInfo(request.param)


@pytest.fixture
def place(db: None, zone: ZoneInfo) -> Territory:
    return make_territory(zone.key)


@pytest.fixture(autouse=True)
def afternoon(zone: ZoneInfo, clock: time_machine.Traveller) -> datetime:
    """It is 15:10 on Saturday on the island, whatever the hour in Paris."""
    now = datetime(2026, 3, 14, 15, 10, tzinfo=zone)
    clock.move_to(now)
    return now


@pytest.fixture
def desk(client: Client, regulator: Person) -> Client:
    client.force_login(regulator)
    return client


def shown(desk: Client, name: str, *args: object, **query: str) -> str:
    answer = desk.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_hours_of_slots_are_those_of_the_island(
    desk: Client, regulator: Person, call: Call, doctor: Professional
) -> None:
    request = call()
    api.propose(by=regulator, request=request)
    text = shown(desk, "orientation:request", request.pk)
    assert f"16{NBSP}h{NBSP}00" in text, "the first slot of the afternoon"
    assert "15:10" in text or f"15{NBSP}h{NBSP}10" in text, "the hour of the call"


def test_an_agreed_hour_is_that_of_the_island(
    desk: Client, regulator: Person, call: Call, doctor: Professional
) -> None:
    doctor.search_name = search_key(doctor.first_name, doctor.last_name)
    doctor.save()
    request = call()
    api.propose(by=regulator, request=request)
    sentences = {"15:05": "est passée", "15:15": "Orientation hors créneau notée"}
    for hour, sentence in sentences.items():
        sent = {"outside-who": "Hélène Aubépine", "outside-at": f"2026-03-14T{hour}", "key": f"k{hour}"}
        answer = desk.post(reverse("orientation:outside", args=[request.pk]), sent, follow=True)
        assert sentence in answer.content.decode()


def test_the_day_of_the_desk_begins_at_its_own_midnight(
    regulator: Person, call: Call, place: Territory, clock: time_machine.Traveller, zone: ZoneInfo
) -> None:
    for hour in (0, 23):
        clock.move_to(datetime(2026, 3, 13 + (hour == 0), hour, 30, tzinfo=zone))
        call()
    clock.move_to(datetime(2026, 3, 14, 1, 0, tzinfo=zone))
    assert api.today(by=regulator, scope=place.scope).received == 1


def test_a_message_says_the_hour_of_the_island_whoever_sends_it(
    regulator: Person,
    call: Call,
    doctor: Professional,
    clock: time_machine.Traveller,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    request = call()
    search = api.propose(by=regulator, request=request)
    best = search.proposals.in_scope(request.scope).order_by("pk").first()
    api.hold_and_book(by=regulator, proposal=best, key="k")
    clock.shift(timedelta(minutes=5))
    outbox.drain()
    texts = [json.loads(line)["text"] for line in settings.SMS_FILE.read_text().splitlines()]
    assert any("16 h 00" in text.replace(NBSP, " ") for text in texts), texts


def test_who_works_in_two_zones_reads_each_page_by_its_own(
    client: Client, regulator: Person, call: Call, doctor: Professional, zone: ZoneInfo
) -> None:
    elsewhere = make_territory("Europe/Paris")
    twofold = make_person("noe.lierre", Role.REGULATOR, elsewhere.scope)
    twofold.roles.create(role=Role.REGULATOR, scope=call().scope, starts_on="2026-01-01")
    client.force_login(twofold)
    request = call()
    assert zone_for(twofold).key == "Europe/Paris", "the installation's where zones differ"
    api.propose(by=regulator, request=request)
    assert f"16{NBSP}h{NBSP}00" in shown(client, "orientation:request", request.pk)


def test_the_agenda_and_its_forms_follow_the_island(
    client: Client, doctor: Professional, place: Territory, zone: ZoneInfo
) -> None:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    doctor.account = account
    doctor.save()
    diary = agenda.Agenda.objects.get(professional=doctor)
    assert diary.scope.zone == zone
    client.force_login(account)
    text = shown(client, "agenda:week", diary.pk)
    assert "16 h 00" in text.replace(NBSP, " ")
