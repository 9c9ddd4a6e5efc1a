"""Searching, holding, booking, refusing; the slot taken meanwhile, the hold that expires, no supply."""

from datetime import timedelta

import pytest
import time_machine

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.exchange.api import Notification
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.computations.index import desk_index
from maillage.orientation.models import Proposal, Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import declare_doctor, make_patient, make_person
from tests.orientation.conftest import NOW, Call, Doctor, refused


def proposals(by: Person, request: Request, **criteria: object) -> list[Proposal]:
    search = api.propose(by=by, request=request, criteria=api.Criteria(**criteria))
    return list(Proposal.objects.of_request(request).filter(search=search))


def test_the_nearest_acceptable_slot_then_the_15(
    call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, village: Commune
) -> None:
    near = make_doctor("Bruyère", commune=village)
    found = proposals(regulator, call())
    assert [one.kind for one in found] == ["slot", "slot", "samu"]
    assert [one.professional for one in found[:2]] == [near, doctor]
    assert found[0].reasons == ["earliest", "nearest", "best_score"]
    assert found[0].travel == 0
    assert 8 < found[1].travel < 16


def test_the_own_doctor_comes_first_however_far(
    call: Call,
    regulator: Person,
    doctor: Professional,
    make_doctor: Doctor,
    village: Commune,
    patient: Patient,
) -> None:
    for name in ("A", "B", "C", "D", "E"):
        make_doctor(name, commune=village)
    declare_doctor(patient, doctor)
    found = proposals(regulator, call())
    assert found[0].professional == doctor
    assert (found[0].kind, found[0].reasons) == ("own_doctor", ["own_doctor", "earliest"])
    assert len(found) == 6


def test_a_private_slot_is_never_proposed(call: Call, regulator: Person, make_doctor: Doctor) -> None:
    make_doctor("Aubépine", visibility=agenda.Visibility.PRIVATE)
    assert [one.kind for one in proposals(regulator, call())] == ["samu"]


def test_a_commune_without_any_supply_is_told_so(call: Call, regulator: Person) -> None:
    request = call()
    assert [one.kind for one in proposals(regulator, request)] == ["samu"]
    file = api.request_file(by=regulator, pk=request.pk)
    assert file.search.on_call_answer == "no_sector"
    assert api.free_capacity(by=regulator, scope=request.scope).total == 0
    assert api.on_call_now(by=regulator, scope=request.scope) == []


def test_why_this_one_was_left_out_and_what_would_widen(
    call: Call, regulator: Person, doctor: Professional
) -> None:
    request = call()
    search = api.propose(by=regulator, request=request, criteria=api.Criteria(max_travel=1))
    assert search.excluded[0]["reasons"] == ["too_far"]
    assert search.excluded[0]["name"] == str(doctor)
    assert search.widen == [{"reason": "too_far", "people": 1}]
    assert api.propose(by=regulator, request=request).widen == []
    assert api.propose(by=regulator, request=request, criteria=api.Criteria(language="ar")).widen == [
        {"reason": "language", "people": 1}
    ]
    asked = api.Criteria(wheelchair=True, sector_one=True, child=True)
    assert api.propose(by=regulator, request=request, criteria=asked).excluded[0]["reasons"] == ["ability"]
    for asked in (api.Criteria(home_visit=True), api.Criteria(remote=True), api.Criteria(horizon_hours=1)):
        assert api.propose(by=regulator, request=request, criteria=asked).excluded


def test_booking_tells_everybody_and_no_health_data(
    call: Call,
    regulator: Person,
    doctor: Professional,
    patient: Patient,
    make_doctor: Doctor,
    village: Commune,
) -> None:
    own = make_doctor("Traitant", visibility=agenda.Visibility.PRIVATE)
    patient.phone = "+33639980001"
    patient.save()
    declare_doctor(patient, own)
    request = call()
    best = proposals(regulator, request)[0]
    made = api.hold_and_book(by=regulator, proposal=best, key="k")
    assert made.appointment.patient == patient
    assert made.told
    assert api.hold_and_book(by=regulator, proposal=best, key="k").appointment == made.appointment
    rows = Notification.objects.in_scope(request.scope)
    assert {row.template for row in rows} == {"appointment_booked", "expected_booked", "request_answered"}
    assert not any("M03" in str(row.parameters) for row in rows)
    assert Request.objects.keyed(request.pk).get().state == api.State.BOOKED
    refused(api.Refusal.PROPOSAL_GONE, api.hold, by=regulator, proposal=best, key="z")


def test_without_a_phone_the_regulator_tells(call: Call, regulator: Person, doctor: Professional) -> None:
    Professional.objects.update(phone="")
    made = api.hold_and_book(by=regulator, proposal=proposals(regulator, call())[0], key="k")
    assert made.appointment
    assert not made.told
    assert "dites-le maintenant" in made.sentence
    assert "Cabinet Aubépine" in made.sentence


def test_a_slot_taken_meanwhile_gives_the_next_best(
    call: Call, regulator: Person, colleague: Person, doctor: Professional, place: Territory
) -> None:
    request = call()
    best = proposals(regulator, request)[0]
    agenda.book(by=colleague, slot=best.slot, patient=make_patient("Orme", place), key="other")
    lost = api.hold_and_book(by=regulator, proposal=best, key="mine")
    assert lost.appointment is None
    assert lost.next_best.slot.starts_at == best.slot.starts_at + timedelta(minutes=20)
    assert lost.sentence.startswith("Ce créneau vient d’être pris")
    won = api.hold_and_book(by=regulator, proposal=lost.next_best, key="mine-2")
    assert won.appointment.slot == lost.next_best.slot


