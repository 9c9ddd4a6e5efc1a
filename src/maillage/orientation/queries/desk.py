"""The queue, one request, the figures of the day, who is on call, what is free, what changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, clock
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import Statement, given
from maillage.orientation.models import (
    Closure,
    Decision,
    Proposal,
    Request,
    SafetyAnswer,
    Search,
)
from maillage.orientation.queries.safety import Clearance, clearance
from maillage.orientation.rules.safety import enters_slot_search
from maillage.orientation.rules.vocabulary import DecisionKind, Outcome, ProposalState, State, Urgency
from maillage.orientation.rules.workflow import UNDECIDED, WITHOUT_ANSWER, queue_order, urgency
from maillage.people import api as people
from maillage.roster import api as roster

#: Topics that change what a desk shows.
EVENTS = ("orientation.opened", "orientation.changed", "orientation.searched")
#: What a file shows of its request.
READ_WITH = ("scope", "owner", "locked_by", "commune", "patient__referring_doctor", "opened_by")
_IN_TOWN = frozenset(DecisionKind) - {DecisionKind.TRANSFER}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One open request: how long since the call and in its state, who has it open, how late it is.

    `late_at`: when it is, or was, late. `held_until`: when the seat held for it is free again.
    `is_displaced`: the hour that answered it was closed, and another is to be found. No more of a patient
    than the name and the age: the queue is no reading of a file.
    """

    request: Request
    minutes: int
    minutes_in_state: int
    holder: Person | None
    urgency: Urgency
    late_at: datetime
    held_until: datetime | None
    is_displaced: bool = False


@dataclass(frozen=True, slots=True)
class RequestFile:
    """All that is known of one request; `joined`: how others were closed as duplicates of this one."""

    request: Request
    clearance: Clearance
    search: Search | None
    proposals: list[Proposal]
    decisions: list[Decision]
    closures: list[Closure]
    joined: list[Closure]


@dataclass(frozen=True, slots=True)
class Today:
    """The figures of a day at a desk; None where nothing was decided.

    `decision_minutes`: median from call to first decision. `share_in_town`: of the `decided`, those answered
    in town: neither transferred to the 15 nor ended at the emergency ward all the same. What ended without an
    answer (given up, unreachable, duplicate, mistake, taken back) is in neither: `without_answer` counts it,
    by outcome.
    """

    received: int
    open: int
    decided: int
    in_town: int
    closed: int
    late: int
    decision_minutes: float | None
    share_in_town: float | None
    without_answer: dict[Outcome, int]


def queue(*, by: Person, scope: Scope, now: datetime | None = None) -> list[QueueLine]:
    """Return the open requests of a desk, in the order of `workflow.queue_order`.

    Raises PermissionDenied.
    """
    access.require(by, Permission.REGULATE, scope)
    at = now or timezone.now()
    rows = _OPEN.rows(scope=scope.pk)
    for row in rows:
        row.scope = scope  # known: the age is read by its clock
    lines = (
        _line(row, at, end=row.appointment_end, held=row.held_until, last=row.last_outcome) for row in rows
    )
    return sorted(lines, key=_order)


def line_of(file: RequestFile, at: datetime) -> QueueLine:
    """Return the line of the queue that the open request of a file has, as `queue` would read it."""
    row = file.request
    booked = [one.appointment for one in file.decisions if one.kind == DecisionKind.SLOT.value]
    ends = [one.slot.ends_at for one in booked if one is not None and row.state == State.BOOKED.value]
    kept = [one.appointment for one in file.proposals if one.state == ProposalState.HELD.value]
    held = [one.hold_expires_at for one in kept if one is not None and row.state == State.PROPOSED.value]
    own = [one.outcome for one in file.closures]
    last = own[-1] if own else None
    return _line(row, at, end=ends[-1] if ends else None, held=held[-1] if held else None, last=last)


