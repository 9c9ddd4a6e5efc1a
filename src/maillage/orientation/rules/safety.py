"""What forbids an answer in town: the rule of the motive, the questions of its sheets, what the age answers.

Every door to a slot asks `obstacle`, and nothing else decides: what is not known forbids.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from maillage.orientation.rules.vocabulary import Answer, Priority

#: Priorities that go to a physician at once and never enter slot search.
URGENT = frozenset({Priority.P0, Priority.P1})
GROUP_ENDING = ".00"


class MotiveRule(StrEnum):
    """What a motive asks for before a slot."""

    VITAL = "vital"
    """The 15 at once, no slot."""
    QUESTIONED = "questioned"
    """A sheet answered in full; without a sheet in use, no slot."""
    UNSHEETED = "unsheeted"
    """No sheet is written: a spoken check, kept with who said it; a sheet in use is asked in full."""
    IMPRECISE = "imprecise"
    """A group of motives, not said, or in no list: a motive is chosen first."""


class Obstacle(StrEnum):
    """Why no answer in town may be given yet, the most pressing first."""

    VITAL = "vital"
    RED_FLAG = "red_flag"
    URGENT = "urgent"
    IMPRECISE = "imprecise"
    NO_SHEET = "no_sheet"
    UNANSWERED = "unanswered"
    UNCHECKED = "unchecked"


#: Those that lead to the 15: what was held is free again, what was decided comes back to the desk.
TO_THE_15 = frozenset({Obstacle.VITAL, Obstacle.RED_FLAG, Obstacle.URGENT})


@dataclass(frozen=True, slots=True)
class MotiveRules:
    """The codes of each rule, and the age in months under which a motive is vital."""

    vital: frozenset[str]
    questioned: frozenset[str]
    unsheeted: frozenset[str]
    vital_under: Mapping[str, int]

    def of(self, motive: str, age_months: int | None) -> MotiveRule:
        """Return what a motive asks for at an age; a code of two lists takes the stricter."""
        limit = self.vital_under.get(motive, 0)
        if motive in self.vital or (age_months is not None and age_months < limit):
            return MotiveRule.VITAL
        if motive.endswith(GROUP_ENDING):
            return MotiveRule.IMPRECISE
        if motive in self.questioned:
            return MotiveRule.QUESTIONED
        return MotiveRule.UNSHEETED if motive in self.unsheeted else MotiveRule.IMPRECISE


@dataclass(frozen=True, slots=True)
class Known:
    """An answer that the age or the sex of the person gives; ages in months, the end left out."""

    answer: Answer
    sex: str = ""
    under_months: int | None = None
    from_months: int | None = None

    def holds(self, age_months: int | None, sex: str) -> bool:
        """Return whether what is known of the person fulfils every condition."""
        if self.sex and self.sex != sex:
            return False
        if self.under_months is not None and (age_months is None or age_months >= self.under_months):
            return False
        return self.from_months is None or (age_months is not None and age_months >= self.from_months)


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a safety sheet: the answer `red_flag` alarms; None: no answer does, it only informs.

    `known`: what the person's age or sex already answers. `fact`: what a « yes » says of the person, where a
    protocol asks for it.
    """

    key: str
    text: str
    red_flag: Answer | None = Answer.YES
    text_en: str = ""
    known: tuple[Known, ...] = ()
    fact: str = ""

    def answer_known(self, age_months: int | None, sex: str) -> Answer | None:
        """Return what the age or the sex answers; None where somebody must be asked."""
        return next((one.answer for one in self.known if one.holds(age_months, sex)), None)


def question_from(stored: Mapping[str, Any]) -> Question:
    """Read a question as a sheet stores it. Raises ValueError for an answer that is none."""
    known = tuple(
        Known(Answer(one["answer"]), one.get("sex", ""), one.get("under_months"), one.get("from_months"))
        for one in stored.get("known", ())
    )
    flag = Answer(stored["red_flag"]) if stored["red_flag"] else None
    return Question(
        stored["key"], stored["text"], flag, stored.get("text_en", ""), known, stored.get("fact", "")
    )


def is_red_flag(question: Question, answer: Answer) -> bool:
    """Return whether an answer is a red flag; not to know is one, until somebody knows.

    >>> is_red_flag(Question("breathing", "Respire-t-il mal ?"), Answer.UNKNOWN)
    True
    """
    return question.red_flag is not None and answer in {question.red_flag, Answer.UNKNOWN}


def unanswered(questions: Iterable[Question], answers: Mapping[str, Answer]) -> list[str]:
    """Return the keys of the questions nobody has answered yet, in the order of the sheet."""
    return [one.key for one in questions if one.key not in answers]


def answers_with_known(
    questions: Iterable[Question], given: Mapping[str, Answer], *, age_months: int | None, sex: str
) -> dict[str, Answer]:
    """Return the answers to some questions: what the age or the sex says stands over what was said."""
    answers = dict(given)
    for one in questions:
        known = one.answer_known(age_months, sex)
        if known is not None:
            answers[one.key] = known
    return answers


def enters_slot_search(priority: str) -> bool:
    """Return whether a slot may be searched: never for P0 or P1; an unsaid priority is not an urgent one."""
    return priority not in {one.value for one in URGENT}


def obstacle(
    motive_rule: MotiveRule,
    *,
    priority: str,
    has_red_flag: bool,
    sheets: int,
    missing: Collection[object],
    is_checked: bool,
) -> Obstacle | None:
    """Return why a request may not be answered in town yet, None where nothing forbids it.

    `sheets`: how many are in use for its motive; `missing`: the questions without an answer; `is_checked`:
    whether the spoken check was made for this motive at this age.
    """
    if motive_rule is MotiveRule.VITAL:
        return Obstacle.VITAL
    if has_red_flag:
        return Obstacle.RED_FLAG
    if not enters_slot_search(priority):
        return Obstacle.URGENT
    if motive_rule is MotiveRule.IMPRECISE:
        return Obstacle.IMPRECISE
    if sheets:
        return Obstacle.UNANSWERED if missing else None
    if motive_rule is MotiveRule.QUESTIONED:
        return Obstacle.NO_SHEET
    return None if is_checked else Obstacle.UNCHECKED
