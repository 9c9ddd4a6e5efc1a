"""How a name is normalised so that « ST-ETIENNE » finds « Saint-Étienne »."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss"})
_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_SEPARATORS = re.compile(r"[^a-z0-9]+")


def normalise(text: str) -> str:
    """Return `text` without accents, case or punctuation, « st » and « ste » written out.

    >>> normalise("L’Étang-St-Éloi")
    'l etang saint eloi'
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
    words = _SEPARATORS.sub(" ", plain).split()
    return " ".join(_ABBREVIATIONS.get(word, word) for word in words)


def search_key(*texts: str) -> str:
    """Return what a search column holds: the normalised texts between spaces, so that « contains
    " word" » finds the beginnings of words only."""
    return f" {' '.join(normalise(text) for text in texts if text)} "
