"""What `agenda` brings to the shared pages: its entry, one's day, its demonstration."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.agenda.actions.demonstration import create_demonstration_agenda
from maillage.agenda.actions.leaving import WITHDRAWALS
from maillage.agenda.models import Appointment, Schedule
from maillage.agenda.models.records import PROCESSING, RECORDS
from maillage.agenda.queries.appointments import (
    keeps_agenda,
    next_as_patient,
    next_of_helped,
    next_own,
    own_day,
    to_come_of,
)
from maillage.agenda.queries.message_values import message_values
from maillage.agenda.rules.vocabulary import State
from maillage.kernel import formats
from maillage.kernel.contributions import (
    SHOWN,
    Block,
    Contribution,
    Entry,
    Line,
    Panel,
    PanelContent,
    Verb,
    Waiting,
    rows_waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.people.api import Part, Patient
from maillage.territory.api import Territory

AT_CARE = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHYSIOTHERAPIST, Role.PHARMACIST)


def day(person: Person) -> Waiting | None:
    """Say how many appointments one's own agenda has today, and the next ones: hour, kind, place, no name.

    The place where all of them are is said once, as the finding of the block.
    """
    rows = own_day(person)
    now = timezone.now()
    if not rows:
        return _free_day(person, now)
    coming = [one for one in rows if one.slot.ends_at > now]
    places = {str(one.slot.schedule) for one in coming}
    waiting = rows_waiting(
        _("Ma journée"),
        coming,
        lambda one: _appointment(one, says_place=len(places) > 1),
        ngettext("{count} rendez-vous aujourd’hui", "{count} rendez-vous aujourd’hui", len(rows)),
        url=reverse("agenda:own_appointments"),
        gesture=_("Ouvrir l’agenda"),
        count=len(rows),
    )
    return replace(waiting, finding=places.pop()) if waiting and len(places) == 1 else waiting


def _free_day(person: Person, now: datetime) -> Waiting | None:
    """Say that nobody is expected today, and when the next is; None for who keeps no agenda."""
    one = next_own(person, now)
    if one is None and not keeps_agenda(person):
        return None
    lines: tuple[Line, ...] = ()
    if one is not None:
        when = formats.date_long(one.slot.starts_at.astimezone(one.slot.agenda.zone).replace(tzinfo=None))
        page = f"{reverse('agenda:week', args=[one.slot.agenda_id])}#creneau-{one.slot_id}"
        lines = (Line(when[:1].upper() + when[1:], page, _("le prochain rendez-vous")),)
    return Waiting(
        _("Ma journée"),
        lines,
        _("aucun rendez-vous aujourd’hui"),
        reverse("agenda:own_appointments"),
        _("Ouvrir l’agenda"),
    )


def next_appointment(person: Person) -> Waiting | None:
    """Say to a patient when and where they are expected next, and the number to move it."""
    one = next_as_patient(person, timezone.now())
    if one is None:
        return None
    slot, known = one.slot, message_values(one.slot)
    when = formats.date_long(slot.starts_at.astimezone(slot.agenda.zone).replace(tzinfo=None))
    town = known.commune.name if known.commune else ""
    where = str(slot.schedule) if town in str(slot.schedule) else f"{slot.schedule}, {town}"
    line = Line(
        when[:1].upper() + when[1:],
        detail=_("avec {professional} · {place}").format(professional=slot.agenda, place=where),
        phone=known.phone,
    )
    said = _("votre prochain rendez-vous : {when}, {professional}")
    to_change = _("Pour le déplacer ou l’annuler, ouvrez « Mes rendez-vous » ou appelez.")
    return Waiting(
        _("Mon prochain rendez-vous"),
        (line,),
        said.format(when=when, professional=slot.agenda),
        finding=to_change if line.phone else "",
    )


def next_of_those_helped(person: Person) -> Waiting | None:
    """Say to a carer when the people they help are expected next, by what each is to them."""
    now = timezone.now()
    rows = next_of_helped(person, now)
    if not rows:
        return None
    said, first = rows[0]
    day = first.slot.starts_at.astimezone(first.slot.agenda.zone).date()
    days = (day - now.astimezone(first.slot.agenda.zone).date()).days
    when = {0: _("aujourd’hui"), 1: _("demain")}.get(days, _("le {day}").format(day=formats.date_short(day)))
    return Waiting(
        _("Rendez-vous à venir"),
        tuple(_to_come(one, before=whose) for whose, one in rows[:SHOWN]),
        _("un rendez-vous {when} pour {whose}").format(when=when, whose=said),
    )


def appointments_to_come(_person: Person, patient: Patient) -> PanelContent | None:
    """Say when and where a patient is expected next."""
    rows = to_come_of(patient, timezone.now(), SHOWN)
    lines = tuple(_to_come(one) for one in rows)
    return PanelContent(_("Rendez-vous à venir"), lines=lines) if rows else None


def _to_come(one: Appointment, before: str = "") -> Line:
    slot, known = one.slot, message_values(one.slot)
    when = formats.date_long(slot.starts_at.astimezone(slot.agenda.zone).replace(tzinfo=None))
    detail = _("avec {professional} · {place}").format(professional=slot.agenda, place=slot.schedule)
    text = f"{before[:1].upper()}{before[1:]}, {when}" if before else f"{when[:1].upper()}{when[1:]}"
    return Line(text, detail=detail, phone=known.phone)


def _appointment(one: Appointment, says_place: bool) -> Line:
    """Return the hour and kind of an appointment; its state where it is more than booked."""
    details = [one.slot.get_kind_display()]
    if says_place:
        details.append(str(one.slot.schedule))
    if one.state != State.BOOKED.value:
        details.append(one.get_state_display())
    return Line(
        formats.time_short(one.slot.starts_at.astimezone(one.slot.agenda.zone)),
        f"{reverse('agenda:week', args=[one.slot.agenda_id])}#creneau-{one.slot_id}",
        " · ".join(details),
    )


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory its invented agendas."""
    create_demonstration_agenda(by=None, place=place, today=timezone.localdate(now))


CONTRIBUTION = Contribution(
    "agenda",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Agenda"),
            "agenda:own_appointments",
            "calendar",
            lazy("Voir ses rendez-vous, choisir qui voit chaque créneau, noter une absence."),
            Permission.BOOK_APPOINTMENT,
            order=40,
        ),
    ),
    first_screen=(
        Block("agenda.day", dict.fromkeys(AT_CARE, 1), day),
        Block("agenda.next", {Role.PATIENT: 1}, next_appointment),
        Block("agenda.helped", {Role.CARER: 2}, next_of_those_helped),
    ),
    panels=(
        Panel(
            "agenda.to_come",
            Part.APPOINTMENTS.value,
            "rendez-vous à venir",
            appointments_to_come,
            order=10,
        ),
    ),
    demonstrate=demonstrate,
    named_in_journal=(Schedule,),
    withdrawals=WITHDRAWALS,
    records=RECORDS,
    processing=PROCESSING,
)
