"""Preparing a letter: by the patient, or by a professional to whom the patient asked it aloud or on paper."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.kernel import databases, journal
from maillage.kernel.models import Person
from maillage.kernel.writes import made_meanwhile, same_write
from maillage.people import api as people
from maillage.space.actions.entry import may_invite
from maillage.space.models import Letter


@transaction.atomic
def prepare_letter(*, by: Person, patient: people.Patient, means: people.Means, key: str) -> Letter:
    """Keep that a letter was prepared, and how the patient asked for it; the same `key` is the same letter.

    Raises ValidationError for a key that served for somebody else; PermissionDenied for who is neither the
    patient, nor of the care team or the reception, and for a professional who would say that the patient
    asked in their own space.
    """
    is_own = patient.account_id == by.pk
    if not is_own and (means is people.Means.SPACE or not may_invite(by, patient)):
        raise PermissionDenied(_("Dites comment la personne vous a demandé cette lettre."))
    made = Letter(patient=patient, by=by, means=means.value, key=key)
    if not databases.insert_new([made], unique=["by", "key"]):
        known = made_meanwhile(Letter, by=by, key=key)
        return same_write(known, is_same=known.patient_id == patient.pk)
    journal.record(
        by=by,
        verb="space.letter_prepared",
        target=journal.target_of(patient),
        changes={"means": [None, means.value]},
        scope=patient.scope_id,
    )
    return made


def may_read(person: Person, letter: Letter) -> bool:
    """Return whether `person` reads a letter: its patient, or whoever prepared it and still may."""
    if letter.patient.account_id == person.pk:
        return True
    return letter.by_id == person.pk and may_invite(person, letter.patient)


def letters_of(patient: people.Patient) -> list[Letter]:
    """Return the letters of a patient who was read in scope, the latest first."""
    return list(Letter.objects.of_patient(patient).select_related("by"))
