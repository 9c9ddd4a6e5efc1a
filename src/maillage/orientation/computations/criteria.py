"""What a regulator asks of a proposal, and the bits by which the engine reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from maillage.agenda.api import Kind, Visibility
from maillage.directory.api import Profession, Professional
from maillage.kernel.sourced_rules import rule

WHEELCHAIR, SECTOR_ONE = 1, 2
LANGUAGE_SHIFT, LANGUAGES_AT_MOST = 8, 54
GENERAL_PRACTITIONER = "gp"
#: Professions that may be asked for; a general practitioner is one by specialty too.
PROFESSIONS = (
    GENERAL_PRACTITIONER, Profession.PHYSICIAN.value, Profession.NURSE.value, Profession.PHARMACIST.value,
    Profession.MIDWIFE.value, Profession.PHYSIOTHERAPIST.value,
)  # fmt: skip
KIND_BIT = {kind.value: 1 << place for place, kind in enumerate(Kind)}
AUDIENCE_BIT = {
    one.value: 1 << place
    for place, one in enumerate(one for one in Visibility if one is not Visibility.PRIVATE)
}
#: Where a person is received; a group or a phone call is asked for by name.
IN_PERSON = (Kind.PRACTICE, Kind.ADVANCED, Kind.BUS)


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked; None takes the rule of the desk. `max_travel` in minutes, `horizon_hours` in hours.

    `profession`: one of `PROFESSIONS`. `child`: take a child's age where the age is not known.
    """

    max_travel: float | None = None
    horizon_hours: int | None = None
    profession: str = GENERAL_PRACTITIONER
    home_visit: bool = False
    remote: bool = False
    child: bool = False
    wheelchair: bool = False
    language: str = ""
    sector_one: bool = False

    def stored(self) -> dict[str, Any]:
        """Return it as JSON, for `Criteria(**…)` to read again."""
        return asdict(self)

    def kinds(self) -> int:
        """Bits of the kinds of slot that would do."""
        if self.home_visit:
            return KIND_BIT[Kind.HOME.value]
        received = IN_PERSON if not self.remote else (Kind.TELE, Kind.PHONE)
        return sum(KIND_BIT[kind.value] for kind in received)

    def abilities(self, languages: dict[str, int]) -> int | None:
        """Bits of what is asked of the professional; None where nobody known speaks the language."""
        wanted = WHEELCHAIR * self.wheelchair | SECTOR_ONE * self.sector_one
        if self.language:
            if self.language not in languages:
                return None
            wanted |= languages[self.language]
        return wanted


def profession_bits(professional: Professional) -> int:
    """Bits of what a professional is; 0 for a profession that the desk does not ask for."""
    bits = 0
    if professional.profession in PROFESSIONS:
        bits |= 1 << PROFESSIONS.index(professional.profession)
    if professional.is_general_practitioner:
        bits |= 1 << PROFESSIONS.index(GENERAL_PRACTITIONER)
    return bits


def language_bits(spoken: Iterable[str]) -> dict[str, int]:
    """Give each language a bit, in the order of the alphabet; those beyond the last bit have none."""
    return {
        language: 1 << (LANGUAGE_SHIFT + place)
        for place, language in enumerate(sorted(set(spoken))[:LANGUAGES_AT_MOST])
    }


def motive_bits(codes: Iterable[str]) -> int:
    """Bits of some motives of the Hub Santé; every bit where none is known: an empty list accepts all."""
    known = motive_bit()
    return sum({known[code] for code in codes if code in known}) or -1 & (1 << 62) - 1


def motive_bit() -> dict[str, int]:
    """Give each motive a bit; a group, and « not said », ask for nothing."""
    return {
        one["code"]: 1 << place
        for place, one in enumerate(rule("orientation.motives").value)
        if not one["code"].endswith(".00")
    }