def test_a_server_killed_between_hold_and_booking_loses_nobody(
    call: Call, regulator: Person, colleague: Person, doctor: Professional, place: Territory,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    request = call()
    best = proposals(regulator, request)[0]
    held = api.hold(by=regulator, proposal=best, key="h")
    assert held.appointment.state == "held"
    other = call(by=colleague)
    assert proposals(colleague, other)[0].slot != best.slot
    clock.shift(timedelta(minutes=6))
    assert proposals(colleague, other)[0].slot == best.slot
    assert [one.request for one in api.queue(by=colleague, scope=place.scope)] == [request, other]
    again = api.hold_and_book(by=regulator, proposal=best, key="b")
    assert again.appointment.slot == best.slot
    assert again.appointment.state == "booked"


def test_a_refusal_gives_the_seat_back_and_the_next_best(
    call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, village: Commune
) -> None:
    near = make_doctor("Bruyère", commune=village)
    request = call()
    best = proposals(regulator, request)[0]
    api.hold(by=regulator, proposal=best, key="h")
    after = api.refuse_proposal(by=regulator, proposal=best, reason=api.RefusalReason.OTHER_PERSON_WANTED)
    assert after.next_best.professional == doctor
    assert agenda.Appointment.objects.for_person(regulator).get().state == "cancelled"
    refused(
        api.Refusal.PROPOSAL_GONE,
        api.refuse_proposal,
        by=regulator,
        proposal=best,
        reason=api.RefusalReason.COST,
    )
    assert near not in [one.professional for one in proposals(regulator, request)]
    last = api.refuse_proposal(
        by=regulator,
        proposal=Proposal.objects.of_request(request).offered().first(),
        reason=api.RefusalReason.COST,
    )
    assert last.next_best.kind == "samu"


def test_the_index_follows_bookings_cancellations_and_new_places(
    call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor, place: Territory,
    django_capture_on_commit_callbacks: object,
) -> None:  # fmt: skip
    request = call()
    first = proposals(regulator, request)[0]
    built = desk_index(place.scope, NOW).engine
    made = agenda.book(by=regulator, slot=first.slot, patient=make_patient("Orme", place), key="o")
    second = proposals(regulator, request)[0]
    assert second.slot.starts_at > first.slot.starts_at
    agenda.change_state(by=regulator, appointment=made, state=agenda.State.CANCELLED, key="c")
    assert proposals(regulator, request)[0].slot == first.slot
    assert desk_index(place.scope, NOW).engine is built
    make_doctor("Bruyère", starts=15)
    assert proposals(regulator, request)[0].slot.starts_at < first.slot.starts_at
    assert desk_index(place.scope, NOW).engine is not built


def test_the_person_must_be_known_to_be_booked_and_the_place_to_be_sought(
    call: Call, regulator: Person, doctor: Professional
) -> None:
    request = call(patient=None)
    best = proposals(regulator, request)[0]
    refused(api.Refusal.NO_PATIENT, api.hold_and_book, by=regulator, proposal=best, key="k")
    refused(api.Refusal.NO_COMMUNE, api.propose, by=regulator, request=call(commune=None))


def test_what_the_professional_says_in_the_agenda_closes_the_loop(
    call: Call, regulator: Person, make_doctor: Doctor, place: Territory, clock: time_machine.Traveller,
    django_capture_on_commit_callbacks: object,
) -> None:  # fmt: skip
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    make_doctor("Aubépine", account=account)
    seen, absent = call(), call()
    for request, state in ((seen, agenda.State.HONOURED), (absent, agenda.State.NOT_HONOURED)):
        made = api.hold_and_book(
            by=regulator, proposal=proposals(regulator, request)[0], key=f"k{request.pk}"
        ).appointment
        assert request in api.to_close(by=account)
        clock.shift(timedelta(hours=3))
        with django_capture_on_commit_callbacks(execute=True):
            agenda.change_state(by=account, appointment=made, state=state, key=f"s{request.pk}")
        clock.move_to(NOW)
    assert Request.objects.keyed(seen.pk).get().state == api.State.CLOSED
    assert Request.objects.keyed(absent.pk).get().state == api.State.IN_HAND


def test_the_effector_closes_in_one_tap(
    call: Call, regulator: Person, make_doctor: Doctor, place: Territory
) -> None:
    account = make_person("helene.aubepine", Role.PHYSICIAN, place.scope)
    make_doctor("Aubépine", account=account)
    request = call()
    api.hold_and_book(by=regulator, proposal=proposals(regulator, request)[0], key="k")
    assert api.close(by=account, request=request, outcome=api.Outcome.EMERGENCY).closes
    assert api.to_close(by=account) == []


@pytest.mark.parametrize("kind", [api.DecisionKind.SLOT, api.DecisionKind.TRANSFER])
def test_a_decision_with_an_action_of_its_own(call: Call, regulator: Person, kind: api.DecisionKind) -> None:
    with pytest.raises(ValueError, match="its own"):
        api.decide(by=regulator, request=call(), kind=kind)
