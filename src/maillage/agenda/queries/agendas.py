"""Which agendas, and what day it is there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from maillage.agenda.models import Agenda
from maillage.agenda.models.schedules import AgendaQuerySet
from maillage.kernel.models import Person


def today_in(agenda: Agenda) -> date:
    """Return the day it is on the wall of the agenda's territory."""
    return timezone.now().astimezone(agenda.zone).date()


def managed_agendas(person: Person) -> AgendaQuerySet:
    """Return the agendas that `person` may manage: their own, and those confided to them."""
    return Agenda.objects.managed_by(person, timezone.localdate()).with_names()


def bounds(agenda: Agenda, first: date, days: int = 7) -> tuple[datetime, datetime]:
    """Return the instants (UTC) between which `days` days from `first` lie, on the agenda's wall clock."""
    start = datetime.combine(first, time.min, agenda.zone)
    end = datetime.combine(first + timedelta(days=days), time.min, agenda.zone)
    return start.astimezone(UTC), end.astimezone(UTC)
