"""Reads of patients: each leaves a line in the access log of each file that was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from maillage.kernel import access, formats
from maillage.kernel.dates import read_day
from maillage.kernel.models import Person, Scope
from maillage.kernel.names import normalise
from maillage.kernel.phones import stored_phone
from maillage.kernel.rules import Permission
from maillage.kernel.sounds import name_sound
from maillage.kernel.sourced_rules import rule
from maillage.people.models import AccessLogEntry, Patient, PatientAddress
from maillage.people.rules.duplicates import Likeness, Traits, likeness, resemblance
from maillage.territory import api as territory

FILE, LIST = "file", "list"
#: Files compared for each kind of key.
CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class PatientFile:
    """One patient with where they live; the doctor and the communes are already read."""

    patient: Patient
    addresses: list[PatientAddress]


@dataclass(frozen=True, slots=True)
class Match:
    """A file that may be that of the person being registered, and why."""

    patient: Patient
    likeness: Likeness
    is_visible: bool
    commune: str = ""

    @property
    def detail(self) -> str:
        """What tells two homonyms apart: the birth date, the commune."""
        born = self.patient.birth_date
        return " · ".join(filter(None, (formats.date_short(born) if born else "", self.commune)))


@transaction.atomic
def patient_file(*, by: Person, pk: int, purpose: str) -> PatientFile:
    """Return one patient's file; leaves a line in its access log.

    Raises Patient.DoesNotExist where there is none that `by` may see.
    """
    found = Patient.objects.for_person(by).select_related("referring_doctor", "scope").get(pk=pk)
    log_access(by=by, patients=[found], what=FILE, purpose=purpose)
    addresses = PatientAddress.objects.for_person(by).filter(patient=found).select_related("commune")
    return PatientFile(found, list(addresses))


@transaction.atomic
def search_patients(
    *, by: Person, text: str, purpose: str, scope: Scope | None = None, limit: int = 20
) -> list[Patient]:
    """Return the patients that `by` may see whose name, birth date or phone is `text`; logged for each.

    A date is written in any of the ways of `kernel.dates`, a phone and a name in any of those of its module.
    With `scope`, only its own.
    """
    seen = Patient.objects.for_person(by).select_related("referring_doctor")
    if scope is not None:
        seen = seen.filter(scope=scope)
    born = read_day(text, timezone.localdate())
    phone = "" if any(map(str.isalpha, text)) else stored_phone(text)
    if born is not None:
        found = seen.filter(birth_date=born)
    elif phone.lstrip("+").isdigit() and len(phone) >= 6:
        found = seen.filter(Q(phone=phone) | Q(other_phone=phone) | Q(carer_phone=phone))
    else:
        found = seen.matching(text)
    shown = list(found.order_by("search_name", "pk")[:limit])
    log_access(by=by, patients=shown, what=LIST, purpose=purpose)
    return shown


@transaction.atomic
def patients_of(*, by: Person, purpose: str, page: int = 1, size: int = 25) -> tuple[list[Patient], int]:
    """Return a page of the patients that `by` may see, and how many there are; each shown is logged."""
    seen = Patient.objects.for_person(by).select_related("referring_doctor").order_by("search_name", "pk")
    total = seen.count()
    start = max(0, min(page - 1, (total - 1) // size)) * size
    shown = list(seen[start : start + size])
    log_access(by=by, patients=shown, what=LIST, purpose=purpose)
    return shown, total


def possible_duplicates(*, by: Person, scope: Scope, traits: Traits) -> list[Match]:
    """Return the files of a scope that may be those of the person being registered, the surest first.

    Candidates come by keys that the database holds in order: the birth date, the phones, the matricule, how
    the names sound; never by reading the table. The one who registers may not be allowed to open them:
    `is_visible` says so. Raises PermissionDenied.
    """
    access.require(by, Permission.REGISTER_PATIENTS, scope)
    near = _candidates(scope, traits)
    homes = _homes(scope, near)
    alike = [(one, _likeness(traits, traits_of(one, homes.get(one.pk, "")))) for one in near]
    found = [(one, why) for one, why in alike if why is not None]
    visible = set(
        Patient.objects.for_person(by)
        .filter(pk__in=[one.pk for one, _why in found])
        .values_list("pk", flat=True)
    )
    order = list(Likeness)
    towns = territory.names_of(set(homes.values()))
    matches = [Match(one, why, one.pk in visible, towns.get(homes.get(one.pk, ""), "")) for one, why in found]
    return sorted(matches, key=lambda match: (order.index(match.likeness), match.patient.pk))


def _candidates(scope: Scope, traits: Traits) -> list[Patient]:
    """Return the files that share a key, `CANDIDATES` at most for each kind of key."""
    sounds = [name_sound(last, first) for last in traits.last_names for first in traits.first_names]
    heard = list(filter(None, sounds))
    keys: list[tuple[str, list[Any]]] = [
        ("birth_date", [traits.birth_date] if traits.birth_date else []),
        ("ins_number", [traits.ins_number] if traits.ins_number else []),
        *((name, list(traits.phones)) for name in ("phone", "other_phone", "carer_phone")),
        *((name, heard) for name in ("birth_sound", "used_sound")),
    ]
    found: dict[int, Patient] = {}
    for name, values in keys:
        if values:
            # No order: a database asked for the latest first reads the table backwards instead of the index.
            near = Patient.objects.in_scope(scope).filter(**{f"{name}__in": values}).order_by()[:CANDIDATES]
            found |= {one.pk: one for one in near}
    return list(found.values())


def _homes(scope: Scope, patients: Iterable[Patient]) -> dict[int, str]:
    """Return the commune of the first address of each patient, by key."""
    keys = [one.pk for one in patients]
    rows = PatientAddress.objects.in_scope(scope).filter(patient__in=keys).order_by("-position", "-pk")
    return {patient: commune for patient, commune in rows.values_list("patient", "commune") if commune}


def _likeness(traits: Traits, theirs: Traits) -> Likeness | None:
    sure = likeness(traits, theirs)
    if sure is not None:
        return sure
    total = resemblance(traits, theirs, rule("people.duplicates.weights").value)
    return Likeness.ALIKE if total >= rule("people.duplicates.warning").value else None


def traits_of(patient: Patient, commune: str = "") -> Traits:
    """Return what two files are compared by; `commune` is the code of where somebody lives."""
    return Traits(
        _normalised(patient.birth_name, patient.used_name),
        _normalised(patient.birth_first_names, patient.used_first_name),
        patient.birth_date,
        frozenset(filter(None, (patient.phone, patient.other_phone, patient.carer_phone))),
        patient.ins_number,
        patient.sex,
        commune,
    )


def access_log(*, by: Person, patient: Patient, limit: int = 200) -> Sequence[AccessLogEntry]:
    """Return who read a patient's file, the latest first: for the patient and the DPO.

    Raises PermissionDenied for anyone else.
    """
    if patient.account_id != by.pk:
        access.require_everywhere(by, Permission.VIEW_JOURNAL)
    lines = AccessLogEntry.objects.in_scope(patient.scope).filter(patient=patient).select_related("person")
    return list(lines[:limit])


def patient_for_log(*, by: Person, pk: int) -> Patient:
    """Return a patient whose log `by` may read. Raises Patient.DoesNotExist."""
    if access.may_everywhere(by, Permission.VIEW_JOURNAL):
        return Patient.objects.in_scope(*Scope.objects.all()).select_related("scope").get(pk=pk)
    return Patient.objects.for_person(by).select_related("scope").get(pk=pk, account=by)


def log_access(*, by: Person, patients: Iterable[Patient], what: str, purpose: str) -> None:
    """Leave one line in the access log of each patient. Raises ValueError without a purpose."""
    if not purpose.strip():
        raise ValueError("a file is read for a purpose, kept in its access log")
    lines = [AccessLogEntry(patient=one, person=by, what=what, purpose=purpose[:200]) for one in patients]
    if len(lines) == 1:
        lines[0].save(force_insert=True)  # one statement, where several ask for a transaction around them
    else:
        AccessLogEntry.objects.bulk_create(lines)


def _normalised(*names: str) -> frozenset[str]:
    return frozenset(filter(None, (normalise(name) for name in names)))
