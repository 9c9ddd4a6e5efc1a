"""Keeps the photos and documents that come with a question or its answer, in its transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.telehealth.actions.following import record
from maillage.telehealth.models import Question, QuestionFile
from maillage.telehealth.rules.questions import LONGEST_SEEN, Side

#: Longest side of a thumbnail, in pixels: what a telephone shows across its screen.
THUMBNAIL = 360


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file written anew, and in words what it shows: for whoever does not see it, and to find it again."""

    file: exchange.TakenFile
    seen: str = ""


def keep_files(question: Question, files: Sequence[ShownFile], *, by: Person, side: Side) -> None:
    """Keep files with a locked question, after those it has. Raises ValidationError."""
    if not files:
        return
    if len(files) > (most := rule("exchange.attachments.number").value):
        text = _("Une demande porte {number} fichiers au plus à la fois.")
        raise ValidationError(text.format(number=formats.number(most)))
    said = [(one.file, " ".join(one.seen.split())[:LONGEST_SEEN]) for one in files]
    for file, seen in said:
        if file.is_photo and not seen:
            text = _("Dites en quelques mots ce que l’on voit sur « {name} ».")
            raise ValidationError(text.format(name=file.name))
    first = QuestionFile.objects.of(question).count() + 1
    QuestionFile.objects.bulk_create(
        QuestionFile(
            question=question,
            side=side.value,
            by=by,
            position=place,
            seen=seen,
            thumbnail=file.thumbnail(THUMBNAIL),
            **file.columns,
        )
        for place, (file, seen) in enumerate(said, start=first)
    )
    record(by, "telehealth.question_files", question, {"files": [first - 1, first - 1 + len(said)]})


def carry_files(question: Question, earlier: Question, *, by: Person) -> None:
    """Show again, with a new question, what was shown with one that came back. Raises ValidationError."""
    if earlier.patient_id != question.patient_id:
        raise ValidationError(_("Ces photos sont d’une autre personne : rien n’est envoyé."))
    rows = list(QuestionFile.objects.of(earlier).filter(side=Side.ASKER.value))
    if not rows:
        return
    first = QuestionFile.objects.of(question).count() + 1
    for place, row in enumerate(rows, start=first):
        row.pk, row.question, row.by, row.at, row.position = None, question, by, question.at, place
    QuestionFile.objects.bulk_create(rows)
    record(by, "telehealth.question_files", question, {"files": [first - 1, first - 1 + len(rows)]})
