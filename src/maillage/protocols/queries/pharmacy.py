"""Reads of a pharmacist's acts: what is planned, what is to signal, all that concerns a patient."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.once import once
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.protocols.models import MedicationReview, ReviewLine, Shortage, Vaccination
from maillage.protocols.queries.waiting import waits
from maillage.protocols.rules.counts import Shown, shown
from maillage.protocols.rules.criteria import Criterion, CriterionKind

#: Medicines named at most in a count of shortages, the most missed first.
SHOWN_MEDICINES = 10


def is_pharmacist(person: Person) -> bool:
    """Return whether the sheet of `person` is that of a pharmacist who practises."""
    rows = directory.Professional.objects.active().filter(account=person)
    return rows.filter(profession=directory.Profession.PHARMACIST.value).exists()


def may_act(person: Person, patient: people.Patient) -> bool:
    """Return whether `person` does a pharmacist's acts for a patient: by the circle, as those who care."""
    return is_pharmacist(person) and care.may_write(people.decision(person, patient, people.Part.HEALTH))


def vaccination_questions() -> list[Criterion]:
    """Return what is asked before a vaccination, in the reader's language."""
    return [
        Criterion(one["key"], CriterionKind(one["kind"]), formats.in_language(one["text"], one["text_en"]))
        for one in rule("protocols.vaccination.questions").value
    ]


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What waits at the counter of a pharmacist: reviews and vaccinations planned, shortages to signal."""

    reviews: list[MedicationReview]
    vaccinations: list[Vaccination]
    shortages: list[Shortage]


@once
def counter(person: Person) -> AtCounter:
    """Return what `person` planned and has not done, the soonest first; nobody is named."""
    here = waits(person)
    mine = {"by": person}
    reviews = MedicationReview.objects.for_person(person).filter(**mine, shared_at=None)
    vaccinations = Vaccination.objects.for_person(person).filter(**mine, outcome="")
    shortages = Shortage.objects.for_person(person).filter(**mine, referral=None)
    return AtCounter(
        list(reviews.order_by("planned_on", "pk")) if here.reviews else [],
        list(vaccinations.order_by("planned_on", "pk")) if here.vaccinations else [],
        list(shortages.order_by("at", "pk")) if here.shortages else [],
    )


@dataclass(frozen=True, slots=True)
class ShortageCounts:
    """The shortages of some scopes by what became of them, and by medicine; the small counts are hidden."""

    stages: Shown
    medicines: list[tuple[str, int]]


def shortage_counts(person: Person) -> ShortageCounts | None:
    """Count the shortages of the scopes that `person` manages, the last of the rule; nobody is named.

    None without one. One statement. The three stages are apart, and no sum of them is said: a count under
    the threshold of statistical secrecy cannot be found again from the others.
    """
    held = access.scopes_of(person, Permission.MANAGE_PROTOCOLS)
    scopes = list(Scope.objects.all()) if held is None else held
    since = timezone.now() - timedelta(days=rule("protocols.counts.days").value)
    rows = Shortage.objects.in_scope(*scopes).filter(at__gte=since).order_by() if scopes else None
    if rows is None:
        return None
    found = list(rows.values_list("medicine", "referral", "referral__answered_at"))
    if not found:
        return None
    threshold = rule("territory.secrecy.threshold").value
    stages = {
        "noted": sum(referral is None for _name, referral, _at in found),
        "waiting": sum(referral is not None and at is None for _name, referral, at in found),
        "answered": sum(at is not None for _name, _referral, at in found),
    }
    named = Counter(" ".join(name.split()).casefold() for name, _referral, _at in found)
    medicines = [(name, count) for name, count in named.most_common(SHOWN_MEDICINES) if count >= threshold]
    return ShortageCounts(shown(stages, threshold), medicines)


def reviews_of(patient: people.Patient) -> list[MedicationReview]:
    """Return the medication reviews of a patient who was read in scope."""
    return list(MedicationReview.objects.of_patient(patient).select_related("by"))


def shortages_of(patient: people.Patient) -> list[Shortage]:
    """Return the shortages of a patient who was read in scope, with their answers."""
    return list(Shortage.objects.of_patient(patient).select_related("by", "referral__answered_by"))


def vaccinations_of(patient: people.Patient) -> list[Vaccination]:
    """Return the vaccinations of a patient who was read in scope."""
    return list(Vaccination.objects.of_patient(patient).select_related("by"))


def review_seen_by(person: Person, pk: int) -> MedicationReview | None:
    """Return the review of that key where the circle opens it to `person`; no line is left."""
    rows = MedicationReview.objects.for_person(person).select_related("patient__scope", "by")
    return rows.filter(pk=pk).first()


def lines_of_review(review: MedicationReview) -> list[ReviewLine]:
    """Return the lines of a review, with the answers to what they propose."""
    return list(ReviewLine.objects.filter(review=review).select_related("referral__answered_by"))


def vaccination_seen_by(person: Person, pk: int) -> Vaccination | None:
    """Return the vaccination of that key where the circle opens it to `person`; no line is left."""
    rows = Vaccination.objects.for_person(person).select_related("patient__scope", "by")
    return rows.filter(pk=pk).first()
