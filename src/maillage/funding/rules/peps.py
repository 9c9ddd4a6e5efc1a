"""The collective payment of PEPS (article 51): what the list is worth, less leakage, under a cap on the gain.

`F = base × territory × quality − leakage`, then `min(F, cap × former fees)`. The coefficients are those of
the
specifications, which we have not read: each is typed with its document.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from maillage.kernel.amounts import rounded


@dataclass(frozen=True, slots=True)
class Quarter:
    """What a quarter is reckoned from, amounts in cents; None: nobody has typed it."""

    base: int | None
    territory: Decimal | None
    quality: Decimal | None
    leakage: int | None
    former_fees: int | None


@dataclass(frozen=True, slots=True)
class Capitation:
    """What a quarter pays, and what it would without the cap; cents."""

    uncapped: int
    cap: int
    cents: int

    @property
    def is_capped(self) -> bool:
        """Whether the cap on the gain applies."""
        return self.cents < self.uncapped


def capitation(quarter: Quarter, cap: Decimal) -> Capitation | None:
    """Return what a quarter pays, `cap` times the former fees at most and never below 0; None while one is
    missing.
    """
    base, territory, quality = quarter.base, quarter.territory, quarter.quality
    leakage, former = quarter.leakage, quarter.former_fees
    if base is None or territory is None or quality is None or leakage is None or former is None:
        return None
    exact = base * Fraction(territory) * Fraction(quality) - leakage
    uncapped = max(0, rounded(exact))
    most = rounded(former * Fraction(cap))
    return Capitation(uncapped, most, min(uncapped, most))
