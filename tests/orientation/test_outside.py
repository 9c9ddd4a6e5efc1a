"""Beyond the free slots: over a professional's capacity, or to somebody who accepted by phone."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.directory.api import Membership, PracticePlace, Professional, Structure
from maillage.exchange.api import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import declare_doctor, make_commune, make_patient, make_person
from tests.orientation.conftest import NOW, Call, Doctor, refused


@pytest.fixture
def office(doctor: Professional, regulator: Person, place: Territory) -> agenda.Schedule:
    """The doctor's place, its slots of the afternoon full, one more person a day accepted."""
    found = agenda.Schedule.objects.get(agenda__professional=doctor)
    agenda.allow_over_capacity(by=None, schedule=found, per_day=1)
    for slot in agenda.free_slots(regulator, NOW, NOW + timedelta(days=1)):
        agenda.book(by=regulator, slot=slot, patient=make_patient("Orme", place), key=f"full{slot.pk}")
    return found


def starts(office: agenda.Schedule) -> list[object]:
    return list(office.slots.order_by("starts_at").values_list("starts_at", flat=True))


def state(request: Request) -> str:
    return Request.objects.keyed(request.pk).get().state


def test_over_capacity_is_a_booking_that_everybody_is_told_of(
    call: Call, regulator: Person, office: agenda.Schedule, place: Territory
) -> None:
    request, at = call(), starts(office)[0]
    asked = {"by": regulator, "request": request, "schedule": office, "starts_at": at, "key": "k"}
    made = api.book_over_capacity(**asked)
    assert (made.appointment.seat, made.told) == (1, True)
    assert state(request) == "booked"
    assert api.book_over_capacity(**asked).appointment == made.appointment
    decision = Decision.objects.of_request(request).get()
    assert decision.is_over_capacity
    told = Notification.objects.in_scope(place.scope)
    assert sorted(row.template for row in told) == ["appointment_booked", "expected_booked"]
    assert Entry.objects.filter(verb="orientation.booked_over_capacity").count() == 1
    refused(api.Refusal.KEY_USED, api.book_over_capacity, **(asked | {"request": call()}))


def test_over_capacity_says_that_the_person_is_expected_elsewhere(
    call: Call, regulator: Person, office: agenda.Schedule, patient: Patient, make_doctor: Doctor
) -> None:
    there = agenda.Slot.objects.filter(agenda__professional=make_doctor("Genêt")).earliest("starts_at")
    agenda.book(by=regulator, slot=there, patient=patient, key="there")
    made = api.book_over_capacity(
        by=regulator, request=call(), schedule=office, starts_at=there.starts_at, key="k"
    )
    assert made.appointment is not None
    assert "a aussi rendez-vous à cette heure chez Hélène Genêt" in made.sentence


def test_nobody_more_than_the_professional_accepts(
    call: Call, regulator: Person, office: agenda.Schedule
) -> None:
    at = starts(office)
    api.book_over_capacity(by=regulator, request=call(), schedule=office, starts_at=at[0], key="k")
    other = call()
    api.propose(by=regulator, request=other)
    lost = api.book_over_capacity(by=regulator, request=other, schedule=office, starts_at=at[1], key="l")
    assert lost.appointment is None
    assert lost.sentence.startswith("Ce créneau ne se prend pas, ou plus, en surnuméraire")
    assert lost.next_best.kind == "samu"
    assert state(other) == "proposed"
    asked = {"by": regulator, "request": other, "schedule": office}
    refused(api.Refusal.NO_SLOT, api.book_over_capacity, **asked, starts_at=NOW, key="m")
    refused(api.Refusal.KEY_USED, api.book_over_capacity, **asked, starts_at=at[1], key="k")


def test_only_a_full_slot_within_what_was_searched_is_taken_over_capacity(
    call: Call, regulator: Person, office: agenda.Schedule, client: Client, place: Territory
) -> None:
    """The key of a slot still free, next month or out of reach, posted by hand, books nothing."""
    agenda.add_opening(
        by=None, schedule=office, weekday=1, starts=time(9), ends=time(10), minutes=30, key="later",
        valid_from=date(2026, 4, 14), valid_to=date(2026, 4, 14), visibility=agenda.Visibility.SNP,
    )  # fmt: skip
    later = list(office.slots.filter(starts_at__date=date(2026, 4, 14)).order_by("starts_at"))
    agenda.book(by=regulator, slot=later[1], patient=make_patient("Saule", place), key="full-later")
    far = make_commune("71009", place=place, lon=6.0)
    client.force_login(regulator)
    full = office.slots.order_by("starts_at")[0]
    for slot, request in ((later[0], call()), (later[1], call()), (full, call(commune=far))):
        sent = {"slot": str(slot.pk), "key": f"by-hand-{slot.pk}"}
        page = client.post(f"/regulation/{request.pk}/surnumeraire/", sent, follow=True).content.decode()
        assert "ne se prend pas, ou plus, en surnuméraire" in page
        assert not Decision.objects.of_request(request).exists()
    made = api.book_over_capacity(
        by=regulator, request=call(), schedule=office, starts_at=full.starts_at, key="offered"
    )
    assert made.appointment.seat == 1


