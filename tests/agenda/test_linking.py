"""A booking lets its professional reach the patient, for what it needs and as long as it counts."""

from datetime import timedelta

import pytest
import time_machine

from maillage.agenda import api
from maillage.agenda.models import Slot
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.people.api import Part, Patient
from tests.agenda.conftest import NOW


def may_read(person: Person, patient: Patient, part: Part = Part.REACH) -> bool:
    outbox.drain()
    return people.decision(person, patient, part).is_allowed


@pytest.fixture
def booked(regulator: Person, slots: list[Slot], patient: Patient) -> api.Appointment:
    return api.book(by=regulator, slot=slots[0], patient=patient, key="a")


def test_whoever_is_expected_is_reached_and_no_more_of_their_file_is_read(
    booked: api.Appointment, doctor: Person, patient: Patient
) -> None:
    assert not people.decision(doctor, patient, Part.REACH).is_allowed, "not before the worker has come"
    assert may_read(doctor, patient)
    assert may_read(doctor, patient, Part.APPOINTMENTS)
    assert not may_read(doctor, patient, Part.HEALTH)


def test_a_cancellation_ends_it_at_once_and_taking_it_back_opens_it_again(
    booked: api.Appointment, regulator: Person, doctor: Person, patient: Patient
) -> None:
    outbox.drain()
    api.change_state(by=regulator, appointment=booked, state=api.State.CANCELLED, key="c")
    assert not may_read(doctor, patient)


def test_it_lasts_some_days_after_the_hour_whatever_was_said_of_it(
    booked: api.Appointment, doctor: Person, patient: Patient, clock: time_machine.Traveller
) -> None:
    outbox.drain()
    days = rule("people.circle.booking_days").value
    clock.move_to(NOW + timedelta(days=2))
    api.change_state(by=doctor, appointment=booked, state=api.State.HONOURED, key="h")
    clock.move_to(booked.slot.ends_at + timedelta(days=days, minutes=-1))
    assert may_read(doctor, patient)
    clock.move_to(booked.slot.ends_at + timedelta(days=days))
    assert not may_read(doctor, patient)


def test_a_moved_appointment_counts_from_its_new_hour(
    booked: api.Appointment, regulator: Person, doctor: Person, slots: list[Slot], patient: Patient
) -> None:
    outbox.drain()
    api.move(by=regulator, appointment=booked, slot=slots[2], key="m")
    outbox.drain()
    (link,) = people.CareLink.objects.of_patient(patient).filter(act=f"agenda.appointment:{booked.pk}")
    assert link.ends_at == slots[2].ends_at + timedelta(days=rule("people.circle.booking_days").value)


def test_a_seat_that_is_only_held_links_nobody(
    regulator: Person, slots: list[Slot], doctor: Person, patient: Patient
) -> None:
    held = api.hold(by=regulator, slot=slots[0], key="h")
    api.change_state(by=regulator, appointment=held, state=api.State.CANCELLED, key="c")
    assert not may_read(doctor, patient)
    assert not people.CareLink.objects.of_patient(patient).exists()
