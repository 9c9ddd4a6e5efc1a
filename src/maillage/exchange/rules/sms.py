"""The length of an SMS: the alphabets and segments of 3GPP TS 23.038 and 23.040.

A segment alone carries 160 septets of GSM-7 or 70 units of UCS-2; linked to others, 153 or 67. A character
of the extension table takes two septets, which a segment never parts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€\f")
_MARKS = str.maketrans(
    {
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-",
        "—": "-", "−": "-", "…": "...", "œ": "oe", "Œ": "OE",
    }
)  # fmt: skip
_QUOTES = re.compile(r"«\s?|\s?»")


@dataclass(frozen=True, slots=True)
class Length:
    """How an SMS is carried: `gsm-7` or `ucs-2`, its units (septets or 16-bit), its segments."""

    encoding: str
    units: int
    segments: int


def plain(text: str) -> str:
    """Return `text` in the marks that every telephone has; an accent GSM-7 lacks is dropped, no letter is.

    >>> plain("Benoît\u00a0: « reçu », à l’été")
    'Benoit : "recu", à l\\'été'
    """
    straight = _QUOTES.sub('"', text).translate(_MARKS)
    return "".join(_nearest(character) for character in straight)


def measure(text: str) -> Length:
    """Return the alphabet, units and segments of `text` as a gateway sends it.

    >>> measure("a" * 160), measure("a" * 161), measure("ê" * 71)
    (Length(encoding='gsm-7', units=160, segments=1), Length(encoding='gsm-7', units=161, segments=2), \
Length(encoding='ucs-2', units=71, segments=2))
    """
    if all(character in GSM7 or character in EXTENSION for character in text):
        sizes = [1 if character in GSM7 else 2 for character in text]
        return Length("gsm-7", sum(sizes), _segments(sizes, alone=160, linked=153))
    sizes = [len(character.encode("utf-16-be")) // 2 for character in text]
    return Length("ucs-2", sum(sizes), _segments(sizes, alone=70, linked=67))


def _nearest(character: str) -> str:
    if character in GSM7 or character in EXTENSION:
        return character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in GSM7 else character


def _segments(sizes: list[int], *, alone: int, linked: int) -> int:
    if sum(sizes) <= alone:
        return 1
    count, room = 1, linked
    for size in sizes:
        if size > room:
            count, room = count + 1, linked
        room -= size
    return count
