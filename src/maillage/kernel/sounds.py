"""How French names sound, and how alike two spellings are: for the warning of a duplicate, never a merge.

The rule is ours and small: it makes one of spellings that a French ear does not tell apart (Lefèvre and
Lefebvre, Thibault and Tibo, Philippe and Filipe), and leaves apart what it does (Martin and Marin).
"""

from __future__ import annotations

import re

from maillage.kernel.names import normalise, spellings

#: In order: each beginning of a name is read with what came before already replaced.
_SPELLINGS = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"(.)\1+", r"\1"),
        (r"bv", "v"),
        (r"ph", "f"),
        (r"sch|sh|ch(?=[aeiouy])", "J"),
        (r"ch", "k"),
        (r"gn", "N"),
        (r"(?<=.)h|^h", ""),
        (r"e?au(?:lt|lx|d|t|x|s)?$", "o"),
        (r"e?au", "o"),
        (r"o(?:lt|t|s|p|d)$", "o"),
        (r"(?:ain|ein|in|im|yn|ym|un|um)(?![aeiouy])", "I"),
        (r"(?:an|am|en|em)(?![aeiouy])", "A"),
        (r"(?:on|om)(?![aeiouy])", "O"),
        (r"ai|ei|ay|ey|ae|oe", "e"),
        (r"eu|oeu", "e"),
        (r"ou|oo", "u"),
        (r"y|j(?=$)", "i"),
        (r"ge(?=[ao])", "j"),
        (r"g(?=[ei])", "j"),
        (r"gu(?=[ei])", "g"),
        (r"c(?=[ei])", "s"),
        (r"qu|ck|c|q", "k"),
        (r"w", "v"),
        (r"x|z", "s"),
        (r"(?:es|er|et|ez|e|s|t|d|p)$", ""),
        (r"(.)\1+", r"\1"),
    )
)


def phonetic_key(text: str) -> str:
    """Return how a name sounds, its words run together; empty for an empty name.

    A name of another script keeps its normalised form.

    >>> phonetic_key("Lefèvre") == phonetic_key("LEFEBVRE"), phonetic_key("Martin") == phonetic_key("Marin")
    (True, False)
    """
    heard = normalise(text).replace(" ", "")
    if not heard.isascii():
        return heard
    whole = heard
    for pattern, replacement in _SPELLINGS:
        heard = pattern.sub(replacement, heard)
    return heard if len(heard) > 1 else whole


def name_sound(last: str, first: str) -> str:
    """Return what two spellings of one person share, whichever name comes first; empty unless both are known.

    Of several first names, only the first counts.

    >>> name_sound("Le Goff", "Annie Claire") == name_sound("ANIE", "Legoff")
    True
    """
    several = normalise(first).split()
    heard = sorted(filter(None, (phonetic_key(last), phonetic_key(several[0]) if several else "")))
    return " ".join(heard)[:80] if len(heard) == 2 else ""


def name_sounds(last: str, first: str) -> list[str]:
    """Return the sounds of a name as it is spelt, and as a German or Nordic name may be spelt elsewhere."""
    spelt = (name_sound(one, other) for one in spellings(last) for other in spellings(first))
    return list(dict.fromkeys(filter(None, spelt)))


def likeness(one: str, other: str) -> float:
    """Return the share of trigrams that two names have in common, 0 to 1 (Dice's coefficient).

    >>> likeness("Durand", "Durand"), likeness("Durand", "Saule")
    (1.0, 0.0)
    """
    some, others = _trigrams(one), _trigrams(other)
    return 2 * len(some & others) / (len(some) + len(others)) if some and others else 0.0


def _trigrams(text: str) -> frozenset[str]:
    letters = normalise(text).replace(" ", "")
    padded = f"  {letters} "
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2) if letters)