def test_a_key_that_the_agenda_knows_for_another_slot_is_refused(
    call: Call, regulator: Person, office: agenda.Schedule
) -> None:
    at, key = starts(office), f"full{office.slots.order_by('starts_at')[0].pk}"
    asked = {"by": regulator, "request": call(), "schedule": office, "starts_at": at[1], "key": key}
    refused(api.Refusal.KEY_USED, api.book_over_capacity, **asked)


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"patient": None}, api.Refusal.NO_PATIENT),
        ({"priority": "P1"}, api.Refusal.URGENT),
    ],
)
def test_what_forbids_a_slot_forbids_one_over_capacity(
    values: dict[str, object], refusal: api.Refusal, call: Call, regulator: Person, office: agenda.Schedule
) -> None:
    asked = {"by": regulator, "schedule": office, "starts_at": starts(office)[0], "key": "k"}
    refused(refusal, api.book_over_capacity, request=call(**values), **asked)


def test_questions_and_red_flags_come_first(call: Call, regulator: Person, doctor: Professional) -> None:
    api.create_example_sheets(by=None)
    request = call(checked=False)
    asked = {"by": regulator, "request": request, "professional": doctor, "key": "k"}
    refused(api.Refusal.UNANSWERED, api.send_outside_slot, **asked)
    sheet = api.sheets_for(request.motive)[0]
    answers = {"breathing": api.Answer.YES}
    api.answer_questions(by=regulator, request=request, sheet=sheet, answers=answers)
    refused(api.Refusal.RED_FLAG, api.send_outside_slot, **asked)


def test_outside_any_slot_the_request_keeps_its_owner_until_the_effector_closes_it(
    call: Call, regulator: Person, colleague: Person, make_doctor: Doctor, place: Territory
) -> None:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    doctor = make_doctor("Aubépine", account=account)
    request = call()
    api.propose(by=regulator, request=request)
    asked = {"by": regulator, "request": request, "professional": doctor, "key": "k"}
    made = api.send_outside_slot(**asked, note=" Accepte entre deux visites. ")
    assert (made.kind, made.hub_code, made.note) == ("outside", "ORIENT", "Accepte entre deux visites.")
    assert api.send_outside_slot(**asked) == made
    row = Request.objects.keyed(request.pk).get()
    assert (row.state, row.owner, row.state_label) == ("outside", regulator, "Adressée hors créneau")
    assert not Proposal.objects.of_request(request).offered().exists()
    assert [line.request for line in api.queue(by=colleague, scope=place.scope)] == [request]
    assert request in api.to_close(by=account)
    assert api.today(by=regulator, scope=place.scope).in_town == 1
    api.close(by=account, request=request, outcome=api.Outcome.SEEN)
    assert state(request) == "closed"
    refused(api.Refusal.KEY_USED, api.send_outside_slot, **(asked | {"request": call()}))
    by_other = {"by": colleague, "request": call(by=colleague), "professional": doctor, "key": "k"}
    assert api.send_outside_slot(**by_other).by == colleague


