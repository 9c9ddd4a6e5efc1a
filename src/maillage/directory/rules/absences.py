"""What is no longer in a register's file: closed, or missing from a file that is not whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Absences:
    """Who is gone, and who is missing in such numbers that the file is more likely cut than they gone."""

    gone: frozenset[str]
    missing: frozenset[str]


def absences(known: Mapping[str, Collection[str]], seen: Collection[str], few: int, share: float) -> Absences:
    """Return what became of the numbers `known` in each part of the country, `seen` being those of the file.

    In one part, more than `few` absent numbers that are more than `share` of the known ones are held to be
    missing.
    """
    gone: set[str] = set()
    missing: set[str] = set()
    present = frozenset(seen)
    for numbers in known.values():
        absent = set(numbers) - present
        (gone if len(absent) <= max(few, share * len(set(numbers))) else missing).update(absent)
    return Absences(frozenset(gone), frozenset(missing - gone))
