"""What an expert does with a question: takes it, asks for a precision, answers, declines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel.models import Person
from maillage.telehealth.actions.files import ShownFile, keep_files
from maillage.telehealth.actions.following import Template, known, locked, move, tell_asker
from maillage.telehealth.models import Question
from maillage.telehealth.models.questions import entrusted_to, offered_to, sheet_of
from maillage.telehealth.rules.questions import Appointment, Side, State

LONGEST_ANSWER, LONGEST, LONGEST_WHEN = 1500, 1000, 120


@dataclass(frozen=True, slots=True)
class Advice:
    """An answer: what the expert thinks, what to do, when to see the person, the appointment needed."""

    answer: str
    todo: str = ""
    see_when: str = ""
    appointment: Appointment = Appointment.NONE


@transaction.atomic
def take(*, by: Person, question: Question, key: str) -> Question:
    """Take a question: of a group, the first has it. Taken already by the same, nothing changes.

    Raises PermissionDenied where it is not asked of `by`; ValidationError where somebody took it meanwhile.
    """
    row, sheet = _mine(by, question)
    if row.taken_by_id == sheet.pk:
        return row
    if row.taken_by is not None:
        raise ValidationError(_("{name} l’a prise juste avant vous.").format(name=row.taken_by))
    return move(row, State.TAKEN, by=by, key=key, taken_by=sheet, taken_at=timezone.now())


@transaction.atomic
def ask_precision(*, by: Person, question: Question, text: str, key: str) -> Question:
    """Ask whoever asked for what is missing; taken with it where it was not. Raises as `take`."""
    row, sheet = _mine(by, question)
    if known(by, key, row):
        return row
    said = _words(text, _("Écrivez ce qui manque pour répondre."), LONGEST)
    _take_with_it(row, sheet, by, key)
    move(row, State.PRECISION, by=by, key=key, text=said)
    tell_asker(row, Template.ADVICE_PRECISION, by)
    return row


@transaction.atomic
def answer(
    *, by: Person, question: Question, advice: Advice, key: str, files: Sequence[ShownFile] = ()
) -> Question:
    """Give the advice; taken with it where it was not. The same again changes nothing. Raises as `take`."""
    row, sheet = _mine(by, question)
    if known(by, key, row):
        return row
    said = _words(advice.answer, _("Écrivez votre réponse."), LONGEST_ANSWER)
    _take_with_it(row, sheet, by, key)
    move(
        row,
        State.ANSWERED,
        by=by,
        key=key,
        answer=said,
        todo=advice.todo.strip()[:LONGEST],
        see_when=" ".join(advice.see_when.split())[:LONGEST_WHEN],
        appointment=advice.appointment.value,
    )
    keep_files(row, files, by=by, side=Side.EXPERT)
    tell_asker(row, Template.ADVICE_ANSWERED, by)
    return row


@transaction.atomic
def decline(*, by: Person, question: Question, reason: str, key: str) -> Question:
    """Give a question back with the reason: by the one who was chosen, or who took it. Raises as `take`.

    Of a group, nobody declines for the others: who does not want it leaves it.
    """
    row = locked(question)
    if known(by, key, row):  # once declined, it is no longer theirs
        return row
    row, sheet = _mine(by, row)
    said = _words(reason, _("Dites pourquoi : la personne qui demande le lira."), LONGEST)
    if row.expert != sheet:
        raise ValidationError(_("Cette demande est à plusieurs : laissez-la à qui la prendra."))
    move(row, State.DECLINED, by=by, key=key, text=said)
    tell_asker(row, Template.ADVICE_RETURNED, by)
    return row


def _mine(by: Person, question: Question) -> tuple[Question, directory.Professional]:
    """Return the row, locked, and the sheet of `by`, of whom it is asked.

    Raises PermissionDenied; ValidationError where another of the group has it.
    """
    row, sheet = locked(question), sheet_of(by)
    asked = Question.objects.keyed(row.pk).filter(entrusted_to(by) | offered_to(by))
    if sheet is None or not asked.exists():
        if sheet is not None and row.taken_by is not None and row.to_professional is None:
            raise ValidationError(_("{name} l’a prise juste avant vous.").format(name=row.taken_by))
        raise PermissionDenied(_("Cette demande d’avis ne vous est pas adressée."))
    return row, sheet


def _take_with_it(row: Question, sheet: directory.Professional, by: Person, key: str) -> None:
    if row.taken_by is None and row.stands is State.SENT:
        move(row, State.TAKEN, by=by, key=f"take-{key}"[:64], taken_by=sheet, taken_at=timezone.now())


def _words(text: str, otherwise: str, longest: int) -> str:
    said = text.strip()[:longest]
    if not said:
        raise ValidationError(otherwise)
    return said
