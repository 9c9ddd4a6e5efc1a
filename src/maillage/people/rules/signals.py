"""What a carer signals, who answers first, what answers a vital sign (S46), which words call for the 15."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from maillage.kernel.names import normalise
from maillage.kernel.rules import Role


class Kind(StrEnum):
    """What worries a carer."""

    CONFUSION = "confusion"
    FALL = "fall"
    REFUSAL = "refusal"
    EXHAUSTION = "exhaustion"
    OTHER = "other"


#: Who of a care team is asked first: a nurse, then a doctor, then the others.
_FIRST = (Role.NURSE.value, Role.PHYSICIAN.value)


def in_turn(team: Iterable[tuple[int, str]]) -> list[int]:
    """Return the people of a care team, by key, in the turn in which they are asked, each once.

    `team` are pairs of a key and the role of the link, the oldest link first.
    """
    ranked = sorted(team, key=lambda one: _FIRST.index(one[1]) if one[1] in _FIRST else len(_FIRST))
    return list(dict.fromkeys(key for key, _role in ranked))


def may_close(*, is_vital: bool, emergency_called: bool) -> bool:
    """Return whether an answer closes a signal: a vital sign is answered by the 15, and by nothing else."""
    return emergency_called or not is_vital


def plain(text: str) -> str:
    """Return a text without accents, capitals nor signs, its words between single spaces.

    >>> plain("J’ai MAL à la poitrine !")
    ' j ai mal a la poitrine '
    """
    return f" {normalise(text)} "


def named(text: str, words: Iterable[str]) -> list[str]:
    """Return which of the `words` a text contains, whole.

    >>> named("Je voudrais en finir.", ["en finir", "mourir"])
    ['en finir']
    """
    said = plain(text)
    return [one for one in words if plain(one) in said]
