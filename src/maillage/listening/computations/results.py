"""From anonymous answers to what is shown of them: shares with their interval, nothing of a few people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from maillage.listening.models import Survey
from maillage.listening.queries import items as wording
from maillage.listening.queries import surveys as queries
from maillage.listening.queries.items import Item, Questionnaire
from maillage.listening.rules.results import (
    Limits,
    Sides,
    bound_of,
    counts_of,
    groups_said,
    is_many,
    is_said,
    shown_counts,
    sides_of,
)


@dataclass(frozen=True, slots=True)
class Score:
    """A share of favourable marks with its 95 % interval (Wilson), out of `total` marks."""

    total: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What is shown of one item.

    `score` is None where there are too few marks, or where one side is a few people: `bound` then says over
    or under which share. `counts` are those of each mark, None for what is hidden. `groups` are pairs of
    words and score.
    """

    item: Item
    total: int
    score: Score | None
    bound: tuple[bool, float] | None
    counts: tuple[int | None, ...] | None
    groups: tuple[tuple[str, Score], ...] = ()

    @property
    def is_few(self) -> bool:
        """Whether nothing is said of it: too few marks."""
        return self.score is None and self.bound is None


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What is shown of a survey that is over; `items` is empty under `limits.answers` answers."""

    survey: Survey
    answers: int
    on_paper: int
    limits: Limits
    items: tuple[ItemResult, ...]

    @property
    def is_shown(self) -> bool:
        """Whether there are enough answers for anything but their number to be said."""
        return bool(self.items)

    @property
    def worst(self) -> ItemResult | None:
        """The item with the fewest favourable marks, None where no score is said."""
        known = [(one.score.value, place) for place, one in enumerate(self.items) if one.score is not None]
        return self.items[min(known)[1]] if known else None

    def of(self, code: str) -> ItemResult | None:
        """Return what is shown of an item, None for one that was not asked or of which nothing is said."""
        return next((one for one in self.items if one.item.code == code and not one.is_few), None)


Answers = list[tuple[int, dict[str, int], str, bool]]


def results_of(survey: Survey, *, today: date | None = None) -> SurveyResult | None:
    """Return what is shown of a survey; None as long as it is not over in its territory."""
    return results_of_all([survey], today=today).get(survey.pk)


def results_of_all(surveys: Sequence[Survey], *, today: date | None = None) -> dict[int, SurveyResult]:
    """Return what is shown of those surveys that are over, by their key; one statement for all of them."""
    over = [one for one in surveys if one.is_closed(today or queries.today_of(one.scope))]
    answers = _by_survey(over)
    return {one.pk: _result(one, answers[one.pk]) for one in over}


def _result(survey: Survey, answers: Answers) -> SurveyResult:
    limits = wording.limits(survey.at.date())
    on_paper = sum(paper for _survey, _marks, _group, paper in answers)
    asked = wording.asked(survey)
    many = is_many(Sides(len(answers), 0), limits)
    items = tuple(_item(one, answers, asked, limits) for one in asked.items) if many else ()
    return SurveyResult(survey, len(answers), on_paper, limits, items)


def _item(item: Item, answers: Answers, asked: Questionnaire, limits: Limits) -> ItemResult:
    marks = [(group, given[item.code]) for _survey, given, group, _paper in answers if item.code in given]
    counts = counts_of(mark for _group, mark in marks)
    total = sides_of(counts, limits.favourable)
    by_group = {
        name: sides_of(counts_of(mark for group, mark in marks if group == name), limits.favourable)
        for name in asked.groups
    }
    return ItemResult(
        item,
        total.total,
        _score(total) if is_said(total, limits) else None,
        bound_of(total, limits),
        shown_counts(counts, limits),
        tuple((asked.groups[name], _score(by_group[name])) for name in groups_said(total, by_group, limits)),
    )


def _score(sides: Sides) -> Score:
    from maillage.engines.indicators import proportion  # here only: arrays that few requests need

    found = proportion(sides.favourable, sides.total)
    return Score(sides.total, float(found.value), float(found.low), float(found.high))


def marks_counted(surveys: Sequence[Survey]) -> dict[int, dict[str, tuple[int, ...]]]:
    """Return the counts of each mark by item, of those surveys that are over, where a score is said.

    For figures: no two marks of one answer stay together, and no side of an item is a few people.
    """
    over = [one for one in surveys if one.is_closed(queries.today_of(one.scope))]
    answers = _by_survey(over)
    return {one.pk: _counts(one, answers[one.pk]) for one in over}


def _counts(survey: Survey, answers: Answers) -> dict[str, tuple[int, ...]]:
    limits = wording.limits(survey.at.date())
    if not is_many(Sides(len(answers), 0), limits):
        return {}
    found = {
        code: counts_of(marks[code] for _survey, marks, _group, _paper in answers if code in marks)
        for code in survey.questions
    }
    return {
        code: counts for code, counts in found.items() if is_said(sides_of(counts, limits.favourable), limits)
    }


def _by_survey(surveys: Sequence[Survey]) -> dict[int, Answers]:
    answers: dict[int, Answers] = defaultdict(list)
    for row in queries.answers_of(surveys) if surveys else []:
        answers[row[0]].append(row)
    return answers
