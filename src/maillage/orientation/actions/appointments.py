"""What the agenda holds for a request: its seats given back, its outcome told, so that both say the same.

The desk says the outcome of an appointment that it made itself; the agenda follows by the program, and the
journal of the request keeps who said it.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.open_proposals import open_proposals
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


def may_be_said(outcome: Outcome, hour: datetime | None) -> bool:
    """Return whether `outcome` may be said of a person expected at `hour`, at none where None.

    Nobody is seen, nor missed, before the hour that they were told.
    """
    return outcome not in _IN_AGENDA or hour is None or hour <= timezone.now()


def hour_told(decision: Decision) -> datetime | None:
    """Return the hour that a decision told the person: of its appointment while it stands, or agreed."""
    appointment = decision.appointment
    if appointment is None:
        return decision.agreed_at
    return appointment.slot.starts_at if appointment.state in TO_COME | _SAID else None


def check_hour(row: Request, outcome: Outcome) -> None:
    """Raise OrientationError where the hour told to the person has not come, and `outcome` waits for it."""
    last = Decision.objects.of_request(row).select_related("appointment__slot").last()
    hour = hour_told(last) if last is not None else None
    if not may_be_said(outcome, hour):
        raise OrientationError(Refusal.NOT_BEGUN)


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
    """Give back every seat booked for a request where the hour has not come: the agenda tells the patient.

    An earlier decision counts too: advice given since does not free the hour that it found closed. `key`
    names the write, of each appointment apart.
    """
    decisions = Decision.objects.of_request(row).select_related(
        "appointment__slot__agenda__professional", "appointment__slot__schedule"
    )
    booked = {one.appointment.pk: one.appointment for one in decisions if one.appointment is not None}
    for appointment in booked.values():
        if appointment.state != agenda.State.BOOKED.value or appointment.slot.starts_at <= timezone.now():
            continue
        agenda.change_state(
            by=_author(by, appointment), appointment=appointment, state=agenda.State.CANCELLED,
            key=f"{key}-{appointment.pk}"[:64],
        )  # fmt: skip


def release_held(row: Request) -> None:
    """Let no proposal of a request stand any more, and free the seats held for them, by whomever."""
    for one in open_proposals(row).filter(state=ProposalState.HELD.value).select_related("appointment"):
        held = one.appointment
        if held is None or held.state != agenda.State.HELD.value:
            continue
        try:
            agenda.change_state(
                by=None, appointment=held, state=agenda.State.CANCELLED, key=f"orientation-ended-{held.pk}"
            )
        except agenda.BookingRefusedError:
            continue  # it expired meanwhile: the seat is free already
    open_proposals(row).update(state=ProposalState.REPLACED.value)


def _author(by: Person | None, appointment: agenda.Appointment) -> Person | None:
    """Return who changes the agenda: `by` where they keep it, else the program, as what the desk says."""
    return by if by is not None and agenda.manages(by, appointment.slot.agenda) else None
