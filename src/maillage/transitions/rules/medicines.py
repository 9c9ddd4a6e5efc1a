"""Two lists of treatments laid side by side, line by line: the program pairs, a person decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from maillage.kernel.names import normalise

MOST_LINES, LONGEST = 60, 200
_BULLET = re.compile(r"^\s*(?:(?:[\-–—•*·]\s*)+|\d{1,2}[.)]\s+)?")
_NAME = re.compile(r"[^\W\d_]{3,}")


class Change(StrEnum):
    """What somebody decided of a line; empty: nobody did yet."""

    KEPT = "kept"
    STOPPED = "stopped"
    CHANGED = "changed"
    NEW = "new"
    CLARIFY = "clarify"


@dataclass(frozen=True, slots=True)
class Pair:
    """A treatment before the stay and after it; empty where the list does not have it."""

    before: str
    after: str


def parse(text: str) -> list[str]:
    """Return the lines of a list typed or pasted, without bullets nor numbers.

    Raises ValueError past `MOST_LINES` lines, or for one longer than `LONGEST` characters.
    """
    lines = [" ".join(_BULLET.sub("", one).split()) for one in re.split(r"[\r\n;]+", text)]
    found = [one for one in lines if one]
    if len(found) > MOST_LINES or any(len(one) > LONGEST for one in found):
        raise ValueError("too many lines, or one too long")
    return found


def name_of(line: str) -> str:
    """Return what a line is paired by: its first word of three letters, without accents nor capitals.

    Empty where it has none; nothing is looked up in a list of medicines.
    """
    found = _NAME.search(line)
    return normalise(found[0]) if found else ""


def side_by_side(before: Iterable[str], after: Iterable[str]) -> list[Pair]:
    """Return the treatments of both lists, each once, paired by their names; those of before come first.

    Two lines of one name are paired in their order. What is paired is only shown together: the same dose
    written twice is nobody's decision yet.
    """
    waiting: dict[str, list[str]] = {}
    coming = list(after)
    for one in coming:
        waiting.setdefault(name_of(one), []).append(one)
    pairs, taken = [], []
    for one in before:
        name = name_of(one)
        match = waiting[name].pop(0) if name and waiting.get(name) else ""
        taken += [match] if match else []
        pairs.append(Pair(one, match))
    for one in coming:
        if one in taken:
            taken.remove(one)
        else:
            pairs.append(Pair("", one))
    return pairs


def choices(pair: Pair) -> list[Change]:
    """Return what may be decided of a line: what is on no list before cannot be kept."""
    if pair.before and pair.after:
        return [Change.KEPT, Change.CHANGED, Change.STOPPED, Change.CLARIFY]
    if pair.before:
        return [Change.KEPT, Change.STOPPED, Change.CLARIFY]
    return [Change.NEW, Change.STOPPED, Change.CLARIFY]


def is_unresolved(change: str) -> bool:
    """Return whether a line still waits for somebody: not decided, or to clarify."""
    return change in {"", Change.CLARIFY.value}
