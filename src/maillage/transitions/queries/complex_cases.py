"""Reads of requests to the DAC: by whoever answers them, by the circle of the patient, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Q, QuerySet
from django.utils import timezone

from maillage.care import api as care
from maillage.kernel import access
from maillage.kernel.contributions import Pending
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.once import once
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.transitions.models import ComplexCase, PartnerRequest, answered_by
from maillage.transitions.rules.complex_cases import OUTCOMES, WAITING, CaseState

READING = "demande au DAC"
_WITH = ("patient__scope", "scope", "by", "referent", "closed_by", "told_by")


def answers(person: Person) -> bool:
    """Return whether `person` works at a DAC."""
    return access.may(person, Permission.ANSWER_COMPLEX_CASES)


@once
def cases_to_end(person: Person) -> list[ComplexCase]:
    """Return what the DAC of `person` still has to end: those without an answer first, by their day.

    No patient is named, nothing is logged; none where they work at no DAC.
    """
    if not answers(person):
        return []
    rows = ComplexCase.objects.for_person(person).filter(answered_by(person)).open()
    waiting = [one.value for one in WAITING]
    found = list(rows.select_related("scope", "by", "referent"))
    return sorted(found, key=lambda one: (one.state not in waiting, one.acknowledge_by, one.pk))


@transaction.atomic
def cases_of_circle(person: Person, limit: int = 50) -> list[ComplexCase]:
    """Return the requests about the patients whose plan `person` reads, the latest first; each is logged."""
    rows = ComplexCase.objects.for_person(person).filter(
        people.readable(person, people.Part.PLAN, prefix="patient__")
    )
    found = list(rows.select_related(*_WITH).order_by("-at", "-pk")[:limit])
    patients = {one.patient_id: one.patient for one in found}
    if patients:
        people.log_access(by=person, patients=patients.values(), what="list", purpose=READING)
    return found


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A request, and as whom somebody reads it: of the circle, at the DAC, or both."""

    case: ComplexCase
    decision: people.Decision
    answers: bool

    @property
    def is_reader(self) -> bool:
        """Whether the circle opens the plan of the patient."""
        return self.decision.is_allowed

    @property
    def may_write(self) -> bool:
        """Whether they care for the patient, and so may withdraw it or say that its outcome was read."""
        return care.may_write(self.decision)


@transaction.atomic
def case_read(person: Person, pk: int) -> CaseRead | None:
    """Return a request as `person` may read it, None where they may not; the file is logged."""
    found = ComplexCase.objects.for_person(person).filter(pk=pk).select_related(*_WITH).first()
    if found is None:
        return None
    here = access.may(person, Permission.ANSWER_COMPLEX_CASES, found.scope)
    decision = people.decision(person, found.patient, people.Part.PLAN)
    people.log_access(by=person, patients=[found.patient], what="file", purpose=READING)
    return CaseRead(found, decision, here)


def partners_of(case: ComplexCase) -> list[PartnerRequest]:
    """Return what partners were asked for a request read in scope, what is awaited first."""
    rows = PartnerRequest.objects.of_case(case).select_related("by", "noted_by", "case__scope")
    return sorted(rows, key=lambda one: (bool(one.answer), one.pk))


def partners_awaited(person: Person) -> list[PartnerRequest]:
    """Return the answers that the DAC of `person` awaits from partners, the most pressing first."""
    if not answers(person):
        return []
    rows = PartnerRequest.objects.in_scope(*_places(person)).filter(
        answer="", case__in=[one.pk for one in cases_to_end(person)]
    )
    return list(rows.select_related("case__scope").order_by("expected_on", "pk"))


def _places(person: Person) -> Sequence[Scope]:
    places = access.scopes_of(person, Permission.ANSWER_COMPLEX_CASES)
    return list(Scope.objects.all()) if places is None else places


def own_outcomes(person: Person) -> list[ComplexCase]:
    """Return the outcomes of what `person` asked that nobody said to have read; names nobody."""
    rows = ComplexCase.objects.for_person(person).filter(_outcome_of(person))
    return list(rows.order_by("closed_at", "pk"))


def _outcome_of(person: Person) -> Q:
    return Q(by=person, told_at=None, state__in=[one.value for one in OUTCOMES])


def cases_waiting() -> QuerySet[ComplexCase]:
    """Return the requests that may wait for a gesture of the reader, for a statement; names nobody.

    The base manager, for keys alone: whose DAC it is, and until when, is asked next, by `pending_cases`.
    """
    answering = [role.value for role in Role if allows(role, Permission.ANSWER_COMPLEX_CASES)]
    held = RoleAssignment.objects.in_force(given("day")).filter(person=given("person"), role__in=answering)
    sent = Q(Exists(held), state=CaseState.SENT.value)
    return ComplexCase._base_manager.filter(_outcome_of(given("person")) | sent)


def pending_cases(person: Person) -> list[Pending]:
    """Return what waits for a gesture of `person`: to acknowledge, or to read an outcome; names nobody."""
    condition = _outcome_of(person)
    if answers(person):
        condition |= Q(state=CaseState.SENT.value) & answered_by(person)
    rows = ComplexCase.objects.for_person(person).filter(condition).select_related("scope")
    return [Pending(one.pk, one.closed_at or one.at, _due(one)) for one in rows.order_by("pk")]


def _due(one: ComplexCase) -> datetime | None:
    if one.state != CaseState.SENT.value:
        return None
    return datetime.combine(one.acknowledge_by, datetime.max.time().replace(microsecond=0), one.scope.zone)


@transaction.atomic
def cases_in_inbox(person: Person, keys: Sequence[int]) -> list[ComplexCase]:
    """Return those of the keys that still wait for `person`; whom an outcome names is logged."""
    waiting = {one.pk for one in pending_cases(person)} & set(keys)
    rows = ComplexCase.objects.for_person(person).filter(pk__in=waiting)
    found = list(rows.select_related(*_WITH).order_by("acknowledge_by", "pk"))
    named = {one.patient_id: one.patient for one in found if one.waits_to_be_read}
    if named:
        people.log_access(by=person, patients=named.values(), what="list", purpose=READING)
    return found


def cases_of(patient: people.Patient) -> list[ComplexCase]:
    """Return the requests about a patient who was read in scope, the latest first."""
    return list(
        ComplexCase.objects.of_patient(patient).select_related("scope", "by", "referent").order_by("-pk")
    )


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """What is counted of the requests of a scope, nobody named.

    `returned` is how many outcomes were read by their requester, over those given.
    """

    open: int
    waiting: int
    late: int
    given: int
    returned: int


def case_counts(scope: Scope) -> CaseCounts:
    """Count the requests of a scope, but of whom the use is frozen or opposed; one statement."""
    today = timezone.localdate(timezone=scope.zone)
    given = Q(state__in=[one.value for one in OUTCOMES])
    over = Q(state__in=[CaseState.CLOSED.value, CaseState.REFUSED.value, CaseState.WITHDRAWN.value])
    found = (
        ComplexCase.objects.in_scope(scope)
        .filter(people.countable(prefix="patient__"))
        .aggregate(
            open=Count("pk", filter=~over),
            waiting=Count("pk", filter=Q(state=CaseState.SENT.value)),
            late=Count("pk", filter=Q(state=CaseState.SENT.value, acknowledge_by__lt=today)),
            given=Count("pk", filter=given),
            returned=Count("pk", filter=given & Q(told_at__isnull=False)),
        )
    )
    return CaseCounts(**found)
