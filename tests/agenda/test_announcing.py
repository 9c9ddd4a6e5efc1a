"""Who is told of an appointment booked, moved, cancelled, of a freed slot: once, and nothing about health."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from maillage.agenda import api
from maillage.agenda.actions import announcing
from maillage.agenda.models import Agenda, Schedule, Slot
from maillage.exchange.api import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Message, Person
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import PARIS, Open
from tests.factories import make_commune, make_patient


@pytest.fixture
def told(place: Territory, clock: time_machine.Traveller) -> Any:
    """Give a function that does what a worker does in a second, then says who was told what, by which way."""

    def found() -> list[tuple[str, str, str]]:
        outbox.drain()
        clock.shift(timedelta(seconds=1))
        outbox.drain()
        rows = Notification.objects.in_scope(place.scope).order_by("pk")
        return [(row.template, row.channel, "patient" if row.patient_id else "professional") for row in rows]

    return found


@pytest.fixture
def known(office: Schedule, place: Territory) -> Schedule:
    """The office, in a commune, with a telephone."""
    office.commune = make_commune("71230", place=place)
    office.save()
    office.agenda.professional.phone = "03 99 00 00 01"
    office.agenda.professional.save()
    return office


@pytest.fixture
def reached(patient: Patient) -> Patient:
    patient.phone = "+33639980001"
    patient.save()
    return patient


def text_of(template: str, place: Territory) -> dict[str, Any]:
    return Notification.objects.in_scope(place.scope).filter(template=template).get().parameters


@pytest.mark.usefixtures("known")
def test_the_patient_and_the_professional_are_told_of_a_booking_by_others(
    slots: list[Slot], regulator: Person, doctor: Person, reached: Patient, told: Any, place: Territory
) -> None:
    api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    both = [
        ("appointment_booked", "sms", "patient"),
        ("agenda_booked", "inbox", "professional"),
        ("agenda_booked", "email", "professional"),
    ]
    assert told() == both
    assert told() == both, "once"
    assert set(text_of("appointment_booked", place)) == {"when", "professional", "commune", "phone"}
    line = Notification.objects.for_person(doctor).get()
    assert line.path.endswith(f"?du=2026-03-16#creneau-{slots[0].pk}")


def test_who_keeps_the_agenda_tells_the_professional_nothing_new(
    slots: list[Slot], doctor: Person, delegate: Person, reached: Patient, told: Any, place: Territory
) -> None:
    api.book(by=doctor, slot=slots[0], patient=reached, key="a")
    api.book(by=delegate, slot=slots[1], patient=make_patient("Orme", place), key="b")
    assert told() == [
        ("appointment_booked_brief", "sms", "patient"),
        ("appointment_booked_brief", "inbox", "patient"),
    ], "no number of the practice is known, and one of them has none either: somebody calls"


def test_a_hold_tells_nobody(slots: list[Slot], regulator: Person, told: Any) -> None:
    held = api.hold(by=regulator, slot=slots[0], key="h")
    api.change_state(by=regulator, appointment=held, state=api.State.CANCELLED, key="c")
    assert told() == []


def test_a_booking_undone_before_the_worker_came_is_told_as_cancelled_alone(
    slots: list[Slot], regulator: Person, reached: Patient, told: Any
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c")
    assert told() == [
        ("appointment_cancelled_brief", "sms", "patient"),
        ("agenda_cancelled", "inbox", "professional"),
        ("agenda_cancelled", "email", "professional"),
    ]


@pytest.mark.usefixtures("known")
def test_what_waits_for_the_morning_no_longer_leaves_once_it_is_false(
    slots: list[Slot], regulator: Person, reached: Patient, told: Any, clock: time_machine.Traveller,
    settings: Any, tmp_path: Any,
) -> None:  # fmt: skip
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    clock.move_to(datetime(2026, 3, 14, 21, 0, tzinfo=PARIS))
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    told()
    clock.shift(timedelta(minutes=5))
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c")
    told()
    clock.move_to(datetime(2026, 3, 15, 8, 1, tzinfo=PARIS))
    told()
    (line,) = settings.SMS_FILE.read_text().splitlines()
    assert "est annulé" in line


def test_an_appointment_within_hours_is_told_at_once_in_the_night(
    slots: list[Slot], regulator: Person, reached: Patient, told: Any, clock: time_machine.Traveller,
    settings: Any, tmp_path: Any,
) -> None:  # fmt: skip
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    clock.move_to(datetime(2026, 3, 15, 22, 0, tzinfo=PARIS))
    api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    told()
    clock.shift(timedelta(seconds=2))
    told()
    assert settings.SMS_FILE.read_text().count("lundi 16 mars 2026") == 1


@pytest.mark.usefixtures("known")
def test_a_move_keeps_the_appointment_frees_the_seat_and_says_both_hours(
    slots: list[Slot], regulator: Person, doctor: Person, nurse: Person, reached: Patient, told: Any,
    place: Territory, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    told()
    moved = api.move(by=doctor, appointment=made, slot=slots[2], key="m")
    assert (moved.pk, moved.slot) == (made.pk, slots[2])
    assert api.move(by=doctor, appointment=made, slot=slots[2], key="m") == moved
    free = api.free_slots(regulator, slots[0].starts_at, slots[-1].ends_at)
    assert list(free) == slots[:2], "the seat left is free, the new one is taken"
    assert told()[3:] == [("appointment_moved", "sms", "patient")], "the professional moved it"
    values = text_of("appointment_moved", place)
    assert values["previous"] < values["when"]
    with pytest.raises(api.BookingRefusedError):
        api.move(by=regulator, appointment=made, slot=slots[2], key="same slot")
    with pytest.raises(PermissionDenied):
        api.move(by=nurse, appointment=made, slot=slots[1], key="n")
    api.move(by=regulator, appointment=made, slot=slots[1], key="again")
    assert [one for one in told()[4:] if one[0] == "agenda_moved"]
    clock.move_to(slots[1].starts_at)
    api.change_state(by=doctor, appointment=made, state=api.State.HONOURED, key="seen")
    with pytest.raises(api.BookingRefusedError):
        api.move(by=doctor, appointment=made, slot=slots[0], key="late")


@pytest.mark.usefixtures("known")
def test_moved_before_a_message_left_no_hour_never_told_is_named(
    slots: list[Slot], regulator: Person, doctor: Person, reached: Patient, told: Any, settings: Any,
    tmp_path: Any, clock: time_machine.Traveller,
) -> None:  # fmt: skip
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    for place_, key in ((1, "b"), (2, "c"), (0, "d")):
        api.move(by=doctor, appointment=made, slot=slots[place_], key=key)
    for _ in range(3):
        told()
        clock.shift(timedelta(seconds=5))
    (line,) = settings.SMS_FILE.read_text().splitlines()
    assert "déplacé" not in line
    assert "à 9 h 00" in json.loads(line)["text"]


def test_a_past_appointment_tells_nobody(
    slots: list[Slot], doctor: Person, reached: Patient, told: Any, clock: time_machine.Traveller
) -> None:
    made = api.book(by=doctor, slot=slots[0], patient=reached, key="a")
    other = api.book(by=doctor, slot=slots[1], patient=reached, key="b")
    api.move(by=doctor, appointment=other, slot=slots[2], key="m")
    clock.shift(timedelta(days=3))
    api.change_state(by=doctor, appointment=made, state=api.State.CANCELLED, key="c")
    assert told() == []


def waits(by: Person, agenda: Agenda, place: Territory, *names: str, **reach: Any) -> list[Any]:
    entries = []
    for name in names:
        patient = make_patient(name, place)
        for field, value in ({"phone": "+33639980002"} | reach).items():
            setattr(patient, field, value)
        patient.save()
        entries.append(api.wait_for(by=by, agenda=agenda, patient=patient, key=f"w-{name}"))
    return entries


@pytest.mark.usefixtures("known")
def test_a_freed_slot_is_offered_by_the_way_each_is_reached(
    slots: list[Slot], regulator: Person, agenda: Agenda, place: Territory, told: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://maillage.example.org"
    waits(regulator, agenda, place, "Link")
    waits(regulator, agenda, place, "Plain", no_smartphone=True)
    waits(regulator, agenda, place, "Called", joins_by_phone=True)
    offers = api.offer_freed_slot(slot=slots[0])
    assert told() == [
        ("slot_offered_link", "sms", "patient"),
        ("slot_offered", "sms", "patient"),
        ("slot_offered_brief", "inbox", "patient"),
    ]
    link, _plain, call = Notification.objects.in_scope(place.scope).order_by("pk")
    assert link.parameters["link"] == ["agenda:offer", offers[0].pk], "the secret itself is kept nowhere"
    assert "link" not in call.parameters
    assert call.path == f"/agenda/attente/#offre-{offers[2].pk}"


def test_without_an_address_of_its_own_the_installation_says_whom_to_call(
    slots: list[Slot], regulator: Person, agenda: Agenda, place: Territory, told: Any
) -> None:
    waits(regulator, agenda, place, "Tilleul")
    api.offer_freed_slot(slot=slots[0])
    assert told() == [("slot_offered_brief", "sms", "patient")]


def test_who_did_not_answer_in_time_leaves_the_offer_to_the_next(
    slots: list[Slot], regulator: Person, agenda: Agenda, place: Territory, told: Any,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    waits(regulator, agenda, place, "A", "B", "C", "D")
    api.offer_freed_slot(slot=slots[0])
    assert len(told()) == 3
    clock.shift(timedelta(minutes=59))
    assert len(told()) == 3
    clock.shift(timedelta(minutes=2))
    told()
    assert len(told()) == 4, "the fourth, once the three are late"
    states = [offer.state for offer in api.Offer.objects.order_by("pk")]
    assert states == ["expired", "expired", "expired", "pending"]


def test_a_slot_that_another_door_took_is_no_longer_offered(
    slots: list[Slot], regulator: Person, agenda: Agenda, place: Territory, told: Any, patient: Patient,
    clock: time_machine.Traveller, settings: Any,
) -> None:  # fmt: skip
    settings.SMS_URL = "http://127.0.0.1:9/"  # nobody answers there: the message is tried again
    waits(regulator, agenda, place, "A", joins_by_phone=True)
    waits(regulator, agenda, place, "B")
    api.offer_freed_slot(slot=slots[0])
    told()
    api.book(by=regulator, slot=slots[0], patient=patient, key="desk")
    told()
    assert {offer.state for offer in api.Offer.objects.all()} == {"taken"}
    clock.shift(timedelta(minutes=1))
    told()
    sms = Notification.objects.in_scope(place.scope).get(template="slot_offered_brief", channel="sms")
    assert (sms.state, sms.failure, sms.attempts) == ("abandoned", "too_late", 1)
    waiting = Notification.objects.for_person(regulator).to_do()
    assert "slot_offered_brief" not in {row.template for row in waiting}, "nor is anybody to call"


def test_an_offer_answered_before_the_worker_came_tells_nobody(
    slots: list[Slot], regulator: Person, agenda: Agenda, place: Territory, told: Any
) -> None:
    (entry,) = waits(regulator, agenda, place, "A")
    api.offer_freed_slot(slot=slots[0])
    api.leave_waiting(by=regulator, entry=entry)
    assert told() == []


@pytest.mark.usefixtures("reached")
def test_a_group_keeps_its_offers_while_a_seat_is_left(
    open_slots: Open, regulator: Person, agenda: Agenda, place: Territory, patient: Patient, told: Any
) -> None:
    (slot, *_others) = open_slots(capacity=2, kind=api.Kind.GROUP)
    waits(regulator, agenda, place, "A")
    api.offer_freed_slot(slot=slot)
    api.book(by=regulator, slot=slot, patient=patient, key="one of two")
    told()
    assert api.Offer.objects.get().state == "pending"


def sms_of(place: Territory) -> list[str]:
    """Return the hours that the patient's messages say, in the order in which they left."""
    rows = Notification.objects.in_scope(place.scope).filter(channel="sms", state="sent")
    return [row.parameters["when"] for row in rows.order_by("sent_at", "pk")]


