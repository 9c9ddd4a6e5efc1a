"""What a message may say of a slot: when, with whom, in which commune, which number to call; its key."""

from __future__ import annotations

from datetime import datetime

from maillage.agenda.models import Appointment, Slot
from maillage.exchange import api as exchange
from maillage.kernel import journal


def message_values(slot: Slot) -> exchange.Parameters:
    """Return the values of a message about `slot`; a commune or a number that nobody knows is left out."""
    schedule = slot.schedule
    place = schedule.place
    owners = (schedule, place, schedule.structure)
    commune = next((one.commune for one in owners if one is not None and one.commune is not None), None)
    phone = exchange.number_to_call(place.phone if place else "", slot.agenda.professional.phone)
    return exchange.Parameters(
        when=slot.starts_at, professional=slot.agenda.professional, commune=commune, phone=phone
    )


def announced_as(appointment: Appointment) -> str:
    """Return the beginning of the keys under which a booking is announced: `…-patient`, `…-professional`.

    A door that has more to say, such as the page to open, tells it in its own write under these keys; what it
    told is not told again.
    """
    return f"appointment-{appointment.pk}-booked"


def subject_of(appointment: Appointment) -> str:
    """Return the subject of all the messages about an appointment: see `exchange.message_status`."""
    return journal.target_of(appointment)


def patient_message(appointment: Appointment) -> exchange.MessageStatus:
    """Return what is known of the message that tells the patient of an appointment just made or moved.

    A message of before the change is not it: the one of the change is then still coming.
    """
    assert appointment.patient is not None
    to = appointment.patient
    if appointment.is_just_made:
        return exchange.expected_message(to)  # written by the worker, which nobody waits for
    told = exchange.message_status(subject=subject_of(appointment), to=to, is_coming=True)
    if told.said and datetime.fromisoformat(told.said) != appointment.slot.starts_at:
        return exchange.message_status(subject="", to=to, is_coming=True)
    return told


def has_place_and_phone(slot: Slot) -> bool:
    """Return whether a message about `slot` can say the commune, and a number to cancel."""
    said = message_values(slot)
    return bool(said.commune and said.phone)
