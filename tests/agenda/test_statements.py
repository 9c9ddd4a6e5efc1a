"""What a booking asks the database, statement by statement: a new one is seen, and so is one read twice.

After a change that is meant: `pytest tests/agenda/test_statements.py --snapshot-update`, and a reason in the
commit.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from syrupy.assertion import SnapshotAssertion

from maillage.agenda import api
from maillage.agenda.actions import booking
from maillage.agenda.models import Appointment, Slot
from maillage.agenda.queries.message_values import patient_message
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import Open
from tests.factories import make_patient, make_person
from tests.statements import statements


def address(slot: Slot) -> str:
    return reverse("agenda:reserve", args=[slot.pk])


def test_a_booking_asks_the_database_no_more_than_this(
    client: Client, regulator: Person, slots: list[Slot], patient: Patient, snapshot: SnapshotAssertion
) -> None:
    client.force_login(regulator)
    client.post(address(slots[0]), {"patient": patient.pk, "key": "a"})
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(address(slots[1]), {"patient": patient.pk, "key": "b"})
    assert answer.status_code == 302
    assert statements(captured) == snapshot


def test_many_bookings_ask_as_much_as_one(
    regulator: Person, slots: list[Slot], place: Territory, snapshot: SnapshotAssertion
) -> None:
    """Of different people for different patients: what differs is read and written together."""
    others = [make_person(f"lea{number}.ronce", Role.REGULATOR, place.scope) for number in range(2)]
    people = [regulator, *others]
    wishes = [
        booking._Wish(by, slot.pk, make_patient(f"Orme {slot.pk}", place), f"k{slot.pk}")
        for by, slot in zip(people, slots, strict=False)
    ]
    with CaptureQueriesContext(connection) as captured:
        made = booking._all_at_once(wishes)
    assert [one.slot for one in made] == slots[:3]
    assert statements(captured) == snapshot


def test_what_is_just_made_is_told_of_without_asking_again(
    regulator: Person, slots: list[Slot], patient: Patient
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    again = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    assert (made.is_just_made, again.is_just_made) == (True, False)
    with CaptureQueriesContext(connection) as captured:
        told = patient_message(made)
    assert statements(captured) == []
    assert patient_message(again) == told
    assert patient_message(Appointment.objects.keyed(made.pk).get()) == told


@pytest.mark.parametrize("key", [0, 2**70])
def test_a_slot_that_is_not_there_is_not_found(
    client: Client, regulator: Person, patient: Patient, key: int
) -> None:
    client.force_login(regulator)
    answer = client.post(address(Slot(pk=key)), {"patient": patient.pk, "key": "a"})
    assert answer.status_code == 404


def test_a_slot_that_is_not_shown_is_refused_before_anything_is_said_of_it(
    client: Client, open_slots: Open, regulator: Person, patient: Patient
) -> None:
    (hidden, *_others) = open_slots(api.Visibility.PRIVATE)
    client.force_login(regulator)
    answer = client.post(address(hidden), {"patient": patient.pk, "key": "a"})
    assert answer.status_code == 403
    assert not Appointment.objects.of_slot(hidden.pk).exists()
