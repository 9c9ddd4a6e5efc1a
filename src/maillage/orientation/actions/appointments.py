"""What the agenda holds for a request: its seats given back, its outcome told, so that both say the same.

The desk says the outcome of an appointment that it made itself; the agenda follows by the program, and the
journal of the request keeps who said it.
"""

from __future__ import annotations

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.standing import standing
from maillage.orientation.models import Decision, Request
from maillage.orientation.rules.vocabulary import Outcome, ProposalState

_IN_AGENDA = {Outcome.SEEN: agenda.State.HONOURED, Outcome.NOT_HONOURED: agenda.State.NOT_HONOURED}
#: An appointment of which nothing was said yet.
TO_COME = frozenset({agenda.State.BOOKED.value, agenda.State.ARRIVED.value})
_SAID = frozenset(one.value for one in _IN_AGENDA.values())


def appointment_of(row: Request) -> agenda.Appointment | None:
    """Return the appointment by which a request was last answered, None where it was answered otherwise."""
    decision = (
        Decision.objects.of_request(row)
        .select_related("appointment__slot__agenda__professional", "appointment__slot__schedule")
        .last()
    )
    return decision.appointment if decision is not None else None


def say_in_agenda(by: Person, row: Request, outcome: Outcome, *, key: str) -> None:
    """Say of the appointment of a request what was said of the request; a seat to come is given back.

    Raises OrientationError where the hour has not come.
    """
    appointment, state = appointment_of(row), _IN_AGENDA.get(outcome)
    if appointment is None or (state is None and appointment.state in _SAID):
        return
    if state is None:
        release_appointment(by, row, key=key)
        return
    try:
        agenda.change_state(by=_author(by, appointment), appointment=appointment, state=state, key=key)
    except agenda.BookingRefusedError as error:
        if error.refusal is agenda.Refusal.NO_SUCH_CHANGE:
            return  # it was cancelled meanwhile: what is said here is kept here
        if error.refusal is agenda.Refusal.NOT_BEGUN:
            raise OrientationError(Refusal.NOT_BEGUN) from error
        raise OrientationError(Refusal.AGENDA, sentence=error) from error


def take_back_in_agenda(by: Person, row: Request, *, key: str) -> bool:
    """Take back what was said of the appointment of a request; return whether it stands again."""
    appointment = appointment_of(row)
    if appointment is None:
        return False
    if appointment.state in _SAID:
        agenda.undo(by=_author(by, appointment), appointment=appointment, key=key)
        return True
    return appointment.state in TO_COME


def release_appointment(by: Person | None, row: Request, *, key: str) -> None:
    """Give back the seat booked for a request where the hour has not come: the agenda tells the patient."""
    appointment = appointment_of(row)
    if appointment is None or appointment.state != agenda.State.BOOKED.value:
        return
    if appointment.slot.starts_at <= timezone.now():
        return
    agenda.change_state(
        by=_author(by, appointment), appointment=appointment, state=agenda.State.CANCELLED, key=key
    )


def release_held(row: Request) -> None:
    """Let no proposal of a request stand any more, and free the seats held for them, by whomever."""
    for one in standing(row).filter(state=ProposalState.HELD.value).select_related("appointment"):
        held = one.appointment
        if held is None or held.state != agenda.State.HELD.value:
            continue
        try:
            agenda.change_state(
                by=None, appointment=held, state=agenda.State.CANCELLED, key=f"orientation-ended-{held.pk}"
            )
        except agenda.BookingRefusedError:
            continue  # it expired meanwhile: the seat is free already
    standing(row).update(state=ProposalState.REPLACED.value)


def _author(by: Person | None, appointment: agenda.Appointment) -> Person | None:
    """Return who changes the agenda: `by` where they keep it, else the program, as what the desk says."""
    return by if by is not None and agenda.manages(by, appointment.slot.agenda) else None
