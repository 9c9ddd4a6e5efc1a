"""A doctor changes their agenda while the desk proposes its slots: nothing fails, and the desk tells it."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
import time_machine
from django.test import Client

from maillage.agenda import api as agenda
from maillage.agenda.models import Appointment, Closure, Opening, Schedule, Slot
from maillage.directory.api import Professional
from maillage.exchange.api import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Closure as Said
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.rules.safety import TO_THE_15
from maillage.orientation.rules.vocabulary import ProposalState
from maillage.people.api import Patient
from maillage.territory.api import Commune
from tests.orientation.conftest import NOW, Call, Doctor, keys

Change = Callable[[Schedule], object]


def shut(office: Schedule, *, everywhere: bool = True) -> Closure:
    return agenda.close(
        by=None, agenda=office.agenda, schedule=None if everywhere else office, starts_at=NOW,
        ends_at=NOW + timedelta(hours=8), key=next(keys),
    )  # fmt: skip


def shut_the_place(office: Schedule) -> None:
    shut(office, everywhere=False)


def end(office: Schedule) -> None:
    opening = Opening.objects.get(schedule=office)
    agenda.end_opening(by=None, opening=opening, last_day=opening.valid_from - timedelta(days=1))


def open_longer(office: Schedule) -> None:
    """Close the hour, then open it by slots of another length."""
    end(office)
    reopened(office, minutes=30)


def reopened(office: Schedule, *, minutes: int = 20) -> None:
    agenda.add_opening(
        by=None, schedule=office, weekday=5, starts=time(16), ends=time(17), minutes=minutes,
        valid_from=date(2026, 3, 14), valid_to=date(2026, 3, 14), visibility=agenda.Visibility.SNP,
        key=next(keys),
    )  # fmt: skip


def proposed(by: Person, request: Request) -> list[Proposal]:
    search = api.propose(by=by, request=request, criteria=api.Criteria())
    return list(Proposal.objects.of_request(request).filter(search=search))


def now(proposal: Proposal) -> Proposal:
    return Proposal.objects.keyed(proposal.pk).get()


@pytest.mark.parametrize("change", [shut, shut_the_place, end, open_longer])
def test_an_agenda_may_change_where_the_desk_proposed_its_slots(
    change: Change, call: Call, regulator: Person, doctor: Professional, make_doctor: Doctor,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    make_doctor("Bruyère", starts=18)
    request = call()
    best = proposed(regulator, request)[0]
    assert best.professional == doctor
    named = set(
        Proposal.objects.of_request(request).filter(professional=doctor).values_list("slot", flat=True)
    )
    clock.shift(60)
    change(best.schedule)
    assert named <= set(Slot.objects.values_list("pk", flat=True))
    said = now(best)
    assert (said.starts_at, said.schedule, said.professional) == (best.starts_at, best.schedule, doctor)
    if change is not open_longer:  # else the same hour at the same place is open still
        assert not Slot.objects.get(pk=best.slot_id).is_open
        lost = api.hold_and_book(by=regulator, proposal=best, key="lost")
        assert lost.appointment is None
        assert lost.next_best is not None
        assert lost.next_best.professional.last_name == "Bruyère"
        assert now(best).state == ProposalState.TAKEN.value


def test_a_slot_nobody_named_is_removed_and_one_named_opens_again(
    call: Call, regulator: Person, doctor: Professional
) -> None:
    request = call()
    best = proposed(regulator, request)[0]
    before = Slot.objects.filter(is_open=True).count()
    closure = shut(best.schedule)
    kept = set(Slot.objects.values_list("pk", flat=True))
    assert kept == set(Proposal.objects.of_request(request).exclude(slot=None).values_list("slot", flat=True))
    agenda.reopen(by=None, closure=closure)
    assert Slot.objects.get(pk=best.slot_id).is_open
    assert Slot.objects.filter(is_open=True).count() == before


@pytest.mark.parametrize("gesture", [api.hold, api.hold_and_book])
def test_a_slot_moved_to_another_place_is_proposed_no_more(
    gesture: Callable[..., api.Next], call: Call, regulator: Person, doctor: Professional, village: Commune,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    request = call()
    best = proposed(regulator, request)[0]
    office = best.schedule
    clock.shift(60)
    end(office)
    annexe = agenda.add_schedule(by=None, agenda=office.agenda, name="Annexe", commune=village)
    clock.shift(60)
    reopened(annexe)
    assert Slot.objects.get(pk=best.slot_id).schedule == annexe
    lost = gesture(by=regulator, proposal=best, key="moved")
    assert lost.appointment is None
    assert lost.next_best is not None
    assert lost.next_best.schedule == annexe
    again = gesture(by=regulator, proposal=lost.next_best, key="there")
    assert again.appointment is not None
    assert again.appointment.slot.schedule == annexe


def test_a_seat_held_in_an_hour_closed_since_is_refused_and_its_place_still_said(
    call: Call, regulator: Person, doctor: Professional
) -> None:
    best = proposed(regulator, call())[0]
    held = api.hold(by=regulator, proposal=best, key="kept").appointment
    assert held is not None
    shut(best.schedule)
    made = api.hold_and_book(by=regulator, proposal=now(best), key="booked")
    kept = Slot.objects.get(pk=best.slot_id)
    assert (kept.starts_at, kept.schedule, kept.is_open) == (best.starts_at, best.schedule, False)
    assert made.appointment is None
    assert "fermé ce créneau" in str(made.sentence)
    assert Appointment.objects.keyed(held.pk).get().state != "booked"


def booked(by: Person, request: Request) -> Proposal:
    """Give the request its best slot."""
    best = proposed(by, request)[0]
    api.hold_and_book(by=by, proposal=best, key=next(keys))
    outbox.drain()
    return best


def closed_once_booked(by: Person, request: Request, clock: time_machine.Traveller) -> Proposal:
    """Give the request its best slot, which its professional closes a minute later."""
    best = booked(by, request)
    clock.shift(60)
    shut(best.schedule)
    outbox.drain()
    return best


def again(request: Request) -> Request:
    return Request.objects.keyed(request.pk).get()


def line_of(request: Request, by: Person) -> api.QueueLine:
    return next(one for one in api.queue(by=by, scope=request.scope) if one.request.pk == request.pk)


def messages_to(patient: Patient) -> list[str]:
    rows = Notification.objects.in_scope(patient.scope).filter(patient=patient).order_by("pk")
    return [row.template.removesuffix("_brief") for row in rows]


@pytest.mark.parametrize("change", [shut, shut_the_place, end, open_longer])
def test_whoever_is_expected_at_a_closed_hour_is_back_at_the_desk_and_nobody_is_told(
    change: Change,
    call: Call,
    regulator: Person,
    doctor: Professional,
    patient: Patient,
    client: Client,
    clock: time_machine.Traveller,
) -> None:
    request = call(priority="P2", delay="4H")
    best = booked(regulator, request)
    told = messages_to(patient)
    clock.shift(60)
    change(best.schedule)
    outbox.drain()
    row = again(request)
    assert (row.state, row.priority, row.delay) == ("in_hand", "P2", "4H")
    assert line_of(row, regulator).is_displaced
    assert Said.objects.of_request(row).last().outcome == "displaced"
    assert messages_to(patient) == told
    assert Appointment.objects.keyed(best_appointment(row)).get().state == "booked"
    client.force_login(regulator)
    assert "à replacer" in client.get("/regulation/file/").content.decode()
    page = client.get(f"/regulation/{row.pk}/").content.decode()
    assert "Créneau fermé par le professionnel" in page
    assert "À dire à la personne" not in page
    outbox.drain()  # the same again changes nothing
    assert Said.objects.of_request(row).count() == 1


def best_appointment(request: Request) -> int:
    return Decision.objects.of_request(request).last().appointment_id


def test_it_waits_no_more_once_the_hour_opens_again(
    call: Call, regulator: Person, doctor: Professional, clock: time_machine.Traveller
) -> None:
    request = call()
    best = booked(regulator, request)
    clock.shift(60)
    closure = shut(best.schedule)
    outbox.drain()
    assert line_of(request, regulator).is_displaced
    clock.shift(60)
    agenda.reopen(by=None, closure=closure)
    outbox.drain()
    assert again(request).state == "booked"
    assert not line_of(request, regulator).is_displaced


def test_another_hour_gives_the_closed_one_back_and_the_person_is_told_of_both(
    call: Call,
    regulator: Person,
    doctor: Professional,
    make_doctor: Doctor,
    patient: Patient,
    clock: time_machine.Traveller,
) -> None:
    make_doctor("Bruyère", starts=18)
    request = call()
    closed = booked(regulator, request)
    was = best_appointment(request)
    clock.shift(60)
    shut(closed.schedule)
    outbox.drain()
    other = booked(regulator, again(request))
    assert other.schedule != closed.schedule
    assert Appointment.objects.keyed(was).get().state == "cancelled"
    assert again(request).state == "booked"
    assert sorted(set(messages_to(patient))) == ["appointment_booked", "appointment_cancelled"]


def test_a_request_that_is_given_up_gives_the_closed_hour_back(
    call: Call, regulator: Person, doctor: Professional, clock: time_machine.Traveller
) -> None:
    request = call()
    closed_once_booked(regulator, request, clock)
    api.close(by=regulator, request=again(request), outcome=api.Outcome.DECLINED)
    outbox.drain()
    assert again(request).state == "closed"
    assert Appointment.objects.keyed(best_appointment(request)).get().state == "cancelled"


def test_a_patient_received_all_the_same_ends_the_request(
    call: Call, regulator: Person, doctor: Professional, clock: time_machine.Traveller
) -> None:
    request = call()
    closed_once_booked(regulator, request, clock)
    assert again(request).state == "in_hand"
    clock.shift(timedelta(hours=3))
    kept = Appointment.objects.keyed(best_appointment(request)).get()
    agenda.change_state(by=None, appointment=kept, state=agenda.State.HONOURED, key=next(keys))
    outbox.drain()
    assert again(request).state == "closed"


@pytest.mark.parametrize(
    "said", [{"priority": "P1"}, {"motive": "M01.01"}, {"age_months": 2}], ids=["priority", "motive", "age"]
)
def test_a_closed_hour_is_given_back_once_the_15_is_due(
    said: dict[str, object], call: Call, regulator: Person, doctor: Professional,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    request = call(age_months=500)
    best = closed_once_booked(regulator, request, clock)
    request = api.take(by=regulator, request=again(request))
    kept = Appointment.objects.keyed(now(best).appointment_id or 0)
    assert kept.get().state == agenda.State.BOOKED.value
    request = api.describe(by=regulator, request=again(request), values=said)
    assert (request.state, api.clearance(request).obstacle in TO_THE_15) == ("in_hand", True)
    assert kept.get().state == agenda.State.CANCELLED.value
    outbox.drain()
    assert again(request).state == "in_hand"
