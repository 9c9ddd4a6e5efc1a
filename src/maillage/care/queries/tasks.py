"""Reads of tasks: one's own, those about a patient, and how many were answered in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import Task
from maillage.care.models.tasks import owned_by
from maillage.care.queries.rights import may_write
from maillage.care.rules.tasks import Answered, TaskOrigin, TaskState, Timeliness, timeliness
from maillage.kernel import formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.once import once
from maillage.kernel.statements import given
from maillage.people import api as people

LISTING = "liste de ses tâches"
LISTING_FOR = "tâches d’une boîte suivie pour un collègue"


@once
def waiting_tasks(person: Person) -> list[Task]:
    """Return what `person` has to do, the most pressing first; no patient is named, nothing is logged."""
    rows = Task.objects.for_person(person).filter(owned_by(person)).open()
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "pk"))


def tasks_waiting() -> QuerySet[Task]:
    """Return the open tasks of the reader, for a statement; whether the circle lets it is asked next."""
    # The base manager, for keys alone: nobody is named.
    return Task._base_manager.filter(owned_by(given("person")), state=TaskState.OPEN.value)


def open_alerts(person: Person) -> list[Task]:
    """Return what the rules of the plans that `person` reads raised and nobody closed, pressing first.

    No patient is named, nothing is logged.
    """
    rows = Task.objects.for_person(person).open().filter(origin=TaskOrigin.ALERT.value)
    return list(rows.select_related("professional", "person").order_by("due_at", "pk"))


@transaction.atomic
def own_tasks(person: Person, keys: Sequence[int] | None = None) -> list[Task]:
    """Return what `person` has to do, with the patient of each, whose file is logged; pressing first.

    `keys`: of those alone.
    """
    rows = Task.objects.for_person(person).filter(owned_by(person)).open()
    if keys is not None:
        rows = rows.filter(pk__in=list(keys))
    found = list(
        rows.select_related("patient__scope", "scope", "by").order_by(F("due_at").asc(nulls_last=True), "pk")
    )
    log_patients(person, found, LISTING)
    return found


@transaction.atomic
def tasks_held(owner: Person, holder: Person, keys: Sequence[int]) -> list[tuple[Task, bool]]:
    """Return those of some tasks of `owner` that `holder` reads for them, and whether they may close each.

    About a patient, by the holder's own circle; each file is logged.
    """
    readable = people.readable(holder, people.Part.PLAN, prefix="patient__")
    rows = Task.objects.for_person(owner).filter(owned_by(owner), pk__in=list(keys)).open()
    rows = rows.filter(Q(patient=None) | readable).select_related("patient__scope", "scope", "by")
    found = list(rows)
    patients = {one.patient_id: one.patient for one in found if one.patient is not None}
    if patients:
        people.log_access(by=holder, patients=patients.values(), what="list", purpose=LISTING_FOR)
    writes = {pk: may_write(people.decision(holder, one, people.Part.PLAN)) for pk, one in patients.items()}
    return [(one, writes.get(one.patient_id, True)) for one in found]


def closed_among(person: Person, keys: Sequence[int]) -> list[Task]:
    """Return those of some tasks that are closed and that `person` reads; nobody is named."""
    return list(Task.objects.for_person(person).filter(pk__in=list(keys)).exclude(closed_at=None))


@transaction.atomic
def asked_tasks(person: Person, limit: int = 30) -> list[Task]:
    """Return what `person` asked others to do, the latest first; each file is logged."""
    rows = Task.objects.for_person(person).filter(by=person).exclude(owned_by(person))
    found = list(
        rows.select_related("patient__scope", "professional", "person", "scope").order_by("-at")[:limit]
    )
    log_patients(person, found, LISTING)
    return found


def log_patients(person: Person, tasks: Iterable[Task], purpose: str) -> None:
    """Leave a line in the access log of each patient of some tasks."""
    patients = {one.patient_id: one.patient for one in tasks if one.patient is not None}
    if patients:
        people.log_access(by=person, patients=patients.values(), what="list", purpose=purpose)


def task_seen_by(person: Person, pk: int) -> Task | None:
    """Return the task of that key where `person` may see it, None elsewhere; no line is left."""
    rows = Task.objects.for_person(person).select_related(
        "patient__scope", "scope", "professional", "person", "by", "closed_by"
    )
    return rows.filter(pk=pk).first()


def tasks_of(patient: people.Patient) -> list[Task]:
    """Return every task about a patient who was read in scope, open ones first, then the latest closed."""
    rows = Task.objects.of_patient(patient).select_related("professional", "person", "by", "closed_by")
    found = list(rows.order_by(F("due_at").asc(nulls_last=True), "pk"))
    waiting = [one for one in found if one.is_open]
    closed = sorted((one for one in found if not one.is_open), key=_closed_at, reverse=True)
    return [*waiting, *closed]


def _closed_at(one: Task) -> float:
    return one.closed_at.timestamp() if one.closed_at else 0.0


def answered_in_time(scope: Scope, patient: people.Patient | None = None) -> Timeliness:
    """Return how many tasks of a scope, or about one of its patients, were answered in time."""
    rows = Task.objects.in_scope(scope)
    if patient is not None:
        rows = rows.filter(patient=patient)
    read = rows.values_list("state", "due_at", "closed_at")
    return timeliness((Answered(TaskState(state), due, at) for state, due, at in read), timezone.now())


def said_timeliness(found: Timeliness) -> str:
    """Say the indicator in one sentence, with its denominator and its completeness."""
    if found.share is None:
        return _("Aucune tâche n’a encore atteint son échéance.")
    said = _(
        "{share} des tâches faites dans les temps : {done} sur {total} dont l’échéance est venue "
        "ou qui sont faites ; échéance connue pour {complete} d’entre elles."
    )
    return said.format(
        share=formats.percent(found.share),
        done=formats.number(found.in_time),
        total=formats.number(found.answerable),
        complete=formats.percent(found.completeness),
    )
