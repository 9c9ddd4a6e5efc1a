"""Reads of remote consultations: the appointment of a link, those of a day, the room, the number to dial."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.checks import Error
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people import api as people
from maillage.telehealth.models import Session
from maillage.telehealth.rules.sessions import Door, door

WAITING_PAGE = "telehealth:waiting"
LISTING, READING = "liste des téléconsultations", "téléconsultation"
_NAMES = (
    "slot__agenda__professional__account", "slot__agenda__territory__scope", "slot__schedule",
    "patient__scope", "booked_by",
)  # fmt: skip
_STANDS = [
    one.value
    for one in (agenda.State.BOOKED, agenda.State.ARRIVED, agenda.State.HONOURED, agenda.State.NOT_HONOURED)
]
_BYTES = 15


def appointment_of(pk: int) -> agenda.Appointment:
    """Return an appointment by its key, with whom it names, for who then checks who reads."""
    found: agenda.Appointment = agenda.Appointment.objects.keyed(pk).select_related(*_NAMES).get()
    return found


def remote_appointment(pk: int) -> agenda.Appointment | None:
    """Return a remote appointment that stands, by its key; None for any other."""
    rows = agenda.Appointment.objects.keyed(pk).filter(
        slot__kind=agenda.Kind.TELE.value, state__in=_STANDS, patient__isnull=False
    )
    return rows.select_related(*_NAMES).first()


def session_of(appointment: agenda.Appointment) -> Session | None:
    """Return what is known of a remote appointment, None before anybody came."""
    return Session.objects.of_appointment(appointment).select_related("checked_by", "ended_by").first()


def of_day(person: Person, day_start: datetime) -> list[agenda.Appointment]:
    """Return the remote appointments of one day in the agendas that `person` manages, in order."""
    rows = agenda.appointments_for(person, day_start, day_start + timedelta(days=1))
    found = rows.filter(slot__kind=agenda.Kind.TELE.value, patient__isnull=False)
    return [one for one in found.select_related(*_NAMES) if agenda.manages(person, one.slot.agenda)]


def sessions_of(appointments: Sequence[agenda.Appointment]) -> dict[int, Session]:
    """Return what is known of some remote appointments, by the key of the appointment."""
    rows = Session.objects.of_appointments([one.pk for one in appointments])
    return {one.appointment_id: one for one in rows}


def names_read(person: Person, appointments: Sequence[agenda.Appointment]) -> dict[int, str]:
    """Return the names of the patients of some appointments whom the circle lets `person` know; logged."""
    keys = {one.patient_id for one in appointments if one.patient_id is not None}
    found = list(people.Patient.objects.opened_to(person).filter(pk__in=keys).select_related("scope"))
    if found:
        people.log_access(by=person, patients=found, what="list", purpose=LISTING)
    return {one.pk: one.name for one in found}


def sessions_waiting() -> QuerySet[Session]:
    """Return where somebody waits to be let in, in the reader's own agenda, until an outcome is noted."""
    # The base manager, for keys alone: nobody is named.
    return Session._base_manager.filter(
        appointment__slot__agenda__professional__account=given("person"),
        waiting_since__isnull=False,
        admitted_at=None,
        by_phone_at=None,
        ended_at=None,
    )


def next_remote_of(patient: people.Patient) -> agenda.Appointment | None:
    """Return the next remote appointment of a patient who was read in scope, None for none; one statement."""
    # The base manager: the circle has let the reader know the appointments of this patient.
    rows = agenda.Appointment._base_manager.filter(
        patient=patient,
        slot__kind=agenda.Kind.TELE.value,
        state__in=[agenda.State.BOOKED.value, agenda.State.ARRIVED.value],
        slot__ends_at__gt=timezone.now(),
    )
    return rows.select_related(*_NAMES).order_by("slot__starts_at", "pk").first()


def door_of(appointment: agenda.Appointment) -> Door:
    """Return whether the waiting room of an appointment is open now."""
    minutes = rule("telehealth.sessions.door_minutes").value
    return door(timezone.now(), appointment.slot.starts_at, appointment.slot.ends_at, minutes)


def opens_at(appointment: agenda.Appointment) -> datetime:
    """Return when the waiting room of an appointment opens."""
    minutes = rule("telehealth.sessions.door_minutes").value["before"]
    return appointment.slot.starts_at - timedelta(minutes=minutes)


def check_settings(**_options: Any) -> list[Error]:
    """Return an error where the address of the video provider has no place for a room; Django runs it."""
    if settings.VIDEO_URL.startswith("https://") and "{room}" in settings.VIDEO_URL:
        return []
    return [Error("MAILLAGE_VIDEO_URL doit commencer par https:// et contenir {room}.", id="telehealth.E001")]


def room_address(appointment: agenda.Appointment) -> str:
    """Return the address of the video room, from the provider of the settings; unguessable, kept nowhere."""
    slot = appointment.slot
    seal = salted_hmac(
        "maillage.telehealth.room", f"{appointment.pk}-{slot.starts_at.isoformat()}", algorithm="sha256"
    )
    room = base64.b32encode(seal.digest()[:_BYTES]).decode().lower()
    return str(settings.VIDEO_URL).replace("{room}", f"maillage-{room}")
