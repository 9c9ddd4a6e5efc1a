"""People beyond the capacity of the slots: how many a professional allows, how many there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from maillage.agenda.models import Agenda, Appointment, Schedule, Slot
from maillage.agenda.queries.slots import shown_to
from maillage.agenda.rules.vocabulary import LIVE, State
from maillage.kernel import clock
from maillage.kernel.models import Person


@dataclass(frozen=True, slots=True)
class Extra:
    """A full slot at which somebody may still be sent, and how many more may be that day at that place."""

    slot: Slot
    left: int


def extra_slots(person: Person, start: datetime, end: datetime) -> list[Extra]:
    """Return the full slots, from `start` to `end`, where `person` may still send somebody, in order of time.

    Only at the places whose professional allows some beyond the capacity, and shown to `person`.
    """
    places = list(Schedule.objects.filter(over_capacity__gt=0).values_list("pk", flat=True))
    if not places:
        return []
    now = timezone.now()
    rows = Slot.objects.with_taken(now).between(max(start, now), end).filter(shown_to(person))
    full = rows.filter(Q(taken__gte=F("capacity")), is_open=True, schedule__in=places)
    slots = list(full.select_related("schedule__commune", "agenda__professional", "agenda__territory__scope"))
    used = _counted({slot.schedule_id for slot in slots}, start, end)
    extras = [
        Extra(slot, slot.schedule.over_capacity - used[slot.schedule_id, _day_of(slot)]) for slot in slots
    ]
    return [one for one in extras if one.left > 0]


def extras_on(agenda: Agenda, day: date) -> list[tuple[Schedule, int]]:
    """Return each place of an agenda with how many are sent there beyond the capacity on `day`."""
    places = list(agenda.schedules.all())
    first, last = clock.bounds(day, agenda.territory.scope)
    used = Counter(_extras({one.pk for one in places}, first, last).values_list("slot__schedule", flat=True))
    return [(one, used[one.pk]) for one in places]


def extras_taken(agenda: Agenda, schedule: int, at: datetime) -> int:
    """Return how many are beyond the capacity at a place on the day of `at`, on the agenda's wall clock."""
    scope = agenda.territory.scope
    first, last = clock.bounds(clock.day_of(at, scope), scope)
    return _extras({schedule}, first, last).count()


def _counted(schedules: set[int], start: datetime, end: datetime) -> Counter[tuple[int, date]]:
    # A day wider on both sides: the days are those of each agenda's own clock.
    rows = _extras(schedules, start - timedelta(days=1), end + timedelta(days=1))
    names = "slot__schedule", "slot__agenda__territory__scope"
    return Counter(
        (one.slot.schedule_id, _day_of(one.slot)) for one in rows.select_related(*names, "slot__agenda")
    )


def _extras(schedules: set[int], start: datetime, end: datetime) -> QuerySet[Appointment]:
    # The base manager: a count of seats says nothing about a patient.
    living = Appointment._base_manager.filter(state__in=[state.value for state in LIVE - {State.HELD}])
    at_these = living.filter(slot__schedule__in=schedules, seat__gte=F("slot__capacity"))
    return at_these.filter(slot__starts_at__gte=start, slot__starts_at__lt=end)


def _day_of(slot: Slot) -> date:
    return clock.day_of(slot.starts_at, slot.agenda.territory.scope)
