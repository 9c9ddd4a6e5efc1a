"""Asking an expert, and what whoever asked does next: complete, withdraw, read the advice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.kernel import access, databases
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people
from maillage.telehealth.actions.files import ShownFile, carry_files, keep_files
from maillage.telehealth.actions.following import (
    Template,
    known,
    link_expert,
    locked,
    move,
    note_step,
    plan_deadline,
    record,
    tell_expert,
    tell_experts,
)
from maillage.telehealth.computations.shared import extracts
from maillage.telehealth.models import Question
from maillage.telehealth.queries.questions import accounts_asked
from maillage.telehealth.rules.questions import Hurry, Shared, Side, State, due_at, is_without_sign

LONGEST_QUESTION, LONGEST = 300, 1000
LONGEST_CONTEXT = 1500


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question says: one sentence, what was tried, what else to know, what is shared of the file."""

    text: str
    tried: str = ""
    context: str = ""
    shared: Collection[Shared] = ()
    hurry: Hurry = Hurry.WEEK


#: Whom it is asked of: somebody, the team of a structure, or a code of specialty or profession.
To = directory.Professional | directory.Structure | str


@transaction.atomic
def send_question(
    *,
    by: Person,
    patient: people.Patient,
    to: To,
    asked: Asked,
    consented_on: date | None,
    none_said: bool,
    key: str,
    signs: Collection[str] = (),
    files: Sequence[ShownFile] = (),
    carried_from: Question | None = None,
) -> Question:
    """Ask an expert about a patient whose health `by` writes; the same `key` again is the same question.

    `signs`: the vital signs seen; `none_said`: that they were looked for and none is there. `consented_on`:
    the day on which the patient, told of what is shared and with whom, agreed. `carried_from`: a question
    about the same patient whose own photos are shown again. Raises PermissionDenied;
    ValidationError for a vital sign (it is for the 15), without a consent, or where nobody can be asked.
    """
    access.require(by, Permission.SEND_REQUEST)
    care.require_writer(by, patient, people.Part.HEALTH)
    again = made_before(Question, by=by, key=key)
    if again is not None:
        return _same(again, patient)
    if signs:
        raise ValidationError(_("Un signe engage la vie : appelez le 15. Aucune question n’est envoyée."))
    if not is_without_sign(signs, none_said=none_said):
        raise ValidationError(_("Regardez d’abord les signes graves, et dites qu’aucun n’est là."))
    if consented_on is None:
        raise ValidationError(_("Notez le jour où la personne, informée, a donné son accord."))
    if consented_on > timezone.localdate():
        raise ValidationError(_("L’accord de la personne ne peut pas être à venir."))
    text = " ".join(asked.text.split())
    if not text:
        raise ValidationError(_("Posez la question en une phrase."))
    now = timezone.now()
    row = Question(
        key=key,
        by=by,
        at=now,
        scope=patient.scope,
        patient=patient,
        text=text[:LONGEST_QUESTION],
        tried=asked.tried.strip()[:LONGEST],
        context=asked.context.strip()[:LONGEST_CONTEXT],
        shared=_shared(by, patient, asked.shared),
        hurry=asked.hurry.value,
        consented_on=consented_on,
        due_at=due_at(State.SENT, asked.hurry, now, rule("telehealth.questions.hours").value),
        **_door(by, to),
    )
    if not accounts_asked(row):
        raise ValidationError(
            _("Personne ne peut lire cette demande ici : choisissez un professionnel qui a un compte.")
        )
    if not databases.insert_new([row], unique=["by", "key"]):  # the same, at the same moment
        return _same(made_meanwhile(Question, by=by, key=key), patient)
    note_step(row, by=by, key=key, at=now)
    record(by, "telehealth.question_sent", row, {"hurry": [None, row.hurry]})
    if carried_from is not None:
        carry_files(row, carried_from, by=by)
    keep_files(row, files, by=by, side=Side.ASKER)
    link_expert(by, row)
    plan_deadline(row)
    tell_experts(row, by)
    return row


@transaction.atomic
def complete(
    *, by: Person, question: Question, text: str, key: str, files: Sequence[ShownFile] = ()
) -> Question:
    """Bring the precision that the expert asked for; it is theirs again. Raises as `send_question`."""
    row = asker_row(by, question)
    if known(by, key, row):
        return row
    said = _words(text, _("Écrivez la précision demandée."))
    if row.stands is not State.PRECISION:
        raise ValidationError(_("Aucune précision n’est demandée : rechargez la page."))
    move(row, State.TAKEN, by=by, key=key, text=said)
    keep_files(row, files, by=by, side=Side.ASKER)
    tell_expert(row, Template.ADVICE_COMPLETED, by)
    return row


@transaction.atomic
def withdraw(*, by: Person, question: Question, reason: str, key: str) -> Question:
    """Take a question back: the expert reads it no more. Raises ValidationError."""
    row = asker_row(by, question)
    if known(by, key, row):
        return row
    said = _words(reason, _("Dites pourquoi la demande est retirée."))
    return move(row, State.WITHDRAWN, by=by, key=key, text=said, read_at=timezone.now(), read_by=by)


@transaction.atomic
def acknowledge(*, by: Person, question: Question) -> Question:
    """Note that the outcome was read by whoever asked; again, nothing changes.

    Raises PermissionDenied; ValidationError while nothing came back.
    """
    row = asker_row(by, question)
    if row.read_at is not None:
        return row
    if row.is_open:
        raise ValidationError(_("Rien n’est encore revenu de cette demande."))
    row.read_at, row.read_by = timezone.now(), by
    row.save(update_fields=["read_at", "read_by"])
    record(by, "telehealth.question_read", row, {})
    return row


def asker_row(by: Person, question: Question) -> Question:
    """Return the row, locked, for whoever asked or who writes the health of the person with them.

    Raises PermissionDenied.
    """
    row = locked(question)
    care.require_writer(by, row.patient, people.Part.HEALTH)
    return row


def _door(by: Person, to: To) -> dict[str, object]:
    """Return the columns that say of whom it is asked. Raises ValidationError for oneself."""
    if isinstance(to, directory.Professional):
        if to.account_id == by.pk:
            raise ValidationError(_("Choisissez quelqu’un d’autre que vous."))
        return {"to_professional": to}
    return {"to_structure": to} if isinstance(to, directory.Structure) else {"to_group": to}


def _shared(by: Person, patient: people.Patient, chosen: Collection[Shared]) -> dict[str, str]:
    """Return the extracts chosen, as they are now; those of the plan, where `by` reads it."""
    reads = people.parts_read(by, patient)
    found = extracts(patient)
    return {
        kind.value: found[kind]
        for kind in Shared
        if kind in chosen
        and kind in found
        and reads[people.Part.HEALTH if kind is Shared.MEASURES else people.Part.PLAN].is_allowed
    }


def _words(text: str, otherwise: str) -> str:
    said = text.strip()[:LONGEST]
    if not said:
        raise ValidationError(otherwise)
    return said


def _same(row: Question, patient: people.Patient) -> Question:
    """Return what the same write made. Raises ValidationError where it was about somebody else."""
    return same_write(row, is_same=row.patient_id == patient.pk)
