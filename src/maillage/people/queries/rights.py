"""What people demand of their data, what a copy of it holds, and what may be erased."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.contributions import Record, records
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.once import once
from maillage.kernel.rules import Permission, Role
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.people.models import CareRestriction, DataCopy, Mandate, Patient, RightsRequest
from maillage.people.models.restrictions import in_force

#: What says nothing to anybody: keys, sounds, digests.
TECHNICAL = frozenset(
    {"key", "search_name", "birth_sound", "used_sound", "digest", "seed", "code_tries", "attempts", "rounds"}
)
#: Who has no other role than these is named to nobody but to those whom they care for.
_PRIVATE = frozenset({Role.PATIENT.value, Role.CARER.value})


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table about a patient: its name, its columns, each row as raw and said values."""

    table: str
    title: str
    columns: tuple[str, ...]
    raw: tuple[dict[str, Any], ...]
    said: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """How many rows of one table are about a patient, how long, and how many columns may be emptied."""

    record: Record
    title: str
    count: int
    rule: SourcedRule
    erasable: tuple[str, ...]


def requests_of(*, by: Person, patient: Patient) -> list[RightsRequest]:
    """Return the demands of a patient that `by` may read, the latest first; one statement."""
    rows = RightsRequest.objects.for_person(by).filter(patient=patient)
    return list(rows.select_related("copy", "by", "decided_by").order_by("-at", "-pk"))


def restrictions_of(patient: Patient) -> list[CareRestriction]:
    """Return what is frozen now of a patient who was read in scope, or opposed; one statement."""
    rows = CareRestriction.objects.of_patient(patient).filter(in_force(timezone.now()))
    return list(rows.select_related("request", "lifted_by"))


def restrictions_by(requests: list[RightsRequest]) -> dict[int, list[CareRestriction]]:
    """Return what demands that were read in scope froze, lifted or not, by the key of the demand."""
    found: dict[int, list[CareRestriction]] = {one.pk: [] for one in requests}
    for row in CareRestriction.objects.of_requests(requests).select_related("lifted_by"):
        found[row.request_id].append(row)
    return found


def copies_of(*, by: Person, requests: list[RightsRequest]) -> dict[int, DataCopy]:
    """Return the copies of some demands that `by` may fetch, by the key of the demand."""
    rows = DataCopy.objects.for_person(by).filter(request__in=[one.pk for one in requests])
    return {one.request_id: one for one in rows}


@once
def waiting(person: Person) -> list[RightsRequest]:
    """Return the demands that nobody answered, the nearest day first, for the DPO; else none.

    A demand for a copy that the worker is making waits for nobody.
    """
    if not access.may_everywhere(person, Permission.VIEW_JOURNAL):
        return []
    return list(RightsRequest.objects.for_person(person).waiting().order_by("due_on", "pk"))


def open_demands() -> QuerySet[RightsRequest]:
    """Return the demands that nobody answered, for a statement; by keys alone: who answers is asked next."""
    return RightsRequest._base_manager.filter(decided_at=None)


def answered(person: Person, limit: int = 50) -> list[RightsRequest]:
    """Return the last demands answered, for the DPO. Raises PermissionDenied."""
    access.require_everywhere(person, Permission.VIEW_JOURNAL)
    rows = RightsRequest.objects.for_person(person).exclude(decided_at=None)
    return list(rows.select_related("patient", "decided_by").order_by("-decided_at")[:limit])


def demand(pk: int) -> RightsRequest:
    """Return a demand, for the program that tells of it. Raises RightsRequest.DoesNotExist."""
    row: RightsRequest = RightsRequest._base_manager.select_related("patient__scope", "patient__account").get(
        pk=pk
    )
    return row


def readable_copy(*, by: Person, pk: int) -> DataCopy:
    """Return a copy that `by` may fetch now. Raises DataCopy.DoesNotExist: there is none, or it is over."""
    row = DataCopy.objects.for_person(by).select_related("request__patient__scope").get(pk=pk)
    if not row.is_ready:
        raise DataCopy.DoesNotExist(pk)
    return row


