"""The queue, one request, the figures of the day, who is on call, what is free, what changed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.kernel import access
from maillage.kernel.models import Message, Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.orientation.models import (
    Closure,
    Decision,
    Proposal,
    Request,
    SafetyAnswer,
    SafetySheet,
    Search,
)
from maillage.orientation.queries.safety import answers_of, missing_of, sheets_for
from maillage.orientation.rules.vocabulary import DecisionKind, Outcome, State, Urgency
from maillage.orientation.rules.workflow import WITHOUT_ANSWER, urgency
from maillage.people import api as people
from maillage.roster import api as roster
from maillage.territory.api import Territory

#: Topics that change what a desk shows.
EVENTS = ("orientation.opened", "orientation.changed")
_IN_TOWN = frozenset(DecisionKind) - {DecisionKind.TRANSFER}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One open request: how long since the call and in its state, who has it open, how late it is.

    No name of a patient: the queue is no reading of a file.
    """

    request: Request
    minutes: int
    minutes_in_state: int
    holder: Person | None
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class RequestFile:
    """All that is known of one request; `missing`: questions without an answer, by sheet.

    `joined`: how other requests were closed as duplicates of this one.
    """

    request: Request
    patient: people.PatientFile | None
    sheets: list[SafetySheet]
    answers: list[SafetyAnswer]
    missing: dict[int, list[str]]
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


@dataclass(frozen=True, slots=True)
class Capacity:
    """What may be booked from the desk: slots in the rule's horizon, those of today, by kind, the first."""

    total: int
    today: int
    by_kind: dict[str, int]
    first: datetime | None


def queue(*, by: Person, scope: Scope, now: datetime | None = None) -> list[QueueLine]:
    """Return the open requests of a desk: escalated first, then late, then the oldest call.

    Raises PermissionDenied.
    """
    access.require(by, Permission.REGULATE, scope)
    at = now or timezone.now()
    rows = Request.objects.in_scope(scope).open().select_related("owner", "locked_by", "commune")
    ends = _appointment_ends(scope)
    lines = [_line(row, at, ends.get(row.pk)) for row in rows]
    order = {Urgency.ESCALATED: 0, Urgency.LATE: 1, Urgency.ON_TIME: 2}
    return sorted(lines, key=lambda one: (order[one.urgency], one.request.called_at, one.request.pk))


@transaction.atomic
def request_file(*, by: Person, pk: int, purpose: str = "") -> RequestFile:
    """Return one request with all that was asked, proposed and decided; the patient's file is logged as read.

    Raises Request.DoesNotExist where there is none that `by` may see.
    """
    names = ("scope", "owner", "locked_by", "commune", "patient", "opened_by")
    row = Request.objects.for_person(by).select_related(*names).get(pk=pk)
    search = Search.objects.of_request(row).first()
    proposals = Proposal.objects.of_request(row).filter(search=search) if search else []
    if search:
        proposals = proposals.select_related(
            "slot__schedule__commune",
            "slot__agenda__professional",
            "professional",
            "structure__commune",
            "appointment",
        )
    decisions = Decision.objects.of_request(row).select_related(
        "by",
        "on_call",
        "sent_to",
        "structure",
        "appointment__slot__agenda__professional",
        "appointment__slot__schedule",
    )
    sheets = sheets_for(row.motive)
    answers = answers_of(row, sheets)
    return RequestFile(
        row,
        _patient(by, row, purpose or _("Régulation de la demande {number}").format(number=row.number)),
        sheets,
        answers,
        missing_of(sheets, answers),
        search,
        list(proposals),
        list(decisions),
        list(Closure.objects.of_request(row).select_related("by", "duplicate_of", "corrects")),
        list(Closure.objects.joined_to(row).standing().select_related("request")),
    )


def today(
    *, by: Person, scope: Scope, now: datetime | None = None, lines: list[QueueLine] | None = None
) -> Today:
    """Return the figures of the day it is at a desk; `lines`: its queue, where the caller has just read it.

    Raises PermissionDenied.
    """
    lines = queue(by=by, scope=scope, now=now) if lines is None else lines
    first, last = _day(scope, now or timezone.now())
    rows = list(Request.objects.in_scope(scope).filter(called_at__gte=first, called_at__lt=last))
    ends = _ends(scope, rows)
    apart = Counter(one for one in ends.values() if one in WITHOUT_ANSWER)
    decided = [row for row in rows if row.decided_at is not None and ends.get(row.pk) not in WITHOUT_ANSWER]
    waits = [(row.decided_at - row.called_at) / timedelta(minutes=1) for row in decided]
    kinds = dict(
        Decision.objects.in_scope(scope)
        .filter(request__in=[row.pk for row in decided])
        .order_by("pk")
        .values_list("request", "kind")
    )
    in_town = sum(
        DecisionKind(kind) in _IN_TOWN and ends.get(pk) is not Outcome.EMERGENCY for pk, kind in kinds.items()
    )
    return Today(
        received=len(rows),
        open=len(lines),
        decided=len(decided),
        in_town=in_town,
        closed=sum(row.state == State.CLOSED.value for row in rows),
        late=sum(line.urgency is not Urgency.ON_TIME for line in lines),
        decision_minutes=median(waits) if waits else None,
        share_in_town=in_town / len(kinds) if kinds else None,
        without_answer=dict(apart),
    )


