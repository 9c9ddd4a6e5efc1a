"""People beyond the capacity of the slots: nobody unless the professional says so, and never one more."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.agenda import api
from maillage.agenda.models import Agenda, Schedule, Slot
from maillage.kernel.models import Entry, Person
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import NOW, Open
from tests.factories import make_patient
from tests.kernel.own_database import own_database


def refused(refusal: api.Refusal, **asked: object) -> None:
    with pytest.raises(api.BookingRefusedError) as error:
        api.book_over_capacity(**asked)
    assert error.value.refusal is refusal
    assert str(error.value).endswith(".")


@pytest.fixture
def full(slots: list[Slot], regulator: Person, patient: Patient) -> list[Slot]:
    for slot in slots:
        api.book(by=regulator, slot=slot, patient=patient, key=f"full-{slot.pk}")
    return slots


def offered(person: Person) -> list[tuple[Slot, int]]:
    found = api.extra_slots(person, NOW, NOW + timedelta(days=7))
    return [(one.slot, one.left) for one in found]


def test_nobody_beyond_the_capacity_unless_the_professional_says_so(
    full: list[Slot], regulator: Person, patient: Patient, place: Territory
) -> None:
    assert offered(regulator) == []
    refused(api.Refusal.NO_EXTRA, by=regulator, slot=full[0], patient=make_patient("Orme", place), key="k")
    refused(api.Refusal.ALREADY_HERE, by=regulator, slot=full[0], patient=patient, key="l")


def test_the_allowance_is_of_the_day_at_the_place(
    full: list[Slot], doctor: Person, office: Schedule, regulator: Person, stranger: Person, place: Territory
) -> None:
    api.allow_over_capacity(by=doctor, schedule=office, per_day=2)
    assert offered(regulator) == [(slot, 2) for slot in full]
    assert offered(stranger) == []  # the slots are for regulators
    one, two, three = (make_patient(name, place) for name in ("Orme", "Frêne", "Hêtre"))
    first = api.book_over_capacity(by=regulator, slot=full[0], patient=one, key="a")
    assert (first.seat, first.state) == (1, "booked")
    assert api.book_over_capacity(by=regulator, slot=full[0], patient=one, key="a") == first
    assert offered(regulator) == [(slot, 1) for slot in full]
    second = api.book_over_capacity(by=regulator, slot=full[0], patient=two, key="b")
    assert second.seat == 2
    assert offered(regulator) == []
    refused(api.Refusal.NO_EXTRA, by=regulator, slot=full[1], patient=three, key="c")
    api.change_state(by=regulator, appointment=second, state=api.State.CANCELLED, key="d")
    assert api.book_over_capacity(by=regulator, slot=full[1], patient=three, key="e").seat == 1


def test_a_seat_left_is_given_before_one_beyond(
    slots: list[Slot], doctor: Person, office: Schedule, regulator: Person, patient: Patient
) -> None:
    api.allow_over_capacity(by=doctor, schedule=office, per_day=1)
    assert api.book_over_capacity(by=regulator, slot=slots[0], patient=patient, key="k").seat == 0
    assert [slot for slot, _left in offered(regulator)] == [slots[0]]


def test_a_slot_that_is_not_shown_takes_nobody_more(
    open_slots: Open, doctor: Person, office: Schedule, regulator: Person, patient: Patient
) -> None:
    api.allow_over_capacity(by=doctor, schedule=office, per_day=1)
    hidden = open_slots(api.Visibility.PRIVATE)[0]
    api.book(by=doctor, slot=hidden, patient=patient, key="own")
    assert offered(regulator) == []
    refused(api.Refusal.NOT_VISIBLE, by=regulator, slot=hidden, patient=patient, key="k")
    assert [slot for slot, _left in offered(doctor)] == [hidden]


def test_only_who_manages_the_agenda_decides(
    office: Schedule, doctor: Person, regulator: Person, delegate: Person
) -> None:
    with pytest.raises(PermissionDenied):
        api.allow_over_capacity(by=regulator, schedule=office, per_day=1)
    assert api.allow_over_capacity(by=delegate, schedule=office, per_day=1).over_capacity == 1
    api.allow_over_capacity(by=delegate, schedule=office, per_day=1)
    assert Entry.objects.filter(verb="agenda.over_capacity_allowed").count() == 1
    for wrong in (-1, 21):
        with pytest.raises(api.ScheduleError, match="de 0 à 20"):
            api.allow_over_capacity(by=doctor, schedule=office, per_day=wrong)


def test_the_professional_says_it_and_sees_it_on_screen(
    client: Client, full: list[Slot], doctor: Person, agenda: Agenda, office: Schedule, regulator: Person,
    place: Territory,
) -> None:  # fmt: skip
    client.force_login(doctor)
    address = reverse("agenda:over_capacity", args=[agenda.pk, office.pk])
    answer = client.post(address, {"per_day": "2"}, follow=True)
    assert "Cabinet du Pont : 2 surnuméraires acceptés par jour." in answer.content.decode()
    assert "aucun surnuméraire aujourd’hui" in answer.content.decode()
    assert "de 0 à 20" in client.post(address, {"per_day": "beaucoup"}, follow=True).content.decode()
    api.book_over_capacity(by=regulator, slot=full[0], patient=make_patient("Orme", place), key="k")
    week = client.get(reverse("agenda:week", args=[agenda.pk]) + "?du=2026-03-16").content.decode()
    assert "Réservé, surnuméraire" in week
    client.force_login(regulator)
    assert client.post(address, {"per_day": "9"}).status_code == 403


@pytest.mark.django_db
def test_many_at_once_never_exceed_the_allowance(tmp_path: Path) -> None:
    with own_database(tmp_path) as database:
        _status, said = database.run("tests.agenda.racing_over_capacity")
    assert said["booked"] == 2
    assert said["refused"] == ["no_extra"] * 6
    assert len(said["seats"]) == 4
