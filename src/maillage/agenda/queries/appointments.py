"""Appointments of an agenda, of a person, and those that no slot opens any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from maillage.agenda.models import Agenda, Appointment, Slot
from maillage.agenda.models.appointments import AppointmentQuerySet
from maillage.agenda.rules.vocabulary import SHOWN, State
from maillage.kernel.models import Person
from maillage.people.api import Patient

_SHOWN = [state.value for state in SHOWN]


def appointments_of(agenda: Agenda, start: datetime, end: datetime) -> AppointmentQuerySet:
    """Return the appointments of an agenda that stand, for whoever manages it, with the patient.

    A seat held at this moment is among them, without a patient.
    """
    return _with_names(Appointment.objects.of_agenda(agenda).filter(_stands(start, end)))


def appointments_and_to_move(
    agenda: Agenda, start: datetime, end: datetime, now: datetime
) -> tuple[list[Appointment], list[Appointment]]:
    """Return `appointments_of` and `to_move`, read together."""
    closed = Q(state=State.BOOKED.value, slot__is_open=False, slot__starts_at__gte=now)
    rows = list(_with_names(Appointment.objects.of_agenda(agenda).filter(_stands(start, end) | closed)))
    booked = State.BOOKED.value
    moving = [
        one for one in rows if one.state == booked and not one.slot.is_open and one.slot.starts_at >= now
    ]
    return [one for one in rows if start <= one.slot.starts_at < end], moving


def appointments_for(person: Person, start: datetime, end: datetime) -> AppointmentQuerySet:
    """Return the appointments that `person` made, and those of the agendas they manage."""
    rows = Appointment.objects.for_person(person).filter(
        state__in=[*_SHOWN, State.NOT_HONOURED.value], slot__starts_at__gte=start, slot__starts_at__lt=end
    )
    names = ("slot__schedule", "slot__agenda__professional", "slot__agenda__territory", "patient")
    return rows.select_related(*names).order_by("slot__starts_at", "id").distinct()


def expected_between(patients: Collection[int], start: datetime, end: datetime) -> list[Appointment]:
    """Return the appointments booked for some people that meet a stretch of time, for the program.

    Nobody reads them: they say whether somebody is expected in two places at once.
    """
    rows = Appointment._base_manager.filter(
        patient__in=patients,
        state__in=[State.BOOKED.value, State.ARRIVED.value],
        slot__starts_at__lt=end,
        slot__ends_at__gt=start,
    )
    return list(rows.select_related("slot"))


def elsewhere_at(patient: Patient, slot: Slot) -> list[str]:
    """Return with whom `patient` is expected, in another agenda, while `slot` lasts."""
    rows = Appointment._base_manager.filter(
        patient=patient,
        state__in=[State.BOOKED.value, State.ARRIVED.value],
        slot__starts_at__lt=slot.ends_at,
        slot__ends_at__gt=slot.starts_at,
    ).exclude(slot__agenda=slot.agenda_id)
    return [str(one.slot.agenda) for one in rows.select_related("slot__agenda__professional")]


def own_day(person: Person) -> list[Appointment]:
    """Return today's appointments of the person's own agenda, without reading any patient; one query."""
    start = datetime.combine(timezone.localdate(), time.min, timezone.get_current_timezone())
    rows = Appointment.objects.for_person(person).filter(
        state__in=_SHOWN,
        slot__agenda__professional__account=person,
        slot__starts_at__gte=start,
        slot__starts_at__lt=start + timedelta(days=1),
    )
    found = rows.select_related("slot__schedule", "slot__agenda__territory")
    return list(found.order_by("slot__starts_at", "id").distinct())


def to_move(agenda: Agenda, after: datetime) -> AppointmentQuerySet:
    """Return the appointments to come whose slot an absence or an ended opening has closed."""
    rows = Appointment.objects.of_agenda(agenda).filter(
        state=State.BOOKED.value, slot__is_open=False, slot__starts_at__gte=after
    )
    return _with_names(rows)


def _stands(start: datetime, end: datetime) -> Q:
    held = Q(state=State.HELD.value, hold_expires_at__gt=timezone.now())
    stands = Q(state__in=[*_SHOWN, State.NOT_HONOURED.value]) | held
    return stands & Q(slot__starts_at__gte=start, slot__starts_at__lt=end)


def _with_names(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    return rows.select_related("slot__schedule", "patient").order_by("slot__starts_at", "id")


def final_appointments(agenda: Agenda, start: datetime, end: datetime) -> AppointmentQuerySet:
    """Return what a calendar feed shows: booked, arrived or honoured, without reading any patient."""
    rows = Appointment.objects.of_agenda(agenda).filter(
        state__in=_SHOWN, slot__starts_at__gte=start, slot__starts_at__lt=end
    )
    return rows.select_related("slot__schedule").order_by("slot__starts_at", "id")
