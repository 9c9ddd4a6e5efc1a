"""Openings, absences, delegates, feeds: what each change does to the slots, at once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from maillage.agenda import api
from maillage.agenda.actions import sharing
from maillage.agenda.models import Agenda, Closure, Opening, Schedule, Slot
from maillage.kernel import clock
from maillage.kernel.models import Entry, Person, Scope
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import PARIS, Open
from tests.factories import make_patient


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
    start, end = clock.bounds(date(2026, 3, 16), agenda.territory.scope)
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
    start, end = clock.bounds(date(2026, 3, 16), agenda.territory.scope)
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
    Scope.objects.filter(territory=agenda.territory_id).update(time_zone="Indian/Reunion")
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
    start = clock.bounds(date(2026, 3, 20), agenda.territory.scope)[0]
    end = start + timedelta(days=7)
    api.close(by=doctor, agenda=agenda, starts_at=start, ends_at=end, key="d")
    answer = client.get(f"/agenda/flux/{secret}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    events = list(Calendar.from_ical(answer.content).walk("VEVENT"))
    assert [str(event["summary"]) for event in events] == ["Rendez-vous", "Absence"]
    assert str(events[0]["uid"]) == f"appointment-{kept.pk}@maillage"
    assert events[0].decoded("dtstart") == slots[0].starts_at
    assert events[1].decoded("dtstart") == date(2026, 3, 20), "a whole day"
    assert client.head(f"/agenda/flux/{secret}.ics").status_code == 200
    assert client.options(f"/agenda/flux/{secret}.ics").status_code == 200
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


def hours_of(agenda: Agenda, day: int = 16) -> list[str]:
    """Return the open slots of a day of March, on the wall clock, with their place."""
    start = datetime(2026, 3, day, tzinfo=PARIS)
    slots = Slot.objects.filter(agenda=agenda, is_open=True).between(start, start + timedelta(days=1))
    times = [(one.starts_at.astimezone(PARIS), one.ends_at.astimezone(PARIS), one.schedule) for one in slots]
    return [f"{starts:%H:%M}-{ends:%H:%M} {place}" for starts, ends, place in times]


def test_closing_a_place_gives_its_hours_to_the_other(
    doctor: Person, agenda: Agenda, office: Schedule
) -> None:
    ehpad = api.add_schedule(by=doctor, agenda=agenda, name="EHPAD")
    api.add_opening(by=doctor, schedule=office, **week())
    api.add_opening(by=doctor, schedule=ehpad, **week(key="e", minutes=60))
    assert hours_of(agenda) == ["09:00-09:30 Cabinet du Pont", "09:30-10:00 Cabinet du Pont"]
    day = datetime(2026, 3, 16, tzinfo=PARIS)
    closed = {"by": doctor, "agenda": agenda, "starts_at": day, "ends_at": day + timedelta(days=1)}
    shut = api.close(**closed, schedule=office, key="c")
    assert hours_of(agenda) == ["09:00-10:00 EHPAD"], "the person is free to be there"
    assert hours_of(agenda, 23) == ["09:00-09:30 Cabinet du Pont", "09:30-10:00 Cabinet du Pont"]
    api.close(**closed, key="away")
    assert hours_of(agenda) == []
    api.reopen(by=doctor, closure=shut)
    assert hours_of(agenda) == []


@pytest.mark.parametrize("way", ["cancel", "move"])
def test_a_changed_length_leaves_no_dead_time_once_the_seat_is_given_back(
    open_slots: Open, doctor: Person, regulator: Person, agenda: Agenda, office: Schedule, patient: Patient,
    way: str,
) -> None:  # fmt: skip
    slots = open_slots()
    made = api.book(by=doctor, slot=slots[1], patient=patient, key="a")  # 9:20 to 9:40
    day = date(2026, 3, 16)
    api.end_opening(by=doctor, opening=slots[0].opening, last_day=day - timedelta(days=1))
    new = week(minutes=30, valid_to=day, ends=time(11), visibility=api.Visibility.SNP)
    api.add_opening(by=doctor, schedule=office, **new)
    assert hours_of(agenda) == ["10:00-10:30 Cabinet du Pont", "10:30-11:00 Cabinet du Pont"]
    waiting = api.wait_for(
        by=regulator, agenda=agenda, patient=make_patient("Orme", agenda.territory), key="w"
    )
    if way == "cancel":
        api.change_state(by=doctor, appointment=made, state=api.State.CANCELLED, key="c")
    else:
        later = Slot.objects.get(agenda=agenda, starts_at=datetime(2026, 3, 16, 10, tzinfo=PARIS))
        api.move(by=doctor, appointment=made, slot=later, key="m")
    assert hours_of(agenda) == [
        f"{hours} Cabinet du Pont" for hours in ("09:00-09:30", "09:30-10:00", "10:00-10:30", "10:30-11:00")
    ]
    offered = [one.slot.starts_at.astimezone(PARIS).hour for one in api.Offer.objects.filter(entry=waiting)]
    assert offered == [9, 9], "and what comes of its time is offered"
    api.extend_slots(agenda=agenda)


def test_the_same_hours_opened_again_keep_their_appointments(
    open_slots: Open, doctor: Person, agenda: Agenda, office: Schedule, patient: Patient
) -> None:
    slots = open_slots()
    api.book(by=doctor, slot=slots[1], patient=patient, key="a")
    api.end_opening(by=doctor, opening=slots[0].opening, last_day=date(2026, 3, 15))
    assert api.to_move(agenda, slots[0].starts_at).count() == 1
    api.add_opening(by=doctor, schedule=office, **week(minutes=20, valid_to=date(2026, 3, 16)))
    assert api.to_move(agenda, slots[0].starts_at).count() == 0, "nobody has to be moved"
    assert len(hours_of(agenda)) == 3


def test_the_night_goes_on_after_midnight(
    doctor: Person, agenda: Agenda, office: Schedule, clock: time_machine.Traveller
) -> None:
    night = week(starts=time(20), ends=time(2), minutes=60, valid_to=date(2026, 3, 16))
    api.add_opening(by=doctor, schedule=office, **night)
    after = ["00:00-01:00 Cabinet du Pont", "01:00-02:00 Cabinet du Pont"]
    assert hours_of(agenda, 17) == after
    clock.move_to(datetime(2026, 3, 17, 0, 5, tzinfo=PARIS))
    assert api.extend_every_agenda() == 1
    assert hours_of(agenda, 17) == after, "the day that begins does not end the night"


def test_a_hold_that_expired_keeps_no_hour(
    open_slots: Open, doctor: Person, agenda: Agenda, office: Schedule, clock: time_machine.Traveller
) -> None:
    slots = open_slots()
    api.hold(by=doctor, slot=slots[1], key="h")
    clock.shift(timedelta(minutes=6))
    api.end_opening(by=doctor, opening=slots[0].opening, last_day=date(2026, 3, 15))
    api.add_opening(by=doctor, schedule=office, **week())
    assert [hours[:11] for hours in hours_of(agenda)] == ["09:00-09:30", "09:30-10:00"]


@pytest.mark.parametrize(
    ("starts", "ends", "first", "last"),
    [
        ("22:00", "24:00", "22:00", "23:00"),
        ("22:00", "00:00", "22:00", "23:00"),
        ("22 h 00", "23:59", "22:00", "23:00"),
        ("22h", "1h00", "22:00", "00:00"),
        ("00:00", "24:00", "00:00", "23:00"),
        ("23:00", "00:30", "23:00", "23:00"),
    ],
)
def test_hours_go_to_midnight_and_past_it(
    client: Client, doctor: Person, agenda: Agenda, office: Schedule, starts: str, ends: str, first: str,
    last: str,
) -> None:  # fmt: skip
    client.force_login(doctor)
    sent = {
        "schedule": office.pk, "weekday": 0, "starts": starts, "ends": ends, "minutes": 60, "every": 1,
        "valid_from": "2026-03-16", "valid_to": "2026-03-16", "kind": "practice", "capacity": 1,
        "visibility": "private", "key": "k",
    }  # fmt: skip
    answer = client.post(reverse("agenda:openings", args=[agenda.pk]), sent)
    assert answer.status_code == 302, answer.content.decode()
    slots = [one.starts_at.astimezone(PARIS) for one in Slot.objects.order_by("starts_at")]
    assert [f"{slots[0]:%H:%M}", f"{slots[-1]:%H:%M}"] == [first, last]


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        ("09:00", "09:00", "Les deux heures sont les mêmes"),
        ("24:00", "02:00", "heure valide"),
        ("25:00", "26:00", "valide"),
    ],
)
def test_hours_that_open_nothing_are_explained(
    client: Client, doctor: Person, agenda: Agenda, office: Schedule, starts: str, ends: str, words: str
) -> None:
    client.force_login(doctor)
    sent = {
        "schedule": office.pk, "weekday": 0, "starts": starts, "ends": ends, "minutes": 60, "every": 1,
        "valid_from": "2026-03-16", "kind": "practice", "capacity": 1, "visibility": "private", "key": "k",
    }  # fmt: skip
    answer = client.post(reverse("agenda:openings", args=[agenda.pk]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Slot.objects.exists()


@pytest.mark.parametrize(("hour", "until"), [("", 24), ("24:00", 24), ("00:00", 24), ("12:30", 12.5)])
def test_an_absence_until_midnight_is_until_the_end_of_the_day(
    client: Client, doctor: Person, agenda: Agenda, hour: str, until: float
) -> None:
    client.force_login(doctor)
    sent = {
        "first_day": "2026-03-16",
        "last_day": "2026-03-16",
        "first_hour": "",
        "last_hour": hour,
        "key": "k",
    }
    assert client.post(reverse("agenda:absences", args=[agenda.pk]), sent).status_code == 302
    closure = Closure.objects.get()
    assert closure.ends_at - closure.starts_at == timedelta(hours=until)


@pytest.mark.django_db(transaction=True)
def test_each_change_is_written_in_the_chain_of_its_territory(
    doctor: Person, regulator: Person, agenda: Agenda, open_slots: Open, patient: Patient, place: Territory
) -> None:
    first, second, *_others = open_slots()
    monday = datetime(2026, 3, 23, 8, tzinfo=PARIS)
    closure = api.close(by=doctor, agenda=agenda, starts_at=monday, ends_at=monday + timedelta(1), key="c")
    api.reopen(by=doctor, closure=closure)
    api.set_visibility(by=doctor, slots=[second], visibility=api.Visibility.PUBLIC)
    api.wait_for(by=regulator, agenda=agenda, patient=patient, key="w")
    booked = api.book(by=regulator, slot=first, patient=patient, key="b")
    moved = api.move(by=doctor, appointment=booked, slot=second, key="m")
    api.change_state(by=doctor, appointment=moved, state=api.State.CANCELLED, key="x")
    lines = Entry.objects.filter(verb__startswith="agenda.")
    assert {
        "agenda.created", "agenda.opening_added", "agenda.closed", "agenda.reopened", "agenda.moved",
        "agenda.visibility_changed", "agenda.waiting_added", "agenda.booked", "agenda.state_changed",
    } <= set(lines.values_list("verb", flat=True))  # fmt: skip
    assert set(lines.values_list("chain", flat=True)) == {place.scope_id}
