"""Booking, moving and cancelling by the person, or by a carer whom they let: the one path of the agenda."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.space.actions.checks import require_acting
from maillage.space.models import SafetyCheck
from maillage.space.queries.appointments import booked_online
from maillage.space.queries.checks import alarm_of, check_of, is_cleared
from maillage.space.queries.slots import is_open_to_all
from maillage.space.rules.booking import Change, Limit, Limits, limit, may_change


class LimitError(ValueError):
    """A limit of booking by oneself forbids it; `limit` says which, the page says what to do."""

    def __init__(self, which: Limit | Change) -> None:
        super().__init__(which.value)
        self.limit = which


def limits() -> Limits:
    """Return the limits in force today."""
    return Limits(**rule("space.booking.limits").value)


@transaction.atomic
def book_for_oneself(
    *, by: Person, patient: people.Patient, slot: int, check: SafetyCheck, key: str
) -> agenda.Appointment:
    """Book a slot open to the public, by its key, after the safety questions; the same `key` books once.

    Two who book at once take turns on the patient's row, then on the agenda's: the limits are counted once
    at a time. Raises PermissionDenied, LimitError, agenda.BookingRefusedError; Slot.DoesNotExist where there
    is none that `by` may see.
    """
    _require(by, patient)
    people.lock(patient)
    wanted = _slot(by, slot)
    known = [one for one in booked_online(patient) if one.key == key and one.booked_by_id == by.pk]
    if known:
        if known[0].slot_id != slot:
            raise agenda.BookingRefusedError(agenda.Refusal.KEY_USED)
        return known[0]
    now = timezone.now()
    _require_cleared(by, patient, check, now)
    rows = [one for one in booked_online(patient) if one.slot.starts_at > now]
    why = limit(
        wanted.starts_at,
        now,
        to_come=len(rows),
        with_professional=sum(one.slot.agenda_id == wanted.agenda_id for one in rows),
        limits=limits(),
    )
    if why is not None:
        raise LimitError(why)
    return agenda.book(by=by, slot=wanted, patient=patient, key=key)


@transaction.atomic
def move_own(
    *, by: Person, appointment: agenda.Appointment, slot: int, check: SafetyCheck, key: str
) -> agenda.Appointment:
    """Move an appointment of a patient to another slot of the same professional open to the public.

    Raises PermissionDenied, LimitError, agenda.BookingRefusedError, Slot.DoesNotExist.
    """
    patient = _patient(by, appointment)
    now = timezone.now()
    _require_cleared(by, patient, check, now)
    _require_time(appointment, Change.MOVE, now)
    wanted = _slot(by, slot)
    why = limit(wanted.starts_at, now, to_come=0, with_professional=0, limits=limits())
    if why is not None:
        raise LimitError(why)
    return agenda.move(by=by, appointment=appointment, slot=wanted, key=key)


@transaction.atomic
def cancel_own(*, by: Person, appointment: agenda.Appointment, key: str) -> agenda.Appointment:
    """Cancel an appointment of a patient. Raises PermissionDenied, LimitError, agenda.BookingRefusedError."""
    _patient(by, appointment)
    if appointment.state == agenda.State.BOOKED.value:
        _require_time(appointment, Change.CANCEL, timezone.now())
    return agenda.change_state(by=by, appointment=appointment, state=agenda.State.CANCELLED, key=key)


def _require(by: Person, patient: people.Patient) -> None:
    access.require(by, Permission.BOOK_FOR_ONESELF)
    require_acting(by, patient)


def _patient(by: Person, appointment: agenda.Appointment) -> people.Patient:
    patient = appointment.patient
    if patient is None:
        raise PermissionDenied(_("Vous ne pouvez pas prendre de rendez-vous pour cette personne."))
    _require(by, patient)
    return patient


def _slot(by: Person, pk: int) -> agenda.Slot:
    found = agenda.slot_with_names(pk)
    if found is None or not is_open_to_all(by, found):
        raise agenda.Slot.DoesNotExist(pk)
    return found


def _require_cleared(by: Person, patient: people.Patient, check: SafetyCheck, now: datetime) -> None:
    if alarm_of(patient, now) is not None:
        raise LimitError(Limit.ALARM)
    if not is_cleared(check_of(by, patient, check.pk), now):
        raise LimitError(Limit.NOT_CLEARED)


def _require_time(appointment: agenda.Appointment, change: Change, now: datetime) -> None:
    if not may_change(
        appointment.slot.starts_at, now, rule("space.booking.change_hours").value[change.value]
    ):
        raise LimitError(change)
