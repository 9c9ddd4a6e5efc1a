"""Whether anything of this context waits for a person: one small statement that every page may ask."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists

from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.protocols.models import Act, Referral, ReferralAsked
from maillage.protocols.rules.protocols import OPEN


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for a person, before the circle is asked: it may open less, never more."""

    acts: bool
    questions: bool
    answers: bool


@once
def waits(person: Person) -> Waits:
    """Return what waits for `person`; one statement, keys alone."""
    acts = Act._base_manager.filter(by=person, state__in=[one.value for one in sorted(OPEN)])
    asked = ReferralAsked.objects.filter(person=person, referral__answered_at=None)
    answered = Referral._base_manager.filter(by=person, answered_at__isnull=False, read_at=None)
    row = (
        Person.objects.filter(pk=person.pk)
        .annotate(acts=Exists(acts), questions=Exists(asked), answers=Exists(answered))
        .values_list("acts", "questions", "answers")
        .get()
    )
    return Waits(*row)
