"""Accounts with a role, professionals and patients."""

from datetime import date
from typing import Any

from django.db import transaction

from maillage.directory.api import Professional
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.actions.patients import write_referring_doctor
from maillage.people.api import Patient
from maillage.territory.api import Territory


def make_person(name: str, role: Role, scope: Scope | None) -> Person:
    """Somebody with an account, « first.last », who holds a role since the beginning of 2026."""
    first, last = name.title().split(".")
    person = Person.objects.create_user(f"{name}@example.org", None, first_name=first, last_name=last)
    RoleAssignment.objects.create(person=person, role=role, scope=scope, starts_on=date(2026, 1, 1))
    return person


def make_professional(
    last_name: str, first_name: str, account: Person | None = None, **values: Any
) -> Professional:
    """A sheet, a physician's unless `profession` says otherwise."""
    return Professional.objects.create(
        last_name=last_name,
        first_name=first_name,
        search_name=f" {first_name} {last_name}".lower(),
        account=account,
        source="test",
        **{"profession": "10"} | values,
    )


def make_patient(name: str, place: Territory, **values: Any) -> Patient:
    """A patient of the territory."""
    return Patient.objects.create(
        scope=place.scope,
        birth_name=name,
        birth_first_names="Louis",
        search_name=f" louis {name}".lower(),
        **values,
    )


@transaction.atomic
def declare_doctor(patient: Patient, doctor: Professional) -> None:
    """Write who the médecin traitant of a patient is, as the declaration does."""
    write_referring_doctor(by=None, patient=patient, doctor=doctor, reason="essai")
