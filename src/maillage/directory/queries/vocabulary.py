"""The words of the codes that sheets hold, in the reader's language."""

from __future__ import annotations

from maillage.kernel.formats import is_french
from maillage.kernel.sourced_rules import rule


def language_names() -> dict[str, str]:
    """Return the languages that sheets offer, by code (ISO 639-1)."""
    known: dict[str, str] = rule("directory.vocabulary.languages").value
    if is_french():
        return known
    english: dict[str, str] = rule("directory.vocabulary.languages_in_english").value
    return known | english
