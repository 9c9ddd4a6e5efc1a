"""Writing what came of a request: it closes or goes back to the desk, frees its seats, and says so."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from maillage.exchange import api as exchange
from maillage.kernel import access, clock
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.appointments import release_held
from maillage.orientation.actions.rights import move, tell
from maillage.orientation.models import Closure, Request
from maillage.orientation.rules.safety import enters_slot_search
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import FORBIDDEN_BY_RED_FLAG, state_after


def end(
    by: Person | None,
    row: Request,
    outcome: Outcome,
    note: str = "",
    *,
    corrects: Closure | None = None,
    duplicate_of: Request | None = None,
) -> Closure:
    """Write an outcome of a locked request; with `corrects`, in the place of the last one.

    A correction leads from where the request stood before anything was said.
    """
    now, shown = timezone.now(), State(row.state)
    before = shown if corrects is None else state_before(row, corrects)
    after = state_after(before, outcome, attempts_left=attempts_left(row) - 1)
    if corrects is not None:
        row.state, row.state_since = after.value, now
    elif after is not before or outcome is not Outcome.UNREACHABLE:
        move(row, after, now)
    release_held(row)
    closes = after is State.CLOSED
    row.locked_by = row.locked_until = None
    row.ended_at = now if closes else None
    row.save()
    made = Closure.objects.create(
        request=row, outcome=outcome.value, closes=closes, note=note, by=by, state_before=before.value,
        corrects=corrects, duplicate_of=duplicate_of,
    )  # fmt: skip
    tell(by, row, _verb(outcome, closes=closes, corrects=corrects), {"state": [shown.value, after.value]})
    return made


def reopen(by: Person | None, row: Request, last: Closure, *, to: State, note: str = "") -> Closure:
    """Take the last outcome of a locked request back: it waits again where it stood, `to`."""
    now, shown = timezone.now(), State(row.state)
    release_held(row)
    after = State.IN_HAND if row.has_red_flag and to in FORBIDDEN_BY_RED_FLAG else to
    row.state, row.state_since, row.ended_at = after.value, now, None
    row.locked_by = row.locked_until = None
    row.save()
    made = Closure.objects.create(
        request=row, outcome=Outcome.REOPENED.value, closes=False, note=note, by=by,
        state_before=after.value, corrects=last,
    )  # fmt: skip
    tell(by, row, "orientation.reopened", {"state": [shown.value, after.value]})
    return made


def state_before(row: Request, closure: Closure) -> State:
    """Return where a request stood before an outcome; a red flag forbids any answer in town."""
    before = State(closure.state_before or State.IN_HAND.value)
    return State.IN_HAND if row.has_red_flag and before in FORBIDDEN_BY_RED_FLAG else before


def attempts(row: Request) -> list[Closure]:
    """Return the calls without answer since the last outcome of another kind, oldest first."""
    made: list[Closure] = []
    for one in Closure.objects.of_request(row).in_force():
        made = [*made, one] if one.outcome == Outcome.UNREACHABLE.value else []
    return made


def attempts_left(row: Request) -> int:
    """Return how many more calls without answer it takes before a request may be closed as unreachable.

    A red flag, P0 or P1 is never closed so: there is always one more call, or the 15.
    """
    wanted: int = rule("orientation.unreachable.attempts").value
    left = max(0, wanted - len(attempts(row)))
    return max(2, left) if row.has_red_flag or not enters_slot_search(row.priority) else left


def tell_senders(by: Person | None, row: Request, what: str) -> None:
    """Tell whoever sent the request, or one joined to it, that there is something to read about it.

    The message says neither what nor of whom; `what` names the write, told once. The desk sees it itself.
    """
    sent = {row.opened_by_id: (row.opened_by, row)}
    for one in Closure.objects.joined_to(row).in_force().select_related("request__opened_by"):
        sent.setdefault(one.request.opened_by_id, (one.request.opened_by, one.request))
    for sender, own in sent.values():
        if sender == by or access.may(sender, Permission.REGULATE, row.scope):
            continue
        exchange.notify(
            by=by,
            to=sender,
            template=exchange.Template.REQUEST_ANSWERED,
            parameters=exchange.Parameters(day=clock.day_of(own.called_at, own.scope)),
            key=f"orientation-{row.pk}-{what}-{sender.pk}",
            scope=row.scope,
            path=f"{reverse('orientation:asked')}#demande-{own.pk}",
        )


def _verb(outcome: Outcome, *, closes: bool, corrects: Closure | None) -> str:
    if corrects is not None:
        return "orientation.corrected"
    if outcome is Outcome.WITHDRAWN:
        return "orientation.withdrawn"
    return "orientation.closed" if closes else "orientation.returned"
