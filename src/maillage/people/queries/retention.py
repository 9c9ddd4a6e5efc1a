"""Which files have reached the end of their years of keeping, what they hold, and what the law holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from maillage.kernel import access
from maillage.kernel.contributions import Record, records
from maillage.kernel.models import Person, Scope
from maillage.kernel.once import once
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people.models import (
    CareRestriction,
    ErasureBatch,
    ErasureLine,
    LegalHold,
    Patient,
    RightsRequest,
)
from maillage.people.models.restrictions import in_force
from maillage.people.queries.rights import title_of
from maillage.people.rules.retention import Kept, hindrance, latest_care
from maillage.people.rules.rights import Right, kept_until, months_after

RULE = "people.retention.file"
#: Files of one list: the next day's look notes those that remain.
MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Kind:
    """How many rows of one table some files hold."""

    title: str
    count: int


@dataclass(frozen=True, slots=True)
class DueLine:
    """One file of a list: who it is, and what would stop its erasure now."""

    line: ErasureLine
    patient: Patient | None
    hindrance: Kept | None


def terms(patients: Sequence[Patient]) -> dict[int, date]:
    """Return until when each file is kept, by its key; a bounded number of statements for them all.

    The years run from the last care that any context declares; while care goes on, from today.
    """
    years = rule(RULE).value
    active, archive, minor = years["active_years"], years["archive_years"], years["minor_until_years"]
    last = last_care(patients)
    return {
        one.pk: kept_until(last[one.pk], one.birth_date, active=active, archive=archive, minor_until=minor)
        for one in patients
    }


def last_care(patients: Sequence[Patient]) -> dict[int, date]:
    """Return the last day of care of each patient, by their key: that of their file where there was none."""
    zones = {one.pk: one.scope.zone for one in patients}
    found = {one.pk: timezone.localdate(one.created_at, zones[one.pk]) for one in patients}
    for record in _with_care():
        rows = record.model._base_manager.filter(**{f"{_key(record)}__in": list(found)}).order_by()
        for column in record.cared:
            latest = rows.values_list(_key(record)).annotate(latest=Max(column))
            for patient, moment in latest:
                if moment is not None:
                    found[patient] = max(found[patient], _day(moment, zones[patient]))
        if record.lasting:
            for patient in rows.filter(**{record.lasting: None}).values_list(_key(record), flat=True):
                found[patient] = max(found[patient], timezone.localdate(timezone=zones[patient]))
    return found


def at_their_term(scope: Scope, limit: int = MOST_FILES) -> list[tuple[Patient, date]]:
    """Return the files of a scope whose years are over, with their last day, and that nothing stops."""
    today, years = timezone.localdate(timezone=scope.zone), rule(RULE).value
    before = latest_care(today, active=years["active_years"], archive=years["archive_years"])
    since = timezone.make_aware(datetime.combine(before, time.min), scope.zone)
    grown = Q(birth_date=None) | Q(birth_date__lte=months_after(today, -12 * years["minor_until_years"]))
    rows = Patient.objects.in_scope(scope).filter(grown, created_at__lt=since)
    for record in _with_care():
        about = record.model._base_manager.filter(**{_key(record): OuterRef("pk")}).order_by()
        recent = Q(**{record.lasting: None}) if record.lasting else Q(pk__in=[])
        for column in record.cared:
            recent |= Q(**{f"{column}__gte": _as_column(record, column, since)})
        rows = rows.filter(~Exists(about.filter(recent)))
    listed = ErasureLine._base_manager.filter(number=OuterRef("pk"), ended="")
    held = LegalHold._base_manager.filter(patient=OuterRef("pk"), lifted_at=None).filter(
        Q(until=None) | Q(until__gte=today), since__lte=today
    )
    asked = RightsRequest._base_manager.filter(patient=OuterRef("pk"), decided_at=None)
    frozen = _frozen().filter(patient=OuterRef("pk"))
    rows = rows.filter(~Exists(listed), ~Exists(held), ~Exists(asked), ~Exists(frozen))
    rows = rows.select_related("scope")
    found = list(rows.order_by("pk")[:limit])
    until = terms(found)
    return [(one, until[one.pk]) for one in found if until[one.pk] < today]


def hindrances(patients: Sequence[Patient]) -> dict[int, Kept | None]:
    """Return what stops the erasure of each file now, by its key."""
    pks = [one.pk for one in patients]
    until = terms(patients)
    held: set[int] = set()
    for hold in LegalHold.objects.of_patients(pks).select_related("patient__scope"):
        if hold.is_in_force:
            held.add(hold.patient_id)
    asked = set(
        RightsRequest._base_manager.filter(patient__in=pks, decided_at=None).values_list("patient", flat=True)
    )
    frozen = set(_frozen().filter(patient__in=pks).values_list("patient", flat=True))
    return {
        one.pk: hindrance(
            until[one.pk],
            timezone.localdate(timezone=one.scope.zone),
            is_held=one.pk in held,
            is_demanded=one.pk in asked,
            is_frozen=one.pk in frozen,
        )
        for one in patients
    }


def _frozen() -> QuerySet[CareRestriction]:
    """Return the restrictions that hold now: what is frozen is kept (article 18, paragraph 1)."""
    rows: QuerySet[CareRestriction] = CareRestriction._base_manager.filter(right=Right.RESTRICTION.value)
    return rows.filter(in_force(timezone.now()))


def hold_of(patient: Patient) -> LegalHold | None:
    """Return the hold in force on a patient who was read in scope; None for none."""
    today = timezone.localdate(timezone=patient.scope.zone)
    return LegalHold.objects.of_patients([patient.pk]).in_force(today).select_related("by").first()


def holds_of(patient: Patient) -> list[LegalHold]:
    """Return every hold of a patient who was read in scope, the latest first."""
    rows = LegalHold.objects.of_patients([patient.pk])
    return list(rows.select_related("patient__scope", "by", "lifted_by"))


@once
def open_batches(person: Person) -> list[ErasureBatch]:
    """Return the lists that wait for the DPO, the oldest first; else none."""
    if not access.may_everywhere(person, Permission.VIEW_JOURNAL):
        return []
    return list(ErasureBatch.objects.for_person(person).filter(confirmed_at=None).order_by("at", "pk"))


def batches_waiting() -> QuerySet[ErasureBatch]:
    """Return the lists that nobody confirmed, for a statement; by keys alone: who confirms is asked next."""
    return ErasureBatch._base_manager.filter(confirmed_at=None)


def confirmed_batches(person: Person, limit: int = 50) -> list[ErasureBatch]:
    """Return the last lists confirmed, for the DPO. Raises PermissionDenied."""
    access.require_everywhere(person, Permission.VIEW_JOURNAL)
    rows = ErasureBatch.objects.for_person(person).exclude(confirmed_at=None)
    return list(rows.select_related("scope", "confirmed_by").order_by("-confirmed_at")[:limit])


def batch(*, by: Person, pk: int) -> ErasureBatch:
    """Return a list, for the DPO. Raises PermissionDenied, ErasureBatch.DoesNotExist."""
    access.require_everywhere(by, Permission.VIEW_JOURNAL)
    return ErasureBatch.objects.for_person(by).select_related("scope", "confirmed_by").get(pk=pk)


def counts_of(batches: Iterable[ErasureBatch]) -> dict[int, Counter[str]]:
    """Return how many files of each list wait, were erased, were kept; by the key of the list."""
    found: dict[int, Counter[str]] = {one.pk: Counter() for one in batches}
    rows = ErasureLine._base_manager.filter(batch__in=list(found))
    for key, ended in rows.values_list("batch", "ended"):
        found[key][ended or "waiting"] += 1
    return found


def lines_of(found: ErasureBatch) -> list[DueLine]:
    """Return the files of a list that was read in scope, each with what stops its erasure now."""
    lines = list(ErasureLine.objects.of_batch(found))
    numbers = [one.number for one in lines if not one.ended]
    patients = {
        one.pk: one
        for one in Patient.objects.in_scope(found.scope).filter(pk__in=numbers).select_related("scope")
    }
    stopped = hindrances(list(patients.values()))
    return [
        DueLine(
            one,
            patients.get(one.number),
            None if one.ended else stopped.get(one.number, Kept.GONE),
        )
        for one in lines
    ]


def kinds_of(patients: Sequence[Patient]) -> list[Kind]:
    """Return how many rows of each table some files hold, the largest first; nothing of them is read."""
    counts: Counter[str] = Counter()
    pks = [one.pk for one in patients]
    for record in records():
        counts[title_of(record)] += record.model._base_manager.filter(**{f"{_key(record)}__in": pks}).count()
    return [Kind(title, count) for title, count in counts.most_common() if count]


def erasures_waiting() -> tuple[int, list[Kind]]:
    """Return how many files wait for the DPO, and what those that nothing stops hold, by kind."""
    numbers = ErasureLine._base_manager.filter(ended="", batch__confirmed_at=None).values("number")
    # The base manager: a count for whoever runs the machine; nothing of a file is read.
    files = list(Patient._base_manager.filter(pk__in=numbers).select_related("scope"))
    stopped = hindrances(files)
    return len(files), kinds_of([one for one in files if stopped[one.pk] is None])


def _with_care() -> list[Record]:
    return [one for one in records() if one.cared]


def _key(record: Record) -> str:
    return record.path or "pk"


def _day(moment: date | datetime, zone: Any) -> date:
    return timezone.localdate(moment, zone) if isinstance(moment, datetime) else moment


def _as_column(record: Record, column: str, since: datetime) -> date | datetime:
    """Return an instant as the column compares it: a day where it holds days."""
    model: Any = record.model
    *way, name = column.split("__")
    for step in way:
        model = model._meta.get_field(step).related_model
    return since if model._meta.get_field(name).get_internal_type() == "DateTimeField" else since.date()
