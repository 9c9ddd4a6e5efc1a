"""French as it is printed: plural and gender by rule, a space before signs, apostrophes."""

import re

import polib
import pytest

from tools import catalogues, typography

#: The one text with both endings: somebody whose sex nobody knows.
SANCTIONED = frozenset({"né(e) le {day}"})
FAULTS = {
    "an ending in brackets": re.compile(r"\w\((s|x|e|es|ne|nes|nt|le|les|trice|trices|se|ère)\)"),
    "no space before a sign": re.compile(r"[a-zà-ÿ][;!?»](?=\s|$)"),
    "a straight apostrophe": re.compile(r"[a-zà-ÿ]'[a-zà-ÿ]", re.IGNORECASE),
    "three dots": re.compile(r"\w\.\.\."),
}


def faults(text: str) -> list[str]:
    if text in SANCTIONED:
        return []
    return [what for what, pattern in FAULTS.items() if pattern.search(text)]


@pytest.mark.parametrize("context", catalogues.CONTEXTS)
def test_the_texts_of_a_context_are_written_as_french_is_printed(context: str) -> None:
    entries = [one for one in polib.pofile(str(catalogues.catalogue_path(context))) if not one.obsolete]
    texts = [text for one in entries for text in (one.msgid, one.msgid_plural) if text]
    assert texts
    assert [(text, faults(text)) for text in texts if faults(text)] == []


@pytest.mark.parametrize(
    "text",
    ["3 demande(s)", "Arrivé(e) hier", "Prêt!", "l'heure", "Attendez...", "Il dit «Oui»"],
)
def test_each_fault_is_caught(text: str) -> None:
    assert faults(text)


@pytest.mark.parametrize(
    "text",
    [
        "né(e) le {day}",
        "durée (s)",
        "Fin\N{NO-BREAK SPACE}: oui",
        "«\N{NO-BREAK SPACE}Oui\N{NO-BREAK SPACE}»",
        "à 12:30",
    ],
)
def test_what_is_right_is_left(text: str) -> None:
    assert faults(text) == []


def test_no_line_breaks_before_a_sign_inside_a_number_or_before_a_unit() -> None:
    """`python -m tools.typography fix` writes the no-break spaces."""
    assert [str(place) for place in typography.faults()] == []


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Fin : oui", "Fin_: oui"),
        ("Vraiment ? Oui !", "Vraiment_? Oui_!"),
        ("« Oui » ou « non »", "«_Oui_» ou «_non_»"),
        ("un ; deux", "un_; deux"),
        (" ; ", "_; "),
        ("12 500 habitants, 100 000 €", "12_500 habitants, 100_000_€"),
        ("à {share} % et %(minutes)s min", "à {share}_% et %(minutes)s_min"),
        ("{{ kilometres }} km de {{ place }}", "{{ kilometres }}_km de {{ place }}"),
    ],
)
def test_each_space_that_may_not_break_is_found(typed: str, printed: str) -> None:
    assert typography.typeset(typed) == printed.replace("_", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    "text",
    ["à 12:30", "http://une.adresse", "le 3 mai 2026", "0 0 200 12", "%(count)s %(noun)s", "{% if a1 %}"],
)
def test_what_may_break_is_left(text: str) -> None:
    assert typography.typeset(text) == text
