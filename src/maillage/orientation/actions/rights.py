"""Who may act on a request, and the row it acts upon."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import Statement, given
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.models import Decision, Request
from maillage.orientation.queries.safety import Clearance, clearance
from maillage.orientation.rules.safety import Obstacle
from maillage.orientation.rules.vocabulary import State
from maillage.orientation.rules.workflow import may_become

REFUSAL_OF = {one: Refusal(one.value) for one in Obstacle}
OPENED, CHANGED, SEARCHED = "orientation.opened", "orientation.changed", "orientation.searched"
"""Topics; on the last one, what changes neither whose request it is, nor who receives it, nor its end."""
_SEARCHING = frozenset(
    f"orientation.{what}"
    for what in ("answered", "given_back", "held", "refused", "searched", "spoken_check")
)


_LOCKED: Statement[Request] = Statement(
    lambda: Request.objects.keyed(given("pk")).select_for_update(no_key=True)
)


def locked(request: Request) -> Request:
    """Read a request again, its row locked until the transaction ends: one write at a time.

    Nothing is joined: PostgreSQL would lose a row whose owner changed while this waited for the lock. What
    the caller read beside it is kept where it is still the same.
    """
    row = _LOCKED.first(pk=request.pk)
    if row is None:
        raise Request.DoesNotExist(request.pk)
    known = request._state.fields_cache
    for name in ("scope", "commune", "patient", "locked_by", "opened_by"):
        if known.get(name) is not None and known[name].pk == getattr(row, f"{name}_id"):
            setattr(row, name, known[name])
    if row.state == request.state and hasattr(request, "has_closures"):
        vars(row)["has_closures"] = request.has_closures  # an outcome said meanwhile would have moved it
    return row


def locked_with(request: Request, other: Request | None) -> tuple[Request, Request | None]:
    """Read a request and another again, both locked, in the same order whoever asks: none waits for ever."""
    if other is None or other.pk == request.pk:
        return locked(request), other
    first, second = sorted((request, other), key=lambda one: one.pk)
    rows = {one.pk: locked(one) for one in (first, second)}
    return rows[request.pk], rows[other.pk]


def require_cleared(row: Request) -> Clearance:
    """Raise OrientationError unless nothing known so far forbids answering a request in town.

    The one check of every door: search, hold, booking, over capacity, outside any slot, doctor on call,
    advice, protocol. Return what is known.
    """
    found = clearance(row)
    if found.obstacle is not None:
        raise OrientationError(REFUSAL_OF[found.obstacle])
    return found


def locked_for(by: Person, request: Request) -> Request:
    """Return the locked request for a regulator to act upon, its lock renewed.

    Raises PermissionDenied, OrientationError where another regulator has it open.
    """
    access.require(by, Permission.REGULATE, request.scope)
    row = locked(request)
    now = timezone.now()
    holder = row.lock_holder(now)
    if holder is not None and holder != by:
        raise OrientationError(Refusal.LOCKED, name=holder)
    row.locked_by, row.locked_until = by, now + lock_length()
    row.owner = by
    return row


def lock_length() -> timedelta:
    """How long a request stays open to one regulator only."""
    return timedelta(minutes=rule("orientation.lock.minutes").value)


def move(request: Request, state: State, at: datetime) -> None:
    """Bring a request to a state, unsaved. Raises OrientationError where it may not follow."""
    if not may_become(State(request.state), state, has_red_flag=request.has_red_flag):
        raise OrientationError(Refusal.RED_FLAG if request.has_red_flag else Refusal.STATE)
    request.state, request.state_since = state.value, at


def is_effector(person: Person, request: Request) -> bool:
    """Return whether the person was to be seen by `person`."""
    decisions = Decision.objects.of_request(request)
    return (
        decisions.filter(appointment__slot__agenda__professional__account=person).exists()
        or decisions.filter(on_call__account=person).exists()
        or decisions.filter(sent_to__account=person).exists()
    )


def require_closer(by: Person, request: Request) -> None:
    """Raise PermissionDenied unless `by` works at the desk or was to see the person."""
    if not access.may(by, Permission.REGULATE, request.scope) and not is_effector(by, request):
        raise PermissionDenied(_("Seuls le bureau et qui devait voir la personne disent l’issue."))


def tell(
    by: Person | None, request: Request, verb: str, changes: dict[str, object] | None = None, reason: str = ""
) -> None:
    """Publish and journal, last: the journal's head is locked from here to the commit. No health data."""
    topic = OPENED if verb == OPENED else SEARCHED if verb in _SEARCHING else CHANGED
    outbox.publish(topic, {"request": request.pk, "scope": request.scope_id}, key=str(uuid4()))
    target = journal.target_of(request)
    journal.record(
        by=by, verb=verb, target=target, changes=changes or {}, reason=reason, scope=request.scope_id
    )
