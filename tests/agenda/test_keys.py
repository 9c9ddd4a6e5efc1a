"""A key is of whoever used it: the same one from somebody else is another write, and tells nothing."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from maillage.agenda import api
from maillage.agenda.actions import schedules, waiting
from maillage.agenda.models import Agenda, Appointment, Closure, Opening, Schedule, Slot, WaitingEntry
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import NOW
from tests.factories import make_patient, make_person

KEY = "f2c1d9"  # as a form sends it: whoever sees the page of somebody else may send it again


@pytest.fixture
def other(place: Territory) -> Person:
    return make_person("lea.ronce", Role.REGULATOR, place.scope)


def opening(by: Person | None, schedule: Schedule, **values: object) -> Opening:
    asked = {
        "weekday": 1,
        "starts": time(9),
        "ends": time(10),
        "minutes": 20,
        "valid_from": date(2026, 3, 16),
    }
    return api.add_opening(by=by, schedule=schedule, key=KEY, **{**asked, **values})


def absence(by: Person | None, agenda: Agenda, **values: datetime) -> Closure:
    asked = {"starts_at": NOW + timedelta(days=3), "ends_at": NOW + timedelta(days=4)}
    return schedules.close(by=by, agenda=agenda, key=KEY, **{**asked, **values})


def test_each_books_with_their_own_key(
    regulator: Person, other: Person, slots: list[Slot], patient: Patient, place: Territory
) -> None:
    elder = make_patient("Orme", place)
    made = api.book(by=regulator, slot=slots[0], patient=patient, key=KEY)
    theirs = api.book(by=other, slot=slots[1], patient=elder, key=KEY)
    nobody = api.book(by=None, slot=slots[2], patient=make_patient("Aulne", place), key=KEY)
    assert len({made.pk, theirs.pk, nobody.pk}) == 3
    assert (theirs.slot, theirs.patient) == (slots[1], elder)
    for before in (made, theirs, nobody):
        again = {"by": before.booked_by, "slot": before.slot, "patient": before.patient}
        assert api.book(**again, key=KEY) == before
    assert journal.verify().intact


def test_each_says_what_became_of_an_appointment_with_their_own_key(
    regulator: Person, doctor: Person, slots: list[Slot], patient: Patient, place: Territory
) -> None:
    first = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    second = api.book(by=regulator, slot=slots[1], patient=make_patient("Orme", place), key="b")
    cancelled = api.State.CANCELLED
    api.change_state(by=regulator, appointment=first, state=cancelled, key=KEY)
    assert api.change_state(by=doctor, appointment=second, state=cancelled, key=KEY).state == "cancelled"
    with pytest.raises(api.BookingRefusedError) as refused:
        api.change_state(
            by=regulator, appointment=api.book(by=regulator, slot=slots[2], patient=patient, key="c"),
            state=cancelled, key=KEY,
        )  # fmt: skip
    assert refused.value.refusal is api.Refusal.KEY_USED


def test_each_opens_and_closes_hours_with_their_own_key(
    doctor: Person, delegate: Person, agenda: Agenda, office: Schedule
) -> None:
    made = [opening(by, office, weekday=day) for day, by in enumerate((doctor, delegate, None))]
    assert len({one.pk for one in made}) == 3
    assert [one.made_by for one in made] == [doctor, delegate, None]
    assert [opening(by, office, weekday=4) for by in (doctor, delegate, None)] == made
    closed = [absence(by, agenda) for by in (doctor, delegate, None)]
    assert len({one.pk for one in closed}) == 3
    assert [absence(by, agenda) for by in (doctor, delegate, None)] == closed


def test_each_puts_people_on_a_list_with_their_own_key(
    regulator: Person, other: Person, agenda: Agenda, patient: Patient, place: Territory
) -> None:
    elder = make_patient("Orme", place)
    first = waiting.wait_for(by=regulator, agenda=agenda, patient=patient, key=KEY)
    second = waiting.wait_for(by=other, agenda=agenda, patient=elder, key=KEY)
    assert (second.patient, second.created_by) == (elder, other)
    assert waiting.wait_for(by=regulator, agenda=agenda, patient=patient, key=KEY) == first


def test_one_s_own_key_for_something_else_is_refused_in_a_sentence(
    regulator: Person, doctor: Person, agenda: Agenda, office: Schedule, patient: Patient, place: Territory
) -> None:
    elsewhere = api.add_schedule(by=doctor, agenda=agenda, name="Dispensaire")
    opening(doctor, office)
    with pytest.raises(schedules.ScheduleError, match="déjà servi à autre chose"):
        opening(doctor, elsewhere)
    waiting.wait_for(by=regulator, agenda=agenda, patient=patient, key=KEY)
    with pytest.raises(waiting.WaitingError, match="déjà servi à autre chose"):
        waiting.wait_for(by=regulator, agenda=agenda, patient=make_patient("Orme", place), key=KEY)
    assert WaitingEntry.objects.for_person(regulator).count() == 1


def test_a_form_with_the_key_of_somebody_else_does_what_it_says(
    client: Client, doctor: Person, delegate: Person, agenda: Agenda, office: Schedule
) -> None:
    absence(doctor, agenda)
    opening(doctor, office)
    client.force_login(delegate)
    sent = {"first_day": "23/03/2026", "last_day": "24/03/2026", "key": KEY}
    answer = client.post(reverse("agenda:absences", args=[agenda.pk]), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Closure.objects.filter(agenda=agenda).count() == 2


def test_who_books_does_not_learn_that_a_key_was_used(
    client: Client, regulator: Person, other: Person, slots: list[Slot], patient: Patient, place: Territory
) -> None:
    api.book(by=regulator, slot=slots[0], patient=patient, key=KEY)
    client.force_login(other)
    mine = make_patient("Orme", place)
    answer = client.post(reverse("agenda:reserve", args=[slots[1].pk]), {"patient": mine.pk, "key": KEY})
    assert answer.status_code == 302
    assert Appointment.objects.for_person(other).get().patient == mine
