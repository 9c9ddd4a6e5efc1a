"""Where a patient lives and stays, by day."""

from __future__ import annotations

from django.utils import timezone

from maillage.kernel.models import Person
from maillage.people.models import Patient, PatientAddress
from maillage.people.rules.addresses import State, base, current


def addresses_of(patient: Patient) -> list[PatientAddress]:
    """Return the addresses of a patient who was read in scope, but those refused; one statement."""
    rows = PatientAddress.objects.of_patient(patient).exclude(state=State.REFUSED.value)
    return list(rows.select_related("commune", "by", "patient__scope"))


def address_now(patient: Patient) -> PatientAddress | None:
    """Return where a patient who was read in scope is today: a stay before their home; None for nowhere."""
    return current(_confirmed(addresses_of(patient)), timezone.localdate(timezone=patient.scope.zone))


def home_address(patient: Patient) -> PatientAddress | None:
    """Return where a patient who was read in scope lives, wherever they stay today; None where not known."""
    return base(_confirmed(addresses_of(patient)), timezone.localdate(timezone=patient.scope.zone))


def address_of(*, by: Person, patient: Patient) -> PatientAddress | None:
    """Return where a patient whom `by` may see is today, None where nobody wrote it."""
    seen = Patient.objects.for_person(by).filter(pk=patient.pk)
    return address_now(patient) if seen.exists() else None


def _confirmed(rows: list[PatientAddress]) -> list[PatientAddress]:
    return [one for one in rows if one.state == State.CONFIRMED.value]
