"""The answers to the questions of a sheet; the example sheets."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.orientation.actions.appointments import release_appointment, release_held
from maillage.orientation.actions.errors import OrientationError, Refusal
from maillage.orientation.actions.rights import in_hand, tell
from maillage.orientation.models import Request, SafetyAnswer, SafetySheet
from maillage.orientation.queries.safety import has_red_flag
from maillage.orientation.rules.vocabulary import Answer, State
from maillage.orientation.rules.workflow import FORBIDDEN_BY_RED_FLAG, is_red_flag

EXAMPLES = "orientation.sheets.examples"


@transaction.atomic
def answer_questions(
    *, by: Person, request: Request, sheet: SafetySheet, answers: Mapping[str, Answer]
) -> Request:
    """Note the answers to some questions of a sheet; a red flag sends the request back from any proposal.

    An answer may be corrected; the journal keeps that it was. Raises PermissionDenied, OrientationError.
    """
    row = in_hand(by, request)
    if State(row.state) in {State.TRANSFERRED, State.CLOSED, State.NEW}:
        raise OrientationError(Refusal.STATE)
    if not sheet.is_current or row.motive not in sheet.motives:
        raise OrientationError(Refusal.OLD_SHEET)
    questions = {one.key: one for one in sheet.asked}
    if set(answers) - set(questions):
        raise OrientationError(Refusal.OTHER_QUESTION)
    now = timezone.now()
    for key, answer in answers.items():
        values = {
            "answer": answer.value,
            "is_red_flag": is_red_flag(questions[key], answer),
            "by": by,
            "at": now,
        }
        found = SafetyAnswer.objects.of_request(row)
        found.update_or_create(request=row, sheet=sheet, question=key, defaults=values)
    row.has_red_flag = has_red_flag(row)
    if row.has_red_flag and State(row.state) in FORBIDDEN_BY_RED_FLAG:
        release_held(row)
        if row.state == State.BOOKED.value:
            release_appointment(by, row, key=f"orientation-{row.pk}-red-flag")
        row.state, row.state_since = State.IN_HAND.value, now
    row.save()
    tell(by, row, "orientation.answered", {"sheet": sheet.pk, "questions": sorted(answers)})
    return row


@transaction.atomic
def create_example_sheets(*, by: Person | None) -> int:
    """Write the example sheets of the rule `orientation.sheets.examples` once; return how many there are."""
    source = rule(EXAMPLES)
    made = 0
    for one in source.value:
        values = {name: one[name] for name in ("title", "motives", "questions")}
        defaults = {**values, "author": source.source, "certainty": source.certainty, "is_validated": False}
        _sheet, is_new = SafetySheet.objects.get_or_create(
            code=one["code"], version=one["version"], defaults=defaults
        )
        made += is_new
    if made:
        target = SafetySheet._meta.label_lower
        journal.record(by=by, verb="orientation.sheets_prepared", target=target, changes={"sheets": made})
    return len(source.value)
