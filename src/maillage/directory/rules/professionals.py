"""Who works in a territory: professions, specialties, functions, and the numbers of the demonstration.

Professions are codes of TRE_G15, specialties of TRE_R38, modes of practice of TRE_R23 (ANS, nomenclatures
des objets de santé, 2024); the labels are in `sourced/vocabulary.toml`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum

from maillage.kernel.identifiers import parse_rpps


class Profession(StrEnum):
    """The professions of TRE_G15 that work in first-contact care."""

    PHYSICIAN = "10"
    PHARMACIST = "21"
    CARE_ASSISTANT = "35"
    DENTIST = "40"
    MIDWIFE = "50"
    NURSE = "60"
    PHYSIOTHERAPIST = "70"
    PODIATRIST = "80"
    SPEECH_THERAPIST = "91"
    ORTHOPTIST = "92"
    PSYCHOLOGIST = "93"
    OCCUPATIONAL_THERAPIST = "94"
    DIETITIAN = "95"
    PSYCHOMOTOR_THERAPIST = "96"


class Specialty(StrEnum):
    """The codes of TRE_R38 that the program decides upon; any other code of the list may be stored."""

    GENERAL_PRACTICE = "SM54"
    GENERAL_PRACTICE_SPECIALIST = "SM53"
    GENERAL_PRACTICE_QUALIFIED = "SM26"
    GERIATRICS = "SM18"
    PAEDIATRICS = "SM40"
    CARDIOLOGY = "SM04"


GENERAL_PRACTICE = frozenset(
    {
        Specialty.GENERAL_PRACTICE.value,
        Specialty.GENERAL_PRACTICE_SPECIALIST.value,
        Specialty.GENERAL_PRACTICE_QUALIFIED.value,
    }
)
"""The three codes under which a general practitioner is written."""


class PracticeStatus(StrEnum):
    """How a professional practises in a structure (TRE_R23)."""

    SELF_EMPLOYED = "L"
    SALARIED = "S"
    VOLUNTEER = "B"


class Function(StrEnum):
    """What a member does in a structure, beside or instead of care."""

    CARE = "care"
    COORDINATION = "coordination"
    MANAGEMENT = "management"
    SECRETARIAT = "secretariat"
    ELECTED = "elected"
    SOCIAL = "social"
    USER = "user"
    REPLACEMENT = "replacement"
    STUDENT = "student"
    OTHER = "other"


PASSING = frozenset({Function.REPLACEMENT, Function.STUDENT, Function.OTHER})
"""Who is there instead of somebody, to learn, or without caring: not one more professional of the place."""


def function_of(category: str, kind: str, codes: Mapping[str, Collection[str]]) -> Function:
    """Return what somebody does where the Annuaire Santé places them.

    `codes`: the rule `directory.registers.activities`. A student who replaces somebody is a replacement. No
    code, or one that the rule does not have, is care.
    """
    if kind in codes["replacement"]:
        return Function.REPLACEMENT
    if category in codes["student"]:
        return Function.STUDENT
    return Function.OTHER if kind in codes["without_care"] else Function.CARE


class Sector(StrEnum):
    """The convention a doctor signed, which decides what a patient pays."""

    ONE = "1"
    TWO = "2"
    OPTAM = "optam"
    NONE = "none"
    UNKNOWN = ""


class Sex(StrEnum):
    """Kept unknown unless a task needs it."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = ""


TEST_RPPS_PREFIX = "1099"
"""The numbers of invented professionals begin so: 1099 and six digits of order, then the Luhn key.

RPPS numbers in circulation begin with 100 or 101: nothing read here says that 1099 will never be given, so
the prefix marks a number as ours on an installation of demonstration, and is refused on import.
"""


def demonstration_rpps(order: int) -> str:
    """Return the RPPS number, key included, of the `order`-th invented professional (0 to 999 999).

    >>> demonstration_rpps(1), is_demonstration_rpps(demonstration_rpps(1))
    ('10990000019', True)
    """
    if not 0 <= order <= 999_999:
        raise ValueError(f"{order} is not between 0 and 999,999")
    stem = f"{TEST_RPPS_PREFIX}{order:06d}"
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in stem[::-2])
    total = sum(doubled) + sum(int(digit) for digit in stem[-2::-2])
    return parse_rpps(f"{stem}{-total % 10}").number


def is_demonstration_rpps(number: str) -> bool:
    """Return whether an RPPS number is in the range of invented professionals."""
    return number.startswith(TEST_RPPS_PREFIX)


def is_general_practitioner(profession: str, specialty: str) -> bool:
    """Return whether the codes (TRE_G15, TRE_R38) are those of a general practitioner."""
    return profession == Profession.PHYSICIAN and specialty in GENERAL_PRACTICE
