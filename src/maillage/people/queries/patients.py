"""Reads of patients: each leaves a line in the access log of each file that was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from maillage.kernel import access
from maillage.kernel.dates import read_day
from maillage.kernel.models import Person, Scope
from maillage.kernel.names import normalise
from maillage.kernel.phones import stored_phone
from maillage.kernel.rules import Permission
from maillage.people.models import AccessLogEntry, Patient, PatientAddress
from maillage.people.rules.duplicates import Likeness, Traits, likeness

FILE, LIST = "file", "list"


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


def possible_duplicates(*, by: Person, scope: Scope, traits: Traits) -> list[Match]:
    """Return the files of a scope that may be those of the person being registered, the surest first.

    The one who registers may not be allowed to open them: `is_visible` says so. Raises PermissionDenied.
    """
    access.require(by, Permission.REGISTER_PATIENTS, scope)
    conditions = Q(pk__in=[])
    if traits.birth_date:
        conditions |= Q(birth_date=traits.birth_date)
    if traits.ins_number:
        conditions |= Q(ins_number=traits.ins_number)
    for phone in traits.phones:
        conditions |= Q(phone=phone) | Q(other_phone=phone) | Q(carer_phone=phone)
    near = list(Patient.objects.in_scope(scope).filter(conditions).order_by("pk")[:500])
    alike = [(one, why) for one in near if (why := likeness(traits, traits_of(one))) is not None]
    visible = set(
        Patient.objects.for_person(by)
        .filter(pk__in=[one.pk for one, _why in alike])
        .values_list("pk", flat=True)
    )
    order = list(Likeness)
    found = [Match(one, why, one.pk in visible) for one, why in alike]
    return sorted(found, key=lambda match: (order.index(match.likeness), match.patient.pk))


def traits_of(patient: Patient) -> Traits:
    """Return what two files are compared by."""
    return Traits(
        _normalised(patient.birth_name, patient.used_name),
        _normalised(patient.birth_first_names, patient.used_first_name),
        patient.birth_date,
        frozenset(filter(None, (patient.phone, patient.other_phone, patient.carer_phone))),
        patient.ins_number,
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
