"""Who is told, without health data, that somebody is expected, and what the regulator still has to say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.exchange import api as exchange
from maillage.kernel import clock, formats
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.orientation.models import Request
from maillage.territory.api import Commune


@dataclass(frozen=True, slots=True)
class Meeting:
    """When the person is expected, by whom, in which commune, and the phone to call to change it."""

    when: datetime
    professional: Professional
    commune: Commune | None
    phone: str


def meeting_at(slot: agenda.Slot) -> Meeting:
    """Return what is said of a slot: the phone is that of the place, else of the professional."""
    where, professional = slot.schedule, slot.agenda.professional
    phone = (where.place.phone if where.place else "") or professional.phone
    return Meeting(slot.starts_at, professional, where.commune, phone)


def announce(*, by: Person, row: Request, meeting: Meeting, key: str, subject: str) -> bool:
    """Tell the person, the professional and the own doctor; False where no phone lets the person be told.

    The professional's line opens the page where its outcome is said in one tap. For an appointment, `key` is
    that of the agenda, which tells what nobody told: each of them is told once. `subject` is the row by which
    `exchange.message_status` says what became of the messages: the appointment, else the decision.
    """
    tell_own_doctor(by=by, row=row, seen_by=meeting.professional, key=key)
    if not meeting.phone or meeting.commune is None or row.patient is None:
        return False
    said = exchange.Parameters(
        when=meeting.when, professional=meeting.professional, commune=meeting.commune, phone=meeting.phone
    )
    outcome = f"{reverse('orientation:received')}#demande-{row.pk}"
    booked, expected = exchange.Template.APPOINTMENT_BOOKED, exchange.Template.EXPECTED_BOOKED
    told = replace(said, professional=None, phone="", reference=row.pk)
    for to, name, template, values, path in (
        (row.patient, "patient", booked, said, ""),
        (meeting.professional, "professional", expected, told, outcome),
    ):
        exchange.notify(
            by=by, to=to, template=template, parameters=values, path=path,
            key=f"{key}-{name}", subject=subject, scope=row.scope, urgent=True, not_after=meeting.when,
        )  # fmt: skip
    return True


def tell_own_doctor(*, by: Person, row: Request, seen_by: Professional | None, key: str) -> None:
    """Tell the own doctor of a known person that the request was answered, unless they are the answer.

    `key` names the answer: a request that came back and is answered again is told again.
    """
    own = row.patient.referring_doctor if row.patient else None
    if own is None or own == seen_by:
        return
    day = clock.day_of(row.called_at, row.scope)
    exchange.notify(
        by=by, to=own, template=exchange.Template.REQUEST_ANSWERED, parameters=exchange.Parameters(day=day),
        key=f"{key}-own-doctor", scope=row.scope,
    )  # fmt: skip


def told_sentence(row: Request, slot: agenda.Slot, *, subject: str, announced: bool) -> tuple[str, bool]:
    """Say what is known of the message to the person, and whether they are told by it.

    Where no message can reach them, the hour, the professional, the place and its phone are there to be read
    out. Where the person is also expected elsewhere at that hour, it is said. `announced`: whether `announce`
    wrote one.
    """
    patient = row.patient
    if patient is None:
        return _("Rendez-vous pris."), False
    known = exchange.message_status(subject=subject, to=patient, is_coming=announced)
    said = [_("Rendez-vous pris."), known.sentence]
    if known.say_it_now:
        meeting, where = meeting_at(slot), slot.schedule
        address = ", ".join(filter(None, [str(where), where.place.address if where.place else ""]))
        when = formats.date_long(meeting.when)
        parts = [when, meeting.professional.name, address, written_phone(meeting.phone)]
        said.append(_("À dire : {what}.").format(what=" · ".join(filter(None, parts))))
    said.append(agenda.elsewhere_sentence(patient, slot))
    return " ".join(filter(None, said)), not known.say_it_now
