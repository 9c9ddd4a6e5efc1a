"""What becomes of an appointment: moved, arrived, honoured, not honoured, cancelled, each tap undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions import rights
from maillage.agenda.actions.booking import BookingRefusedError, Refusal, hold, require_not_kept_out
from maillage.agenda.actions.recording import record
from maillage.agenda.actions.schedules import make_again
from maillage.agenda.actions.waiting import offer_freed_slot
from maillage.agenda.models import Agenda, Appointment, Occupation, Slot, StateChange
from maillage.agenda.rules.vocabulary import LIVE, State, before, is_too_early, may_become
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before

_LIVE = [state.value for state in LIVE]


@transaction.atomic
def change_state(
    *, by: Person | None, appointment: Appointment, state: State, key: str, reason: str = ""
) -> Appointment:
    """Move an appointment to `state`; the same `key` again changes nothing.

    A cancelled appointment, or a hold given back, frees its seat at once and offers it to the waiting list.
    Raises BookingRefusedError where the state cannot follow, PermissionDenied where `by` neither manages the
    agenda nor (to cancel) made the appointment.
    """
    agenda_row = _locked_agenda(appointment)
    row = Appointment.objects.keyed(appointment.pk).select_related("slot").get()
    if _is_done(by, key, row) or row.state == state.value:
        return row
    _check(by, row, agenda_row, state)
    _check_key(by, key)
    left, row.state = row.state, state.value
    row.save(update_fields=["state"])
    change = StateChange.objects.create(appointment=row, state=state.value, by=by, key=key)
    if state is State.CANCELLED:
        Occupation.objects.filter(appointment=row).delete()
        _free(row.slot)
    payload = _happened(change, agenda_row, left)
    outbox.publish(f"agenda.{state.value}", payload, key=f"agenda.{state.value}-{change.pk}")
    changes = {"state": [left, state.value]}
    record(agenda_row, row, by=by, verb="agenda.state_changed", changes=changes, reason=reason)
    return row


@transaction.atomic
def undo(*, by: Person | None, appointment: Appointment, key: str) -> Appointment:
    """Take back what was told of an appointment: it goes back to where it stood; twice is as once.

    `by` is None for the program itself. Raises BookingRefusedError where nothing can be taken back,
    PermissionDenied where `by` does not manage the agenda.
    """
    agenda_row = _locked_agenda(appointment)
    rights.require_manager(by, agenda_row)
    row = Appointment.objects.keyed(appointment.pk).select_related("slot").get()
    if _is_done(by, key, row):
        return row
    changes = StateChange.objects.filter(appointment=row).order_by("at", "pk")
    passed = [State(one) for one in changes.values_list("state", flat=True)]
    _check_key(by, key)
    back = before(State(row.state), passed)
    if back is None:
        raise BookingRefusedError(Refusal.NO_SUCH_CHANGE)
    left, row.state = row.state, back.value
    row.save(update_fields=["state"])
    change = StateChange.objects.create(appointment=row, state=back.value, by=by, key=key)
    outbox.publish("agenda.undone", _happened(change, agenda_row, left), key=f"agenda.undone-{change.pk}")
    record(agenda_row, row, by=by, verb="agenda.state_undone", changes={"state": [left, back.value]})
    return row


@transaction.atomic
def move(*, by: Person, appointment: Appointment, slot: Slot, key: str) -> Appointment:
    """Give a booked appointment another slot of the same agenda; the same `key` again changes nothing.

    The seat left is free at once and offered to the waiting list; whoever follows the appointment still finds
    it. Raises BookingRefusedError where the slot is not to be had, PermissionDenied as for `change_state`.
    """
    agenda_row = _locked_agenda(appointment)
    row = Appointment.objects.keyed(appointment.pk).select_related("slot").get()
    if _is_done(by, key, row):
        return row
    _check_may(by, row, agenda_row, is_own_enough=True)
    if row.state != State.BOOKED.value or slot.agenda_id != agenda_row.pk:
        raise BookingRefusedError(Refusal.NO_SUCH_CHANGE)
    _check_key(by, key)
    require_not_kept_out(by, row.patient_id)
    same = Appointment.objects.of_slot(slot.pk).filter(patient=row.patient_id, state__in=_LIVE)
    if same.exclude(pk=row.pk).exists():
        raise BookingRefusedError(Refusal.ALREADY_HERE)
    left = row.slot
    _take_seat(row, hold(by=by, slot=slot, key=f"move-{key}"[:64]))
    change = StateChange.objects.create(
        appointment=row, state=State.BOOKED.value, moved_from=left, by=by, key=key
    )
    _free(left)
    payload = _happened(change, agenda_row, row.state) | {"previous": left.starts_at.isoformat()}
    outbox.publish("agenda.moved", payload, key=f"agenda.moved-{change.pk}")
    changes = {"slot": [left.pk, row.slot_id]}
    record(agenda_row, row, by=by, verb="agenda.moved", changes=changes)
    return row


def _free(slot: Slot) -> None:
    """Offer a seat given back to those who wait; where no rule keeps its slot, what is made of its time."""
    for one in make_again(slot=slot) or [slot]:
        offer_freed_slot(slot=one)


def _happened(change: StateChange, agenda: Agenda, left: str) -> dict[str, Any]:
    """Return what an event says of a change: whose, where, from which state to which; never a patient.

    `change` names the change itself: the same appointment may come to the same state twice. Who follows
    `agenda.undone` learns from `left` and `state` what no longer holds and what holds again.
    """
    row = change.appointment
    return {
        "change": change.pk,
        "appointment": row.pk,
        "slot": row.slot_id,
        "agenda": agenda.pk,
        "starts_at": row.slot.starts_at.isoformat(),
        "left": left,
        "state": change.state,
    }


def _take_seat(row: Appointment, held: Appointment) -> None:
    """Give an appointment the seat of a hold made for it, and the hold back."""
    Occupation.objects.filter(appointment=row).delete()
    Occupation.objects.filter(appointment=held).update(appointment=row)
    row.slot, row.seat = held.slot, held.seat
    row.save(update_fields=["slot", "seat"])
    held.state = State.CANCELLED.value
    held.save(update_fields=["state"])


def _locked_agenda(appointment: Appointment) -> Agenda:
    agenda = Agenda.objects.select_for_update(no_key=True, of=("self",)).with_names()
    return agenda.get(slots__appointments=appointment.pk)


def _check_may(by: Person | None, row: Appointment, agenda: Agenda, *, is_own_enough: bool) -> None:
    if by is None or rights.manages(by, agenda):
        return
    made_it = row.booked_by_id == by.pk and access.may(by, Permission.BOOK_APPOINTMENT)
    if not (is_own_enough and (made_it or rights.acts_for(by, row.patient))):
        raise PermissionDenied(
            _("Seul le professionnel, ou qui gère son agenda, peut changer ce rendez-vous.")
        )


def may_be_said(state: State, starts_at: datetime) -> bool:
    """Return whether the hour has come to say `state` of an appointment that begins at `starts_at`."""
    early = rule("agenda.outcomes.early_minutes").value
    return not is_too_early(state, starts_at - timezone.now(), early)


def _is_done(by: Person | None, key: str, row: Appointment) -> bool:
    """Return whether this very write changed the appointment already."""
    known = made_before(StateChange, by=by, key=key)
    return known is not None and known.appointment_id == row.pk


def _check_key(by: Person | None, key: str) -> None:
    """Refuse a key with which `by` named another write: the same key is the same write."""
    if made_before(StateChange, by=by, key=key) is not None:
        raise BookingRefusedError(Refusal.KEY_USED)


def _check(by: Person | None, row: Appointment, agenda: Agenda, state: State) -> None:
    _check_may(by, row, agenda, is_own_enough=state is State.CANCELLED)
    if state in {State.HELD, State.EXPIRED, State.BOOKED} or not may_become(State(row.state), state):
        raise BookingRefusedError(Refusal.NO_SUCH_CHANGE)
    if not may_be_said(state, row.slot.starts_at):
        raise BookingRefusedError(Refusal.NOT_BEGUN)
