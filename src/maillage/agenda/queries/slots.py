"""The one availability: what somebody may book, the same behind every door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from django.db.models import Q
from django.utils import timezone

from maillage.agenda.models import Agenda, Slot
from maillage.agenda.models.slots import SlotQuerySet
from maillage.agenda.rules.vocabulary import Kind, Visibility, audiences, books
from maillage.kernel import access, databases
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.statements import Statement, any_of, given, numbered, rounded


def free_slots(person: Person, start: datetime, end: datetime, kinds: Collection[Kind] = ()) -> SlotQuerySet:
    """Return the slots that `person` could book now, beginning from `start` to `end`, with their place.

    Three queries at most: the person's roles, the agendas confided to them, the slots.
    """
    shown = shown_to(person)
    free = Slot.objects.free(timezone.now()).between(start, end).of_kinds(kinds).filter(shown)
    return free.select_related("schedule__commune", "agenda__professional")


_SLOT: Statement[Slot] = Statement(
    lambda: Slot.objects.filter(pk=given("pk")).select_related(
        "schedule", "agenda__professional", "agenda__territory__scope"
    )
)


def slot_with_names(pk: int) -> Slot | None:
    """Return a slot by its key, with its place, professional and territory; None where there is none."""
    return _SLOT.first(pk=pk)


@cache
def _locked(count: int) -> Statement[Slot]:
    rows = Slot.objects.select_related("agenda__territory__scope", "agenda__professional")
    locked = rows.select_for_update(of=("agenda",), no_key=True).order_by("agenda")
    return Statement(lambda: locked.filter(any_of(count, pk="slot")))


def locked_slots(slots: set[int]) -> dict[int, Slot]:
    """Read slots again by their keys; their agendas stay locked, in one order, until the transaction ends.

    Raises Slot.DoesNotExist unless all are there.
    """
    count = rounded(len(slots))
    found = {slot.pk: slot for slot in _locked(count).rows(**numbered(count, slot=sorted(slots)))}
    if len(found) < len(slots):
        raise Slot.DoesNotExist(f"slots {sorted(slots - found.keys())}")
    return found


def keep_slots(slots: Collection[int]) -> set[int]:
    """Return which of these slots there still are; none is removed before the transaction ends.

    Asked by whoever is about to name slots, which no agenda that changes removes any more once they are.
    """
    return databases.keep_rows(Slot, slots)


def shown_to(person: Person) -> Q:
    """Return the condition of the slots that a person may see and book: by role, or as who manages them."""
    roles = access.roles_of(person)
    booking = [one for one in roles if books(Role(one.role))]
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