def on_call_now(
    *, by: Person, scope: Scope, now: datetime | None = None
) -> list[tuple[roster.Sector, roster.OnCall]]:
    """Return who is on call in each sector of the territory; empty where none is defined.

    Raises PermissionDenied.
    """
    access.require(by, Permission.VIEW_ROSTER, scope)
    at = now or timezone.now()
    sectors = roster.Sector.objects.filter(territory__scope=scope).select_related("territory")
    return roster.on_call_by_sector(sectors, at)


def free_capacity(*, by: Person, scope: Scope, now: datetime | None = None) -> Capacity:
    """Return what `by` may book within the horizon of unscheduled care, in the agendas of the territory."""
    access.require(by, Permission.REGULATE, scope)
    at = now or timezone.now()
    end = at + timedelta(hours=rule("orientation.search.horizon_hours").value)
    slots = agenda.free_slots(by, at, end).filter(agenda__territory__scope=scope)
    rows = list(slots.values_list("starts_at", "kind"))
    _first, midnight = _day(scope, at)
    kinds = Counter(kind for _start, kind in rows)
    return Capacity(
        len(rows), sum(start < midnight for start, _kind in rows), dict(kinds), rows[0][0] if rows else None
    )


def last_event(*, by: Person, scope: Scope) -> int:
    """Return the number of the last event of a desk, 0 where there is none: another number is news.

    Raises PermissionDenied.
    """
    access.require(by, Permission.REGULATE, scope)
    rows = Message.objects.filter(topic__in=EVENTS, payload__scope=scope.pk)
    return rows.aggregate(last=Max("pk"))["last"] or 0


def regulators(scope: Scope) -> list[Person]:
    """Return who may work at a desk today, by name: to whom a shift may be handed over."""
    everybody = Person.objects.filter(is_active=True, roles__scope=scope).distinct()
    names = everybody.order_by("last_name", "first_name", "pk")
    return [one for one in names if access.may(one, Permission.REGULATE, scope)]


def _ends(scope: Scope, rows: list[Request]) -> dict[int, Outcome]:
    """Return what came of the closed ones of `rows`, by key."""
    closed = [row.pk for row in rows if row.state == State.CLOSED.value]
    said = Closure.objects.in_scope(scope).filter(request__in=closed).order_by("pk")
    return {pk: Outcome(outcome) for pk, outcome in said.values_list("request", "outcome")}


def _line(row: Request, at: datetime, appointment_end: datetime | None) -> QueueLine:
    since = max(row.state_since, appointment_end) if appointment_end else row.state_since
    limits = rule("orientation.escalation.minutes").value[row.state]
    return QueueLine(
        row,
        int((at - row.called_at) / timedelta(minutes=1)),
        int((at - row.state_since) / timedelta(minutes=1)),
        row.lock_holder(at),
        urgency(since, at, (limits[0], limits[1])),
    )


def _appointment_ends(scope: Scope) -> dict[int, datetime]:
    booked = Decision.objects.in_scope(scope).filter(request__state=State.BOOKED.value, kind="slot")
    return dict(booked.order_by("pk").values_list("request", "appointment__slot__ends_at"))


def _patient(by: Person, row: Request, purpose: str) -> people.PatientFile | None:
    if row.patient is None:
        return None
    try:
        return people.patient_file(by=by, pk=row.patient_id, purpose=purpose)
    except people.Patient.DoesNotExist:
        return None


def _day(scope: Scope, at: datetime) -> tuple[datetime, datetime]:
    """Return the bounds of the day it is on the wall of the territory."""
    place = Territory.objects.filter(scope=scope).first()
    zone = ZoneInfo(place.time_zone) if place else timezone.get_current_timezone()
    day = at.astimezone(zone).date()
    first = datetime.combine(day, time.min, zone)
    return first, datetime.combine(day + timedelta(days=1), time.min, zone)
