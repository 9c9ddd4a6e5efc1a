"""What a message may say of a slot: when, with whom, in which commune, which number to call; its key."""

from __future__ import annotations

from datetime import datetime

from maillage.agenda.models import Appointment, Slot
from maillage.exchange import api as exchange
from maillage.kernel import journal


def said_of(slot: Slot) -> exchange.Parameters:
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
    """Return the subject under which all that is told of an appointment is kept: see `exchange.told`."""
    return journal.target_of(appointment)


def told_now(appointment: Appointment) -> exchange.Told:
    """Return what is known of the message that tells the patient of an appointment just made or moved.

    A message of before the change is not it: the one of the change is then still coming.
    """
    assert appointment.patient is not None
    to = appointment.patient
    told = exchange.told(subject=subject_of(appointment), to=to, is_coming=True)
    if told.said and datetime.fromisoformat(told.said) != appointment.slot.starts_at:
        return exchange.told(subject="", to=to, is_coming=True)
    return told


def says_where(slot: Slot) -> bool:
    """Return whether a message about `slot` can say the commune, and a number to cancel."""
    said = said_of(slot)
    return bool(said.commune and said.phone)
