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


#: From what asks for most before a slot to what asks for least; a motive to be made precise may become any.
_STRICTNESS = (MotiveRule.UNSHEETED, MotiveRule.IMPRECISE, MotiveRule.QUESTIONED, MotiveRule.VITAL)
_LOOSENED = frozenset({MotiveRule.VITAL, MotiveRule.QUESTIONED})
_PRIORITIES = tuple(Priority)


def is_weaker_rule(before: MotiveRule, after: MotiveRule) -> bool:
    """Return whether a motive that was vital, or questioned, asks for less than before."""
    return before in _LOOSENED and _STRICTNESS.index(after) < _STRICTNESS.index(before)


def is_lower_priority(before: str, after: str) -> bool:
    """Return whether a priority that somebody said becomes a lesser one, or none.

    >>> is_lower_priority("P1", ""), is_lower_priority("", "P3"), is_lower_priority("P2", "P1")
    (True, False, False)
    """
    if not before:
        return False
    return not after or _PRIORITIES.index(Priority(after)) > _PRIORITIES.index(Priority(before))


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

    def vital_at_some_age(self) -> frozenset[str]:
        """Return the motives that lead to the 15 by themselves, at every age or under one."""
        return self.vital | {motive for motive, months in self.vital_under.items() if months > 0}


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


def only_for(*, from_months: int | None, under_months: int | None, sex: str) -> tuple[Known, ...]:
    """Return what is known of a question that concerns some ages and one sex only: elsewhere, « no ».

    Ages in months, the end left out; None and "" are no limit. Where the age or the sex is unknown, somebody
    is asked.
    """
    known = []
    if from_months is not None:
        known.append(Known(Answer.NO, under_months=from_months))
    if under_months is not None:
        known.append(Known(Answer.NO, from_months=under_months))
    if sex:
        known.append(Known(Answer.NO, sex=OTHER_SEX[sex]))
    return tuple(known)


OTHER_SEX = {"female": "male", "male": "female"}


def silenced(before: Iterable[Question], after: Iterable[Question]) -> list[Question]:
    """Return the questions of a sheet that alarm less in its next version, in the order of the sheet.

    One that is asked no more, whose alarming answer is another or none, or that somebody of some age or sex,
    known or not, was asked and is not any more. A question is the same by its text, spaces and case aside:
    one written anew is another, whatever key it keeps.
    """
    kept = {_same_text(one): one for one in after}
    return [
        one for one in before if one.red_flag is not None and _alarms_less(one, kept.get(_same_text(one)))
    ]


def _same_text(question: Question) -> str:
    return " ".join(question.text.split()).casefold()


def _alarms_less(before: Question, after: Question | None) -> bool:
    if after is None or after.red_flag is not before.red_flag:
        return True
    limits = {
        limit
        for one in (*before.known, *after.known)
        for limit in (one.under_months, one.from_months)
        if limit is not None
    }
    ages = [None, 0, *limits, *(limit - 1 for limit in limits if limit > 0)]
    return any(
        _may_alarm(before, age, sex) and not _may_alarm(after, age, sex)
        for age in ages
        for sex in ("", *OTHER_SEX)
    )


def _may_alarm(question: Question, age_months: int | None, sex: str) -> bool:
    """Return whether somebody is asked, or their age or sex alarms by itself."""
    known = question.answer_known(age_months, sex)
    return known is None or is_red_flag(question, known)


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What a version of a sheet asks: for which motives, in which order."""

    motives: frozenset[str]
    questions: tuple[Question, ...]


class SheetFault(StrEnum):
    """Why a version of a sheet may not be put in use."""

    NO_TITLE = "no_title"
    NO_MOTIVE = "no_motive"
    OTHER_MOTIVE = "other_motive"
    NO_QUESTION = "no_question"
    NO_ALARM = "no_alarm"
    REPEATED = "repeated"
    WEAKER = "weaker"


def sheet_fault(
    content: SheetContent, before: SheetContent | None, rules: MotiveRules, known_motives: Collection[str]
) -> SheetFault | None:
    """Return why a sheet may not be put in use, None where it may.

    `before`: the version that it replaces. A sheet never becomes weaker for a motive that is vital, at any
    age: none of its alarms is silenced, and the motive stays on it. A sheet whose answers never alarm asks
    for nothing, and would open a slot by itself.
    """
    if not content.motives:
        return SheetFault.NO_MOTIVE
    if content.motives - set(known_motives):
        return SheetFault.OTHER_MOTIVE
    if not content.questions:
        return SheetFault.NO_QUESTION
    texts = [_same_text(one) for one in content.questions]
    if len(set(texts)) < len(texts) or len({one.key for one in content.questions}) < len(texts):
        return SheetFault.REPEATED
    if all(one.red_flag is None for one in content.questions):
        return SheetFault.NO_ALARM
    if before is None:
        return None
    vital = before.motives & rules.vital_at_some_age()
    weaker = vital - content.motives or (vital and silenced(before.questions, content.questions))
    return SheetFault.WEAKER if weaker else None


def weakens_others(
    content: SheetContent, others: Iterable[SheetContent], stay: Iterable[SheetContent], rules: MotiveRules
) -> bool:
    """Return whether a sheet put in use silences an alarm of `others` for a motive that is vital at some age.

    `others`: the sheets asked for the same motives, which it displaces; `stay`: those asked with it.
    """
    return bool(silenced_in_others(content, others, stay, among=rules.vital_at_some_age()))


def silenced_in_others(
    content: SheetContent,
    others: Iterable[SheetContent],
    stay: Iterable[SheetContent],
    among: Collection[str] | None = None,
) -> list[Question]:
    """Return the questions of `others` that alarm less once a sheet displaces them, for a motive of `among`.

    None: for any of its motives. `others` and `stay` are those of `weakens_others`.
    """
    wanted = content.motives if among is None else content.motives & set(among)
    kept, found = list(stay), []
    for other in others:
        shared = wanted & other.motives
        asked = [one for sheet in kept if shared <= sheet.motives for one in sheet.questions]
        found += silenced(other.questions, [*asked, *content.questions]) if shared else []
    return found
