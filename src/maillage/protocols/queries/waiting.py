"""Whether anything waits at the counter of a pharmacist: one small statement of their first screen."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists

from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.protocols.models import MedicationReview, Shortage, Vaccination


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for a person, before the circle is asked: it may open less, never more."""

    reviews: bool
    vaccinations: bool
    shortages: bool


@once
def waits(person: Person) -> Waits:
    """Return what waits for `person`; one statement, keys alone."""
    found = {
        "reviews": MedicationReview._base_manager.filter(by=person, shared_at=None),
        "vaccinations": Vaccination._base_manager.filter(by=person, outcome=""),
        "shortages": Shortage._base_manager.filter(by=person, referral=None),
    }
    rows = Person.objects.filter(pk=person.pk).annotate(**{name: Exists(one) for name, one in found.items()})
    return Waits(*rows.values_list(*found).get())
