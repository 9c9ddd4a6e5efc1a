"""A key is of whoever used it: the desk, its senders and the agenda never answer one with another's write."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.urls import reverse

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.writes import made_before
from maillage.orientation import api
from maillage.orientation.models import Decision, Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import NOW, Call, refused

KEY = "0b7e9a"


def test_two_regulators_open_two_requests_with_one_key(
    regulator: Person, colleague: Person, place: Territory
) -> None:
    asked = {"scope": place.scope, "origin": api.Origin.SAMU, "key": KEY}
    mine = api.open_request(by=regulator, values={"caller_name": "Saule"}, **asked)
    theirs = api.open_request(by=colleague, values={}, **asked)
    assert theirs != mine
    assert (theirs.owner, theirs.caller_name) == (colleague, "")
    assert api.open_request(by=regulator, values={}, **asked) == mine
    assert api.open_request(by=colleague, values={}, **asked) == theirs


def test_a_form_with_the_key_of_somebody_else_sends_what_it_says(
    client: Client, regulator: Person, place: Territory, village: Commune
) -> None:
    api.open_request(by=regulator, scope=place.scope, origin=api.Origin.SAMU, key=KEY, values={})
    nurse = make_person("ines.capucine", Role.NURSE, place.scope)
    client.force_login(nurse)
    sent = {
        "key": KEY, "scope": place.scope.pk, "motive": "M03.21", "complaint": "Tousse depuis hier.",
        "last_name": "Orme", "first_name": "Jean", "birth_date": "1951-05-04", "commune": "71001",
        "place": "Domicile", "caller_phone": "03 39 98 00 21", "caller_name": "Inès Capucine",
    }  # fmt: skip
    answer = client.post(reverse("orientation:ask"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Request.objects.in_scope(place.scope).filter(key=KEY)
    assert {one.opened_by for one in made} == {regulator, nurse}


def test_each_decides_with_their_own_key(
    call: Call, regulator: Person, colleague: Person, doctor: Professional
) -> None:
    sent = {"professional": doctor, "key": KEY}
    mine = api.send_outside_slot(by=regulator, request=call(), **sent)
    theirs = api.send_outside_slot(by=colleague, request=call(by=colleague), **sent)
    assert theirs != mine
    assert theirs.by == colleague
    refused(api.Refusal.KEY_USED, api.send_outside_slot, by=regulator, request=call(), **sent)


def test_an_hour_said_again_by_somebody_else_is_their_own(
    call: Call, regulator: Person, colleague: Person, doctor: Professional
) -> None:
    request = call()
    hours = [NOW + timedelta(hours=hour) for hour in (2, 3)]
    api.send_outside_slot(by=regulator, request=request, professional=doctor, key="k", at=hours[0])
    said = {"request": request, "key": KEY}
    api.agree_on_hour(by=regulator, at=hours[1], **said)
    api.agree_on_hour(by=regulator, at=hours[0], **said)
    assert api.agree_on_hour(by=regulator, at=hours[1], **said).agreed_at == hours[0]
    api.take(by=colleague, request=request, reason="Relève")
    assert api.agree_on_hour(by=colleague, at=hours[1], **said).agreed_at == hours[1]


BEFORE = [("agenda", "0008_scopes_take_the_time_zone"), ("orientation", "0015_signatures_asked")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    """Bring the test database to some migrations; return the models as they are there."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


@pytest.mark.no_cover  # every migration, there and back: nothing of the program but models of then
@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_keeps_its_key_and_frees_it_for_others(
    call: Call, regulator: Person, colleague: Person, doctor: Professional, patient: Patient, place: Territory
) -> None:  # fmt: skip
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    slots = list(agenda.Slot.objects.filter(agenda__professional=doctor).order_by("starts_at"))
    opened = {"scope": place.scope, "origin": api.Origin.SAMU, "key": KEY, "values": {}}
    first = api.open_request(by=regulator, **opened)
    request = call()
    decision = api.send_outside_slot(by=regulator, request=request, professional=doctor, key=KEY)
    booked = agenda.book(by=regulator, slot=slots[0], patient=patient, key=KEY)
    agenda.change_state(by=regulator, appointment=booked, state=agenda.State.CANCELLED, key=KEY)
    try:
        before = migrate(BEFORE)
        for app, model in (("orientation", "Request"), ("orientation", "Decision"), ("agenda", "Appointment"),
                           ("agenda", "StateChange")):  # fmt: skip
            assert before.get_model(app, model)._base_manager.filter(key=KEY).count() == 1
    finally:
        migrate(latest)
    assert made_before(Decision, by=regulator, key=KEY) == decision
    assert agenda.book(by=regulator, slot=slots[0], patient=patient, key=KEY) == booked
    other = make_patient("Orme", place)
    assert agenda.book(by=colleague, slot=slots[1], patient=other, key=KEY).patient == other
    assert api.open_request(by=regulator, **opened) == first
    assert api.open_request(by=colleague, **opened) != first
