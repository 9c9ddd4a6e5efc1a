"""The request follows its appointment: whatever is said in the agenda, both say the same.

What is compared is where they stand, not what happened: a message handed out late, or twice, changes nothing.
"""

from __future__ import annotations

from maillage.agenda import api as agenda
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.actions.appointments import TO_COME
from maillage.orientation.actions.ending import end, reopen, tell_senders
from maillage.orientation.actions.rights import locked, tell
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.queries.desk import regulators
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, BY_EFFECTOR

_SAID = {
    agenda.State.HONOURED.value: Outcome.SEEN,
    agenda.State.NOT_HONOURED.value: Outcome.NOT_HONOURED,
    agenda.State.CANCELLED.value: Outcome.CANCELLED,
}
#: A request that awaits what its appointment will be; one that went to the 15 awaits the 15.
_AWAITING = AWAITING_OUTCOME - {State.TRANSFERRED}


def follow(event: outbox.Event) -> None:
    """Bring the requests answered by the appointment of an event to where that appointment stands."""
    decisions = Decision.objects.of_appointment(event.payload["appointment"])
    for decision in decisions.select_related("request", "appointment"):
        row = locked(decision.request)
        last = Decision.objects.of_request(row).order_by("-pk").values_list("pk", flat=True).first()
        if last == decision.pk:
            _agree(row, decision.appointment.state)


def follow_moved(event: outbox.Event) -> None:
    """Tell the desk that the hour it gave is another; the request reads it from the appointment."""
    for decision in Decision.objects.of_appointment(event.payload["appointment"]).select_related("request"):
        if decision.request.state == State.BOOKED.value:
            tell(None, decision.request, "orientation.appointment_moved")


def _agree(row: Request, state: str) -> None:
    state_now, outcome = State(row.state), _SAID.get(state)
    last = Closure.objects.of_request(row).last()
    if state in TO_COME:
        _take_back(row, last)
    elif outcome is None:
        return
    elif state_now in _AWAITING:
        _told(row, end(None, row, outcome))
    elif _contradicts(outcome, last):
        assert last is not None
        _told(row, end(None, row, outcome, corrects=last))
    else:
        return
    _give_an_owner(row)


def _take_back(row: Request, last: Closure | None) -> None:
    """Reopen a request whose outcome, said of its appointment, was taken back in the agenda."""
    if row.state == State.BOOKED.value or last is None or Outcome(last.outcome) not in _OF_THE_AGENDA:
        return
    _told(row, reopen(None, row, last, to=State.BOOKED))


#: Outcomes that an agenda says, and takes back.
_OF_THE_AGENDA = frozenset({Outcome.SEEN, Outcome.NOT_HONOURED})


def _contradicts(outcome: Outcome, last: Closure | None) -> bool:
    """Return whether the agenda says otherwise than the last outcome of a request that waits no more.

    Whoever saw a person may say both that they came and that they went to the emergency ward.
    """
    if last is None or outcome is Outcome.CANCELLED:
        return False
    said = Outcome(last.outcome)
    if outcome is Outcome.SEEN:
        return said not in BY_EFFECTOR - {Outcome.NOT_HONOURED}
    return said is Outcome.SEEN


def _told(row: Request, made: Closure) -> None:
    tell_senders(None, row, f"outcome-{made.pk}")


def _give_an_owner(row: Request) -> None:
    """Give a request that is back at the desk to somebody who works there, where its owner no longer does."""
    owner: Person = row.owner
    if not row.is_open or (owner.is_active and access.may(owner, Permission.REGULATE, row.scope)):
        return
    found = regulators(row.scope)
    if found:
        row.owner = found[0]
        row.save(update_fields=["owner"])
