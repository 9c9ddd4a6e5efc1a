"""What time given is worth: a rate an hour in proportion of the minutes, or a rate a session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from maillage.funding.rules.vocabulary import RateUnit, TimeKind
from maillage.kernel.amounts import rounded


@dataclass(frozen=True, slots=True)
class Rate:
    """A decision: how much for which time and profession (empty: all), from which day on; `rank`
    orders them.
    """

    time: TimeKind
    profession: str
    unit: RateUnit
    cents: int
    valid_from: date
    rank: int = 0

    def worth(self, minutes: int) -> int:
        """Return what some minutes are worth, in cents."""
        if self.unit is RateUnit.SESSION:
            return self.cents if minutes else 0
        return rounded(Fraction(self.cents * minutes, 60))


def rate_for(rates: Iterable[Rate], time: TimeKind, profession: str, on: date) -> Rate | None:
    """Return the rate in force: of the profession before that of all, then the last decided; None without
    one.
    """
    found = [
        one
        for one in rates
        if one.time is time and one.profession in {profession, ""} and one.valid_from <= on
    ]
    return max(found, key=lambda one: (one.profession != "", one.valid_from, one.rank), default=None)
