"""Beyond the free slots: over a professional's capacity, or to somebody who accepted by phone."""

from datetime import timedelta

import pytest

from maillage.agenda import api as agenda
from maillage.directory.api import Membership, PracticePlace, Professional, Structure
from maillage.exchange.api import Notification
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient, make_person
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
    assert Notification.objects.in_scope(place.scope).filter(template="appointment_booked").count() == 2
    assert Entry.objects.filter(verb="orientation.booked_over_capacity").count() == 1
    refused(api.Refusal.KEY_USED, api.book_over_capacity, **(asked | {"request": call()}))


def test_nobody_more_than_the_professional_accepts(
    call: Call, regulator: Person, office: agenda.Schedule
) -> None:
    at = starts(office)
    api.book_over_capacity(by=regulator, request=call(), schedule=office, starts_at=at[0], key="k")
    other = call()
    api.propose(by=regulator, request=other)
    lost = api.book_over_capacity(by=regulator, request=other, schedule=office, starts_at=at[1], key="l")
    assert lost.appointment is None
    assert lost.sentence.startswith("Le professionnel n’accepte pas, ou plus")
    assert lost.next_best.kind == "samu"
    assert state(other) == "proposed"
    asked = {"by": regulator, "request": other, "schedule": office}
    refused(api.Refusal.NO_SLOT, api.book_over_capacity, **asked, starts_at=NOW, key="m")
    refused(api.Refusal.KEY_USED, api.book_over_capacity, **asked, starts_at=at[1], key="k")


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
    refused(api.Refusal.KEY_USED, api.send_outside_slot, **by_other)


def test_an_hour_agreed_by_phone_is_told_like_an_appointment(
    call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, patient: Patient,
    village: Commune, place: Territory,
) -> None:  # fmt: skip
    own = make_doctor("Traitant", visibility=agenda.Visibility.PRIVATE)
    patient.referring_doctor = own
    patient.save()
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
    assert {row.template for row in told} == {"appointment_booked", "request_answered"}
    refused(api.Refusal.PAST, api.send_outside_slot, request=call(), at=NOW, key="l", **asked)
    # Without an hour, or without a patient, nothing is sent but the own doctor's line.
    before = told.filter(template="appointment_booked").count()
    api.send_outside_slot(request=call(), key="m", **asked)
    api.send_outside_slot(request=call(patient=None), at=at, key="n", **asked)
    assert told.filter(template="appointment_booked").count() == before


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
