"""What becomes of an appointment: arrived, honoured, not honoured, cancelled; a hold given back."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions import rights
from maillage.agenda.actions.booking import BookingRefusedError, Refusal
from maillage.agenda.actions.waiting import offer_freed_slot
from maillage.agenda.models import Agenda, Appointment, Occupation, StateChange
from maillage.agenda.rules.vocabulary import State, may_become
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person


@transaction.atomic
def change_state(
    *, by: Person | None, appointment: Appointment, state: State, key: str, reason: str = ""
) -> Appointment:
    """Move an appointment to `state`; the same `key` again changes nothing.

    A cancelled appointment, or a hold given back, frees its seat at once and offers it to the waiting list.
    Raises BookingRefusedError where the state cannot follow, PermissionDenied where `by` neither manages the
    agenda nor (to cancel) made the appointment.
    """
    agenda = Agenda.objects.select_for_update(no_key=True, of=("self",)).with_names()
    agenda_row = agenda.get(slots__appointments=appointment.pk)
    row = Appointment.objects.keyed(appointment.pk).select_related("slot").get()
    if StateChange.objects.filter(key=key, by=by, appointment=row).exists() or row.state == state.value:
        return row
    _check(by, row, agenda_row, state)
    before = row.state
    row.state = state.value
    row.save(update_fields=["state"])
    StateChange.objects.create(appointment=row, state=state.value, by=by, key=key)
    if state is State.CANCELLED:
        Occupation.objects.filter(appointment=row).delete()
        offer_freed_slot(slot=row.slot)
    payload = {"appointment": row.pk, "slot": row.slot_id, "agenda": agenda_row.pk}
    outbox.publish(f"agenda.{state.value}", payload, key=f"agenda.{state.value}-{row.pk}-{key}")
    changes = {"state": [before, state.value]}
    target = journal.target_of(row)
    journal.record(by=by, verb="agenda.state_changed", target=target, changes=changes, reason=reason)
    return row


def _check(by: Person | None, row: Appointment, agenda: Agenda, state: State) -> None:
    made_it = by is not None and row.booked_by_id == by.pk
    if by is not None and not rights.manages(by, agenda) and not (made_it and state is State.CANCELLED):
        raise PermissionDenied(
            _("Seul le professionnel, ou qui tient son agenda, peut changer ce rendez-vous.")
        )
    if state in {State.HELD, State.EXPIRED, State.BOOKED} or not may_become(State(row.state), state):
        raise BookingRefusedError(Refusal.NO_SUCH_CHANGE)
    if state is State.NOT_HONOURED and row.slot.starts_at > timezone.now():
        raise BookingRefusedError(Refusal.NOT_BEGUN)