@pytest.mark.usefixtures("known", "told")
def test_an_appointment_moved_back_and_forth_is_told_each_time(
    slots: list[Slot], regulator: Person, doctor: Person, reached: Patient, told: Any, place: Territory
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    told()
    told()
    path = [1, 0, 1, 2, 0]
    for number, where in enumerate(path):
        api.move(by=regulator, appointment=made, slot=slots[where], key=f"m{number}")
        told()
        told()
    expected = [slots[where].starts_at.isoformat() for where in [0, *path]]
    assert sms_of(place) == expected, "each change once, the last hour last"
    lines = Notification.objects.for_person(doctor).order_by("pk")
    assert [row.parameters["when"] for row in lines] == expected, "the professional too"
    previous = [row.parameters["previous"] for row in lines[1:]]
    assert previous == expected[:-1], "each says the hour told before"


@pytest.mark.usefixtures("known")
def test_the_same_change_delivered_twice_is_told_once(
    slots: list[Slot], regulator: Person, reached: Patient, told: Any, place: Territory
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    told()
    api.move(by=regulator, appointment=made, slot=slots[1], key="m")
    before = told()
    message = Message.objects.get(topic="agenda.moved")
    again = outbox.Event(message.topic, message.key, message.payload, message.published_at)
    for _delivery in range(2):
        announcing.announce_moved(again)
    assert told() == before


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("path", [[1], [1, 2], [1, 0], [2, 1, 0, 2], [1, 0, 1, 0]])
def test_changes_of_the_night_leave_one_message_that_is_true(
    slots: list[Slot], regulator: Person, reached: Patient, told: Any, place: Territory,
    clock: time_machine.Traveller, path: list[int],
) -> None:  # fmt: skip
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    told()
    told()
    clock.move_to(datetime(2026, 3, 14, 21, 0, tzinfo=PARIS))
    for number, where in enumerate(path):
        api.move(by=regulator, appointment=made, slot=slots[where], key=f"m{number}")
        told()
    assert len(sms_of(place)) == 1, "nothing leaves at night"
    clock.move_to(datetime(2026, 3, 15, 8, 1, tzinfo=PARIS))
    told()
    told()
    assert sms_of(place)[1:] == [slots[path[-1]].starts_at.isoformat()]


@pytest.mark.usefixtures("known")
def test_a_booking_moved_before_the_worker_came_says_the_new_hour_alone(
    slots: list[Slot], regulator: Person, reached: Patient, told: Any, place: Territory
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=reached, key="a")
    api.move(by=regulator, appointment=made, slot=slots[1], key="m")
    told()
    told()
    assert sms_of(place) == [slots[1].starts_at.isoformat()]


def test_an_event_says_what_no_longer_holds_and_what_holds_again(
    slots: list[Slot], doctor: Person, patient: Patient, clock: time_machine.Traveller
) -> None:
    made = api.book(by=doctor, slot=slots[0], patient=patient, key="a")
    clock.move_to(slots[0].starts_at)
    for number in range(2):
        api.change_state(by=doctor, appointment=made, state=api.State.NOT_HONOURED, key=f"n{number}")
        api.undo(by=doctor, appointment=made, key=f"u{number}")
    said = [
        (one.payload["left"], one.payload["state"]) for one in Message.objects.filter(topic="agenda.undone")
    ]
    assert said == [("not_honoured", "booked")] * 2, "two slips of the finger are two events"
    payload = Message.objects.filter(topic="agenda.not_honoured").first().payload
    assert set(payload) == {"change", "appointment", "slot", "agenda", "starts_at", "left", "state"}


def test_a_key_that_named_another_write_is_refused(
    slots: list[Slot], doctor: Person, place: Territory, patient: Patient
) -> None:
    made = api.book(by=doctor, slot=slots[0], patient=patient, key="a")
    other = api.book(by=doctor, slot=slots[1], patient=make_patient("Orme", place), key="b")
    api.change_state(by=doctor, appointment=made, state=api.State.CANCELLED, key="c")
    with pytest.raises(api.BookingRefusedError, match="déjà servi"):
        api.change_state(by=doctor, appointment=other, state=api.State.CANCELLED, key="c")
    with pytest.raises(api.BookingRefusedError, match="déjà servi"):
        api.move(by=doctor, appointment=other, slot=slots[2], key="c")
