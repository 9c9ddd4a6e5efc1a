"""Deciding without a slot, transferring to the 15, closing with an outcome; what the agenda says follows."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.phones import read_phone, written_phone
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.appointments import check_hour, release_appointment, say_in_agenda
from maillage.orientation.actions.deciding import decided
from maillage.orientation.actions.ending import end, tell_senders
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.following import (
    follow,
    follow_moved,
    follow_person,
    follow_slots,
    is_displaced,
)
from maillage.orientation.actions.rights import locked_for, locked_with, require_cleared, require_closer, tell
from maillage.orientation.actions.sayable import check_sayable
from maillage.orientation.computations.services import protocols_for
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.models.requests import CALLER_LABELS
from maillage.orientation.rules.vocabulary import CallerKind, DecisionKind, HubDecision, Outcome, State
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, counts_as_another_attempt
from maillage.roster import api as roster


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
    row = locked_for(by, request)
    require_cleared(row)
    if kind is DecisionKind.PROTOCOL and not protocols_for(row):
        raise OrientationError(Refusal.NO_PROTOCOL)
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
def transfer_to_15(
    *, by: Person, request: Request, note: str, phone: str = "", caller: CallerKind | None = None
) -> Decision:
    """Transfer a request to the 15 with a hand-over note, from any open state.

    `phone`: where to call back, and `caller`: who calls, asked at that moment; the request keeps them, and
    the note says them. Raises PermissionDenied, OrientationError, PhoneError.
    """
    row = locked_for(by, request)
    if not note.strip():
        raise OrientationError(Refusal.NO_NOTE)
    if caller is not None:
        row.caller_kind = caller.value
        said = _("Appelant : {caller}").format(caller=CALLER_LABELS[caller])
        note = f"{note.strip()}\n{said}"
    if phone:
        row.caller_phone = read_phone(phone)
        said = _("Téléphone de rappel : {phone}").format(phone=written_phone(row.caller_phone))
        note = f"{note.strip()}\n{said}"
    row.answered_at = row.answered_at or timezone.now()
    release_appointment(by, row, key=f"orientation-{row.pk}-to-15")
    made = decided(by, row, DecisionKind.TRANSFER, note=note.strip())
    tell(by, row, "orientation.transferred", {})
    return made


@transaction.atomic
def close(
    *,
    by: Person,
    request: Request,
    outcome: Outcome,
    note: str = "",
    awaited: State | None = None,
    duplicate_of: Request | None = None,
) -> Closure:
    """Say what came of a request: in one tap by whoever saw the person, or by the desk.

    A person who did not come, or was sent elsewhere, goes back to the desk, so that somebody calls them; said
    again by the desk, it closes. The desk alone says that the person gives up, cannot be reached (one row a
    call; it closes after those of the rule `orientation.unreachable.attempts`), asked twice (`duplicate_of`,
    an open request of the same desk, or one of the day) or that nobody asked. A seat held or booked is free
    again, and its patient told. `awaited` is the state that the screen showed: the same outcome said again
    from there changes nothing. Who sent the request without working at the desk is told. Raises
    PermissionDenied, OrientationError.
    """
    require_closer(by, request)
    row, duplicate_of = locked_with(request, duplicate_of)
    last = Closure.objects.of_request(row).last()
    if awaited is not None and row.state != awaited.value:
        if last is not None and (last.by_id, last.outcome) == (by.pk, outcome.value):
            return last
        raise OrientationError(Refusal.STATE)
    check_sayable(by, row, outcome, note, duplicate_of)
    if outcome is Outcome.UNREACHABLE and last is not None and not _is_another_attempt(last):
        return last
    if State(row.state) in AWAITING_OUTCOME:
        check_hour(row, outcome)
        key = f"orientation-{row.pk}-{outcome.value}-{last.pk if last else 0}"
        say_in_agenda(by, row, outcome, key=key)
    elif is_displaced(row, last) and outcome not in {Outcome.UNREACHABLE, Outcome.SEEN}:
        release_appointment(by, row, key=f"orientation-{row.pk}-{outcome.value}-displaced")
    made = end(by, row, outcome, note.strip(), duplicate_of=duplicate_of)
    tell_senders(by, row, f"outcome-{made.pk}")
    return made


def _is_another_attempt(last: Closure) -> bool:
    """Return whether the call being noted is not the one noted just before, tapped twice."""
    if last.outcome != Outcome.UNREACHABLE.value:
        return True
    minutes = rule("orientation.unreachable.minutes").value
    return counts_as_another_attempt(last.at, timezone.now(), minutes=minutes)


@outbox.handles("agenda.honoured")
def follow_honoured(event: outbox.Event) -> None:
    """The professional saw the person: the request is closed."""
    follow(event)


@outbox.handles("agenda.not_honoured")
def follow_not_honoured(event: outbox.Event) -> None:
    """The person did not come: the request is back at the desk."""
    follow(event)


@outbox.handles("agenda.cancelled")
def follow_cancelled(event: outbox.Event) -> None:
    """The appointment was cancelled: the request is back at the desk."""
    follow(event)


@outbox.handles("agenda.undone")
def follow_undone(event: outbox.Event) -> None:
    """What was said of the appointment was taken back: so is what was said of the request."""
    follow(event)


@outbox.handles("agenda.slots_changed")
def follow_slots_changed(event: outbox.Event) -> None:
    """Hours were closed, or opened again: whoever is expected at one is to be placed again, or no more."""
    follow_slots(event)


@outbox.handles("people.changed")
def follow_changed_person(event: outbox.Event) -> None:
    """A patient's file was corrected: the safety of their open requests is read by it."""
    follow_person(event)


@outbox.handles("agenda.moved")
def follow_new_hour(event: outbox.Event) -> None:
    """The appointment has another hour: the desk's screens show it."""
    follow_moved(event)
