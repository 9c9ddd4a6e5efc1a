"""Deciding without a slot, transferring to the 15, closing with an outcome; what the agenda says follows."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.exchange import api as exchange
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.actions.deciding import decided
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.rights import in_hand, locked, move, require_cleared, require_closer, tell
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.rules.vocabulary import DecisionKind, HubDecision, Outcome, State
from maillage.orientation.rules.workflow import (
    AWAITING_OUTCOME,
    state_after,
)
from maillage.roster import api as roster

_IN_AGENDA = {Outcome.SEEN: agenda.State.HONOURED, Outcome.NOT_HONOURED: agenda.State.NOT_HONOURED}
_BY_AGENDA = {"agenda.honoured": Outcome.SEEN, "agenda.not_honoured": Outcome.NOT_HONOURED}


@transaction.atomic
def decide(
    *, by: Person, request: Request, kind: DecisionKind, note: str = "", prescription: bool = False
) -> Decision:
    """Decide on advice, a protocol or the doctor on call; a slot is decided by booking it.

    `prescription`: advice came with one. Raises PermissionDenied, OrientationError (a red flag, P0 or P1, a
    question without an answer, nobody on call).
    """
    if kind in {DecisionKind.SLOT, DecisionKind.TRANSFER}:
        raise ValueError(f"{kind} has an action of its own")
    row = in_hand(by, request)
    require_cleared(row)
    now = timezone.now()
    doctor = None
    if kind is DecisionKind.ON_CALL:
        if row.commune is None:
            raise OrientationError(Refusal.NO_COMMUNE)
        held = roster.on_call(row.commune, now).held
        if not held:
            raise OrientationError(Refusal.NOT_ON_CALL)
        doctor = held[0].volunteer.professional
    code = HubDecision.PRESCRIPTION if prescription else None
    made = decided(by, row, kind, code=code, note=note.strip(), on_call=doctor)
    tell(by, row, "orientation.decided", {"kind": kind.value})
    return made


@transaction.atomic
def transfer_to_15(*, by: Person, request: Request, note: str) -> Decision:
    """Transfer a request to the 15 with a hand-over note, from any open state.

    Raises PermissionDenied, OrientationError.
    """
    row = in_hand(by, request)
    if not note.strip():
        raise OrientationError(Refusal.NO_NOTE)
    row.answered_at = row.answered_at or timezone.now()
    made = decided(by, row, DecisionKind.TRANSFER, note=note.strip())
    tell(by, row, "orientation.transferred", {})
    return made


@transaction.atomic
def close(
    *, by: Person, request: Request, outcome: Outcome, note: str = "", awaited: State | None = None
) -> Closure:
    """Say what came of a request: in one tap by whoever saw the person, or by the desk.

    A person who did not come, or was sent elsewhere, goes back to the desk, so that somebody calls them; said
    again by the desk, it closes. `awaited` is the state that the screen showed: the same outcome said again
    from there changes nothing. The appointment in the agenda of `by` follows; who sent the request without
    working at the desk is told. Raises PermissionDenied, OrientationError.
    """
    require_closer(by, request)
    row = locked(request)
    if awaited is not None and row.state != awaited.value:
        last = Closure.objects.of_request(row).last()
        if last is not None and (last.by_id, last.outcome) == (by.pk, outcome.value):
            return last
        raise OrientationError(Refusal.STATE)
    _tell_agenda(by, row, outcome)
    made = _ended(by, row, outcome, note)
    _tell_sender(by, row, made)
    return made


def _tell_agenda(by: Person, row: Request, outcome: Outcome) -> None:
    """Say the same of the appointment, where `by` keeps that agenda: nothing is said twice."""
    decision = Decision.objects.of_request(row).select_related("appointment__slot__agenda").last()
    appointment = decision.appointment if decision is not None else None
    state = _IN_AGENDA.get(outcome)
    if appointment is None or state is None or not agenda.manages(by, appointment.slot.agenda):
        return
    # Named by the change: an outcome corrected and said again is told to the agenda again.
    said = Closure.objects.of_request(row).count()
    key = f"orientation-{row.pk}-{said}-{outcome.value}"
    try:
        agenda.change_state(by=by, appointment=appointment, state=state, key=key)
    except agenda.BookingRefusedError as error:
        if error.refusal is agenda.Refusal.NOT_BEGUN:
            raise OrientationError(Refusal.NOT_BEGUN) from error
        return  # the agenda says otherwise already: what is said here is kept here


def _tell_sender(by: Person, row: Request, made: Closure) -> None:
    """Tell who opened the request that its outcome is known; the desk sees it on its own screen."""
    sender = row.opened_by
    if sender == by or access.may(sender, Permission.REGULATE, row.scope):
        return
    exchange.notify(
        by=by,
        to=sender,
        template=exchange.Template.REQUEST_ANSWERED,
        parameters=exchange.Parameters(day=timezone.localtime(row.called_at).date()),
        key=f"orientation-outcome-{made.pk}",
        scope=row.scope,
        path=f"{reverse('orientation:mine')}#demande-{row.pk}",
    )


def _ended(by: Person | None, row: Request, outcome: Outcome, note: str = "") -> Closure:
    now, before = timezone.now(), State(row.state)
    after = state_after(before, outcome)
    move(row, after, now)
    closes = after is State.CLOSED
    row.locked_by = row.locked_until = None
    row.ended_at = now if closes else None
    row.save()
    made = Closure.objects.create(request=row, outcome=outcome.value, closes=closes, note=note, by=by)
    verb = "orientation.closed" if closes else "orientation.returned"
    tell(by, row, verb, {"state": [before.value, after.value]})
    return made


def _follow_agenda(event: outbox.Event) -> None:
    """Close, or give back to the desk, the request whose appointment the professional spoke of."""
    decisions = Decision.objects.of_appointment(event.payload["appointment"]).select_related("request")
    for decision in decisions:
        row = locked(decision.request)
        last = Decision.objects.of_request(row).order_by("-pk").values_list("pk", flat=True).first()
        if State(row.state) in AWAITING_OUTCOME and last == decision.pk:
            _ended(None, row, _BY_AGENDA.get(event.topic, Outcome.NOT_HONOURED))


@outbox.handles("agenda.honoured")
def follow_honoured(event: outbox.Event) -> None:
    """The professional saw the person: the request is closed."""
    _follow_agenda(event)


@outbox.handles("agenda.not_honoured")
def follow_not_honoured(event: outbox.Event) -> None:
    """The person did not come: the request is back at the desk."""
    _follow_agenda(event)


@outbox.handles("agenda.cancelled")
def follow_cancelled(event: outbox.Event) -> None:
    """The appointment was cancelled: the request is back at the desk."""
    _follow_agenda(event)
