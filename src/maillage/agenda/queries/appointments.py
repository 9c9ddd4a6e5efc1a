"""Appointments of an agenda, of a person, and those that no slot opens any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, time, timedelta
from functools import cache

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.models import Agenda, Appointment, Closure, Occupation, Slot
from maillage.agenda.models.appointments import AppointmentQuerySet
from maillage.agenda.rules.clock import QUANTUM, quanta
from maillage.agenda.rules.vocabulary import SHOWN, State
from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.statements import Statement, any_of, given, numbered, rounded
from maillage.people import api as people
from maillage.people.api import Patient

_SHOWN = [state.value for state in SHOWN]
#: What is read with an appointment that a patient or a carer reads.
_NAMES = (
    "slot__schedule__commune", "slot__schedule__place__commune", "slot__schedule__structure__commune",
    "slot__agenda__professional", "slot__agenda__territory__scope",
)  # fmt: skip


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
    names = ("slot__schedule", "slot__agenda__professional", "slot__agenda__territory__scope", "patient")
    return rows.select_related(*names).order_by("slot__starts_at", "id").distinct()


@cache
def _expected(count: int) -> Statement[Appointment]:
    return Statement(
        lambda: Appointment._base_manager.filter(
            any_of(count, patient="patient"),
            state__in=[State.BOOKED.value, State.ARRIVED.value],
            slot__starts_at__lt=given("end"),
            slot__ends_at__gt=given("start"),
        ).select_related("slot")
    )


def expected_between(patients: Collection[int], start: datetime, end: datetime) -> list[Appointment]:
    """Return the appointments booked for some people that meet a stretch of time, for the program.

    Nobody reads them: they say whether somebody is expected in two places at once.
    """
    count = rounded(len(patients))
    return _expected(count).rows(start=start, end=end, **numbered(count, patient=sorted(patients)))


@cache
def _occupied(count: int) -> Statement[Occupation]:
    stretches = any_of(count, agenda="agenda", quantum__gte="first", quantum__lt="end")
    return Statement(lambda: Occupation.objects.filter(stretches).select_related("appointment"))


def occupied_around(slots: Collection[Slot]) -> list[Occupation]:
    """Return what is taken of the agendas of `slots` while these last, each with its appointment."""
    if not slots:
        return []
    stretches = [quanta(slot.starts_at, slot.ends_at) for slot in slots]
    count = rounded(len(slots))
    values = numbered(
        count,
        agenda=[slot.agenda_id for slot in slots],
        first=[one.start for one in stretches],
        end=[one.stop for one in stretches],
    )
    return _occupied(count).rows(**values)


def elsewhere_at(patient: Patient, slot: Slot) -> list[str]:
    """Return with whom `patient` is expected, in another agenda, while `slot` lasts."""
    rows = _expected_during(patient, slot.starts_at, slot.ends_at).exclude(slot__agenda=slot.agenda_id)
    return [str(one.slot.agenda) for one in rows]


def elsewhere_sentence(patient: Patient, slot: Slot) -> str:
    """Warn that `patient` is also expected elsewhere while `slot` lasts; empty where they are not."""
    return _also_expected(elsewhere_at(patient, slot))


def hour_warnings(patient: Patient | None, professional: Professional | None, at: datetime) -> list[str]:
    """Return what stands against an hour agreed outside any slot: sentences, none where nothing does.

    The person is expected by somebody else then, the professional has an appointment or is noted absent. Both
    may have been said on the phone: it warns and refuses nothing. Three statements at most.
    """
    end = at + QUANTUM
    said = []
    if patient is not None:
        rows = _expected_during(patient, at, end).exclude(slot__agenda__professional=professional)
        said.append(_also_expected(str(one.slot.agenda) for one in rows))
    if professional is not None:
        own = Slot.objects.filter(agenda__professional=professional, starts_at__lt=end, ends_at__gt=at)
        taken = Appointment._base_manager.filter(
            slot__in=own, state__in=[State.BOOKED.value, State.ARRIVED.value]
        )
        if taken.exclude(patient=patient).exists():
            said.append(
                _("Attention : {name} a déjà un rendez-vous à cette heure.").format(name=professional)
            )
        closed = Closure.objects.filter(agenda__professional=professional, schedule=None)
        if closed.filter(starts_at__lt=end, ends_at__gt=at).exists():
            said.append(
                _("Attention : {name} est absent à cette heure d’après son agenda.").format(name=professional)
            )
    return list(filter(None, said))


def _expected_during(patient: Patient, start: datetime, end: datetime) -> QuerySet[Appointment]:
    rows = Appointment._base_manager.filter(
        patient=patient,
        state__in=[State.BOOKED.value, State.ARRIVED.value],
        slot__starts_at__lt=end,
        slot__ends_at__gt=start,
    )
    return rows.select_related("slot__agenda__professional")


def _also_expected(names: Iterable[str]) -> str:
    text = _("Attention : cette personne a aussi rendez-vous à cette heure chez {name}.")
    return " ".join(text.format(name=name) for name in names)


def own_day(person: Person) -> list[Appointment]:
    """Return today's appointments of the person's own agenda, without reading any patient; one query."""
    start = datetime.combine(timezone.localdate(), time.min, timezone.get_current_timezone())
    rows = Appointment.objects.for_person(person).filter(
        state__in=_SHOWN,
        slot__agenda__professional__account=person,
        slot__starts_at__gte=start,
        slot__starts_at__lt=start + timedelta(days=1),
    )
    found = rows.select_related("slot__schedule", "slot__agenda__territory__scope")
    return list(found.order_by("slot__starts_at", "id").distinct())


def keeps_agenda(person: Person) -> bool:
    """Return whether `person` is a professional with an agenda here; one statement."""
    return Agenda.objects.filter(professional__account=person).exists()


def next_own(person: Person, now: datetime) -> Appointment | None:
    """Return the next appointment of the person's own agenda, without reading any patient; one statement."""
    rows = Appointment.objects.for_person(person).filter(slot__agenda__professional__account=person)
    return _to_come(rows, now).first()


