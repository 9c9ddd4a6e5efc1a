"""What becomes of an advice: one gesture opens a task, or writes it into the shared plan."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.kernel import formats, journal
from maillage.kernel.models import Person
from maillage.telehealth.actions.following import record
from maillage.telehealth.actions.questions import acknowledge, asker_row
from maillage.telehealth.models import Question
from maillage.telehealth.rules.questions import State

LONGEST_TITLE = 200


@transaction.atomic
def open_task(*, by: Person, question: Question) -> Question:
    """Open the task that an advice asks for, one's own; opened already, the same. Reads the advice too.

    Raises PermissionDenied, ValidationError.
    """
    row = _answered(by, question)
    if row.task is None:
        row.task = care.open_task(
            by=by,
            scope=row.scope,
            patient=row.patient,
            owner=by,
            title=what_to_do(row)[:LONGEST_TITLE],
            why=row.answer,
            key=f"advice-{row.pk}",
            source=journal.target_of(row),
        )
        row.save(update_fields=["task"])
    return acknowledge(by=by, question=row)


@transaction.atomic
def write_plan(*, by: Person, question: Question) -> Question:
    """Write what an advice asks for among the interventions of the shared plan; again, nothing changes.

    Reads the advice too. Raises PermissionDenied, ValidationError.
    """
    row = _answered(by, question)
    if row.plan_version is None:
        plan = care.plan_of(row.patient)
        content = dict(plan.content) if plan is not None else {}
        entry = f"intervention.{hashlib.sha256(journal.target_of(row).encode()).hexdigest()[:8]}"
        note = _("Avis de {name}, {day}").format(name=row.taken_by, day=formats.date_short(row.closed_at))
        place = str(len(care.plan_entries(content, "intervention")) + 1)
        content |= {f"{entry}.text": what_to_do(row), f"{entry}.note": note, f"{entry}.place": place}
        base = plan.current.number if plan is not None else 0
        saved = care.save_plan(by=by, patient=row.patient, base=base, content=content, note=note)
        row.plan_version = saved.version.number
        row.save(update_fields=["plan_version"])
        record(by, "telehealth.question_planned", row, {})
    return acknowledge(by=by, question=row)


def what_to_do(row: Question) -> str:
    """Return in one line what an advice asks for; the answer itself where nothing more was said."""
    return " ".join((row.todo or row.answer).split())


def _answered(by: Person, question: Question) -> Question:
    row = asker_row(by, question)
    if row.stands is not State.ANSWERED:
        raise ValidationError(_("Aucun avis n’est encore rendu."))
    return row
