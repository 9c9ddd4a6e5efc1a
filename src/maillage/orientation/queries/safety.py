"""Whether a request may be answered in town: one reading, that every door and every screen asks."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.orientation.models import Request, SafetyAnswer, SafetySheet, SpokenCheck
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
    sheets = sheets_for(request.motive)
    found = motive_rules().of(request.motive, request.age_months)
    kept = SafetyAnswer.objects.of_request(request).select_related("sheet", "by")
    answers = list(kept) if request.pk else []
    person = {"age_months": request.age_months, "sex": request.patient.sex if request.patient else ""}
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
        for key, answer in answers_with_known(concerned, said, **person).items():
            is_known = questions[key].answer_known(**person) is not None
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


def is_vital(request: Request) -> bool:
    """Return whether the motive, at the age of the person, leads to the 15 by itself."""
    return motive_rules().of(request.motive, request.age_months) is MotiveRule.VITAL


def sheets_for(motive: str) -> list[SafetySheet]:
    """Return the sheets in use for a motive; none is written for many, and the screen says so."""
    return [one for one in SafetySheet.objects.filter(is_current=True) if motive in one.motives]


def spoken_check(request: Request) -> SpokenCheck | None:
    """Return the latest spoken check made for the motive and the age that the request has now."""
    if not request.pk:
        return None
    rows = SpokenCheck.objects.of_request(request).filter(motive=request.motive)
    return rows.filter(age_months=request.age_months).select_related("by").last()