def next_as_patient(person: Person, now: datetime) -> Appointment | None:
    """Return the next appointment booked for the patient whose account it is; one query, None for none."""
    return _to_come(Appointment.objects.of_account(person), now).first()


def next_of_helped(person: Person, now: datetime) -> list[tuple[str, Appointment]]:
    """Return the next appointment of each person whom `person` helps with a mandate that opens them.

    Each with what that person is to the carer (« votre mère »), the soonest first; never a name.
    """
    said = people.cared_for_with(person, people.Part.APPOINTMENTS)
    if not said:
        return []
    rows = _to_come(Appointment._base_manager.filter(patient__in=list(said)), now)
    first: dict[int, Appointment] = {}
    for one in rows:
        first.setdefault(one.patient_id or 0, one)
    return [(said[patient], one) for patient, one in first.items()]


def to_come_of(patient: Patient, now: datetime, limit: int) -> list[Appointment]:
    """Return the next appointments of a patient, for a reader whom the circle opened them to."""
    return list(_to_come(Appointment._base_manager.filter(patient=patient), now)[:limit])


def of_patient(patient: Patient, since: datetime) -> list[Appointment]:
    """Return what became of the appointments of a patient that begin from `since`, with who made each.

    For a reader whom the circle opened them to; what is only held, or expired, is left out.
    """
    told = [*_SHOWN, State.NOT_HONOURED.value, State.CANCELLED.value]
    rows = Appointment._base_manager.filter(patient=patient, state__in=told, slot__starts_at__gte=since)
    return list(
        rows.select_related(*_NAMES, "booked_by")
        .prefetch_related("changes__by")
        .order_by("slot__starts_at", "id")
    )


def _to_come(rows: QuerySet[Appointment], now: datetime) -> QuerySet[Appointment]:
    booked = [State.BOOKED.value, State.ARRIVED.value]
    found = rows.filter(state__in=booked, slot__ends_at__gt=now)
    return found.select_related(*_NAMES).order_by("slot__starts_at", "id")


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