def test_an_hour_agreed_by_phone_is_told_like_an_appointment(
    call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, patient: Patient,
    village: Commune, place: Territory,
) -> None:  # fmt: skip
    own = make_doctor("Traitant", visibility=agenda.Visibility.PRIVATE)
    declare_doctor(patient, own)
    structure = Structure.objects.create(
        id="cabinet", kind="cabinet", name="Cabinet", lon=4.0, lat=46.0, count=1, source="test"
    )
    room = PracticePlace.objects.create(
        key="room",
        structure=structure,
        name="Cabinet",
        commune=village,
        phone="03 99 00 00 01",
        source="test",
    )
    Membership.objects.create(professional=doctor, structure=structure, place=room, source="test")
    asked = {"by": regulator, "professional": doctor}
    at = NOW + timedelta(hours=2)
    api.send_outside_slot(request=call(), at=at, key="k", **asked)
    told = Notification.objects.in_scope(place.scope)
    assert {row.template for row in told} == {"appointment_booked", "expected_booked", "request_answered"}
    # Whoever expects the person reads neither their own name nor their own number.
    (expected,) = told.filter(template="expected_booked")
    assert set(expected.parameters) == {"when", "commune", "reference"}
    assert expected.path.endswith(f"#demande-{expected.parameters['reference']}")
    refused(api.Refusal.PAST, api.send_outside_slot, request=call(), at=NOW, key="l", **asked)
    # Without an hour, or without a patient, nothing is sent but the own doctor's line.
    before = told.filter(template="expected_booked").count()
    api.send_outside_slot(request=call(), key="m", **asked)
    assert told.filter(template="expected_booked").count() == before
    # A person whom nobody knows is told by voice; whoever expects them is told all the same.
    unknown = call(patient=None)
    made = api.send_outside_slot(request=unknown, at=at, key="n", **asked)
    assert [row.professional for row in told.filter(template="expected_booked")[before:]] == [doctor]
    assert "dites l’heure" in api.said_of_hour(made, unknown)


def test_the_hour_agreed_is_kept_and_each_change_of_it_is_told_once(
    call: Call, regulator: Person, make_doctor: Doctor, patient: Patient, place: Territory
) -> None:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    doctor = make_doctor("Aubépine", account=account)
    request, first, second = call(), NOW + timedelta(hours=2), NOW + timedelta(hours=3)
    made = api.send_outside_slot(by=regulator, request=request, professional=doctor, at=first, key="k")
    assert Decision.objects.of_request(request).get().agreed_at == first
    assert [one.expected for one in api.received(by=account)] == [first]
    assert "SMS" in api.said_of_hour(made, request)

    told = Notification.objects.in_scope(place.scope).filter(patient=patient).order_by("pk")
    hours = [(second, "a"), (second, "a"), (first, "b"), (second, "c")]
    for at, key in hours:
        api.agree_on_hour(by=regulator, request=request, at=at, key=key)
    # There and back again: four hours were said, and the last message says the last.
    # None of them left before the next: nobody hears of an hour « moved » that they were never told.
    templates = ["appointment_booked"] * 4
    assert [row.template.removesuffix("_brief") for row in told] == templates
    assert Entry.objects.filter(verb="orientation.hour_agreed").count() == 3
    assert [one.expected for one in api.received(by=account)] == [second]
    refused(api.Refusal.PAST, api.agree_on_hour, by=regulator, request=request, at=NOW, key="d")
    refused(api.Refusal.STATE, api.agree_on_hour, by=regulator, request=call(), at=first, key="e")


def test_what_stands_against_an_hour_agreed_is_said_and_refuses_nothing(
    call: Call,
    regulator: Person,
    doctor: Professional,
    make_doctor: Doctor,
    patient: Patient,
    place: Territory,
) -> None:
    slot, later = list(agenda.free_slots(regulator, NOW, NOW + timedelta(days=1)))[:2]
    other = make_doctor("Aubépine", visibility=agenda.Visibility.PRIVATE)
    request = call()

    def warned(who: Professional, at: datetime, key: str) -> str:
        again = call() if key == "own" else request
        if Decision.objects.of_request(again).exists():
            made = api.agree_on_hour(by=regulator, request=again, at=at, key=key)
        else:
            made = api.send_outside_slot(by=regulator, request=again, professional=who, at=at, key=key)
        return api.warnings_of_hour(made, again)

    assert warned(other, slot.starts_at, "a") == ""
    # The person was given an appointment with somebody else since.
    agenda.book(by=regulator, slot=slot, patient=patient, key="k")
    assert warned(other, slot.starts_at + timedelta(minutes=1), "b").endswith(f"chez {slot.agenda}.")
    assert warned(other, slot.ends_at, "c") == ""
    # With the same professional, it is the same appointment; somebody else's is not.
    assert warned(doctor, slot.starts_at, "own") == ""
    agenda.book(by=regulator, slot=later, patient=make_patient("Orme", place), key="l")
    taken = call()
    made = api.send_outside_slot(
        by=regulator, request=taken, professional=doctor, at=later.starts_at, key="m"
    )
    assert (
        api.warnings_of_hour(made, taken)
        == f"Attention\N{NO-BREAK SPACE}: {doctor} a déjà un rendez-vous à cette heure."
    )
    # Away: their own agenda says so.
    agenda.close(
        by=None,
        agenda=slot.agenda,
        starts_at=NOW + timedelta(days=2),
        ends_at=NOW + timedelta(days=3),
        key="away",
    )
    away = call()
    made = api.send_outside_slot(
        by=regulator, request=away, professional=doctor, at=NOW + timedelta(days=2, hours=1), key="n"
    )
    assert "est absent à cette heure" in api.warnings_of_hour(made, away)
    assert (
        api.warnings_of_hour(
            api.send_outside_slot(by=regulator, request=call(), professional=doctor, key="o"), away
        )
        == ""
    )


