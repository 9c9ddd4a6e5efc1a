"""Appointments of an agenda, of a person, and those that no slot opens any more."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from maillage.agenda.models import Agenda, Appointment
from maillage.agenda.models.appointments import AppointmentQuerySet
from maillage.agenda.rules.vocabulary import SHOWN, State
from maillage.kernel.models import Person

_SHOWN = [state.value for state in SHOWN]


def appointments_of(agenda: Agenda, start: datetime, end: datetime) -> AppointmentQuerySet:
    """Return the appointments of an agenda that stand, for whoever manages it, with the patient.

    A seat held at this moment is among them, without a patient.
    """
    held = Q(state=State.HELD.value, hold_expires_at__gt=timezone.now())
    rows = Appointment.objects.of_agenda(agenda).filter(
        Q(state__in=[*_SHOWN, State.NOT_HONOURED.value]) | held,
        slot__starts_at__gte=start,
        slot__starts_at__lt=end,
    )
    return rows.select_related("slot__schedule", "patient").order_by("slot__starts_at", "id")


def appointments_for(person: Person, start: datetime, end: datetime) -> AppointmentQuerySet:
    """Return the appointments that `person` made, and those of the agendas they manage."""
    rows = Appointment.objects.for_person(person).filter(
        state__in=[*_SHOWN, State.NOT_HONOURED.value], slot__starts_at__gte=start, slot__starts_at__lt=end
    )
    names = ("slot__schedule", "slot__agenda__professional", "slot__agenda__territory", "patient")
    return rows.select_related(*names).order_by("slot__starts_at", "id").distinct()


def to_move(agenda: Agenda, after: datetime) -> AppointmentQuerySet:
    """Return the appointments to come whose slot an absence or an ended opening has closed."""
    rows = Appointment.objects.of_agenda(agenda).filter(
        state=State.BOOKED.value, slot__is_open=False, slot__starts_at__gte=after
    )
    return rows.select_related("slot__schedule", "patient").order_by("slot__starts_at", "id")


def final_appointments(agenda: Agenda, start: datetime, end: datetime) -> AppointmentQuerySet:
    """Return what a calendar feed shows: booked, arrived or honoured, without reading any patient."""
    rows = Appointment.objects.of_agenda(agenda).filter(
        state__in=_SHOWN, slot__starts_at__gte=start, slot__starts_at__lt=end
    )
    return rows.select_related("slot__schedule").order_by("slot__starts_at", "id")
