"""The appointments of a patient, as the patient or a carer reads them: with who made each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel.models import RoleAssignment
from maillage.kernel.rules import Permission, Role, allows
from maillage.people import api as people

#: How far back past appointments are shown.
SHOWN_BACK = timedelta(days=365)
_BOOKED = (agenda.State.BOOKED.value, agenda.State.ARRIVED.value)
_AT_WORK = [role.value for role in Role if allows(role, Permission.BOOK_APPOINTMENT)]


def appointments_of(
    patient: people.Patient, now: datetime
) -> tuple[list[agenda.Appointment], list[agenda.Appointment]]:
    """Return the appointments to come, the next first, and those over or cancelled, the latest first."""
    rows = agenda.of_patient(patient, now - SHOWN_BACK)
    coming = [one for one in rows if one.state in _BOOKED and one.slot.ends_at > now]
    return coming, [one for one in reversed(rows) if one not in coming]


def appointment_of(patient: people.Patient, pk: int) -> agenda.Appointment | None:
    """Return an appointment of a patient by its key, None where it is nobody's or somebody else's."""
    rows = agenda.of_patient(patient, timezone.now() - SHOWN_BACK)
    return next((one for one in rows if one.pk == pk), None)


def booked_online(patient: people.Patient) -> list[agenda.Appointment]:
    """Return what the patient and their carers booked by themselves, and still stands."""
    rows = agenda.of_patient(patient, timezone.now() - timedelta(days=1))
    mine = [one for one in rows if one.state in _BOOKED and one.booked_by_id is not None]
    others = {one.booked_by_id for one in mine} - {patient.account_id}
    at_work = set()
    if others:
        held = RoleAssignment.objects.in_force(timezone.localdate())
        at_work = set(held.filter(person__in=others, role__in=_AT_WORK).values_list("person", flat=True))
    return [one for one in mine if one.booked_by_id not in at_work]
