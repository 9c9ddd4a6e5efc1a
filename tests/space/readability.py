"""How easily a page is read: words a sentence, and the score of Kandel and Moles, from its rendered HTML.

Kandel and Moles (1958) adapted Flesch's reading ease to French: 207 − 1.015 × words a sentence − 73.6 ×
syllables a word. Sixty and more is said easy for somebody of twelve to thirteen.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
#: What ends a sentence, or stands alone: a title, a line of a list, a field, a button.
_BLOCK = re.compile(
    r"</?(?:p|h\d|li|ul|ol|dl|dt|dd|label|legend|button|option|select|div|section|summary|details|tr|th|td|caption|br|form|strong)\b[^>]*>"
)
_LEFT_OUT = re.compile(r"<(script|style|svg|nav|select)\b.*?</\1>", re.S)
_ENDS = re.compile(r"[.!?…:;](?:\s|$)|\n")


def sentences(page: str) -> Iterator[str]:
    """Yield the sentences of the main part of a page, as somebody reads them."""
    main = page.split("<main", 1)[-1].split("</main", 1)[0].split(">", 1)[-1]
    text = re.sub(r"<[^>]+>", " ", _BLOCK.sub("\n", _LEFT_OUT.sub(" ", main)))
    for one in _ENDS.split(html.unescape(text).replace("\xa0", " ").replace("\u202f", " ")):
        if _WORD.search(one):
            yield " ".join(one.split())


def words(sentence: str) -> list[str]:
    """Return the words of a sentence; numbers are none."""
    return _WORD.findall(sentence.lower())


def syllables(word: str) -> int:
    """Return the syllables of a French word as they are said: a final mute e is none."""
    heard = re.sub(r"(?<=[^aeiouy])(?:es?|ent)$", "", word) if len(word) > 3 else word
    return max(1, len(_VOWELS.findall(heard)))


def kandel_moles(texts: list[str]) -> float:
    """Return the score of some sentences."""
    every = [one for text in texts for one in words(text)]
    return 207 - 1.015 * len(every) / len(texts) - 73.6 * sum(map(syllables, every)) / len(every)