def request_at(scopes: Iterable[Scope], pk: int) -> Request | None:
    """Return a request of one of the desks `scopes`, as `file_of` reads it; None where there is none."""
    row = _REQUEST.first(pk=pk)
    return row if row is not None and row.scope_id in {one.pk for one in scopes} else None


@transaction.atomic
def request_file(*, by: Person, pk: int, purpose: str = "") -> RequestFile:
    """Return one request with all that was asked, proposed and decided; the patient's file is logged as read.

    Raises Request.DoesNotExist where there is none that `by` may see.
    """
    row = Request.objects.for_person(by).select_related(*READ_WITH).get(pk=pk)
    return file_of(by=by, row=row, purpose=purpose)


def file_of(
    *,
    by: Person,
    row: Request,
    purpose: str = "",
    known: Clearance | None = None,
    proposals: list[Proposal] | None = None,
) -> RequestFile:
    """Return the file of a request read in scope, with `READ_WITH`; the patient's file is logged as read.

    `known` and `proposals`: its safety and the proposals of its latest search, with that search, where the
    caller has just read or written them.
    """
    if row.patient is not None:
        purpose = purpose or _("Régulation de la demande {number}").format(number=row.number)
        people.log_access(by=by, patients=[row.patient], what="file", purpose=purpose)
    proposals = _latest_proposals(row) if proposals is None else proposals
    said = _CLOSURES.rows(request=row.pk) if getattr(row, "has_closures", True) else []
    return RequestFile(
        row,
        known or clearance(row),
        proposals[0].search if proposals else None,
        proposals,
        _DECISIONS.rows(request=row.pk) if row.decided_at is not None else [],
        [one for one in said if one.request_id == row.pk],
        [one for one in said if one.request_id != row.pk],
    )


def _latest_proposals(row: Request) -> list[Proposal]:
    """Return the proposals of the latest search, which always has one, the 15, with the search itself."""
    if row.state == State.NEW.value:
        return []
    return _PROPOSALS.rows(request=row.pk)


def latest_search(row: Request) -> Search | None:
    """Return the latest search of a request read in scope, without who was left out; None before any."""
    return _SEARCH.first(request=row.pk)


def today(
    *, by: Person, scope: Scope, now: datetime | None = None, lines: list[QueueLine] | None = None
) -> Today:
    """Return the figures of the day it is at a desk; `lines`: its queue, where the caller has just read it.

    Raises PermissionDenied.
    """
    lines = queue(by=by, scope=scope, now=now) if lines is None else lines
    first, last = day_bounds(scope, now or timezone.now())
    rows = _CALLED.rows(scope=scope.pk, first=first, last=last)
    ends = [Outcome(row[4]) if row[0] == State.CLOSED.value and row[4] else None for row in rows]
    apart = Counter(one for one in ends if one in WITHOUT_ANSWER)
    decided = [
        (row[2] - row[1], row[3], end)
        for row, end in zip(rows, ends, strict=True)
        if row[2] is not None and end not in WITHOUT_ANSWER
    ]
    waits = [wait / timedelta(minutes=1) for wait, _kind, _end in decided]
    kinds = [(DecisionKind(kind), end) for _wait, kind, end in decided if kind is not None]
    in_town = sum(kind in _IN_TOWN and end is not Outcome.EMERGENCY for kind, end in kinds)
    return Today(
        received=len(rows),
        open=len(lines),
        decided=len(decided),
        in_town=in_town,
        closed=sum(row[0] == State.CLOSED.value for row in rows),
        late=sum(line.urgency is not Urgency.ON_TIME for line in lines),
        decision_minutes=median(waits) if waits else None,
        share_in_town=in_town / len(kinds) if kinds else None,
        without_answer=dict(apart),
    )


