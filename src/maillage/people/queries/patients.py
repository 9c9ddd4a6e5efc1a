"""Reads of patients: each leaves a line in the access log of each file that was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, databases, formats
from maillage.kernel.dates import read_day
from maillage.kernel.models import Person, Scope
from maillage.kernel.names import normalise, spellings
from maillage.kernel.once import once
from maillage.kernel.phones import stored_phone
from maillage.kernel.rules import Permission
from maillage.kernel.sounds import name_sound
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import Statement, given
from maillage.people.models import AccessLogEntry, Patient, PatientAddress
from maillage.people.queries.addresses import addresses_of
from maillage.people.queries.circle import decision, parts_read
from maillage.people.rules.addresses import State
from maillage.people.rules.circle import Decision, Part, Reason
from maillage.people.rules.duplicates import Likeness, Traits, likeness, resemblance
from maillage.territory import api as territory

FILE, LIST, PART, COPY = "file", "list", "part", "copy"
#: What a reception reads of who asks for care, without a link: who it is, and how to answer them.
PARTS_OF_RECEPTION = frozenset({Part.IDENTITY, Part.REACH})
#: Files compared for each kind of key.
CANDIDATES = 200
#: Digits without which a text is no telephone number.
_A_PHONE = 9


@dataclass(frozen=True, slots=True)
class PatientFile:
    """One patient with where they live; the doctor and the communes are already read.

    `parts`: those that the reader may read. Without `Part.REACH` there are no addresses.
    """

    patient: Patient
    addresses: list[PatientAddress]
    parts: frozenset[Part]


@dataclass(frozen=True, slots=True)
class PartRead:
    """A patient of whom one part of the file was read, and the decision of the circle that opened it."""

    patient: Patient
    decision: Decision


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


@cache
def _viewed(count: int | None) -> Statement[Patient]:
    return Statement(lambda: Patient.objects.viewed_in_given(count).filter(pk=given("pk")))


def patient_seen_by(person: Person, pk: int) -> Patient | None:
    """Return the patient of that key where `person` may see them, None elsewhere.

    For an action about somebody already shown: no line is left in the access log. A role that views every
    patient of its scopes is asked first: it takes one statement, the circle of care several.
    """
    scopes = access.scopes_of(person, Permission.VIEW_PATIENTS)
    if scopes is None or scopes:
        values = {f"scope{place}": one for place, one in enumerate(scopes or ())}
        found = _viewed(None if scopes is None else len(scopes)).first(pk=pk, **values)
        if found is not None:
            return found
    return Patient.objects.for_person(person).filter(pk=pk).first()


@transaction.atomic
def patient_file(*, by: Person, pk: int, purpose: str) -> PatientFile:
    """Return one patient's file; leaves a line in its access log.

    Raises Patient.DoesNotExist where there is none that is opened to `by`.
    """
    found = Patient.objects.opened_to(by).select_related("referring_doctor", "scope").get(pk=pk)
    decisions = parts_read(by, found)
    identity = decisions[Part.IDENTITY]
    if identity.reason is Reason.EMERGENCY:
        purpose = _("accès d’urgence")
    log_access(by=by, patients=[found], what=FILE, purpose=purpose)
    parts = {part for part, one in decisions.items() if one.is_allowed}
    if not identity.is_allowed:
        parts |= PARTS_OF_RECEPTION
    if Part.REACH not in parts:
        return PatientFile(found, [], frozenset(parts))
    return PatientFile(found, addresses_of(found), frozenset(parts))


def lock(patient: Patient) -> None:
    """Hold the row of a patient until the end of the transaction: two who write about them take turns."""
    Patient._base_manager.select_for_update().filter(pk=patient.pk).values_list("pk").first()


@transaction.atomic
def patient_part(*, by: Person, pk: int, part: Part, purpose: str) -> PartRead:
    """Return one patient, of whom `by` reads `part` by the circle of care; leaves a line in the access log.

    Raises Patient.DoesNotExist where there is none, or where the circle says no.
    """
    found = Patient._base_manager.select_related("referring_doctor", "scope").get(pk=pk)
    opened = decision(by, found, part)
    if not opened.is_allowed:
        raise Patient.DoesNotExist(pk)
    if opened.reason is Reason.EMERGENCY:
        purpose = _("accès d’urgence")
    log_access(by=by, patients=[found], what=PART, purpose=purpose)
    return PartRead(found, opened)


@transaction.atomic
def born_as(*, by: Person, name: str, first: str, born: date, purpose: str) -> list[Patient]:
    """Return the files of exactly that birth name, first name and birth date where `by` holds a role.

    For an emergency access, or who comes to live in a home: nothing is found by less, and each file found is
    logged.
    """
    scopes = {one.scope for one in access.roles_of(by)}
    where = Scope.objects.all() if None in scopes else [one for one in scopes if one is not None]
    words, given_name = normalise(name), normalise(first)
    if not words or not given_name:
        return []
    near = Patient.objects.in_scope(*where).filter(birth_date=born).select_related("scope").order_by("pk")
    found = [
        one
        for one in near[:CANDIDATES]
        if normalise(one.birth_name) == words
        and given_name in {normalise(one.birth_first_names), normalise(one.birth_first_names.split(" ")[0])}
    ]
    log_access(by=by, patients=found, what=LIST, purpose=purpose)
    return found


def by_phone_and_birth(phone: str, born: date) -> list[Patient]:
    """Return the patients of that telephone, born that day, everywhere: for who proves they hold it.

    Nobody reads them: whoever asks is told nothing of what was found.
    """
    digits = stored_phone(phone)
    if not digits:
        return []
    rows = Patient._base_manager.filter(Q(phone=digits) | Q(other_phone=digits), birth_date=born)
    return list(rows.select_related("scope", "account").order_by("pk"))


@once
def own_file(person: Person) -> Patient | None:
    """Return the file of the patient whose account it is, with their doctor; one query, None for none."""
    own = Patient.objects.for_person(person).filter(account=person)
    return own.select_related("referring_doctor", "scope").first()


@transaction.atomic
def search_patients(
    *, by: Person, text: str, purpose: str, scope: Scope | None = None, limit: int = 20
) -> list[Patient]:
    """Return the patients whose name, birth date or phone is `text`; logged for each.

    Those of a scope where `by` receives whoever asks for care are found by their identity alone: a phone, or
    a name with the birth date. By less, only those opened to `by`. A date is written in any of the ways of
    `kernel.dates`, a phone and a name in any of those of its module. With `scope`, only its own.
    """
    names, born = _name_and_birth(text)
    phone = "" if any(map(str.isalpha, text)) else stored_phone(text)
    is_phone = born is None and phone.lstrip("+").isdigit() and len(phone) >= _A_PHONE
    is_identity = is_phone or (born is not None and bool(normalise(names)))
    seen = Patient.objects.for_person(by) if is_identity else Patient.objects.opened_to(by)
    found = seen.select_related("referring_doctor")
    if scope is not None:
        found = found.filter(scope=scope)
    if is_phone:
        found = found.filter(Q(phone=phone) | Q(other_phone=phone) | Q(carer_phone=phone))
    else:
        found = found.filter(birth_date=born) if born is not None else found
        found = found.matching(names) if names or born is None else found
    shown = list(found.order_by("search_name", "pk")[:limit])
    log_access(by=by, patients=shown, what=LIST, purpose=purpose)
    return shown


def _name_and_birth(text: str) -> tuple[str, date | None]:
    """Return the name and the birth date that a text writes in any order; None where it holds no date."""
    words, today = text.split(), timezone.localdate()
    for length in (3, 1, 2):
        for start in range(len(words) - length + 1):
            born = read_day(" ".join(words[start : start + length]), today)
            if born is not None:
                return " ".join(words[:start] + words[start + length :]), born
    return text, None


@transaction.atomic
def found_patient(*, by: Person, pk: int, purpose: str) -> Patient:
    """Return a patient whom `by` found by their identity, or whose file is opened to them; leaves a line.

    Raises Patient.DoesNotExist where there is none that `by` may see.
    """
    found = patient_seen_by(by, pk)
    if found is None:
        raise Patient.DoesNotExist(pk)
    log_access(by=by, patients=[found], what=FILE, purpose=purpose)
    return found


@transaction.atomic
def patients_of(*, by: Person, purpose: str, page: int = 1, size: int = 25) -> tuple[list[Patient], int]:
    """Return a page of the patients opened to `by`, and how many there are; each shown is logged."""
    seen = Patient.objects.opened_to(by).select_related("referring_doctor").order_by("search_name", "pk")
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


def told_apart(patients: Sequence[Patient]) -> dict[int, str]:
    """Return by key what tells apart the patients of a list who bear one name: « Digoin, 1931 ».

    Nothing is read where nobody has a homonym in the list.
    """
    named: dict[str, list[Patient]] = {}
    for one in patients:
        named.setdefault(normalise(one.name), []).append(one)
    alike = {one.pk: one for same in named.values() if len(same) > 1 for one in same}
    if not alike:
        return {}
    addresses = PatientAddress.objects.in_scope(*{one.scope for one in alike.values()})
    rows = addresses.filter(patient__in=list(alike), state=State.CONFIRMED.value)
    rows = rows.order_by("-position", "-pk")
    towns = dict(rows.values_list("patient", "commune__name"))
    years = {key: str(one.birth_date.year) for key, one in alike.items() if one.birth_date}
    return {key: ", ".join(filter(None, (towns.get(key), years.get(key)))) for key in alike}


def _homes(scope: Scope, patients: Iterable[Patient]) -> dict[int, str]:
    """Return the commune of the first address of each patient, by key."""
    keys = [one.pk for one in patients]
    rows = PatientAddress.objects.in_scope(scope).filter(patient__in=keys, state=State.CONFIRMED.value)
    rows = rows.order_by("-position", "-pk")
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
    databases.insert(lines)


def _normalised(*names: str) -> frozenset[str]:
    return frozenset(filter(None, (one for name in names for one in spellings(name))))
