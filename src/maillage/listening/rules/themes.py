"""Which themes a free text is about: those of whose words it has one. No framework."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

from maillage.kernel.names import normalise

Theme = TypeVar("Theme")


def words_in(text: str, words: Iterable[str]) -> list[str]:
    """Return which of the `words` a text holds, whole, whatever their accents and capitals.

    >>> words_in("Trop d’ATTENTE, des delais longs.", ["attente", "délais", "long"])
    ['attente', 'délais']
    """
    said = f" {normalise(text)} "
    return [one for one in words if f" {normalise(one)} " in said]


def themes_of(text: str, themes: Mapping[Theme, Iterable[str]]) -> dict[Theme, list[str]]:
    """Return the themes of a text, each with the words that say so; none where no word does.

    >>> themes_of("Aucun rendez-vous.", {"access": ["rendez-vous"], "respect": ["accueil"]})
    {'access': ['rendez-vous']}
    """
    found = {theme: words_in(text, words) for theme, words in themes.items()}
    return {theme: words for theme, words in found.items() if words}