def on_call_now(
    *, by: Person, scope: Scope, now: datetime | None = None
) -> list[tuple[roster.Sector, roster.OnCall]]:
    """Return who is on call in each sector of the territory; empty where none is defined.

    The permanence of care comes first, the shared on-calls after it. Raises PermissionDenied.
    """
    access.require(by, Permission.VIEW_ROSTER, scope)
    at = now or timezone.now()
    return roster.on_call_by_sector(_SECTORS.rows(scope=scope.pk), at)


def desks() -> list[Scope]:
    """Return the scopes where somebody regulates today."""
    carried = [role.value for role in Role if allows(role, Permission.REGULATE)]
    held = RoleAssignment.objects.in_force(timezone.localdate()).filter(role__in=carried, scope__isnull=False)
    return list(Scope.objects.filter(pk__in=held.values("scope")).order_by("pk"))


def regulators(scope: Scope) -> list[Person]:
    """Return who may work at a desk today, by name: to whom a shift may be handed over."""
    everybody = Person.objects.filter(is_active=True, roles__scope=scope).distinct()
    names = everybody.order_by("last_name", "first_name", "pk")
    return [one for one in names if access.may(one, Permission.REGULATE, scope)]


def _last(model: type[Decision] | type[Closure]) -> QuerySet[Any]:
    # The base manager: read with the request that it belongs to, itself read in scope.
    return model._base_manager.filter(request=OuterRef("pk")).order_by("-pk")


#: What is counted of the last decision and of the last outcome of a request.
_SAID: tuple[tuple[type[Decision] | type[Closure], str], ...] = ((Decision, "kind"), (Closure, "outcome"))


#: What a line of the queue shows, and what says how late it is.
_READ = (
    "scope", "origin", "caller_name", "said_last_name", "said_first_name", "age_months", "motive", "priority",
    "state", "state_since",
    "has_red_flag", "locked_until", "called_at", "is_demonstration",
    *(f"{who}__{name}" for who in ("owner", "locked_by") for name in ("email", "first_name", "last_name")),
    *(f"patient__{name}" for name in ("birth_name", "birth_first_names", "used_name", "used_first_name")),
    "patient__birth_date",
)  # fmt: skip
#: When the appointment of a request ends, until when a seat is held for it: read with the queue.
_DATES = {
    "appointment_end": Case(
        When(
            state=State.BOOKED.value,
            then=Subquery(_last(Decision).filter(kind="slot").values("appointment__slot__ends_at")[:1]),
        ),
        output_field=DateTimeField(),
    ),
    "held_until": Case(
        When(
            state=State.PROPOSED.value,
            then=Subquery(
                Proposal._base_manager.filter(request=OuterRef("pk"), state=ProposalState.HELD.value)
                .order_by("-pk")
                .values("appointment__hold_expires_at")[:1]
            ),
        ),
        output_field=DateTimeField(),
    ),
    "last_outcome": Case(
        When(
            state__in=[one.value for one in UNDECIDED - {State.NEW}],
            then=Subquery(_last(Closure).values("outcome")[:1]),
        ),
        output_field=CharField(),
    ),
}


