"""The sheets of a motive, the answers of a request."""

from __future__ import annotations

from maillage.orientation.models import Request, SafetyAnswer, SafetySheet
from maillage.orientation.rules.vocabulary import Answer
from maillage.orientation.rules.workflow import unanswered


def sheets_for(motive: str) -> list[SafetySheet]:
    """Return the sheets in use for a motive; none is written for many, and the screen says so."""
    return [one for one in SafetySheet.objects.filter(is_current=True) if motive in one.motives]


def answers_of(request: Request) -> list[SafetyAnswer]:
    """Return the answers of a request that was read in scope, for the sheets of its motive."""
    rows = SafetyAnswer.objects.of_request(request).filter(sheet__in=sheets_for(request.motive))
    return list(rows.select_related("sheet", "by"))


def has_red_flag(request: Request) -> bool:
    """Return whether an answer, to any sheet, is a red flag: a change of motive does not lift it."""
    return SafetyAnswer.objects.of_request(request).filter(is_red_flag=True).exists()


def missing_answers(request: Request) -> dict[int, list[str]]:
    """Return the questions without an answer, by sheet; empty where all is answered or nothing is asked."""
    sheets = sheets_for(request.motive)
    given = SafetyAnswer.objects.of_request(request).filter(sheet__in=sheets) if sheets else []
    missing = {
        sheet.pk: unanswered(
            sheet.asked, {one.question: Answer(one.answer) for one in given if one.sheet_id == sheet.pk}
        )
        for sheet in sheets
    }
    return {pk: keys for pk, keys in missing.items() if keys}
