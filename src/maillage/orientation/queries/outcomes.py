"""What became of a request: what whoever received the person has to say, what whoever sent it may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.once import once
from maillage.kernel.rules import Permission
from maillage.kernel.statements import given
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.queries.ages import AGED_BY
from maillage.orientation.rules.vocabulary import Outcome, State
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, JOINED_WITHIN
from maillage.people import api as people

#: How long what was said, or sent, stays on the page.
SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Received:
    """A request that somebody received: when the person is expected, and who they are."""

    request: Request
    expected: datetime
    place: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that somebody sent, where it stands and its outcome where it is known.

    `answered` is the request that answers it: another one of the desk where it was sent twice.
    """

    request: Request
    answered: Request
    closure: Closure | None

    @property
    def outcome(self) -> Outcome | None:
        """What came of it, once that is said."""
        return Outcome(self.closure.outcome) if self.closure and not self.answered.is_open else None


def outcomes_waiting() -> QuerySet[Decision]:
    """Return the decisions whose outcome the reader has to say, for a statement; names nobody."""
    return _awaited(given("person"))


@transaction.atomic
def received(*, by: Person, keys: Sequence[int] | None = None) -> list[Received]:
    """Return what `by` received and whose outcome is awaited, oldest first; the patients' logs tell of it.

    `keys`: of those requests alone.
    """
    rows = _awaited(by)
    if keys is not None:
        rows = rows.filter(request__in=list(keys))
    rows = rows.select_related(
        "request__commune", "request__patient", "request__scope", "appointment__slot__schedule__commune"
    )
    found = [_received(one) for one in rows.order_by("at", "pk")]
    patients = {one.request.patient_id: one.request.patient for one in found if one.request.patient}
    if patients:
        purpose = _("Issue d’une demande reçue")
        people.log_access(by=by, patients=patients.values(), what="list", purpose=purpose)
    return sorted(found, key=lambda one: (one.expected, one.request.pk))


def received_count(person: Person) -> int:
    """Return how many outcomes `person` has to say, in one statement."""
    return len(_awaited_by(person))


def to_close(*, by: Person) -> list[Request]:
    """Return the requests whose outcome `by` may say as the one who was to see the person, oldest first."""
    return sorted((one.request for one in _awaited_by(by)), key=lambda one: (one.called_at, one.pk))


@once
def _awaited_by(person: Person) -> list[Decision]:
    """Return the decisions whose outcome `person` has to say; only a professional receives anybody."""
    if not hasattr(person, "professional"):
        return []
    return list(_awaited(person).select_related("request__commune", "request__scope"))


@transaction.atomic
def sent(*, by: Person, now: datetime | None = None) -> list[Sent]:
    """Return what `by`, or the EHPAD where they work, sent to a desk that is not theirs, the latest first.

    With what became of each. The patients' logs tell whoever reads what a colleague sent.
    """
    since = (now or timezone.now()) - SHOWN
    own = Request.objects.sent_for(by)
    own = own.filter(Q(called_at__gte=since) | ~Q(state=State.CLOSED.value))
    desks = access.scopes_of(by, Permission.REGULATE)
    if desks is None:
        return []
    rows = list(
        own.exclude(scope__in=desks)
        .select_related("commune", "owner", "scope", "patient", "opened_by", "sent_from")
        .order_by("-called_at")
    )
    read = {one.patient_id: one.patient for one in rows if one.patient and one.opened_by_id != by.pk}
    if read:
        purpose = _("Demandes envoyées par un collègue du même EHPAD")
        people.log_access(by=by, patients=read.values(), what="list", purpose=purpose)
    ends = (
        Closure.objects.for_person(by)
        .filter(request__in=rows)
        .select_related("duplicate_of__owner", "duplicate_of__scope")
    )
    last = {one.request_id: one for one in ends}
    return [_sent(row, last.get(row.pk)) for row in rows]


def _sent(row: Request, closure: Closure | None) -> Sent:
    """Return a request sent with what answers it: that which it repeats, where it is a duplicate."""
    if closure is None or closure.duplicate_of is None or row.is_open:
        return Sent(row, row, closure)
    # Whoever sent the duplicate reads of the other no more than where it stands.
    other = closure.duplicate_of
    return Sent(row, other, Closure.objects.of_request(other).last())


def said(*, by: Person, now: datetime | None = None) -> list[Closure]:
    """Return the outcomes that `by` said lately as the one who received, the latest first."""
    since = (now or timezone.now()) - SHOWN
    rows = Closure.objects.for_person(by).filter(by=by, at__gte=since)
    effector = Decision.objects.received_by(by).filter(request=OuterRef("request"))
    shown = (
        rows.in_force()
        .filter(Exists(effector))
        .select_related("request__commune", *(f"request__{one}" for one in AGED_BY))
    )
    return list(shown.order_by("-at", "-pk"))


def joinable(*, by: Person, request: Request, now: datetime | None = None) -> list[Request]:
    """Return the requests of a desk that another may be the duplicate of, the likeliest first.

    Those open, or ended within two days, that are neither duplicates nor mistakes; the same patient comes
    first, then the same phone, then the same motive. Raises PermissionDenied.
    """
    access.require(by, Permission.REGULATE, request.scope)
    since = (now or timezone.now()) - JOINED_WITHIN
    aside = [Outcome.DUPLICATE.value, Outcome.MISTAKE.value]
    # The base manager: the condition itself, « ended as one of these », read with the rows that it keeps.
    ended = Closure._base_manager.filter(request=OuterRef("pk"), closes=True, outcome__in=aside)
    rows = Request.objects.in_scope(request.scope).exclude(pk=request.pk)
    rows = rows.filter(~Q(state=State.CLOSED.value) | (Q(ended_at__gte=since) & ~Exists(ended)))

    def unlikeness(one: Request) -> tuple[bool, bool, bool, int]:
        patient = request.patient_id is not None and one.patient_id == request.patient_id
        phone = bool(request.caller_phone) and one.caller_phone == request.caller_phone
        return not patient, not phone, one.motive != request.motive, -one.pk

    return sorted(rows.select_related("commune", *AGED_BY).order_by("-pk")[:200], key=unlikeness)[:40]


def closed_since(*, by: Person, scope: Scope, since: datetime) -> list[Closure]:
    """Return the outcomes said at a desk since an instant, the latest first. Raises PermissionDenied."""
    access.require(by, Permission.REGULATE, scope)
    rows = Closure.objects.in_scope(scope).in_force().filter(at__gte=since)
    return list(rows.select_related("by", *(f"request__{one}" for one in AGED_BY)).order_by("-at", "-pk"))


def _awaited(person: Person) -> QuerySet[Decision]:
    """Keep the decisions by which `person` received somebody, the latest of their request, still awaited."""
    # The base manager: the condition itself, « no later decision », read with the rows that it keeps.
    later = Decision._base_manager.filter(request=OuterRef("request"), pk__gt=OuterRef("pk"))
    awaited = [state.value for state in AWAITING_OUTCOME]
    rows = Decision.objects.received_by(person).filter(request__state__in=awaited)
    return rows.exclude(Exists(later))


def _received(decision: Decision) -> Received:
    appointment = decision.appointment
    if appointment is None:
        return Received(decision.request, decision.agreed_at or decision.at, "")
    return Received(decision.request, appointment.slot.starts_at, str(appointment.slot.schedule))