_OPEN: Statement[Any] = Statement(
    lambda: (
        Request.objects.in_scope(given("scope"))
        .open()
        .select_related("owner", "locked_by", "patient")
        .only(*_READ)
        .annotate(**_DATES)
    )
)
_REQUEST: Statement[Request] = Statement(
    lambda: (
        Request.objects.keyed(given("pk"))
        .select_related(*READ_WITH)
        .annotate(
            # The base manager: whether there is anything to read, asked with the request that it belongs to.
            has_closures=Exists(
                Closure._base_manager.filter(Q(request=OuterRef("pk")) | Q(duplicate_of=OuterRef("pk")))
            ),
            has_answers=Exists(SafetyAnswer._base_manager.filter(request=OuterRef("pk"))),
        )
    )
)
_CLOSURES: Statement[Closure] = Statement(
    lambda: Closure.objects.about(given("request")).select_related(
        "by", "duplicate_of", "corrects", "request"
    )
)
_DECISIONS: Statement[Decision] = Statement(
    lambda: Decision.objects.of_request(given("request")).select_related(
        "by",
        "on_call",
        "sent_to",
        "structure__commune",
        "appointment__slot__agenda__professional",
        "appointment__slot__schedule__place__commune",
        "appointment__slot__schedule__commune",
    )
)
#: What a screen says of a proposal, and of whom and where it is.
_OF_STRUCTURE = ("name", "kind", "origin", "precision", "finess", "count", "commune", "commune__name")
_OF_PROPOSALS = (
    "request", "rank", "kind", "slot", "schedule", "professional", "appointment", "structure", "phone",
    "protocol", "starts_at", "travel", "travel_is_estimate", "travel_source", "reasons", "state",
    *(f"search__{name}" for name in ("request", "by", "at", "criteria", "widen", "on_call_answer")),
    "schedule__name", "schedule__commune", "schedule__commune__name",
    "professional__first_name", "professional__last_name",
    *(f"structure__{name}" for name in _OF_STRUCTURE),
    *(f"appointment__{name}" for name in ("state", "hold_expires_at")),
)  # fmt: skip
_SEARCH: Statement[Search] = Statement(
    lambda: Search.objects.of_request(given("request")).order_by("-pk").defer("excluded")[:1]
)
#: Who was left out is long, and read where somebody asks for it.
_PROPOSALS: Statement[Proposal] = Statement(
    lambda: (
        Proposal.objects.of_request(given("request"))
        .filter(search=Search.objects.of_request(given("request")).order_by("-pk").values("pk")[:1])
        .order_by("rank")
        .select_related("search", "schedule__commune", "professional", "structure__commune", "appointment")
        .only(*_OF_PROPOSALS)
    )
)
_CALLED: Statement[tuple[Any, ...]] = Statement(
    lambda: (
        Request.objects.in_scope(given("scope"))
        .filter(called_at__gte=given("first"), called_at__lt=given("last"))
        .order_by()
        .values_list(
            "state",
            "called_at",
            "decided_at",
            *(Subquery(_last(model).values(name)[:1]) for model, name in _SAID),
        )
    )
)
_SECTORS: Statement[roster.Sector] = Statement(
    lambda: (
        roster.Sector.objects.filter(territory__scope=given("scope"))
        .select_related("territory__scope")
        .order_by("kind", "name", "pk")
    )
)


def _order(line: QueueLine) -> tuple[tuple[int, ...], datetime, int]:
    row = line.request
    alarms = row.has_red_flag or not enters_slot_search(row.priority)
    place = queue_order(State(row.state), row.priority, line.urgency, alarms=alarms)
    return place, row.called_at if line.urgency is Urgency.ON_TIME else line.late_at, row.pk


def _limits(row: Request) -> list[int]:
    """Return after how many minutes in its state a request is late, then escalated."""
    by_priority = rule("orientation.escalation.priorities").value.get(row.priority, {})
    limits: list[int] = by_priority.get(row.state) or rule("orientation.escalation.minutes").value[row.state]
    return limits


def _line(
    row: Request, at: datetime, *, end: datetime | None, held: datetime | None, last: str | None
) -> QueueLine:
    since = max(row.state_since, end) if end else row.state_since
    limits = _limits(row)
    return QueueLine(
        row,
        int((at - row.called_at) / timedelta(minutes=1)),
        int((at - row.state_since) / timedelta(minutes=1)),
        row.lock_holder(at),
        urgency(since, at, (limits[0], limits[1])),
        since + timedelta(minutes=limits[0]),
        held if held and held > at else None,
        State(row.state) in UNDECIDED and last == Outcome.DISPLACED.value,
    )


def day_bounds(scope: Scope, at: datetime) -> tuple[datetime, datetime]:
    """Return the bounds of the day it is on the wall of the territory."""
    return clock.bounds(clock.day_of(at, scope), scope)
