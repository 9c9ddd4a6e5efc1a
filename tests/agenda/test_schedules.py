"""Openings, absences, delegates, feeds: what each change does to the slots, at once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from icalendar import Calendar

from maillage.agenda import api
from maillage.agenda.actions import sharing
from maillage.agenda.models import Agenda, Opening, Schedule, Slot
from maillage.agenda.queries import agendas
from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import PARIS, Open


def week(**changes: object) -> dict[str, object]:
    options: dict[str, object] = {
        "weekday": 0, "starts": time(9), "ends": time(10), "minutes": 30,
        "valid_from": date(2026, 3, 16), "key": "w",
    }  # fmt: skip
    return options | changes


def test_a_weekly_opening_makes_private_slots_to_the_horizon(doctor: Person, office: Schedule) -> None:
    opening = api.add_opening(by=doctor, schedule=office, **week())
    assert api.add_opening(by=doctor, schedule=office, **week()) == opening
    slots = Slot.objects.filter(opening=opening)
    assert slots.count() == 2 * 17
    assert set(slots.values_list("visibility", flat=True)) == {"private"}
    assert Agenda.objects.get().generated_to == date(2026, 7, 12)


def test_the_horizon_moves_on(doctor: Person, office: Schedule, clock: time_machine.Traveller) -> None:
    api.add_opening(by=doctor, schedule=office, **week())
    before = Slot.objects.count()
    assert api.extend_every_agenda() == 0
    clock.shift(timedelta(days=14))
    assert api.extend_every_agenda() == 1
    assert Slot.objects.count() == before + 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts": time(9, 3)}, "cinq en cinq"),
        ({"minutes": 725}, "12 heures"),
        ({"valid_to": date(2026, 3, 1)}, "date de fin"),
        ({"capacity": 4}, "En groupe"),
    ],
)
def test_an_opening_that_makes_no_sense_is_refused(
    doctor: Person, office: Schedule, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(api.ScheduleError, match=words):
        api.add_opening(by=doctor, schedule=office, **week(**changes))


def test_only_who_keeps_the_agenda_changes_it(
    regulator: Person, delegate: Person, office: Schedule, agenda: Agenda
) -> None:
    with pytest.raises(PermissionDenied):
        api.add_opening(by=regulator, schedule=office, **week())
    assert api.add_opening(by=delegate, schedule=office, **week())
    assert list(api.managed_agendas(delegate)) == [agenda]
    assert not api.managed_agendas(regulator)


def test_an_agenda_is_opened_by_its_professional(regulator: Person, agenda: Agenda, place: Territory) -> None:
    with pytest.raises(PermissionDenied):
        api.create_agenda(by=regulator, professional=agenda.professional, place=place)
    assert api.create_agenda(by=None, professional=agenda.professional, place=place) == agenda


def test_an_absence_holds_in_every_place_and_a_closing_in_one(
    doctor: Person, agenda: Agenda, office: Schedule
) -> None:
    home = api.add_schedule(by=doctor, agenda=agenda, name="Visites")
    api.add_opening(by=doctor, schedule=office, **week(valid_to=date(2026, 3, 23)))
    api.add_opening(
        by=doctor, schedule=home, **week(valid_to=date(2026, 3, 23), key="h", starts=time(14), ends=time(15))
    )
    start, end = agendas.bounds(agenda, date(2026, 3, 16), days=1)
    absence = api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="a")
    assert api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="a") == absence
    assert not Slot.objects.between(start, end).exists()
    assert Slot.objects.count() == 4
    api.reopen(by=doctor, closure=absence)
    assert Slot.objects.between(start, end).count() == 4
    api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="b", schedule=home)
    assert {slot.schedule for slot in Slot.objects.between(start, end)} == {office}
    other = Schedule(agenda_id=agenda.pk + 1)
    with pytest.raises(PermissionDenied):
        api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="c", schedule=other)
    with pytest.raises(api.ScheduleError, match="suivre"):
        api.close(by=doctor, agenda=agenda, starts_at=end, ends_at=start, key="d")
    with pytest.raises(api.ScheduleError, match="un an"):
        api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end + timedelta(days=900), key="e")


def test_what_is_booked_stays_and_is_to_be_moved(
    doctor: Person, regulator: Person, slots: list[Slot], patient: Patient
) -> None:
    made = api.book(by=regulator, slot=slots[1], patient=patient, key="a")
    agenda = slots[0].agenda
    start, end = agendas.bounds(agenda, date(2026, 3, 16), days=1)
    closure = api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="c")
    assert list(Slot.objects.all()) == [slots[1]]
    assert list(api.to_move(agenda, start)) == [made]
    api.reopen(by=doctor, closure=closure)
    assert Slot.objects.filter(is_open=True).count() == 3
    assert not api.to_move(agenda, start)


def test_an_ended_opening_leaves_its_booked_slots_and_a_new_one_goes_around(
    doctor: Person, regulator: Person, office: Schedule, patient: Patient
) -> None:
    opening = api.add_opening(by=doctor, schedule=office, **week(visibility=api.Visibility.SNP))
    slot = Slot.objects.filter(opening=opening)[0]
    made = api.book(by=regulator, slot=slot, patient=patient, key="a")
    api.end_opening(by=doctor, opening=opening, last_day=date(2026, 3, 13))
    assert list(Slot.objects.all()) == [slot]
    api.add_opening(by=doctor, schedule=office, **week(key="n", minutes=20, valid_to=date(2026, 3, 16)))
    hours = [one.starts_at.astimezone(PARIS).strftime("%H:%M") for one in Slot.objects.filter(is_open=True)]
    assert hours == ["09:40"], "what meets the booked slot is left out"
    api.change_state(by=doctor, appointment=made, state=api.State.CANCELLED, key="c")


def test_a_slot_cancelled_before_is_used_again(
    doctor: Person, regulator: Person, slots: list[Slot], patient: Patient
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c")
    agenda, opening = slots[0].agenda, slots[0].opening
    api.end_opening(by=doctor, opening=opening, last_day=date(2026, 3, 10))
    assert not Slot.objects.filter(is_open=True)
    api.add_opening(by=doctor, schedule=slots[0].schedule, **week(minutes=60, valid_to=date(2026, 3, 16)))
    slot = Slot.objects.get(is_open=True)
    assert slot.pk == slots[0].pk
    assert slot.ends_at - slot.starts_at == timedelta(hours=1)
    assert agenda.slots.count() == 1


def test_an_advanced_day_is_one_day(doctor: Person, agenda: Agenda) -> None:
    place = api.add_schedule(by=doctor, agenda=agenda, name="EHPAD Les Aulnes")
    day = api.add_advanced_day(
        by=doctor, schedule=place, day=date(2026, 4, 2), starts=time(9), ends=time(12), minutes=20, key="d"
    )
    assert day.is_single_day
    assert Slot.objects.filter(kind=api.Kind.ADVANCED, visibility="PRO").count() == 9


def test_an_overseas_agenda_keeps_its_own_clock(doctor: Person, agenda: Agenda, office: Schedule) -> None:
    Territory.objects.filter(pk=agenda.territory_id).update(time_zone="Indian/Reunion")
    api.add_opening(by=doctor, schedule=office, **week(valid_to=date(2026, 3, 16)))
    assert Slot.objects.first().starts_at == datetime(2026, 3, 16, 9, tzinfo=ZoneInfo("Indian/Reunion"))


def test_a_professional_confides_the_agenda_and_takes_it_back_at_once(
    doctor: Person, nurse: Person, regulator: Person, agenda: Agenda
) -> None:
    given = sharing.delegate(by=doctor, agenda=agenda, email=" INES.capucine@example.org ")
    assert sharing.delegate(by=doctor, agenda=agenda, email=nurse.email) == given
    assert api.manages(nurse, agenda)
    with pytest.raises(PermissionDenied):
        sharing.delegate(by=nurse, agenda=agenda, email=regulator.email)
    sharing.end_delegation(by=doctor, agenda=agenda, assignment=given)
    assert not api.manages(nurse, agenda)
    with pytest.raises(sharing.SharingError, match="Aucun compte"):
        sharing.delegate(by=doctor, agenda=agenda, email="nobody@example.org")
    idle = Person.objects.create_user("idle@example.org", None)
    with pytest.raises(sharing.SharingError, match="rôle"):
        sharing.delegate(by=doctor, agenda=agenda, email=idle.email)
    with pytest.raises(PermissionDenied):
        sharing.end_delegation(by=doctor, agenda=agenda, assignment=nurse.roles.first())


def test_a_feed_shows_the_final_state_without_a_name_until_it_is_revoked(
    doctor: Person, regulator: Person, agenda: Agenda, slots: list[Slot], patient: Patient, client: Client
) -> None:
    feed, secret = sharing.create_feed(by=doctor, agenda=agenda, label="Téléphone")
    api.hold(by=regulator, slot=slots[2], key="h")
    kept = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    gone = api.book(by=regulator, slot=slots[1], patient=patient, key="b")
    api.change_state(by=regulator, appointment=gone, state=api.State.CANCELLED, key="c")
    start, end = agendas.bounds(agenda, date(2026, 3, 20))
    api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="d")
    answer = client.get(f"/agenda/flux/{secret}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == ["Rendez-vous", "Absence"]
    assert str(events[0]["uid"]) == f"appointment-{kept.pk}@maillage"
    assert events[0].decoded("dtstart") == slots[0].starts_at
    assert "Tilleul".lower() not in answer.content.decode().lower()
    sharing.revoke_feed(by=doctor, feed=feed)
    assert client.get(f"/agenda/flux/{secret}.ics").status_code == 404


def test_visibility_changed_by_hand_stays_when_slots_are_made_again(
    doctor: Person, open_slots: Open, office: Schedule
) -> None:
    slots = open_slots(api.Visibility.PRIVATE)
    api.set_visibility(by=doctor, slots=slots[:1], visibility=api.Visibility.PUBLIC)
    api.set_visibility(by=doctor, slots=[], visibility=api.Visibility.PUBLIC)
    api.set_visibility(by=doctor, slots=slots[:1], visibility=api.Visibility.PUBLIC)
    api.add_opening(by=doctor, schedule=office, **week(starts=time(16), ends=time(17)))
    slots[0].refresh_from_db()
    assert slots[0].visibility == "PUBLIC"
    assert Opening.objects.get(pk=slots[0].opening_id).visibility == "private"
