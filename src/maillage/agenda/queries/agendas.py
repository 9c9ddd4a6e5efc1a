"""Which agendas somebody keeps."""

from __future__ import annotations

from django.utils import timezone

from maillage.agenda.models import Agenda
from maillage.agenda.models.schedules import AgendaQuerySet
from maillage.kernel.models import Person


def managed_agendas(person: Person) -> AgendaQuerySet:
    """Return the agendas that `person` may manage: their own, and those confided to them."""
    return Agenda.objects.managed_by(person, timezone.localdate()).with_names()
