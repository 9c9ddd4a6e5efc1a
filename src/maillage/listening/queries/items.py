"""The items of a survey, as the rules of its day word them, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from maillage.kernel.formats import in_language
from maillage.kernel.sourced_rules import SourcedRule, UnknownRuleError, rule
from maillage.listening.models import Survey
from maillage.listening.rules.results import Limits
from maillage.listening.rules.vocabulary import Audience, Topic


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its code, what it is about, its rule."""

    code: str
    topic: Topic
    rule: SourcedRule

    @property
    def said(self) -> str:
        """The question in the reader's language."""
        return in_language(self.rule.value["fr"], self.rule.value["en"])


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What is asked of an audience: items in their order, and one question about who answers, if any."""

    items: tuple[Item, ...]
    group: str
    groups: dict[str, str]
    rule: SourcedRule


def questionnaire(audience: Audience, on: date | None = None) -> Questionnaire:
    """Return what is asked of an audience by the rules of a day (today by default)."""
    found = rule(f"listening.questionnaires.{audience.value}", on)
    said = found.value
    groups = {one["code"]: in_language(one["fr"], one["en"]) for one in said["groups"]}
    return Questionnaire(
        items(said["items"], on), in_language(said["group"]["fr"], said["group"]["en"]), groups, found
    )


def items(codes: Sequence[str], on: date | None = None) -> tuple[Item, ...]:
    """Return the items of these codes by the rules of a day (today by default)."""
    rules = [(code, rule(f"listening.items.{code}", on)) for code in codes]
    return tuple(Item(code, Topic(one.value["topic"]), one) for code, one in rules)


def item_words(code: str) -> str | None:
    """Return an item in the reader's language, None for a code that is none of ours."""
    try:
        return items([code])[0].said
    except UnknownRuleError:
        return None


def asked(survey: Survey) -> Questionnaire:
    """Return what a survey asks: its own questions, worded as on the day when it was made."""
    on = survey.at.date()
    whole = questionnaire(Audience(survey.audience), on)
    return Questionnaire(items(survey.questions, on), whole.group, whole.groups, whole.rule)


def scale(on: date | None = None) -> list[tuple[int, str]]:
    """Return the marks with their words, from the least favourable."""
    value = rule("listening.scales.frequency", on).value
    return [(one["mark"], in_language(one["fr"], one["en"])) for one in value]


def limits(on: date | None = None) -> Limits:
    """Return the thresholds of results on a day (today by default)."""
    names = ("least_answers", "least_cell", "favourable")
    return Limits(*(rule(f"listening.results.{name}", on).value for name in names))


def theme_words() -> dict[Topic, list[str]]:
    """Return the words of each theme."""
    return {topic: list(theme_rule(topic).value) for topic in Topic}


def theme_rule(topic: Topic) -> SourcedRule:
    """Return the rule that says which words belong to a theme."""
    return rule(f"listening.themes.{topic.value}")
