"""Whether anything of this context waits for a person: one small statement that every page may ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists

from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.protocols.models import (
    Act,
    MedicationReview,
    Referral,
    ReferralAsked,
    Shortage,
    Vaccination,
)
from maillage.protocols.rules.protocols import OPEN


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for a person, before the circle is asked: it may open less, never more."""

    acts: bool
    questions: bool
    answers: bool
    reviews: bool
    vaccinations: bool
    shortages: bool


@once
def waits(person: Person) -> Waits:
    """Return what waits for `person`; one statement, keys alone."""
    acts = Act._base_manager.filter(by=person, state__in=[one.value for one in sorted(OPEN)])
    asked = ReferralAsked.objects.filter(person=person, referral__answered_at=None)
    answered = Referral._base_manager.filter(by=person, answered_at__isnull=False, read_at=None)
    found = {
        "acts": acts,
        "questions": asked,
        "answers": answered,
        "reviews": MedicationReview._base_manager.filter(by=person, shared_at=None),
        "vaccinations": Vaccination._base_manager.filter(by=person, outcome=""),
        "shortages": Shortage._base_manager.filter(by=person, referral=None),
    }
    rows = Person.objects.filter(pk=person.pk).annotate(**{name: Exists(one) for name, one in found.items()})
    return Waits(*rows.values_list(*found).get())
