"""What a letter says, as far as whoever prepares it may read: nothing that the circle does not open."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.agenda import api as agenda
from maillage.care import api as care
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.people import api as people
from maillage.people.api import Part
from maillage.space.pages import wording
from maillage.space.pages.papers import LetterContent
from maillage.space.queries.appointments import appointments_of

_AHEAD = timedelta(days=365)
_MOST = 12


def content_for(reader: Person, patient: people.Patient, now: datetime) -> LetterContent:
    """Return what `reader` may put in the letter of a patient; the reading is logged."""
    with override("fr"):
        allowed = {part for part, one in people.parts_read(reader, patient).items() if one.is_allowed}
        people.log_access(by=reader, patients=[patient], what="file", purpose="lettre à la personne")
        return LetterContent(
            _home(reader, patient),
            [_appointment(one) for one in _coming(reader, patient, now, allowed)[:_MOST]],
            _who_does_what(patient, allowed) if Part.CIRCLE in allowed else [],
            _numbers(patient, allowed),
        )


def _coming(
    reader: Person, patient: people.Patient, now: datetime, allowed: set[Part]
) -> list[agenda.Appointment]:
    """Return the appointments to come: all where the reader reads them, else those the reader keeps."""
    coming, _past = appointments_of(patient, now)
    if Part.APPOINTMENTS in allowed:
        return coming
    kept = set(agenda.appointments_for(reader, now, now + _AHEAD).values_list("pk", flat=True))
    return [one for one in coming if one.pk in kept]


def _home(reader: Person, patient: people.Patient) -> list[str]:
    """Return the address of a patient, in lines, where the reader reads how to reach them."""
    address = people.address_of(by=reader, patient=patient)
    if address is None:
        return []
    town = f"{address.postcode} {address.commune.name if address.commune else ''}".strip()
    return [one for one in (address.line, town) if one]


def _appointment(one: agenda.Appointment) -> list[str]:
    slot = one.slot
    when = formats.date_long(slot.starts_at.astimezone(slot.agenda.zone).replace(tzinfo=None))
    phone = wording.dial(agenda.message_values(slot).phone)
    where = f"{slot.agenda}\n{wording.place_said(slot.schedule)}"
    return [when, where, phone.written if phone else ""]


def _who_does_what(patient: people.Patient, allowed: set[Part]) -> list[list[str]]:
    """Return what the plan says each one does, then those of the circle with what they are."""
    lines = _of_the_plan(patient) if Part.PLAN in allowed else []
    for link in people.links_of_circle(patient):
        if link.is_in_force() and link.origin not in {one.value for one in people.ACTS}:
            said = str(link.get_origin_display())
            lines.append([link.holder_name, link.why or said[:1].upper() + said[1:]])
    return lines


def _of_the_plan(patient: people.Patient) -> list[list[str]]:
    """Return who does what by the shared plan, in its order."""
    plan = care.plan_of(patient)
    if plan is None:
        return []
    lines = []
    for one in care.plan_entries(plan.content, "intervention"):
        key = one["owner"]
        who = patient.name if key == care.THE_PERSON else str(people.holder_of(key) or "")
        lines.append([who, one["text"]])
    return lines


def _numbers(patient: people.Patient, allowed: set[Part]) -> list[list[str]]:
    numbers = []
    doctor = patient.referring_doctor
    if doctor is not None and doctor.phone and Part.CIRCLE in allowed:
        numbers.append(
            [_("Mon médecin traitant, {name}").format(name=doctor.name), written_phone(doctor.phone)]
        )
    numbers.append([_("Un médecin le soir, la nuit, le week-end"), "116 117"])
    numbers.append([_("Une urgence"), "15"])
    return numbers
