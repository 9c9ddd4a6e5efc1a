"""When two files may be those of one person: a warning to the one who types, never an automatic merge.

`likeness` says what is sure by itself (the same matricule; the same names and birth date…);
`resemblance` adds up what two files have in common where spellings differ, by weights of
`sourced/duplicates.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from maillage.kernel.sounds import likeness as spelt_alike
from maillage.kernel.sounds import phonetic_key


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared: normalised names, birth date, phones (as stored), matricule; empty where unknown."""

    last_names: frozenset[str]
    first_names: frozenset[str]
    birth_date: date | None = None
    phones: frozenset[str] = frozenset()
    ins_number: str = ""
    sex: str = ""
    commune: str = ""


class Likeness(StrEnum):
    """Why two files are alike, the surest first."""

    INS = "ins"
    NAMES_AND_BIRTH = "names_and_birth"
    SWAPPED_NAMES = "swapped_names"
    NAMES_AND_PHONE = "names_and_phone"
    BIRTH_AND_PHONE = "birth_and_phone"
    ALIKE = "alike"


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


def resemblance(one: Traits, other: Traits, weights: Mapping[str, float]) -> float:
    """Return the sum of the weights of what two sets of traits share, less those of what sets them apart.

    Names count once each, the last and the first, in either order, by the surest of: the same, the same to
    the ear, most letters in common. What either does not say counts for nothing.
    """
    straight = _named(one.last_names, other.last_names, weights) + _named(
        one.first_names, other.first_names, weights
    )
    swapped = _named(one.last_names, other.first_names, weights) + _named(
        one.first_names, other.last_names, weights
    )
    total = max(straight, swapped)
    if one.birth_date and other.birth_date:
        total += weights[_born(one.birth_date, other.birth_date)]
    if one.sex and other.sex:
        total += weights["same_sex" if one.sex == other.sex else "other_sex"]
    if one.commune and one.commune == other.commune:
        total += weights["same_commune"]
    if one.phones & other.phones:
        total += weights["same_phone"]
    return total


def _named(some: frozenset[str], others: frozenset[str], weights: Mapping[str, float]) -> float:
    """Return the weight of the surest way in which two names, or their first words, are one."""
    if not some or not others:
        return 0
    if some & others or _begin_alike(some, others):
        return weights["same_name"]
    heard = {phonetic_key(name.split()[0]) for name in some} | {phonetic_key(name) for name in some}
    if heard & ({phonetic_key(name.split()[0]) for name in others} | {phonetic_key(name) for name in others}):
        return weights["sounding_name"]
    closest = max(spelt_alike(one, other) for one in some for other in others)
    return weights["spelt_name" if closest >= weights["spelt_share"] else "other_name"]


def _born(one: date, other: date) -> str:
    """Return whether two birth dates are the same, a slip of the pen apart, or of two people.

    A slip: day and month exchanged, or one of the eight digits.
    """
    if one == other:
        return "same_birth"
    if (one.day, one.month, one.year) == (other.month, other.day, other.year):
        return "near_birth"
    apart = sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True))
    return "near_birth" if apart == 1 else "other_birth"


def _begin_alike(some: frozenset[str], others: frozenset[str]) -> bool:
    return any(
        one and other and (one.startswith(other) or other.startswith(one)) for one in some for other in others
    )