def test_the_same_key_with_another_hour_is_told_and_names_only_an_hour_that_left(
    call: Call, regulator: Person, doctor: Professional, patient: Patient, place: Territory, client: Client,
    clock: time_machine.Traveller, settings: Any, tmp_path: Path,
) -> None:  # fmt: skip
    settings.SMS_FILE = tmp_path / "sms.jsonl"
    request = call()
    hours = {hour: NOW + timedelta(hours=hour) for hour in (2, 3, 4, 5)}
    sent = {"by": regulator, "request": request, "professional": doctor, "key": "k"}
    made = api.send_outside_slot(**sent, at=hours[2])
    refused(api.Refusal.KEY_USED, api.send_outside_slot, **sent, at=hours[3])

    def leave() -> list[str]:
        clock.shift(timedelta(seconds=30))
        outbox.drain()
        return [row.template.removesuffix("_brief") for row in told.filter(state="sent")]

    def agree(hour: int, key: str) -> datetime | None:
        return api.agree_on_hour(by=regulator, request=request, at=hours[hour], key=key).agreed_at

    told = Notification.objects.in_scope(place.scope).filter(patient=patient).order_by("pk")
    for hour, key in ((3, "a"), (4, "a"), (2, "b")):  # quicker than any message leaves
        assert agree(hour, key) == hours[hour]
    assert leave() == ["appointment_booked"]
    assert told.get(state="sent").parameters["when"] == hours[2].isoformat()
    # The form posted again from « back »: another hour is another change, told from the last one told.
    assert agree(5, "a") == hours[5]
    assert leave() == ["appointment_booked", "appointment_moved"]
    assert told.filter(state="sent").last().parameters["previous"] == hours[2].isoformat()
    assert agree(3, "a") == hours[5], "the same write as before changes nothing"
    client.force_login(regulator)
    address = f"/regulation/{request.pk}/heure-convenue/"
    old = {"hour-key": "a", "hour-at": f"{timezone.localtime(hours[3]):%Y-%m-%dT%H:%M}"}
    assert "Une autre heure a été convenue depuis" in client.post(address, old, follow=True).content.decode()
    skipped = {"hour-key": "z", "hour-at": "2026-03-29T02:20"}
    assert "L’horloge change cette nuit-là" in client.post(address, skipped, follow=True).content.decode()
    assert Decision.objects.of_request(request).get() == made


def test_the_desk_and_whoever_receives_read_the_hour_agreed(
    call: Call, regulator: Person, make_doctor: Doctor, place: Territory, client: Client
) -> None:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    doctor = make_doctor("Aubépine", account=account)
    request = call()
    api.send_outside_slot(by=regulator, request=request, professional=doctor, key="k")
    client.force_login(regulator)
    address = f"/regulation/{request.pk}/heure-convenue/"
    client.post(address, {"hour-key": "k2", "hour-at": "2026-03-14T16:20"})
    page = client.get(f"/regulation/{request.pk}/").content.decode()
    assert "16\u00a0h\u00a020" in page
    assert 'value="2026-03-14T16:20"' in page
    for wrong in ("", "9999-12-31T10:00", "2026-03-14T01:00"):
        client.post(address, {"hour-key": "k3", "hour-at": wrong})
    assert Decision.objects.of_request(request).get().agreed_at == NOW + timedelta(hours=2, minutes=20)
    client.force_login(account)
    assert "16\u00a0h\u00a020" in client.get("/regulation/demandes/").content.decode()


def test_whoever_accepted_is_named_and_still_at_work(
    call: Call, regulator: Person, doctor: Professional
) -> None:
    asked = {"by": regulator, "request": call(), "key": "k"}
    assert "au téléphone" in refused(api.Refusal.NO_EFFECTOR, api.send_outside_slot, **asked)
    doctor.is_active = False
    refused(api.Refusal.NO_EFFECTOR, api.send_outside_slot, **asked, professional=doctor)
    closed = Structure(id="x", is_active=False)
    refused(api.Refusal.NO_EFFECTOR, api.send_outside_slot, **asked, structure=closed)
    centre = Structure.objects.create(
        id="centre", kind="centre_sante", name="Centre", lon=4.0, lat=46.0, count=1, source="test"
    )
    assert api.send_outside_slot(**asked, structure=centre).structure == centre
