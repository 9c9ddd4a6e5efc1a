"""The waiting list of those who look for a médecin traitant, and its indicators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people.models import (
    PLAIN_LABELS,
    DoctorProposal,
    DoctorQuota,
    Patient,
    ReferringDoctorRequest,
    countable,
)
from maillage.people.queries.addresses import home_address
from maillage.people.queries.patients import LIST, log_access
from maillage.people.rules.referring_doctor import State, remaining_quota
from maillage.territory import api as territory


@dataclass(frozen=True, slots=True)
class Delay:
    """How many of the requests at least `days` old were declared within `days`."""

    days: int
    solved: int
    total: int

    @property
    def share(self) -> float | None:
        """The share solved, 0 to 1; None where no request is old enough."""
        return self.solved / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Indicators:
    """What a scope measures: open requests, shares solved, median days from request to declaration."""

    open: int
    declared: int
    delays: list[Delay]
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A doctor who set a quota, what remains of it this month, and how far they are from the patient.

    `commune` is that of their nearest place, None where none is known; `minutes` is None where the patient's
    or the doctor's commune is not known; an estimate where no `travel_source` measured it.
    """

    doctor: directory.Professional
    per_month: int
    remaining: int
    commune: territory.Commune | None = None
    minutes: float | None = None
    travel_source: str = ""


@transaction.atomic
def waiting_list(*, by: Person, scope: Scope, purpose: str, limit: int = 200) -> list[ReferringDoctorRequest]:
    """Return the open requests of a scope, the highest priority then the oldest first; logged for each.

    Raises PermissionDenied.
    """
    access.require(by, Permission.MANAGE_REFERRING_DOCTOR, scope)
    found = ReferringDoctorRequest.objects.for_person(by).filter(scope=scope).still_open()
    shown = list(
        found.select_related("patient", "doctor").order_by("-priority", "requested_at", "pk")[:limit]
    )
    log_access(by=by, patients=[one.patient for one in shown], what=LIST, purpose=purpose)
    return shown


@transaction.atomic
def proposals_to(*, by: Person, purpose: str, keys: Sequence[int] | None = None) -> list[DoctorProposal]:
    """Return the proposals that wait for the answer of `by`, a doctor; logged for each patient.

    `keys`: of those alone.
    """
    found = DoctorProposal.objects.for_person(by).filter(doctor__account=by, answer="")
    if keys is not None:
        found = found.filter(pk__in=list(keys))
    shown = list(found.select_related("request__patient", "doctor").order_by("proposed_at", "pk"))
    log_access(by=by, patients=[one.request.patient for one in shown], what=LIST, purpose=purpose)
    return shown


def proposed() -> QuerySet[DoctorProposal]:
    """Return the proposals that wait for the answer of the reader, for a statement; names nobody."""
    return DoctorProposal._base_manager.filter(doctor__account=given("person"), answer="")


def proposals_waiting(person: Person) -> int:
    """Return how many patients wait for the answer of `person`, a doctor; names nobody, so is not logged."""
    return DoctorProposal.objects.for_person(person).filter(doctor__account=person, answer="").count()


@dataclass(frozen=True, slots=True)
class WaitingIn:
    """How many searches are open in a territory, and since when the first is."""

    name: str
    slug: str
    count: int
    since: datetime


def waiting_by_territory(person: Person) -> list[WaitingIn]:
    """Return the open searches of the territories that `person` follows, the oldest first; names nobody."""
    scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
    found = ReferringDoctorRequest.objects.for_person(person).still_open()
    if scopes is not None:
        found = found.filter(scope__in=scopes)
    named = found.filter(scope__territory__isnull=False).order_by()
    rows = named.values_list("scope__territory__name", "scope__territory__slug")
    counted = rows.annotate(count=Count("pk"), since=Min("requested_at"))
    return [WaitingIn(*row) for row in counted.order_by("since")]


def requests_of(*, by: Person, patient: Patient) -> list[ReferringDoctorRequest]:
    """Return the requests of a patient that `by` may see, the latest first."""
    found = ReferringDoctorRequest.objects.for_person(by).filter(patient=patient)
    return list(found.select_related("doctor").order_by("-requested_at", "-pk"))


def is_searching(patient: Patient) -> bool:
    """Return whether the search of a patient is open: for whoever keeps the file, who cannot open another."""
    return (
        ReferringDoctorRequest.objects.in_scope(patient.scope).filter(patient=patient).still_open().exists()
    )


def doctor_proposal(pk: int) -> DoctorProposal:
    """Return a proposal, for the program that tells of it. Raises DoctorProposal.DoesNotExist."""
    row: DoctorProposal = DoctorProposal._base_manager.select_related(
        "request__scope", "doctor__account"
    ).get(pk=pk)
    return row


def search_said(patient: Patient) -> str:
    """Return where the last search of a patient stands, as they read it; empty where there was none."""
    rows = ReferringDoctorRequest.objects.in_scope(patient.scope).filter(patient=patient)
    state = rows.order_by("-requested_at", "-pk").values_list("state", flat=True).first()
    return str(PLAIN_LABELS[State(state)]) if state else ""


def request_by_key(*, by: Person, pk: int, purpose: str) -> ReferringDoctorRequest:
    """Return one request that `by` may see; logged. Raises ReferringDoctorRequest.DoesNotExist."""
    found = (
        ReferringDoctorRequest.objects.for_person(by).select_related("patient", "scope", "doctor").get(pk=pk)
    )
    log_access(by=by, patients=[found.patient], what=LIST, purpose=purpose)
    return found


