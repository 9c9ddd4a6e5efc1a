"""A pharmacist reviews medicines, signals a shortage, vaccinates; the prescriber's answers are followed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import databases, journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile
from maillage.people import api as people
from maillage.protocols.actions.acts import kept, read_answers, same
from maillage.protocols.actions.referrals import ask_physician
from maillage.protocols.models import MedicationReview, ReviewLine, Shortage, Vaccination
from maillage.protocols.queries.pharmacy import may_act, vaccination_questions
from maillage.protocols.queries.referrals import physicians_of
from maillage.protocols.rules.criteria import judge
from maillage.protocols.rules.pharmacy import Lack, Outcome, lacking
from maillage.protocols.rules.referrals import Purpose

_LACKS = {
    Lack.ANSWERS: lambda: _("Une réponse inconnue n’est pas un « non » : vérifiez-la avant de vacciner."),
    Lack.LOT: lambda: _("Notez le lot."),
    Lack.WORDS: lambda: _("Dites pourquoi en quelques mots : vous décidez, l’équipe le lira."),
}


@transaction.atomic
def plan_review(*, by: Person, patient: people.Patient, planned_on: date, key: str) -> MedicationReview:
    """Plan a review of the medicines of a patient; the same `key` again returns the first one.

    Raises PermissionDenied for who is no pharmacist of the circle.
    """
    _require(by, patient)
    row = MedicationReview(patient=patient, planned_on=planned_on, by=by, key=key)
    if not databases.insert_new([row], unique=["by", "key"]):
        known = made_meanwhile(MedicationReview, by=by, key=key)
        return same(known, known.patient_id == patient.pk)
    _record(by, "protocols.review_planned", row, patient)
    return row


@transaction.atomic
def read_medicine(
    *, by: Person, review: MedicationReview, medicine: str, key: str, finding: str = "", proposal: str = ""
) -> ReviewLine:
    """Note one medicine read in a review; the same `key` again returns the first line.

    Raises PermissionDenied; ValidationError without a medicine, or once the review is shared.
    """
    row = _own_review(by, review)
    known = made_before(ReviewLine, by=by, key=key)
    if known is not None:
        return same(known, known.review_id == row.pk)
    if row.shared_at is not None:
        raise ValidationError(_("Ce bilan est partagé : planifiez-en un autre."))
    if not medicine.strip():
        raise ValidationError(_("Dites quel médicament est lu."))
    line = ReviewLine.objects.create(
        review=row, medicine=medicine.strip()[:200], finding=finding.strip()[:500],
        proposal=proposal.strip()[:500], by=by, key=key,
    )  # fmt: skip
    _record(by, "protocols.review_read", row, row.patient)
    return line


@transaction.atomic
def share_review(*, by: Person, review: MedicationReview, conclusion: str, to: Person) -> MedicationReview:
    """Share a review: each proposal is a question to the prescriber `to`. Shared already, nothing changes.

    Raises PermissionDenied; ValidationError without a line, or for a physician outside the circle.
    """
    row = _own_review(by, review)
    if row.shared_at is not None:
        return same(row, row.conclusion == conclusion.strip()[:2000])
    lines = list(ReviewLine.objects.filter(review=row))
    if not lines:
        raise ValidationError(_("Lisez au moins un médicament avant de partager le bilan."))
    _check_prescriber(to, row.patient)
    for line in lines:
        if line.proposal:
            text = "\n".join(filter(None, (line.medicine, line.finding, line.proposal)))
            line.referral = ask_physician(
                by=by,
                patient=row.patient,
                purpose=Purpose.PROPOSAL,
                text=text,
                key=f"line-{line.pk}",
                first=to,
            )
            line.save(update_fields=["referral"])
    row.conclusion, row.shared_at = conclusion.strip()[:2000], timezone.now()
    row.save(update_fields=["conclusion", "shared_at"])
    _record(by, "protocols.review_shared", row, row.patient)
    return row


@transaction.atomic
def note_shortage(
    *, by: Person, patient: people.Patient, medicine: str, key: str, alternatives: str = ""
) -> Shortage:
    """Note a medicine that a patient cannot get; the same `key` again returns the first one.

    Raises PermissionDenied, ValidationError without a medicine.
    """
    _require(by, patient)
    if not medicine.strip():
        raise ValidationError(_("Dites quel médicament manque."))
    row = Shortage(
        patient=patient,
        medicine=medicine.strip()[:200],
        alternatives=alternatives.strip()[:500],
        by=by,
        key=key,
    )
    if not databases.insert_new([row], unique=["by", "key"]):
        known = made_meanwhile(Shortage, by=by, key=key)
        return same(known, known.patient_id == patient.pk)
    _record(by, "protocols.shortage_noted", row, patient)
    return row


@transaction.atomic
def signal_shortage(*, by: Person, shortage: Shortage, to: Person) -> Shortage:
    """Signal a shortage to the prescriber `to`, whose answer is timed. Signalled already, nothing changes.

    Raises PermissionDenied, ValidationError for a physician outside the circle.
    """
    _require(by, shortage.patient)
    rows = Shortage.objects.of_patient(shortage.patient).select_for_update(of=("self",))
    row = rows.select_related("patient__scope").get(pk=shortage.pk)
    if row.referral is not None:
        return same(row, row.referral.asked.filter(person=to).exists())
    _check_prescriber(to, row.patient)
    text = "\n".join(filter(None, (row.medicine, row.alternatives)))
    row.referral = ask_physician(
        by=by, patient=row.patient, purpose=Purpose.SHORTAGE, text=text, key=f"shortage-{row.pk}", first=to
    )
    row.save(update_fields=["referral"])
    _record(by, "protocols.shortage_signalled", row, row.patient)
    return row


@transaction.atomic
def plan_vaccination(
    *, by: Person, patient: people.Patient, vaccine: str, planned_on: date, key: str
) -> Vaccination:
    """Plan a vaccination; the same `key` again returns the first one. Raises as `note_shortage`."""
    _require(by, patient)
    if not vaccine.strip():
        raise ValidationError(_("Dites quel vaccin est prévu."))
    row = Vaccination(patient=patient, vaccine=vaccine.strip()[:120], planned_on=planned_on, by=by, key=key)
    if not databases.insert_new([row], unique=["by", "key"]):
        known = made_meanwhile(Vaccination, by=by, key=key)
        return same(known, known.patient_id == patient.pk)
    _record(by, "protocols.vaccination_planned", row, patient)
    return row


@transaction.atomic
def note_vaccination(
    *,
    by: Person,
    vaccination: Vaccination,
    answers: Mapping[str, str],
    outcome: Outcome,
    signs: Collection[str] = (),
    lot: str = "",
    note: str = "",
) -> Vaccination:
    """Note what came of a vaccination, with what was asked; noted already, nothing changes.

    A vital sign leads to the 15 and no dose is noted. What is unknown is asked before a dose; what an answer
    speaks against is explained by the pharmacist, who decides. Raises PermissionDenied, ValidationError.
    """
    _require(by, vaccination.patient)
    rows = Vaccination.objects.of_patient(vaccination.patient).select_for_update(of=("self",))
    row = rows.select_related("patient__scope").get(pk=vaccination.pk)
    if row.outcome:
        wanted = Outcome.EMERGENCY if signs else outcome
        return same(row, row.outcome == wanted.value and row.lot in {"", lot.strip()[:40]})
    codes = {one["code"] for one in rule("people.signals.vital_signs").value}
    if not set(signs) <= codes:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))
    questions = vaccination_questions()
    said = read_answers(questions, answers)
    standing, _against = judge(questions, said, signs)
    chosen = Outcome.EMERGENCY if signs else outcome
    lot, note = lot.strip()[:40], note.strip()[:500]
    if not signs and (lacks := lacking(chosen, standing, lot=lot, note=note)):
        raise ValidationError([_LACKS[one]() for one in lacks])
    row.asked, row.signs, row.standing = kept(questions, said), sorted(signs), standing.value
    row.outcome, row.note, row.closed_at = chosen.value, note, timezone.now()
    row.lot = lot if chosen is Outcome.DONE else ""
    row.save(update_fields=["asked", "signs", "standing", "outcome", "lot", "note", "closed_at"])
    _record(by, "protocols.vaccination_noted", row, row.patient)
    return row


def _require(by: Person, patient: people.Patient) -> None:
    if not may_act(by, patient):
        raise PermissionDenied(_("Un pharmacien du cercle de soins fait cela, et lui seul."))


def _own_review(by: Person, review: MedicationReview) -> MedicationReview:
    _require(by, review.patient)
    rows = MedicationReview.objects.of_patient(review.patient).select_for_update(of=("self",))
    return rows.select_related("patient__scope").get(pk=review.pk)


def _check_prescriber(to: Person, patient: people.Patient) -> None:
    if to not in physicians_of(patient):
        raise ValidationError(
            _("Ce médecin ne lit pas le dossier de cette personne : choisissez-en un autre.")
        )


def _record(by: Person, verb: str, row: Any, patient: people.Patient) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes={}, scope=patient.scope_id)
