"""Patients of a scope as rows to count: no name, no contact, nobody whose use in counts is frozen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from django.db.models.functions import ExtractYear

from maillage.kernel.models import Person, Scope
from maillage.people.models import CareLink, Patient, PatientAddress, countable
from maillage.people.queries.patients import log_access
from maillage.people.rules.addresses import State, base


class CountedPerson(NamedTuple):
    """One patient: key, year of birth, sex, commune of residence, whether a médecin traitant is known."""

    person: int
    birth_year: int | None
    sex: str
    commune: str | None
    has_doctor: bool


class _Lived(NamedTuple):
    patient: int
    use: str
    since: date | None
    until: date | None
    commune: str | None


def people_counted(scope: Scope, on: date) -> list[CountedPerson]:
    """Return the countable patients of a scope, where they live on the day `on`; two statements."""
    rows = Patient.objects.in_scope(scope).filter(countable()).order_by()
    homes = _homes(scope, on)
    return [
        CountedPerson(pk, year, sex, homes.get(pk), doctor is not None)
        for pk, year, sex, doctor in rows.values_list(
            "pk", ExtractYear("birth_date"), "sex", "referring_doctor"
        )
    ]


def professions_around(scope: Scope) -> dict[int, int]:
    """Return how many professions each countable patient has had in their circle; one statement.

    Links to a professional alone: those of a structure name no profession.
    """
    rows = CareLink.objects.in_scope(scope).filter(countable(prefix="patient__"), professional__isnull=False)
    pairs = set(rows.order_by().values_list("patient", "professional__profession"))
    found: dict[int, int] = {}
    for patient, _profession in pairs:
        found[patient] = found.get(patient, 0) + 1
    return found


def _homes(scope: Scope, on: date) -> dict[int, str | None]:
    rows = PatientAddress.objects.in_scope(scope).filter(state=State.CONFIRMED.value)
    lived: dict[int, list[_Lived]] = {}
    for row in rows.order_by("position", "pk").values_list("patient", "use", "since", "until", "commune"):
        lived.setdefault(row[0], []).append(_Lived(*row))
    found = {patient: base(addresses, on) for patient, addresses in lived.items()}
    return {patient: home.commune for patient, home in found.items() if home is not None}


def named_in_counts(person: Person, keys: Collection[int], *, purpose: str) -> dict[int, Patient]:
    """Return, of the patients of those keys, those whose file `person` opens; each reading is logged."""
    found = list(Patient.objects.for_person(person).opened_to(person).filter(pk__in=keys)) if keys else []
    if found:
        log_access(by=person, patients=found, what="list", purpose=purpose)
    return {one.pk: one for one in found}
