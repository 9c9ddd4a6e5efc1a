"""Referring somebody to the health insurance, until whoever detected them learns the outcome."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.people.models import Patient, SupportReferral, unrestricted
from maillage.people.models.patients import PatientQuerySet
from maillage.people.queries.circle import is_frozen
from maillage.people.rules.circle import Part
from maillage.people.rules.support_referrals import (
    Care,
    Cause,
    Consent,
    Ground,
    Outcome,
    Since,
    speaks_of_care,
)

#: Published when the outcome of a referral is known: `{referral}`.
SUPPORT_ANSWERED = "people.support_referral_answered"


@dataclass(frozen=True, slots=True)
class Said:
    """What the form says; only the day, the grounds and the consent are needed."""

    detected_on: date
    grounds: Collection[Ground]
    consent: Consent
    consented_on: date
    given_up: Collection[Care] = ()
    since: Since = Since.UNKNOWN
    causes: Collection[Cause] = ()
    already_done: str = ""


def may_refer(person: Person, patient: Patient) -> bool:
    """Return whether `person` works where people are cared for, and sees this patient."""
    works = works_for(person, patient)
    seen: PatientQuerySet = Patient.objects.opened_to(person)
    return works and (
        (handles(person, patient) and not is_frozen(patient, Part.SOCIAL))
        or seen.filter(unrestricted(Part.SOCIAL), pk=patient.pk).exists()
    )


def works_for(person: Person, patient: Patient) -> bool:
    """Return whether `person` works where people are cared for, in the scope of the patient."""
    return access.may(person, Permission.SEND_REQUEST, patient.scope) or access.may(
        person, Permission.REGISTER_PATIENTS, patient.scope
    )


def handles(person: Person, patient: Patient) -> bool:
    """Return whether `person` handles the referrals of the patient's scope."""
    return access.may(person, Permission.MANAGE_REFERRING_DOCTOR, patient.scope)


@transaction.atomic
def refer(*, by: Person, patient: Patient, said: Said, key: str) -> SupportReferral:
    """Refer somebody, with their consent; the same `key` of `by` again is the same referral.

    Raises PermissionDenied; ValidationError without a ground, for a day to come, where one is open.
    """
    if not may_refer(by, patient):
        raise PermissionDenied(_("Seuls les professionnels qui voient ce dossier orientent la personne."))
    # The file's row is the lock: two who refer the same person at once make one referral.
    Patient._base_manager.select_for_update().filter(pk=patient.pk).first()
    rows = SupportReferral.objects.of_patient(patient)
    known = made_before(SupportReferral, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.patient_id == patient.pk)
    if not said.grounds:
        raise ValidationError(_("Dites au moins un motif."))
    today = timezone.localdate(timezone=patient.scope.zone)
    if said.detected_on > today or said.consented_on > today:
        raise ValidationError(_("Ce jour n’est pas encore venu."))
    if rows.open().exists():
        raise ValidationError(_("Une orientation est déjà en cours pour cette personne."))
    of_care = speaks_of_care(said.grounds)
    made = SupportReferral.objects.create(
        patient=patient,
        detected_on=said.detected_on,
        grounds=_codes(said.grounds),
        given_up=_codes(said.given_up) if of_care else [],
        since=said.since.value if of_care else "",
        causes=_codes(said.causes) if of_care else [],
        already_done=said.already_done.strip()[:1000],
        consent=said.consent.value,
        consented_on=said.consented_on,
        by=by,
        key=key,
    )
    _record(by, "people.support_referred", made, {"consent": [None, made.consent]})
    return made


@transaction.atomic
def mark_sent(*, by: Person, referral: SupportReferral) -> SupportReferral:
    """Note that the paper left, by whoever handles it or detected; sent already, nothing changes.

    A consent told at a distance is confirmed by a letter first. Raises PermissionDenied, ValidationError.
    """
    row = _locked(by, referral)
    if row.sent_at is not None:
        return row
    if row.consent == Consent.TOLD.value and row.letter_on is None:
        raise ValidationError(_("L’accord a été dit à distance : notez d’abord le courrier qui le confirme."))
    row.sent_at, row.sent_by = timezone.now(), by
    row.save(update_fields=["sent_at", "sent_by"])
    _record(by, "people.support_sent", row, {})
    return row


@transaction.atomic
def mark_letter(*, by: Person, referral: SupportReferral) -> SupportReferral:
    """Note that the letter which confirms a consent told at a distance left today; again, nothing changes."""
    row = _locked(by, referral)
    if row.consent == Consent.TOLD.value and row.letter_on is None:
        row.letter_on = timezone.localdate(timezone=row.patient.scope.zone)
        row.save(update_fields=["letter_on"])
        _record(by, "people.support_letter_sent", row, {"letter_on": [None, row.letter_on]})
    return row


@transaction.atomic
def note_outcome(
    *, by: Person, referral: SupportReferral, outcome: Outcome, words: str = ""
) -> SupportReferral:
    """Note what came of it, which whoever detected is told; the first answer stands.

    Raises PermissionDenied; ValidationError for another outcome without a word.
    """
    row = _locked(by, referral)
    if row.answered_at is not None:
        return row
    if outcome is Outcome.OTHER and not words.strip():
        raise ValidationError(_("Dites en quelques mots ce qui s’est passé."))
    row.outcome, row.words = outcome.value, words.strip()[:1000]
    row.answered_at, row.answered_by = timezone.now(), by
    row.save(update_fields=["outcome", "words", "answered_at", "answered_by"])
    outbox.publish(SUPPORT_ANSWERED, {"referral": row.pk}, key=f"support-{row.pk}")
    _record(by, "people.support_answered_by_cpam", row, {"outcome": [None, outcome.value]})
    return row


def _codes(chosen: Collection[Any]) -> list[str]:
    return sorted(one.value for one in chosen)


def _locked(by: Person, referral: SupportReferral) -> SupportReferral:
    """Return the row, locked, for who handles it or detected. Raises PermissionDenied."""
    rows = SupportReferral.objects.for_person(by).select_related("patient__scope")
    row = rows.select_for_update(of=("self",)).filter(pk=referral.pk).first()
    if row is None or not (row.by_id == by.pk or handles(by, row.patient)):
        raise PermissionDenied(_("Cette orientation se suit par la coordination, ou par qui l’a ouverte."))
    return row


def _record(by: Person, verb: str, row: SupportReferral, changes: dict[str, Any]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.patient.scope_id)
