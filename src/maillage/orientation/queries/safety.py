"""Whether a request may be answered in town: one reading, that every door and every screen asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from maillage.kernel.models import Scope
from maillage.kernel.statements import Statement, given
from maillage.orientation.models import Request, SafetyAnswer, SafetySheet, SpokenCheck
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.lists import motive_rules
from maillage.orientation.rules.safety import (
    MotiveRule,
    Obstacle,
    Question,
    answers_with_known,
    is_red_flag,
    obstacle,
    unanswered,
)
from maillage.orientation.rules.vocabulary import Answer

_SHEETS: Statement[SafetySheet] = Statement(lambda: SafetySheet.objects.filter(is_current=True))
_ANSWERS: Statement[SafetyAnswer] = Statement(
    lambda: SafetyAnswer.objects.of_request(given("request")).select_related("sheet", "by")
)
#: The latest first.
_CHECKS: Statement[SpokenCheck] = Statement(
    lambda: (
        SpokenCheck.objects.of_request(given("request"))
        .filter(motive=given("motive"))
        .select_related("by")
        .order_by("-pk")
    )
)


class _Person(TypedDict):
    """What is known of a person that answers by itself."""

    age_months: int | None
    sex: str


@dataclass(frozen=True, slots=True)
class Flag:
    """An answer that alarms: to which question, and whether the age or the sex gave it."""

    question: Question
    answer: Answer
    is_known: bool


@dataclass(frozen=True, slots=True)
class Clearance:
    """What is known of the safety of a request.

    `given`: the answers to the sheets in use for its motive, by (sheet, question), those that its age or sex
    gives included and named in `known`. `flags`: what alarms, of sheets asked for an earlier motive too.
    `check`: the spoken check that holds for its motive at its age.
    """

    request: Request
    rule: MotiveRule
    sheets: list[SafetySheet]
    answers: list[SafetyAnswer]
    given: dict[tuple[int, str], Answer]
    known: frozenset[tuple[int, str]]
    missing: dict[int, list[str]]
    flags: list[Flag]
    check: SpokenCheck | None

    @property
    def alarms(self) -> bool:
        """Whether the motive itself, or an answer, leads to the 15."""
        return self.rule is MotiveRule.VITAL or bool(self.flags)

    @property
    def obstacle(self) -> Obstacle | None:
        """Why no answer in town may be given, None where nothing forbids it; what was kept counts too."""
        return obstacle(
            self.rule,
            priority=self.request.priority,
            has_red_flag=self.alarms or self.request.has_red_flag,
            sheets=len(self.sheets),
            missing=self.missing,
            is_checked=self.check is not None,
        )

    def facts(self) -> dict[str, Answer]:
        """Return what the answers say of the person, by the fact that a question is about."""
        asked = {(sheet.pk, one.key): one for sheet in self.sheets for one in sheet.asked}
        return {asked[place].fact: answer for place, answer in self.given.items() if asked[place].fact}


def clearance(request: Request) -> Clearance:
    """Read what is known of the safety of a request that was itself read in scope."""
    in_use = sheets_for(request.motive, request.scope)
    age, sex = age_of(request), request.patient.sex if request.patient else ""
    found = motive_rules().of(request.motive, age)
    is_kept = request.pk is not None and getattr(request, "has_answers", True)
    answers = _ANSWERS.rows(request=request.pk) if is_kept else []
    sheets = _asked(request.motive, in_use, answers, _Person(age_months=age, sex=sex))
    given: dict[tuple[int, str], Answer] = {}
    known: set[tuple[int, str]] = set()
    flags: list[Flag] = []
    asked = {sheet.pk: sheet for sheet in sheets}
    for pk, sheet in ({one.sheet_id: one.sheet for one in answers} | asked).items():
        questions = {one.key: one for one in sheet.asked}
        rows = [one for one in answers if one.sheet_id == pk and one.question in questions]
        said = {one.question: Answer(one.answer) for one in rows}
        # A sheet of an earlier motive says what was answered, not what nobody asked.
        concerned = [one for one in questions.values() if pk in asked or one.key in said]
        for key, answer in answers_with_known(concerned, said, age_months=age, sex=sex).items():
            is_known = questions[key].answer_known(age, sex) is not None
            if is_red_flag(questions[key], answer):
                flags.append(Flag(questions[key], answer, is_known))
            if pk in asked:
                given[pk, key] = answer
                known |= {(pk, key)} if is_known else set()
    missing = {
        sheet.pk: unanswered(
            sheet.asked, {key: answer for (pk, key), answer in given.items() if pk == sheet.pk}
        )
        for sheet in sheets
    }
    return Clearance(
        request,
        found,
        sheets,
        answers,
        given,
        frozenset(known),
        {pk: keys for pk, keys in missing.items() if keys},
        flags,
        spoken_check(request) if found is MotiveRule.UNSHEETED and not sheets else None,
    )


def sheets_for(motive: str, scope: Scope | None = None) -> list[SafetySheet]:
    """Return the sheets in use at a desk for a motive; none is written for many, and the screen says so.

    An example of the installation is asked only where the desk has no sheet of its own for that motive.
    """
    desks = {None, scope.pk if scope else None}
    found = [one for one in _SHEETS.rows() if motive in one.motives and one.scope_id in desks]
    own = [one for one in found if one.scope_id is not None]
    return own or found


def _asked(
    motive: str, in_use: list[SafetySheet], answers: list[SafetyAnswer], person: _Person
) -> list[SafetySheet]:
    """Return the sheets that a request is judged by: a version answered in full stays the one that holds.

    A sheet changed or retired afterwards does not ask again somebody who answered, nor forgets the answers.
    """
    said: dict[SafetySheet, dict[str, Answer]] = {}
    for one in answers:
        said.setdefault(one.sheet, {})[one.question] = Answer(one.answer)
    answered_at = max((one.at for one in answers), default=None)
    kept = {
        sheet.code: sheet
        for sheet, given in sorted(said.items(), key=lambda pair: pair[0].version)
        if motive in sheet.motives
        and sheet not in in_use
        and not unanswered(sheet.asked, answers_with_known(sheet.asked, given, **person))
    }
    current = [
        sheet
        for sheet in in_use
        if sheet.code not in kept and not (kept and answered_at and _is_later(sheet, answered_at))
    ]
    return [*kept.values(), *current]


def _is_later(sheet: SafetySheet, moment: datetime) -> bool:
    return sheet.published_at is not None and sheet.published_at > moment


def spoken_check(request: Request) -> SpokenCheck | None:
    """Return the latest spoken check made for the motive and the age that the request has now."""
    if not request.pk:
        return None
    rows = _CHECKS.rows(request=request.pk, motive=request.motive)
    return next((one for one in rows if one.age_months == age_of(request)), None)
