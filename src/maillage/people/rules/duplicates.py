"""When two files may be those of one person: a warning to the one who types, never an automatic merge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared: normalised names, birth date, phones (as stored), matricule; empty where unknown."""

    last_names: frozenset[str]
    first_names: frozenset[str]
    birth_date: date | None = None
    phones: frozenset[str] = frozenset()
    ins_number: str = ""


class Likeness(StrEnum):
    """Why two files are alike, the surest first."""

    INS = "ins"
    NAMES_AND_BIRTH = "names_and_birth"
    SWAPPED_NAMES = "swapped_names"
    NAMES_AND_PHONE = "names_and_phone"
    BIRTH_AND_PHONE = "birth_and_phone"


def likeness(one: Traits, other: Traits) -> Likeness | None:
    """Return why two sets of traits may be of one person, None where nothing says so.

    First names count as equal where one is the beginning of the other (« marie » and « marie claire »).
    """
    if one.ins_number and one.ins_number == other.ins_number:
        return Likeness.INS
    same_birth = one.birth_date is not None and one.birth_date == other.birth_date
    same_last = bool(one.last_names & other.last_names)
    same_first = _begin_alike(one.first_names, other.first_names)
    same_phone = bool(one.phones & other.phones)
    if same_birth and same_last and same_first:
        return Likeness.NAMES_AND_BIRTH
    if same_birth and one.last_names & other.first_names and one.first_names & other.last_names:
        return Likeness.SWAPPED_NAMES
    if same_phone and same_last and same_first and (one.birth_date is None or other.birth_date is None):
        return Likeness.NAMES_AND_PHONE
    if same_birth and same_phone and (same_last or same_first):
        return Likeness.BIRTH_AND_PHONE
    return None


def _begin_alike(some: frozenset[str], others: frozenset[str]) -> bool:
    return any(
        one and other and (one.startswith(other) or other.startswith(one)) for one in some for other in others
    )
