"""Writing a decision: the request moves, nothing else stands for it, the decision is kept."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from maillage.kernel.models import Person
from maillage.orientation.actions.appointments import release_appointment
from maillage.orientation.actions.ending import tell_senders
from maillage.orientation.actions.open_proposals import replace_open_proposals
from maillage.orientation.actions.rights import move
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.rules.vocabulary import DecisionKind, HubDecision, Outcome
from maillage.orientation.rules.workflow import HUB_DECISION, STATE_OF_DECISION


def decided(
    by: Person, row: Request, kind: DecisionKind, *, code: HubDecision | None = None, **fields: Any
) -> Decision:
    """Write what `by` decided of a locked request, and return it; `fields`: those of `Decision`.

    `code`: how the Hub Santé calls it, where its kind does not say so alone. A proposal that was accepted is
    marked so beforehand: those that still stand are replaced. Who sent the request is told that it was
    answered.
    """
    now = timezone.now()
    move(row, STATE_OF_DECISION[kind], now)
    row.decided_at = row.decided_at or now
    row.save()
    replace_open_proposals(by, row)
    last = Closure.objects.of_request(row).last()
    if last is not None and last.outcome == Outcome.DISPLACED.value:
        # The closed hour is given back only now: until another answer, it is the one that the person has.
        release_appointment(by, row, key=f"orientation-replaced-{last.pk}")
    hub_code = (code or HUB_DECISION[kind]).value
    made = Decision.objects.create(request=row, kind=kind.value, hub_code=hub_code, by=by, at=now, **fields)
    tell_senders(by, row, f"decided-{made.pk}")
    return made
