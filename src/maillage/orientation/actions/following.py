"""The request follows its appointment: whatever is said in the agenda, both say the same.

What is compared is where they stand, not what happened: a message handed out late, or twice, changes nothing.
"""

from __future__ import annotations

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.actions.applying_safety import apply_safety
from maillage.orientation.actions.appointments import TO_COME
from maillage.orientation.actions.ending import end, reopen, tell_senders
from maillage.orientation.actions.rights import locked, tell
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.queries.ages import AGED_BY, age_of
from maillage.orientation.queries.desk import regulators
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, BY_EFFECTOR, UNDECIDED

_SAID = {
    agenda.State.HONOURED.value: Outcome.SEEN,
    agenda.State.NOT_HONOURED.value: Outcome.NOT_HONOURED,
    agenda.State.CANCELLED.value: Outcome.CANCELLED,
}
#: What of a patient's file answers by itself.
JUDGED_BY = frozenset({"birth_date", "sex"})
#: A request that awaits what its appointment will be; one that went to the 15 awaits the 15.
_AWAITING = AWAITING_OUTCOME - {State.TRANSFERRED}


def follow(event: outbox.Event) -> None:
    """Bring the requests answered by the appointment of an event to where that appointment stands."""
    decisions = Decision.objects.of_appointment(event.payload["appointment"])
    for decision in decisions.select_related("request", "appointment"):
        row = locked(decision.request)
        last = Decision.objects.of_request(row).order_by("-pk").values_list("pk", flat=True).first()
        if last == decision.pk and decision.appointment is not None:
            _agree(row, decision.appointment.state)


def follow_moved(event: outbox.Event) -> None:
    """Tell the desk that the hour it gave is another; the request reads it from the appointment."""
    decisions = Decision.objects.of_appointment(event.payload["appointment"])
    for decision in decisions.select_related("request", "appointment__slot"):
        _agree_on_slot(decision)
        if decision.request.state == State.BOOKED.value:
            tell(None, decision.request, "orientation.appointment_moved")


def follow_slots(event: outbox.Event) -> None:
    """Bring back to the desk whoever is expected at an hour that the agenda closed; take it back with it.

    The appointment stands until somebody gives another: nobody is told that it is cancelled.
    """
    for decision in Decision.objects.to_come_in(event.payload["agenda"], timezone.now()):
        _agree_on_slot(decision)


def follow_person(event: outbox.Event) -> None:
    """Read the safety of the open requests of a patient anew where their birth date or sex was corrected.

    What becomes vital comes back to the desk and gives its seats back; the journal keeps what changed.
    """
    if not JUDGED_BY & set(event.payload["fields"]):
        return
    rows = Request.objects.open_of([event.payload["patient"]]).order_by("pk")
    for request in rows.select_related(*AGED_BY):
        row = locked(request)
        if not row.is_open:
            continue
        before = _judged(row)
        if row.patient is not None and "birth_date" in event.payload["fields"]:
            # Without a birth date, the age that the file gave stands no more: somebody is asked.
            row.age_months = None if row.patient.birth_date is None else age_of(row)
        apply_safety(None, row)
        row.save()
        after = _judged(row)
        changed = sorted(name for name, value in before.items() if value != after[name])
        tell(None, row, "orientation.person_corrected", {"fields": changed})


def _judged(row: Request) -> dict[str, object]:
    return {"priority": row.priority, "state": row.state, "has_red_flag": row.has_red_flag}


def is_displaced(row: Request, last: Closure | None = None) -> bool:
    """Return whether a request is at the desk because the hour that answered it was closed."""
    found = last or Closure.objects.of_request(row).last()
    return State(row.state) in UNDECIDED and found is not None and found.outcome == Outcome.DISPLACED.value


def _agree_on_slot(decision: Decision) -> None:
    """Compare the slot of an appointment with its request: closed, it is to be placed again."""
    row, appointment = locked(decision.request), decision.appointment
    decision.request = row
    latest = Decision.objects.of_request(row).order_by("-pk").values_list("pk", flat=True).first()
    if appointment is None or appointment.state != agenda.State.BOOKED.value or latest != decision.pk:
        return
    last = Closure.objects.of_request(row).last()
    if row.state == State.BOOKED.value and not appointment.slot.is_open:
        end(None, row, Outcome.DISPLACED)
    elif appointment.slot.is_open and last is not None and is_displaced(row, last):
        reopen(None, row, last, to=State.BOOKED)
    else:
        return
    _give_an_owner(row)


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
