"""A believable fortnight of agendas for the demonstration: always the same for the same day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import cycle, islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from maillage.agenda.actions import linking, schedules
from maillage.agenda.models import Agenda, Appointment, Occupation, Opening, Slot
from maillage.agenda.rules.clock import planned, quanta
from maillage.agenda.rules.vocabulary import Kind, State, Visibility
from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.territory import api as territory

PAST, AHEAD = 7, 7
#: Weekday, from, to, minutes, kind, who sees: the week of an office in town.
_WEEK: tuple[tuple[int, time, time, int, Kind, Visibility], ...] = (
    *((day, time(9), time(12), 20, Kind.PRACTICE, Visibility.PRIVATE) for day in range(5)),
    *((day, time(14), time(17), 20, Kind.PRACTICE, Visibility.PUBLIC) for day in (0, 1, 3)),
    (4, time(14), time(16), 20, Kind.PRACTICE, Visibility.CPTS),
    *((day, time(17), time(18), 15, Kind.PRACTICE, Visibility.SNP) for day in (0, 1, 3, 4)),
    (2, time(14), time(15, 30), 15, Kind.TELE, Visibility.PRO),
    (5, time(9), time(12), 15, Kind.PRACTICE, Visibility.SNP),
    (5, time(14), time(18), 15, Kind.PRACTICE, Visibility.SNP),
)
_OFFICES = 12
#: In how many agendas somebody who signs in has a visit behind them and one ahead.
_OWN_AGENDAS = 3


@transaction.atomic
def create_demonstration_agenda(*, by: Person | None, place: territory.Territory, today: date) -> int:
    """Give the invented doctors and nurses of a territory their agendas; return how many there are.

    Needs the directory and the patients of the demonstration. Again, it changes nothing. The week before
    `today` is honoured or not, two thirds of the week after are booked.
    """
    known = Agenda.objects.filter(territory=place, professional__is_demonstration=True).count()
    if known:
        return known
    # Nobody cares any more for those whose file has reached its term.
    recent = Patient.objects.in_scope(place.scope).filter(created_at__year__gte=today.year - 1)
    patients = list(recent.filter(is_demonstration=True).order_by("pk"))
    people = _professionals(place)
    for order, professional in enumerate(people):
        agenda = _agenda(by, professional, place, today, saturday=order % 3 == 0)
        _fill(agenda, patients, order, today)
    if people:
        changes = {"agendas": len(people)}
        target = journal.target_of(place)
        journal.record(
            by=by, verb="agenda.demonstration_created", target=target, changes=changes, scope=place.scope_id
        )
    return len(people)


def _professionals(place: territory.Territory) -> list[directory.Professional]:
    everybody = directory.professionals_in(territory.member_codes(place)).filter(is_demonstration=True)
    doctors = [one for one in everybody.order_by("pk") if one.is_general_practitioner]
    accounts = [one for one in everybody.order_by("pk") if one.account_id and one not in doctors]
    return [*doctors[:_OFFICES], *accounts]


def _agenda(
    by: Person | None,
    professional: directory.Professional,
    place: territory.Territory,
    today: date,
    *,
    saturday: bool,
) -> Agenda:
    agenda = schedules.create_agenda(by=by, professional=professional, place=place)
    membership = professional.memberships.exclude(place=None).select_related("place__commune").first()
    where = membership.place if membership else None
    office = schedules.add_schedule(
        by=by, agenda=agenda, name=where.name if where else "Cabinet", place=where
    )
    for number, (weekday, starts, ends, minutes, kind, visibility) in enumerate(_WEEK):
        if weekday < 5 or saturday:
            Opening.objects.create(
                schedule=office,
                weekday=weekday,
                starts=starts,
                ends=ends,
                minutes=minutes,
                kind=kind.value,
                visibility=visibility.value,
                valid_from=today - timedelta(days=PAST),
                key=f"demonstration-{agenda.pk}-{number}",
            )
    schedules.extend_slots(agenda=agenda)
    return agenda


def _fill(agenda: Agenda, patients: Sequence[Patient], order: int, today: date) -> None:
    """Make the slots of the week before, then book two slots of three; the rest stays free."""
    _past_slots(agenda, today)
    first = datetime.combine(today - timedelta(days=PAST), time.min, agenda.zone)
    last = datetime.combine(today + timedelta(days=AHEAD), time.min, agenda.zone)
    slots = [
        slot
        for n, slot in enumerate(Slot.objects.filter(agenda=agenda).between(first, last))
        if n % 3 != order % 3
    ]
    if not patients:
        return
    own = [one for one in patients if one.account_id is not None]
    who = islice(cycle([one for one in patients if one not in own] or patients), order * 7, None)
    kept = _of_those_who_sign_in(own, slots, order, today) if len(own) < len(patients) else {}
    now = timezone.now()
    made = Appointment.objects.bulk_create(
        Appointment(
            slot=slot,
            patient=kept.get(slot.pk, patient),
            state=_state(slot, n, now).value,
            made_at=min(slot.starts_at - timedelta(days=2), now),
            key=f"demonstration-{slot.pk}",
        )
        for n, (slot, patient) in enumerate(zip(slots, who, strict=False))
    )
    Occupation.objects.bulk_create(
        Occupation(agenda=agenda, quantum=quantum, seat=0, appointment=one)
        for one in made
        for quantum in quanta(one.slot.starts_at, one.slot.ends_at)
    )
    if agenda.professional.account_id is not None:  # those who sign in open the files of their day
        for one in made:
            if one.slot.starts_at.astimezone(agenda.zone).date() == today:
                linking.follow(one)


def _of_those_who_sign_in(
    own: Sequence[Patient], slots: Sequence[Slot], order: int, today: date
) -> dict[int, Patient]:
    """Return the patient of a few slots, by its key: somebody who reads their own page has a life to read.

    The others fill the agendas, each many times over; these have a visit behind them and one ahead in each
    of the first agendas, none in the rest.
    """
    if order >= _OWN_AGENDAS:
        return {}
    days = [one.starts_at.date() for one in slots]
    behind = [slot for slot, day in zip(slots, days, strict=True) if day < today - timedelta(days=order)]
    ahead = [slot for slot, day in zip(slots, days, strict=True) if day > today + timedelta(days=2 * order)]
    # From the end of what is behind, from the beginning of what is ahead: two people never in one slot.
    some = [*zip(reversed(behind), own, strict=False), *zip(ahead, own, strict=False)]
    return {slot.pk: patient for slot, patient in some}


def _past_slots(agenda: Agenda, today: date) -> None:
    """Make the slots before the first that there is: rules make only those to come."""
    openings = {one.pk: one for one in Opening.objects.filter(schedule__agenda=agenda)}
    rules = [one.recurrence for one in openings.values()]
    known = set(Slot.objects.filter(agenda=agenda).values_list("starts_at", flat=True))
    spans = planned(rules, [], today - timedelta(days=PAST), today, agenda.zone)
    Slot.objects.bulk_create(
        schedules.slot_of(agenda, openings[span.key], span) for span in spans if span.starts_at not in known
    )


def _state(slot: Slot, order: int, now: Any) -> State:
    if slot.ends_at > now:
        return State.BOOKED
    return State.NOT_HONOURED if order % 17 == 16 else State.HONOURED