def proposals_of(*, by: Person, request: ReferringDoctorRequest) -> list[DoctorProposal]:
    """Return the proposals of a request, the latest first."""
    found = DoctorProposal.objects.for_person(by).filter(request=request)
    return list(found.select_related("doctor").order_by("-proposed_at", "-pk"))


def home_of(*, by: Person, patient: Patient) -> territory.Commune | None:
    """Return the commune where a patient whom `by` may see lives, None where nobody said it."""
    seen = Patient.objects.for_person(by).filter(pk=patient.pk).exists()
    home = home_address(patient) if seen else None
    return home.commune if home is not None else None


def candidates(
    scope: Scope, refused: set[int], on: date | None = None, *, home: territory.Commune | None = None
) -> list[Candidate]:
    """Return the doctors of a scope who set a quota: those with room first, the nearest to `home` first.

    Where no commune tells them apart, those with most left come first. A scope that is not a territory has
    the doctors of everywhere; `refused` are left out.
    """
    day = on or clock.today(scope)
    quotas = DoctorQuota.objects.filter(doctor__merged_into=None, doctor__is_active=True)
    place = territory.Territory.objects.filter(scope=scope).first()
    if place is not None:
        here = directory.professionals_in(territory.member_codes(place))
        quotas = quotas.filter(doctor__in=here.order_by().values("pk"))
    rows = list(quotas.exclude(doctor__in=refused).select_related("doctor").annotate(**_used(day)))
    places = _places([row.doctor for row in rows])
    found = [
        _nearest(Candidate(row.doctor, row.per_month, remaining_of(row, day)), places[row.doctor_id], home)
        for row in rows
    ]
    return sorted(found, key=_order)


def _order(one: Candidate) -> tuple[bool, bool, float, int, str, int]:
    far = one.minutes if one.minutes is not None else 0.0
    name = one.doctor.search_name
    return not one.remaining, one.minutes is None, far, -one.remaining, name, one.doctor.pk


def _places(doctors: list[directory.Professional]) -> dict[int, list[territory.Commune]]:
    """Return the communes where each doctor practises, by key."""
    return {
        pk: [commune for one in known if (commune := _commune_of(one)) is not None]
        for pk, known in directory.memberships_of(doctors).items()
    }


def _commune_of(membership: directory.Membership) -> territory.Commune | None:
    """Return where a membership is practised: at its place, else where the structure is."""
    place = membership.place.commune if membership.place is not None else None
    return place or membership.structure.commune


def _nearest(one: Candidate, communes: list[territory.Commune], home: territory.Commune | None) -> Candidate:
    """Return a candidate with the nearest of their communes."""
    if not communes:
        return one
    if home is None:
        return replace(one, commune=communes[0])
    found = territory.journeys_from(home, communes)
    at = int(found.minutes.argmin())
    minutes, source = float(found.minutes[at]), found.source_to(at)
    return replace(one, commune=communes[at], minutes=minutes, travel_source=source)


def remaining_of(quota: DoctorQuota, on: date) -> int:
    """Return how many more patients a quota allows in the calendar month of `on`.

    A quota read with `_used` costs no query.
    """
    counted = (
        quota if hasattr(quota, "accepted") else DoctorQuota.objects.annotate(**_used(on)).get(pk=quota.pk)
    )
    return remaining_quota(quota.per_month, counted.accepted, counted.waiting)  # type: ignore[attr-defined]  # counted by the query


def _used(on: date) -> dict[str, Count]:
    """Return the counts of a doctor's proposals: accepted in the month, and not answered yet."""
    start = timezone.make_aware(datetime.combine(on.replace(day=1), time.min))
    proposals = "doctor__referring_doctor_proposals"
    accepted = Q(**{f"{proposals}__answer": "accepted", f"{proposals}__answered_at__gte": start})
    return {
        "accepted": Count(proposals, filter=accepted, distinct=True),
        "waiting": Count(proposals, filter=Q(**{f"{proposals}__answer": ""}), distinct=True),
    }


def indicators(scope: Scope, on: date | None = None) -> Indicators:
    """Return how fast requests of a scope end in a declaration; requests closed otherwise do not count.

    A request counts in « solved within n days » once it is n days old.
    """
    day = on or clock.today(scope)
    rows = list(
        ReferringDoctorRequest.objects.in_scope(scope)
        .filter(countable(prefix="patient__"))
        .exclude(state=State.CLOSED.value)
        .order_by()
        .values_list("requested_at", "declared_at")
    )
    days = [
        (
            clock.day_of(asked, scope),
            (clock.day_of(done, scope) - clock.day_of(asked, scope)).days if done else None,
        )
        for asked, done in rows
    ]
    delays = [_delay(limit, days, day) for limit in rule("people.referring_doctor.delays", on=day).value]
    solved = [taken for _asked, taken in days if taken is not None]
    return Indicators(len(days) - len(solved), len(solved), delays, median(solved) if solved else None)


def _delay(limit: int, days: list[tuple[date, int | None]], today: date) -> Delay:
    old = [taken for asked, taken in days if asked + timedelta(days=limit) <= today]
    return Delay(limit, sum(taken is not None and taken <= limit for taken in old), len(old))
