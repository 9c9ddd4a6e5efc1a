"""A doctor changes their agenda while the desk proposes its slots: nothing fails, and the desk tells it."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
import time_machine

from maillage.agenda import api as agenda
from maillage.agenda.models import Closure, Opening, Schedule, Slot
from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Proposal, Request
from maillage.orientation.rules.vocabulary import ProposalState
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


def test_a_seat_kept_stays_where_it_was_said(call: Call, regulator: Person, doctor: Professional) -> None:
    best = proposed(regulator, call())[0]
    held = api.hold(by=regulator, proposal=best, key="kept").appointment
    shut(best.schedule)
    made = api.hold_and_book(by=regulator, proposal=now(best), key="booked")
    kept = Slot.objects.get(pk=best.slot_id)
    assert (kept.starts_at, kept.schedule, kept.is_open) == (best.starts_at, best.schedule, False)
    assert held is not None
    assert made.appointment == held
    assert list(agenda.to_move(kept.agenda, NOW)) == [held]
