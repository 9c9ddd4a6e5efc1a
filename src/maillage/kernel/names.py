"""How a name is written to be compared and found: one normaliser for people, places and structures.

No framework here; `kernel.name_search` makes a condition of a query from what `sought` returns.

A search key (`search_key`) holds, each between spaces so that « contains " word" » finds beginnings of words:
the words of the names, a bar, then what people type instead of them: « saint » for « st », the number of an
arrondissement, Latin letters for another script, and the words run together (« dartagnan », « legoff »).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

BAR = "|"
#: A longer text is no name: nothing is looked for beyond.
LONGEST = 400
_WORDS_SOUGHT = 8
_RUN = 4
_SAINTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_ORDINAL = re.compile(r"0?([1-9]\d?)(?:er|ere|e|eme|nd|nde)?")
#: Apostrophes and primes that Unicode counts as letters (ʼ, the ʻokina of Tahiti…).
_LETTER_APOSTROPHES = frozenset("ʹʺʻʼʽʾʿˈˊˋ")
#: What German and Nordic names become where such letters cannot be written: MUELLER on a passport.
_WRITTEN_WITHOUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_WRITTEN_WITHOUT_THEM = re.compile(r"([aou])e(?=[a-z]{2})|aa")
_HIDDEN = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})
_BLANKS = frozenset("\t\n\r\v\f")


def normalise(text: str) -> str:
    """Return the words of `text` in small letters between single spaces, without accents or punctuation.

    Compatibility forms and digits of every script become plain ones, Latin letters outside a–z those that
    people type (ł l, đ d, ı i, ø o, ß ss, œ oe, þ th). Another script stays as it is typed.

    >>> normalise("L’Étang-St-Éloi"), normalise("Ｓøren ŁUKASZ"), normalise("Ивано́в")
    ('l etang st eloi', 'soren lukasz', 'иванов')
    """
    return _short(text) if len(text) <= LONGEST else _normalise(text)


def _normalise(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(map(_plain, decomposed))
    return " ".join(unicodedata.normalize("NFC", plain).split())


_short = lru_cache(maxsize=4096)(_normalise)


@lru_cache(maxsize=2048)
def _plain(character: str) -> str:
    """Return what one decomposed character is compared by: letters, a digit, nothing, or a blank."""
    if character.isascii() and character.isalnum():
        return character
    if unicodedata.combining(character):
        return ""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in _BLANKS or character in _LETTER_APOSTROPHES:
        return " "
    if category in _HIDDEN:
        return ""
    if category[0] not in "LNM":
        return " "
    if unicodedata.name(character, "").startswith("LATIN"):
        return anyascii(character).lower() or character
    return character


def place_name(text: str) -> str:
    """Return the name of a place to compare with another: `normalise`, « st » and « ste » written out, the
    number of an arrondissement alone.

    >>> place_name("ST-ETIENNE"), place_name("Lyon 3ème Arrondissement"), place_name("Paris 03")
    ('saint etienne', 'lyon 3 arrondissement', 'paris 3')
    """
    return " ".join(map(_written_out, normalise(text).split()))


def search_key(*names: str) -> str:
    """Return what a search column holds of somebody or something: see the module's text.

    >>> search_key("De La Tour", "Ève")
    ' de la tour eve | delatour latour '
    >>> search_key("St-Éloi")
    ' st eloi | saint steloi sainteloi '
    """
    return _key([normalise(name).split() for name in names])


def place_key(name: str) -> str:
    """Return what a search column holds of a place: as `search_key`, « st » and « ste » written out first."""
    return _key([place_name(name).split()])


def begins_like(key: str) -> str:
    """Return the words of the names alone, from a search key: what two sheets of one name share."""
    return key.partition(BAR)[0].strip()


def sought(text: str) -> tuple[tuple[str, ...], ...]:
    """Return, for each word of `text`, the beginnings of words of which a search key must hold one.

    A word is held as it is, as the saint it may stand for (« ste » is Stéphanie's beginning too), as a German
    or Nordic name is written with its own letters or without (« mueller », « Müller »), or within a run of
    words typed apart (« le goff » finds « Legoff »). Empty where nothing can be looked for.

    >>> sought("le goff"), sought("ste"), sought("Müller")
    ((('le', 'legoff'), ('goff', 'legoff')), (('ste', 'sainte'),), (('muller', 'mueller'),))
    """
    words = normalise(text[:LONGEST]).split()[:_WORDS_SOUGHT]
    without = _without_its_letters(text[:LONGEST]).split()[:_WORDS_SOUGHT]
    runs = [
        (start, start + length, "".join(words[start : start + length]))
        for length in range(2, _RUN + 1)
        for start in range(len(words) - length + 1)
    ]

    def beginnings(place: int, word: str, other: str) -> tuple[str, ...]:
        around = (run for first, end, run in runs if first <= place < end)
        return tuple(dict.fromkeys((word, _written_out(word), _with_its_letters(word), other, *around)))

    return tuple(
        beginnings(place, word, other) for place, (word, other) in enumerate(zip(words, without, strict=True))
    )


def spellings(name: str) -> tuple[str, ...]:
    """Return the normalised name, then as it is written with German and Nordic letters or without them.

    >>> spellings("Mueller-Göbel")
    ('mueller gobel', 'muller gobel', 'mueller goebel')
    """
    plain = normalise(name)
    with_letters = " ".join(map(_with_its_letters, plain.split()))
    return tuple(dict.fromkeys((plain, with_letters, _without_its_letters(name))))


def place_sought(text: str) -> tuple[str, ...]:
    """Return the beginnings of which the key of a place must hold one: its words in order, or run together.

    A last word may be unfinished: « st » is also the beginning of Steenvoorde.

    >>> place_sought("bourg st")
    ('bourg saint', 'bourgsaint', 'bourg st', 'bourgst')
    """
    words = normalise(text[:LONGEST]).split()[:_WORDS_SOUGHT]
    finished = [_written_out(word) for word in words]
    readings = [finished, [*finished[:-1], *words[-1:]]] if words else []
    return tuple(dict.fromkeys(join.join(reading) for reading in readings for join in (" ", "")))


def place_holds(key: str, text: str) -> bool:
    """Return whether the key of a place answers `text`."""
    return any(f" {one}" in key for one in place_sought(text))


def holds(key: str, text: str) -> bool:
    """Return whether a search key answers `text`: what `kernel.name_search` asks of a database.

    >>> holds(search_key("D’Artagnan"), "dartagnan"), holds(search_key("Legoff"), "goff")
    (True, False)
    """
    asked = sought(text)
    return bool(asked) and all(any(f" {one}" in key for one in several) for several in asked)


def _written_out(word: str) -> str:
    ordinal = _ORDINAL.fullmatch(word)
    return ordinal[1] if ordinal else _SAINTS.get(word, word)


def _with_its_letters(word: str) -> str:
    """Return the word with the plain letter of ä, ö, ü, ø or å where two letters may stand for it.

    Not at the end of a word, where French has its own « oe » and « ae »: « noel » is no « nol ».
    """
    return _WRITTEN_WITHOUT_THEM.sub(lambda found: found[1] or "a", word)


def _without_its_letters(name: str) -> str:
    return normalise(unicodedata.normalize("NFC", name).casefold().translate(_WRITTEN_WITHOUT))


def _key(names: list[list[str]]) -> str:
    words = [word for name in names for word in name]
    others = [_written_out(word) for word in words]
    others += [latin for word in words if not word.isascii() for latin in _latin(word)]
    for name in names:
        for spelling in (name, [_written_out(word) for word in name]):
            others += _runs(spelling)
    added = [word for word in dict.fromkeys(others) if word not in words]
    return f" {' '.join([*words, BAR, *added] if added else words)} "


def _runs(words: list[str]) -> list[str]:
    """Return the words run together from each of them: a beginning finds every shorter run."""
    return ["".join(words[start : start + _RUN]) for start in range(len(words) - 1)]


def _latin(word: str) -> list[str]:
    return normalise(anyascii(word)).split()
