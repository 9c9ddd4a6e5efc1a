"""Correcting an outcome said by mistake within the shift: history kept, agenda and figures follow."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.appointments import check_hour, say_in_agenda, take_back_in_agenda
from maillage.orientation.actions.ending import end, reopen, state_before, tell_senders
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.rights import is_effector, locked_with
from maillage.orientation.actions.sayable import check_sayable
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, may_still_be_corrected


@transaction.atomic
def correct_outcome(
    *,
    by: Person,
    request: Request,
    closure: Closure,
    outcome: Outcome | None,
    note: str = "",
    duplicate_of: Request | None = None,
) -> Closure:
    """Say another outcome in the place of `closure`, the last one said; None takes it back.

    For whoever said it, or the desk, within the rule `orientation.correction.hours`, and as long as nothing
    was decided since. The same correction again returns the first. Who sent the request is told again. Raises
    PermissionDenied, OrientationError.
    """
    row, duplicate_of = locked_with(request, duplicate_of)
    last = Closure.objects.of_request(row).last()
    _require_author(by, row, closure)
    if last is None or last.pk != closure.pk:
        return _same(by, last, closure, outcome)
    if outcome is not None and outcome.value == last.outcome:
        return last
    _check_time(row, last)
    if outcome is not None:
        check_sayable(by, row, outcome, note, duplicate_of)
    if outcome is Outcome.UNREACHABLE:
        raise OrientationError(Refusal.STATE)  # a call without answer is noted, not corrected into
    made = _corrected(by, row, last, outcome, note.strip(), duplicate_of)
    tell_senders(by, row, f"outcome-{made.pk}")
    return made


def may_correct(person: Person, request: Request, last: Closure) -> bool:
    """Return whether `person` may correct the last outcome of a request now."""
    try:
        _require_author(person, request, last)
        _check_time(request, last)
    except (PermissionDenied, OrientationError):
        return False
    return last.outcome != Outcome.REOPENED.value


def _corrected(
    by: Person, row: Request, last: Closure, outcome: Outcome | None, note: str, duplicate_of: Request | None
) -> Closure:
    before = state_before(row, last)
    key = f"orientation-{row.pk}-corrected-{last.pk}"
    if outcome is None:
        stands = before is State.BOOKED and take_back_in_agenda(by, row, key=key)
        kept = before if stands or before is not State.BOOKED else State.IN_HAND
        return reopen(by, row, last, to=kept, note=note)
    if before in AWAITING_OUTCOME:
        check_hour(row, outcome)
        if outcome not in {Outcome.SEEN, Outcome.NOT_HONOURED}:
            take_back_in_agenda(by, row, key=key)
        say_in_agenda(by, row, outcome, key=f"{key}-{outcome.value}")
    return end(by, row, outcome, note, corrects=last, duplicate_of=duplicate_of)


def _same(by: Person, last: Closure | None, closure: Closure, outcome: Outcome | None) -> Closure:
    """Return the correction that the same tap made. Raises OrientationError where something else was said."""
    wanted = Outcome.REOPENED if outcome is None else outcome
    if last is not None and (last.corrects_id, last.by_id, last.outcome) == (closure.pk, by.pk, wanted.value):
        return last
    raise OrientationError(Refusal.STATE)


def _require_author(by: Person, row: Request, closure: Closure) -> None:
    said_it = closure.by_id == by.pk or (closure.by_id is None and is_effector(by, row))
    if not said_it and not access.may(by, Permission.REGULATE, row.scope):
        raise PermissionDenied(_("Seuls le bureau et qui a dit l’issue la corrigent."))


def _check_time(row: Request, last: Closure) -> None:
    """Raise OrientationError where the shift is over, or the request went on since."""
    hours = rule("orientation.correction.hours").value
    if not may_still_be_corrected(last.at, timezone.now(), hours=hours):
        raise OrientationError(Refusal.TOO_OLD, hours=hours)
    went_on = Decision.objects.of_request(row).filter(at__gt=last.at).exists()
    if went_on or State(row.state) not in {State.IN_HAND, State.PROPOSED, State.CLOSED}:
        raise OrientationError(Refusal.STATE)
    if last.outcome in {Outcome.REOPENED.value, Outcome.WITHDRAWN.value}:
        raise OrientationError(Refusal.STATE)
