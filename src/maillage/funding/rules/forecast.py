"""What a year will have cost: what is spent, and the larger of what is engaged or the same pace to its
end.
"""

from __future__ import annotations

from calendar import isleap
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from maillage.kernel.amounts import rounded


@dataclass(frozen=True, slots=True)
class Forecast:
    """Cents: `spent` to date, `engaged` and not yet spent, `pace` what the same pace adds to the
    year's end.
    """

    spent: int
    engaged: int
    pace: int

    @property
    def at_the_end(self) -> int:
        """What the year will have cost, an estimate."""
        return self.spent + max(self.engaged, self.pace)


def forecast(spent: int, engaged: int, today: date, year: int) -> Forecast:
    """Return the forecast of a year seen from `today`; a year over has only what it spent, one to come no
    pace.
    """
    whole = 366 if isleap(year) else 365
    passed = min(whole, max(0, (today - date(year, 1, 1)).days + 1))
    if passed == whole:
        return Forecast(spent, engaged, 0)
    pace = rounded(Fraction(spent * (whole - passed), passed)) if passed else 0
    return Forecast(spent, engaged, pace)
