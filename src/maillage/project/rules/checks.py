"""The questions of the short check of tiredness: our own words, no scale of anybody, no verdict."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

#: Each is about the last two weeks.
ITEMS: tuple[str, ...] = (
    "rested_between_days",
    "time_for_oneself",
    "sense_of_the_work",
    "help_when_asked",
    "sleep",
    "thoughts_of_stopping",
)
#: Where « never » is what weighs; for the others, « always » is.
WELCOME = frozenset(
    {"rested_between_days", "time_for_oneself", "sense_of_the_work", "help_when_asked", "sleep"}
)


class Often(StrEnum):
    """How often."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    OFTEN = "often"
    ALWAYS = "always"


def weighing(answers: Mapping[str, str]) -> list[str]:
    """Return the questions whose answer tells of tiredness: rarely what does good, often what wears out."""
    rarely, often = {Often.NEVER, Often.SOMETIMES}, {Often.OFTEN, Often.ALWAYS}
    return [
        item
        for item in ITEMS
        if item in answers and Often(answers[item]) in (rarely if item in WELCOME else often)
    ]
