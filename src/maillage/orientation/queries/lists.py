"""The coded lists that the screen offers, with where they come from."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from django.utils.translation import gettext as _

from maillage.kernel import formats
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.orientation.rules.safety import GROUP_ENDING, MotiveRules


def motives() -> list[dict[str, str]]:
    """Return the motives of the Hub Santé: `code`, `label` as published, `label_en` as we translate it."""
    found: list[dict[str, str]] = rule("orientation.motives").value
    return found


def motive_labels() -> dict[str, str]:
    """Return the words of each motive in the reader's language, by code, in the order of the list.

    Two motives that the list names alike are told apart by their group.
    """
    said = {one["code"]: formats.in_language(one["label"], one["label_en"]) for one in motives()}
    times = Counter(said.values())
    return {
        code: label if times[label] == 1 else f"{label} ({said[code[:3] + GROUP_ENDING]})"
        for code, label in said.items()
    }


def motive_rules() -> MotiveRules:
    """Return what each motive asks for before a slot, as the rules in force today have it."""
    lists = [rule(f"orientation.safety.{name}") for name in ("vital", "questioned", "unsheeted")]
    ages = rule("orientation.safety.vital_under_months")
    return _motive_rules(*(tuple(one.value) for one in lists), tuple(ages.value.items()))


@lru_cache(maxsize=8)
def _motive_rules(
    vital: tuple[str, ...],
    questioned: tuple[str, ...],
    unsheeted: tuple[str, ...],
    ages: tuple[tuple[str, int], ...],
) -> MotiveRules:
    return MotiveRules(frozenset(vital), frozenset(questioned), frozenset(unsheeted), dict(ages))


def spoken_check_words(motive: str) -> tuple[str, str] | None:
    """Return the notice and the sentence of the spoken check that a motive has of its own, None elsewhere."""
    for one in rule("orientation.safety.spoken_checks").value:
        if one["motive"] == motive:
            notice = formats.in_language(one["notice"], one["notice_en"])
            return notice, formats.in_language(one["text"], one["text_en"])
    return None


def motive_label(code: str) -> str:
    """Return the words of a motive, in the reader's language; for a code of no list, that it is unknown."""
    return motive_labels().get(code) or _("motif inconnu")


def protocols() -> SourcedRule:
    """Return the protocols for unscheduled care, with their source."""
    return rule("orientation.protocols")
