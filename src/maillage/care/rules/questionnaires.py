"""Questionnaires that the circle asks: where one stands, what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How the answers were given: by the person themself, on paper, or aloud to a professional."""

    SPACE = "space"
    PAPER = "paper"
    SPOKEN = "spoken"


class Standing(StrEnum):
    """Where a questionnaire stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


def standing(answered_at: datetime | None, withdrawn_at: datetime | None) -> Standing:
    """Return where a questionnaire stands; answered, it is never taken back."""
    if answered_at is not None:
        return Standing.ANSWERED
    return Standing.ASKED if withdrawn_at is None else Standing.WITHDRAWN


def is_whole(asked: Collection[str], choices: Collection[str], answers: Mapping[str, str]) -> bool:
    """Return whether each sentence has an answer among the choices, and nothing else has."""
    return set(answers) == set(asked) and set(answers.values()) <= set(choices)


def kept(asked: Collection[str], choices: Collection[str], answers: Mapping[str, str]) -> dict[str, str]:
    """Return the answers that belong to the questionnaire: what a sign of danger did not let finish."""
    return {code: said for code, said in answers.items() if code in asked and said in choices}
