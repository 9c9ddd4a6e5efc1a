"""Whom a carer helps and what each mandate still lets them read and do; the mandates that a patient gave."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import Prefetch, Q
from django.utils import timezone

from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.people.models import (
    SAID_TO_CARER,
    Mandate,
    MandateItem,
    Patient,
    need,
    readable,
)
from maillage.people.models.carers import MandateQuerySet
from maillage.people.queries.circle import standing_of
from maillage.people.rules.carers import Gesture, Relation, effective
from maillage.people.rules.circle import Origin, Part, decide


@dataclass(frozen=True, slots=True)
class CaredFor:
    """Somebody whom a carer helps, by a mandate in force: what it opens, and the gestures it allows."""

    mandate: Mandate
    parts: frozenset[Part]
    gestures: frozenset[Gesture]

    @property
    def said(self) -> str:
        """What the person is to the carer: « votre mère »; never a name."""
        return str(SAID_TO_CARER[Relation(self.mandate.relation)])


def with_items(mandate: Mandate) -> CaredFor:
    """Return a mandate with what its items open now; they are read already."""
    now = timezone.now()
    lasting = [one for one in mandate.items.all() if one.until is None or one.until > now]
    parts = frozenset(Part(one.part) for one in lasting if one.part)
    gestures = [Gesture(one.gesture) for one in lasting if one.gesture]
    return CaredFor(mandate, parts, effective(gestures, parts))


@once
def cared_for(person: Person) -> list[CaredFor]:
    """Return whom `person` helps now, the oldest mandate first; four statements at most.

    A mandate counts as long as the circle lets its carer read whose file it is: an opposition of the person
    to all, or the end of the role, closes it like its revocation.
    """
    rows = Mandate.objects.of_carer(person).in_force().filter(readable(person, prefix="patient__"))
    return [with_items(one) for one in _read(rows)]


def cared_for_with(person: Person, part: Part) -> dict[int, str]:
    """Return by patient what each person is to the carer, of those of whom a mandate opens `part` now."""
    now = timezone.now()
    lasting = Q(items__until=None) | Q(items__until__gt=now)
    rows = Mandate.objects.of_carer(person).in_force().filter(readable(person, part, prefix="patient__"))
    rows = rows.filter(lasting, items__part=part.value)
    return {
        patient: str(SAID_TO_CARER[Relation(word)])
        for patient, word in rows.values_list("patient", "relation")
    }


def mandate_of_carer(person: Person, pk: int) -> Mandate | None:
    """Return a mandate given to `person`, signed, in force or over; None where there is none."""
    rows = Mandate.objects.of_carer(person).exclude(signed_at=None).filter(pk=pk)
    return _read(rows).first()


def mandates_of(patient: Patient) -> list[Mandate]:
    """Return every mandate of a patient who was read in scope, with their items."""
    return list(_read(Mandate.objects.of_patient(patient)))


def gestures_of(person: Person, patient: Patient) -> frozenset[Gesture]:
    """Return what `person` may do for a patient by a mandate in force, as the circle opens it."""
    mandates = list(_read(Mandate.objects.of_carer(person).in_force().filter(patient=patient)))
    if not mandates:
        return frozenset()
    standing, now, needed = standing_of(person, patient), timezone.now(), need()
    found: set[Gesture] = set()
    for one in mandates:
        alone = replace(
            standing,
            is_own=False,
            links=tuple(
                link for link in standing.links if link.key == one.link_id and link.origin is Origin.MANDATE
            ),
        )
        known = with_items(one)
        parts = {part for part in known.parts if decide(alone, part, now, needed).is_allowed}
        if Part.IDENTITY in parts:
            found |= effective(known.gestures, parts)
    return frozenset(found)


def may_for(person: Person, patient: Patient, gesture: Gesture) -> bool:
    """Return whether a mandate in force lets `person` do `gesture` for a patient."""
    return gesture in gestures_of(person, patient)


def mandate_to_sign(pk: int) -> Mandate:
    """Return a mandate, for who sends its code. Raises Mandate.DoesNotExist."""
    found: Mandate = Mandate._base_manager.select_related("patient__scope").get(pk=pk)
    return found


def _read(rows: MandateQuerySet) -> MandateQuerySet:
    items = Prefetch("items", MandateItem._base_manager.order_by("pk"))
    return rows.select_related("patient__scope", "carer", "link", "recorded_by", "seen_by").prefetch_related(
        items
    )
