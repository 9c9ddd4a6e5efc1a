"""What may be measured, what is impossible, what is asked again, what calls for the 15. No framework."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

#: What is kept whole: five digits and two decimals at most. More is a slip.
_NUMBER = re.compile(r"-?[0-9]{1,5}(\.[0-9]{1,2})?")


class Taker(StrEnum):
    """Who took a measure."""

    PROFESSIONAL = "professional"
    PATIENT = "patient"
    CARER = "carer"


class Plausibility(StrEnum):
    """Whether a value is kept as it is, asked again, or refused."""

    USUAL = "usual"
    ASK_AGAIN = "ask_again"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that is measured: its LOINC code and UCUM unit, and its bounds of entry.

    Outside `lowest` and `highest` nobody lives: refused. Outside `low` and `high` a slip is likelier than a
    value: asked again. They are bounds of typing, not of care.
    """

    code: str
    loinc: str
    ucum: str
    unit: str
    decimals: int
    lowest: Decimal
    low: Decimal
    high: Decimal
    highest: Decimal

    def plausibility(self, value: Decimal) -> Plausibility:
        """Return what to do with a value."""
        if not self.lowest <= value <= self.highest:
            return Plausibility.IMPOSSIBLE
        return Plausibility.USUAL if self.low <= value <= self.high else Plausibility.ASK_AGAIN

    def is_amount(self, value: Decimal) -> bool:
        """Return whether a rule may name `value`: above zero, written whole, within reach."""
        return 0 < value <= self.highest and value == round(value, self.decimals)


def kind_of(code: str, table: Mapping[str, object]) -> Kind:
    """Return a kind from the table of its rule. Raises KeyError for a field that is missing."""
    bounds = {name: Decimal(str(table[name])) for name in ("lowest", "low", "high", "highest")}
    return Kind(
        code,
        str(table["loinc"]),
        str(table["ucum"]),
        str(table["unit"]),
        int(str(table["decimals"])),
        **bounds,
    )


def is_vital(value: Decimal, bounds: Mapping[str, float]) -> bool:
    """Return whether a value calls for the 15: at or beyond one of its vital bounds (`below`, `above`)."""
    low, high = bounds.get("below"), bounds.get("above")
    return (low is not None and value <= Decimal(str(low))) or (
        high is not None and value >= Decimal(str(high))
    )


def read_number(text: str) -> Decimal | None:
    """Return the number that somebody typed (« 72,5 », « 72.5 kg » is none), None for anything else."""
    cleaned = re.sub(r"[ \u00a0\u202f]", "", text.strip()).replace(",", ".")
    return Decimal(cleaned) if _NUMBER.fullmatch(cleaned) else None
