"""Reads of the ways through a hospital: of the circle, of one patient, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from maillage.care import api as care
from maillage.kernel.models import Person, Scope
from maillage.kernel.once import once
from maillage.people import api as people
from maillage.transitions.models import MedicineLine, Way
from maillage.transitions.rules.medicines import Change
from maillage.transitions.rules.ways import CLOSED, Blocker, Standing, WayState, blockers

READING = "passage à l’hôpital"
_WITH = (
    "patient__scope",
    "scope",
    "by",
    "visit__professional",
    "visit__person",
    "closed_by",
    "event__transfer",
)
_UNRESOLVED = Q(change__in=["", Change.CLARIFY.value])


def _open_for(person: Person) -> list[Way]:
    rows = Way.objects.for_person(person).open()
    return list(rows.select_related("scope", "visit__followed_by").order_by("left_at", "at", "pk"))


@once
def open_ways(person: Person) -> list[Way]:
    """Return the ways that nobody has ended, of the patients whose plan `person` reads; names nobody."""
    return _open_for(person)


def visit_is_late(way: Way) -> bool:
    """Return whether the visit after a discharge is owed and its hour has passed."""
    task = visit_of(way)
    return task is not None and task.is_late


@transaction.atomic
def ways_of_circle(person: Person, limit: int = 60) -> list[Way]:
    """Return the ways of the patients whose plan `person` reads, those under way first; each is logged."""
    rows = Way.objects.for_person(person).select_related(*_WITH)
    closed = [one.value for one in CLOSED]
    found = list(rows.exclude(state__in=closed).order_by("-at", "-pk")[:limit])
    found += list(rows.filter(state__in=closed).order_by("-closed_at", "-pk")[:20])
    patients = {one.patient_id: one.patient for one in found}
    if patients:
        people.log_access(by=person, patients=patients.values(), what="list", purpose=READING)
    return found


@dataclass(frozen=True, slots=True)
class WayRead:
    """A way, and what of it the circle opens to its reader: the plan, and health or not."""

    way: Way
    plan: people.Decision
    health: people.Decision

    @property
    def may_write(self) -> bool:
        """Whether they care for the patient: they note what happens."""
        return care.may_write(self.plan)

    @property
    def reads_health(self) -> bool:
        """Whether they read why, what the hospital says, and the treatments."""
        return self.health.is_allowed

    @property
    def may_decide(self) -> bool:
        """Whether they may say what becomes of a treatment."""
        return care.may_write(self.health)


@transaction.atomic
def way_read(person: Person, pk: int) -> WayRead | None:
    """Return a way as `person` may read it, None where they may not; the file is logged."""
    found = Way.objects.for_person(person).filter(pk=pk).select_related(*_WITH).first()
    if found is None:
        return None
    parts = people.parts_read(person, found.patient)
    people.log_access(by=person, patients=[found.patient], what="file", purpose=READING)
    return WayRead(found, parts[people.Part.PLAN], parts[people.Part.HEALTH])


def lines_of(way: Way) -> list[MedicineLine]:
    """Return the treatments of a way that was itself read in scope, in their order."""
    return list(MedicineLine.objects.of_way(way).select_related("decided_by").order_by("position"))


def visit_of(way: Way) -> care.Task | None:
    """Return the task of the visit after a discharge, the last that follows it where it was handed over."""
    task: care.Task | None = way.visit
    while task is not None:
        following = getattr(task, "followed_by", None)
        if following is None:
            return task
        task = following
    return None


def standing_of(way: Way) -> Standing:
    """Return what the end of a way looks at; one statement, and one for each hand-over of its visit."""
    task = visit_of(way)
    return Standing(
        has_list=way.listed_at is not None or bool(way.has_no_list),
        unresolved=MedicineLine.objects.of_way(way).filter(_UNRESOLVED).count(),
        visit_is_open=None if task is None else task.is_open,
    )


def blocked_by(way: Way) -> list[Blocker]:
    """Return what keeps a way from its end."""
    return blockers(WayState(way.state), standing_of(way))


def ways_of(patient: people.Patient) -> list[Way]:
    """Return the ways of a patient who was read in scope, the latest first."""
    rows = Way.objects.of_patient(patient).select_related("scope", "visit__professional", "visit__person")
    return list(rows.order_by("-at", "-pk"))


def returns_to_follow(person: Person) -> list[care.AcuteEvent]:
    """Return the residents' transfers that came back and whose treatments nobody has laid side by side yet.

    Of those whose crisis card and plan `person` reads, the latest first; nobody is logged.
    """
    rows = care.AcuteEvent.objects.for_person(person).filter(
        ~Exists(Way._base_manager.filter(event=OuterRef("pk"))),
        people.readable(person, people.Part.PLAN, prefix="stay__patient__"),
        transfer__returned_at__isnull=False,
    )
    return list(
        rows.select_related("stay__patient__scope", "transfer").order_by("-transfer__returned_at", "-pk")[:10]
    )


def event_to_follow(person: Person, patient: people.Patient, pk: int) -> care.AcuteEvent | None:
    """Return a transfer of a patient that came back and that no way follows; None where there is none."""
    found: Sequence[care.AcuteEvent] = returns_to_follow(person)
    return next((one for one in found if one.pk == pk and one.stay.patient_id == patient.pk), None)


@dataclass(frozen=True, slots=True)
class WayCounts:
    """What is counted of the ways of a scope, nobody named.

    `late` visits are owed and past their hour; `unresolved` ways have a line that nobody decided.
    """

    open: int
    waiting: int
    refused: int
    late: int
    unresolved: int
    returns_refused: int
    ended: int


def way_counts(scope: Scope) -> WayCounts:
    """Count the ways of a scope, but of whom the use is frozen or opposed; one statement."""
    closed = Q(state__in=[one.value for one in CLOSED])
    now = timezone.now()
    own = Q(visit__state="open", visit__due_at__lt=now)
    handed = Q(visit__followed_by__state="open", visit__followed_by__due_at__lt=now)
    lines = Exists(MedicineLine._base_manager.filter(_UNRESOLVED, way=OuterRef("pk")))
    found = (
        Way.objects.in_scope(scope)
        .filter(people.countable(prefix="patient__"))
        .annotate(has_unresolved=lines)
        .aggregate(
            open=Count("pk", filter=~closed),
            waiting=Count("pk", filter=Q(state=WayState.ASKED.value)),
            refused=Count("pk", filter=~Q(refusal="")),
            late=Count("pk", filter=~closed & (own | handed)),
            unresolved=Count("pk", filter=~closed & Q(has_unresolved=True)),
            returns_refused=Count("pk", filter=~Q(return_refusal="")),
            ended=Count("pk", filter=Q(state=WayState.ENDED.value)),
        )
    )
    return WayCounts(**found)
