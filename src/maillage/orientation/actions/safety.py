"""The answers to the questions of a sheet, the spoken check where there is none; the example sheets."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.applying_safety import apply_safety
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.rights import REFUSAL_OF, locked_for, tell
from maillage.orientation.models import Request, SafetyAnswer, SafetySheet, SpokenCheck
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.safety import clearance
from maillage.orientation.rules.safety import Obstacle, is_red_flag
from maillage.orientation.rules.vocabulary import Answer, CallerKind, State

EXAMPLES = "orientation.sheets.examples"


@transaction.atomic
def answer_questions(
    *, by: Person, request: Request, sheet: SafetySheet, answers: Mapping[str, Answer]
) -> Request:
    """Note the answers to some questions of a sheet; a red flag sends the request back from any proposal.

    An answer may be corrected; the journal keeps that it was. What the age or the sex of the person answers
    is not asked, and such an answer is not kept. Raises PermissionDenied, OrientationError.
    """
    row = locked_for(by, request)
    if State(row.state) in {State.TRANSFERRED, State.CLOSED, State.NEW}:
        raise OrientationError(Refusal.STATE)
    found = clearance(row)
    if sheet not in found.sheets:
        raise OrientationError(Refusal.OLD_SHEET)
    questions = {one.key: one for one in sheet.asked}
    if set(answers) - set(questions):
        raise OrientationError(Refusal.OTHER_QUESTION)
    known = found.known
    now = timezone.now()
    for key, answer in answers.items():
        if (sheet.pk, key) in known:
            continue
        values = {
            "answer": answer.value,
            "is_red_flag": is_red_flag(questions[key], answer),
            "by": by,
            "at": now,
        }
        rows = SafetyAnswer.objects.of_request(row)
        rows.update_or_create(request=row, sheet=sheet, question=key, defaults=values)
    apply_safety(by, row)
    row.save()
    tell(by, row, "orientation.answered", {"sheet": sheet.pk, "questions": sorted(answers)})
    return row


@transaction.atomic
def confirm_spoken_check(
    *, by: Person, request: Request, said_by: CallerKind, note: str, name: str = ""
) -> SpokenCheck:
    """Keep that nothing alarming was said, for a motive that no sheet asks about; nobody may book before it.

    `said_by` and `name`: who answered on the phone; `note`: what was asked and answered. It holds for the
    motive and the age that the request has now. Raises PermissionDenied, OrientationError (a vital motive, a
    motive whose sheet must be answered, no note).
    """
    row = locked_for(by, request)
    if State(row.state) not in {State.IN_HAND, State.PROPOSED}:
        raise OrientationError(Refusal.STATE)
    found = clearance(row)
    if found.obstacle not in {Obstacle.UNCHECKED, None}:
        raise OrientationError(REFUSAL_OF[found.obstacle])
    if found.sheets:
        raise OrientationError(Refusal.NO_CHECK)
    if not note.strip():
        raise OrientationError(Refusal.NO_CHECK_NOTE)
    made = SpokenCheck.objects.create(
        request=row, motive=row.motive, age_months=age_of(row), said_by=said_by.value,
        name=name.strip()[:120], note=note.strip()[:1000], by=by,
    )  # fmt: skip
    row.save()
    tell(by, row, "orientation.spoken_check", {"check": made.pk, "said_by": said_by.value})
    return made


@transaction.atomic
def create_example_sheets(*, by: Person | None) -> int:
    """Write the example sheets of the rule `orientation.sheets.examples` once; return how many there are.

    An older version of one of them is asked no more.
    """
    source = rule(EXAMPLES)
    made = 0
    for one in source.value:
        values = {name: one[name] for name in ("title", "title_en", "motives", "questions")}
        older = SafetySheet.objects.filter(code=one["code"], version__lt=one["version"], is_current=True)
        older.update(is_current=False)
        defaults = {
            **values, "author": source.source, "certainty": source.certainty, "is_validated": False,
            "published_at": timezone.now(), "is_current": True,
        }  # fmt: skip
        _sheet, is_new = SafetySheet.objects.get_or_create(
            code=one["code"], version=one["version"], defaults=defaults
        )
        made += is_new
    if made:
        target = SafetySheet._meta.label_lower
        journal.record(
            by=by, verb="orientation.sheets_prepared", target=target, changes={"sheets": made}, scope=None
        )
    return len(source.value)
