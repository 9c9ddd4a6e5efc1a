"""Who may say which outcome of a request, and what each asks for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.models import Closure, Request
from maillage.orientation.rules.safety import enters_slot_search
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import (
    BY_DESK,
    BY_EFFECTOR,
    JOINED_WITHIN,
)


def check_sayable(
    by: Person, row: Request, outcome: Outcome, note: str, duplicate_of: Request | None
) -> None:
    """Raise unless `by` may say that outcome of a request, with what it asks for.

    An alarm is never closed in silence: somebody who gives up a red flag, P0 or P1 is written about, and such
    a request joins another only where that one carries the alarm too. Raises PermissionDenied,
    OrientationError.
    """
    if outcome not in BY_EFFECTOR | BY_DESK:
        raise ValueError(f"{outcome} is said by nobody")
    if outcome in BY_DESK and not access.may(by, Permission.REGULATE, row.scope):
        raise PermissionDenied(_("Seul le bureau clôt une demande ainsi."))
    if (duplicate_of is not None) is not (outcome is Outcome.DUPLICATE):
        raise OrientationError(Refusal.NO_DUPLICATE)
    if outcome is Outcome.UNREACHABLE and State(row.state) not in {State.IN_HAND, State.PROPOSED}:
        raise OrientationError(Refusal.STATE)
    if outcome in {Outcome.DECLINED, Outcome.MISTAKE} and is_alarming(row) and not note.strip():
        raise OrientationError(Refusal.ALARM_NEEDS_NOTE)
    if duplicate_of is not None:
        _check_other(row, duplicate_of)


def is_alarming(row: Request) -> bool:
    """Return whether a request carries a red flag, or a priority that leads to the 15."""
    return row.has_red_flag or not enters_slot_search(row.priority)


def _check_other(row: Request, other: Request) -> None:
    if other.pk == row.pk or other.scope_id != row.scope_id:
        raise OrientationError(Refusal.NO_DUPLICATE)
    last = Closure.objects.of_request(other).last()
    joined = last is not None and last.outcome == Outcome.DUPLICATE.value
    old = other.ended_at is not None and other.ended_at < timezone.now() - JOINED_WITHIN
    if not other.is_open and (joined or old or (last is not None and last.outcome == Outcome.MISTAKE.value)):
        raise OrientationError(Refusal.NO_DUPLICATE)
    carries = is_alarming(other) or other.state == State.TRANSFERRED.value
    if is_alarming(row) and not carries:
        raise OrientationError(Refusal.ALARM_LOST)
