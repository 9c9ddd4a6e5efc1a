"""How far an indicator of the variable part is reached: linear between its reference and its target.

The national text does not say how it is reckoned: the straight line is a usage, which the contract decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Measured:
    """An indicator: where it started, what was aimed at, what was found (None: not yet), its weight."""

    reference: Decimal
    target: Decimal
    value: Decimal | None
    weight: Decimal


def attainment(one: Measured) -> Fraction | None:
    """Return the share reached, 0 to 1; None without a value. A target below its reference goes down.

    Where the two are equal, the target is reached or it is not.
    """
    if one.value is None:
        return None
    reference, target, value = Fraction(one.reference), Fraction(one.target), Fraction(one.value)
    if target == reference:
        return Fraction(int(value >= target))
    return min(Fraction(1), max(Fraction(0), (value - reference) / (target - reference)))


def attained(indicators: Iterable[Measured]) -> Fraction | None:
    """Return the weighted mean of the shares; None without any, or while one of them is not known."""
    rows = [(Fraction(one.weight), attainment(one)) for one in indicators]
    whole = sum((weight for weight, _share in rows), Fraction(0))
    if not whole:
        return None
    found = Fraction(0)
    for weight, share in rows:
        if share is None:
            return None
        found += weight * share
    return found / whole
