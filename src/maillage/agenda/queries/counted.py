"""Slots and seats of a territory's physicians as rows to count: hours alone, nobody named.

An hour is a whole number of seconds since 1 January 1970, universal time.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Max, Q

from maillage.agenda.models import Appointment, Closure, Slot
from maillage.agenda.rules.vocabulary import Kind, State, Visibility
from maillage.kernel.databases import EpochSeconds
from maillage.kernel.models import Scope


class CountedSlot(NamedTuple):
    """A slot: the agenda (one a professional), when it begins, how many it takes.

    `is_routine`: at the practice, and not kept for unscheduled care.
    """

    slot: int
    agenda: int
    starts_at: int
    is_routine: bool
    capacity: int


class CountedSeat(NamedTuple):
    """A seat taken from `taken_at`, given back at `freed_at` where it was."""

    slot: int
    taken_at: int
    freed_at: int | None


class CountedAbsence(NamedTuple):
    """Somebody away from all their places."""

    agenda: int
    starts_at: int
    ends_at: int


def slots_counted(scope: Scope, start: datetime, end: datetime, profession: str) -> list[CountedSlot]:
    """Return the open slots of the agendas of one profession (TRE_G15) of a territory; one statement.

    A slot closed since is left out of the past too: the agenda does not keep when.
    """
    rows = Slot.objects.between(start, end).filter(
        agenda__territory__scope=scope, agenda__professional__profession=profession, is_open=True
    )
    hour = EpochSeconds("starts_at")
    read = rows.order_by().values_list("pk", "agenda", hour, "kind", "visibility", "capacity")
    practice, unscheduled = Kind.PRACTICE.value, Visibility.SNP.value
    return [
        CountedSlot(slot, agenda, at, kind == practice and seen != unscheduled, capacity)
        for slot, agenda, at, kind, seen, capacity in read
    ]


def seats_counted(scope: Scope, start: datetime, end: datetime, profession: str) -> list[CountedSeat]:
    """Return who took a seat of those slots, from when, until when where they gave it back; one statement.

    An hour moved counts as taken at its last place, from the day it was first given.
    """
    rows = (
        Appointment.objects.in_scope(scope)
        .filter(
            slot__agenda__territory__scope=scope,
            slot__agenda__professional__profession=profession,
            slot__starts_at__gte=start,
            slot__starts_at__lt=end,
        )
        .exclude(state__in=[State.HELD.value, State.EXPIRED.value])
        .annotate(freed=EpochSeconds(Max("changes__at", filter=Q(changes__state=State.CANCELLED.value))))
    )
    read = rows.order_by().values_list("slot", EpochSeconds("made_at"), "freed", "state")
    return [
        CountedSeat(slot, made, (freed or made) if state == State.CANCELLED.value else None)
        for slot, made, freed, state in read
    ]


def absences_counted(scope: Scope, start: datetime, end: datetime) -> list[CountedAbsence]:
    """Return the absences that touch a stretch of time, in the agendas of a territory; one statement."""
    rows = Closure.objects.filter(
        agenda__territory__scope=scope, schedule=None, starts_at__lt=end, ends_at__gt=start
    )
    read = rows.order_by().values_list("agenda", EpochSeconds("starts_at"), EpochSeconds("ends_at"))
    return [CountedAbsence(*row) for row in read]
