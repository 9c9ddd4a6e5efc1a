"""The one availability: what somebody may book, the same behind every door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from maillage.agenda.models import Agenda, Slot
from maillage.agenda.models.slots import SlotQuerySet
from maillage.agenda.rules.vocabulary import Kind, Visibility, audiences
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role, allows


def free_slots(person: Person, start: datetime, end: datetime, kinds: Collection[Kind] = ()) -> SlotQuerySet:
    """Return the slots that `person` could book now, beginning from `start` to `end`, with their place.

    Three queries at most: the person's roles, the agendas confided to them, the slots.
    """
    shown = shown_to(person)
    free = Slot.objects.free(timezone.now()).between(start, end).of_kinds(kinds).filter(shown)
    return free.select_related("schedule__commune", "agenda__professional")


def shown_to(person: Person) -> Q:
    """Return the condition of the slots that a person may see and book: by role, or as who manages them."""
    roles = access.roles_of(person)
    booking = [one for one in roles if allows(Role(one.role), Permission.BOOK_APPOINTMENT)]
    names = [Role(one.role) for one in booking]
    everywhere = [Role(one.role) for one in booking if one.scope_id is None]
    open_to = audiences(names, everywhere) - {Visibility.CPTS}
    local = {
        one.scope_id for one in booking if Visibility.CPTS in audiences([Role(one.role)], [Role(one.role)])
    }
    shown = Q(visibility__in=[one.value for one in open_to])
    cpts = Q(visibility=Visibility.CPTS.value)
    shown |= cpts if None in local else cpts & Q(agenda__territory__scope__in=local)
    return shown | Q(agenda__in=Agenda.objects.managed_by(person, timezone.localdate()).values("pk"))


def slots_of(agenda: Agenda, start: datetime, end: datetime) -> SlotQuerySet:
    """Return every slot of an agenda with the seats taken; for whoever manages it."""
    return (
        Slot.objects.filter(agenda=agenda)
        .between(start, end)
        .with_taken(timezone.now())
        .select_related("schedule")
    )