def held_about(*, by: Person, patient: Patient) -> list[Held]:
    """Return, for the DPO, how much each table holds about a patient; one statement a table, nothing read.

    Raises PermissionDenied.
    """
    if not access.may_everywhere(by, Permission.VIEW_JOURNAL):
        raise PermissionDenied(_("Seul le DPO voit ce que chaque table garde d’une personne."))
    found = []
    for one in records():
        count = rows_of(one, patient).count()
        if count:
            names = tuple(str(one.model._meta.get_field(name).verbose_name) for name in one.erasable)  # type: ignore[union-attr] # columns of the table, which have a name
            found.append(Held(one, title_of(one), count, rule(one.keeps), names))
    return found


def rows_of(record: Record, patient: Patient) -> Any:
    """Return the rows of a table about a patient."""
    # The base manager: this is the copy of their own data, or a count; the action has checked who asks.
    rows = record.model._base_manager
    return rows.filter(pk=patient.pk) if not record.path else rows.filter(**{record.path: patient})


def title_of(record: Record) -> str:
    """Return the name of a table as people read it."""
    return _sentence(str(record.model._meta.verbose_name_plural))


def parts(patient: Patient) -> Iterator[Part]:
    """Yield what every context keeps about a patient, one table after the other, those with rows.

    Other people are named only where they acted in their trade, or hold a mandate of this patient.
    """
    namer = _Namer(patient)
    for one in records():
        if one.aside:
            continue
        columns = [
            field
            for field in one.model._meta.concrete_fields
            if not field.primary_key and field.name not in TECHNICAL and field.name not in one.hides
        ]
        rows = rows_of(one, patient).order_by("pk")
        related = [field.name for field in columns if field.related_model in _NAMED]
        raw, said = [], []
        for row in rows.select_related(*related):
            without = set(one.withholds(row)) if one.withholds else set()
            shown = [field for field in columns if field.name not in without]
            raw.append({field.name: namer.raw(field, row) for field in shown})
            pairs = [(str(field.verbose_name), namer.said(field, row)) for field in shown]
            said.append(tuple((_sentence(name), value) for name, value in pairs if value))
        if raw:
            names = tuple(field.name for field in columns)
            yield Part(one.model._meta.label_lower, title_of(one), names, tuple(raw), tuple(said))


_NAMED = (Person, directory.Professional, directory.Structure, Scope)


class _Namer:
    """Says the values of rows about one patient, and nobody else's name without a right to."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self.carers = set(Mandate._base_manager.filter(patient=patient).values_list("carer", flat=True))
        self._named: dict[int, bool] = {}

    def raw(self, field: Any, row: Any) -> Any:
        """Return a value for a program: text, number, yes or no, or what JSON holds."""
        value = getattr(row, field.attname)
        if isinstance(value, bytes | memoryview):
            return base64.b64encode(value).decode()
        if value is None or isinstance(value, bool | int | float | str | list | dict):
            return self._name(field, row) if field.related_model in _NAMED and value is not None else value
        if isinstance(value, datetime):
            return value.isoformat()
        return str(value)

    def said(self, field: Any, row: Any) -> str:
        """Return a value in words; empty where there is nothing to say."""
        value = getattr(row, field.attname)
        if value is None or value == "" or value in ([], {}):
            return ""
        if isinstance(value, bytes | memoryview):
            return _("fichier, à lire dans donnees.json")
        if field.related_model is not None:
            return self._name(field, row) if field.related_model in _NAMED else ""
        if field.choices:
            return str(getattr(row, f"get_{field.name}_display")())
        if isinstance(value, bool):
            return _("oui") if value else _("non")
        if isinstance(value, datetime):
            local = timezone.localtime(value, self.patient.scope.zone)
            return f"{formats.date_short(local)} {formats.time_short(local)}"
        if isinstance(field, models.DateField):
            return formats.date_short(value)
        return _text(value)

    def _name(self, field: Any, row: Any) -> str:
        named = getattr(row, field.name)
        if isinstance(named, Person):
            if named.pk == self.patient.account_id:
                return _("la personne elle-même")
            return named.get_full_name() if self._may_name(named.pk) else _("une autre personne")
        return str(named)

    def _may_name(self, person: int) -> bool:
        if person not in self._named:
            roles = set(RoleAssignment.objects.filter(person=person).values_list("role", flat=True))
            self._named[person] = person in self.carers or bool(roles - _PRIVATE)
        return self._named[person]


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return formats.listed(formats.told(key, _text(one)) for key, one in value.items())
    if isinstance(value, list):
        return formats.listed(_text(one) for one in value)
    return str(value)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
