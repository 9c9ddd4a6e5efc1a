"""The length of an SMS, by 3GPP TS 23.038 and 23.040, and a text in the letters that cost least.

A segment alone carries 160 septets of GSM-7 or 70 units of UCS-2; linked to others, 153 or 67. A character
of the extension table takes two septets, and one outside the basic plane two units: a segment never parts
them. One character outside GSM-7 turns the whole text into UCS-2, so `plain` writes what it can in GSM-7:
letters as machine-readable passports do (ICAO Doc 9303, part 3, section 6), typography as keyboards do.
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
_SENDABLE = GSM7 | EXTENSION
_REPLACEMENT = "?"
#: Letters that no accent explains.
_LETTERS = {
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T",
    "ŋ": "n", "Ŋ": "N", "ı": "i", "ĸ": "q", "ə": "e", "Ə": "E", "œ": "oe", "Œ": "OE", "þ": "th", "Þ": "TH",
    "ẞ": "SS", "ŉ": "'n", "ƒ": "f",
}  # fmt: skip
_SIGNS = {
    "’": "'", "‘": "'", "‚": "'", "‛": "'", "ʼ": "'", "ʻ": "'", "ʹ": "'", "′": "'", "‵": "'", "`": "'",
    "´": "'", "‹": "'", "›": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "ʺ": '"', "‐": "-", "‑": "-",
    "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "⁃": "-", "…": "...", "•": "*", "·": ".", "‧": ".",
    "×": "x", "≤": "<=", "≥": ">=", "→": "->", "←": "<-", "⁄": "/", "№": "No", "º": "o", "ª": "a",
    "©": "(c)", "®": "(R)", "\t": " ", "\v": " ", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n",
}  # fmt: skip
_QUOTES = re.compile(r"«\s?|\s?»")
_NUMBER = re.compile(r"(?<![^\W\d_])([nN])°")
_CAPITAL_LIGATURE = re.compile(r"([ŒÞ])(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Length:
    """How an SMS is carried: `gsm-7` or `ucs-2`, its units (septets or 16-bit), its segments."""

    encoding: str
    units: int
    segments: int


def plain(text: str) -> str:
    """Return `text` in the letters that every telephone has, where nothing is lost.

    An accent that GSM-7 lacks is dropped, no letter and no digit is; what has no equal (another script, an
    emoji) stays, and makes the text a UCS-2 one.

    >>> plain("Benoît\u00a0: « reçu », à l’été, cabinet n° 2, 40 m²")
    'Benoit : "recu", à l\\'été, cabinet no 2, 40 m2'
    >>> plain("Łukasz Đoković, Œuilly, 10² €"), plain("Олена")
    ('Lukasz Dokovic, Oeuilly, 10^2 €', 'Олена')
    """
    straight = _NUMBER.sub(r"\1o", _QUOTES.sub('"', unicodedata.normalize("NFC", text)))
    straight = _CAPITAL_LIGATURE.sub(_as_a_word_begins, straight)
    written = ""
    for character in straight:
        written += _nearest(character, written[-1:])
    return written


def measure(text: str) -> Length:
    """Return the alphabet, units and segments of `text` as a gateway sends it.

    >>> measure("a" * 160), measure("a" * 161), measure("ê" * 71)
    (Length(encoding='gsm-7', units=160, segments=1), Length(encoding='gsm-7', units=161, segments=2), \
Length(encoding='ucs-2', units=71, segments=2))
    """
    encoding = "gsm-7" if _SENDABLE.issuperset(text) else "ucs-2"
    return Length(encoding, sum(_sizes(text)), len(segments(text)))


def segments(text: str) -> list[str]:
    """Return what each segment carries: at least one, together the whole text, no character in two."""
    sizes = _sizes(text)
    alone, linked = (160, 153) if _SENDABLE.issuperset(text) else (70, 67)
    if sum(sizes) <= alone:
        return [text]
    parts, start, room = [], 0, linked
    for place, size in enumerate(sizes):
        if size > room:
            parts.append(text[start:place])
            start, room = place, linked
        room -= size
    return [*parts, text[start:]]


def _sizes(text: str) -> list[int]:
    """Return the septets, or the 16-bit units, that each character takes."""
    if _SENDABLE.issuperset(text):
        return [1 if character in GSM7 else 2 for character in text]
    return [2 if ord(character) > 0xFFFF else 1 for character in text]


def _as_a_word_begins(found: re.Match[str]) -> str:
    """Write a capital ligature as the capital of a word where a small letter follows it."""
    following = found.string[found.end()]
    return _LETTERS[found[1]].title() if following.islower() else _LETTERS[found[1]]


def _nearest(character: str, before: str) -> str:
    """Return `character` in GSM-7 where nothing is lost; `before` is the one already written before it."""
    if character in _SENDABLE:
        return character
    if character in _LETTERS:
        return _LETTERS[character]
    if character in _SIGNS:
        return _SIGNS[character]
    category = unicodedata.category(character)
    if category == "Cs":
        return _REPLACEMENT
    if category == "Zs":
        return " "
    follows_plain = before == "" or before in _SENDABLE
    if category in {"Mn", "Me", "Cf", "Cc"}:
        # A mark on a Latin letter, or between two of them, says nothing that is not written.
        return "" if follows_plain else character
    base = unicodedata.normalize("NFD", character)[0]
    if base in GSM7:
        return base
    return _compatible(character, before)


def _compatible(character: str, before: str) -> str:
    """Write ², ½, ﬁ or a wide letter in the usual ones, apart from the digit that it follows."""
    same = unicodedata.normalize("NFKC", character)
    if same == character:
        return character
    same = "".join(_nearest(one, before) for one in same)
    if not _SENDABLE.issuperset(same):
        return character
    if not (before.isdigit() and same[:1].isdigit()) or unicodedata.category(character) == "Nd":
        return same
    tag = unicodedata.decomposition(character).partition(" ")[0]
    apart = {"<super>": "^", "<fraction>": " "}.get(tag)
    return character if apart is None else apart + same
