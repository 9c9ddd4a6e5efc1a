"""The sheets of a motive, the answers of a request."""

from __future__ import annotations

from collections.abc import Iterable

from maillage.orientation.models import Request, SafetyAnswer, SafetySheet
from maillage.orientation.rules.vocabulary import Answer
from maillage.orientation.rules.workflow import unanswered


def sheets_for(motive: str) -> list[SafetySheet]:
    """Return the sheets in use for a motive; none is written for many, and the screen says so."""
    return [one for one in SafetySheet.objects.filter(is_current=True) if motive in one.motives]


def answers_of(request: Request, sheets: list[SafetySheet] | None = None) -> list[SafetyAnswer]:
    """Return the answers of a request that was read in scope, for the sheets of its motive."""
    asked = sheets_for(request.motive) if sheets is None else sheets
    rows = SafetyAnswer.objects.of_request(request).filter(sheet__in=asked)
    return list(rows.select_related("sheet", "by")) if asked else []


def has_red_flag(request: Request) -> bool:
    """Return whether an answer, to any sheet, is a red flag: a change of motive does not lift it."""
    return SafetyAnswer.objects.of_request(request).filter(is_red_flag=True).exists()


def missing_answers(request: Request) -> dict[int, list[str]]:
    """Return the questions without an answer, by sheet; empty where all is answered or nothing is asked."""
    sheets = sheets_for(request.motive)
    given = SafetyAnswer.objects.of_request(request).filter(sheet__in=sheets) if sheets else []
    return missing_of(sheets, given)


def missing_of(sheets: list[SafetySheet], given: Iterable[SafetyAnswer]) -> dict[int, list[str]]:
    """Return which questions of the sheets nobody has answered, by sheet."""
    known = list(given)
    missing = {
        sheet.pk: unanswered(
            sheet.asked, {one.question: Answer(one.answer) for one in known if one.sheet_id == sheet.pk}
        )
        for sheet in sheets
    }
    return {pk: keys for pk, keys in missing.items() if keys}
