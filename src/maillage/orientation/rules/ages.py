"""Ages of people: in whole months, said in years from two years on."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

YEAR = 12  # months
#: Ages are said in months before this one.
SAID_IN_YEARS = 2 * YEAR
#: A longer text says no age.
LONGEST_AGE = 40  # characters
_MONTHS_IN = {
    **dict.fromkeys(("a", "an", "ans", "y", "yr", "yrs", "year", "years"), YEAR),
    **dict.fromkeys(("m", "mo", "mos", "mois", "month", "months"), 1),
}
_DAYS_IN = {
    **dict.fromkeys(("s", "sem", "semaine", "semaines", "w", "wk", "wks", "week", "weeks"), 7),
    **dict.fromkeys(("j", "jr", "jrs", "jour", "jours", "d", "day", "days"), 1),
}
_UNITS = (*_MONTHS_IN, *_DAYS_IN)  # from the longest to the shortest
_NEWBORN = re.compile(r"nouve(?:au|lle)[ -]?n[ée]e?|new[ -]?born")
_YEARS_ALONE = re.compile(r"\d{1,3}")
#: A number and its unit, then what is said beside them: « 1 an et demi », « 2 mois 10 jours ».
_PART = re.compile(
    r"\s*(?:(?:et|and|,)\s*)?(?P<count>\d{1,4}(?:[.,]\d{1,2})?)\s*(?P<unit>[a-z]+)\.?"
    r"(?P<half>\s*(?:et\s*demie?|and\s*a\s*half|1/2|½))?"
)


def months_on(born: date, day: date) -> int:
    """Return the whole months that somebody born on `born` has lived on `day`, zero at least."""
    return max(0, (day.year - born.year) * YEAR + day.month - born.month - (day.day < born.day))


def is_same_age(said: int, other: int) -> bool:
    """Return whether two ages, in months, are said alike: the month counts before two years."""
    if min(said, other) < SAID_IN_YEARS:
        return said == other
    return said // YEAR == other // YEAR


def read_age(text: str, today: date) -> int | None:
    """Return the whole months that somebody of the age that `text` says has lived on `today`, or None.

    A number alone counts years. What is lived of a month that is not over does not count: an infant is never
    read older than said.

    >>> on = date(2026, 11, 29)
    >>> read_age("3", on), read_age("8 mois", on), read_age("6 semaines", on), read_age("1 an et demi", on)
    (36, 8, 1, 18)
    """
    said = text.casefold().strip()
    if len(said) > LONGEST_AGE:
        return None
    if _NEWBORN.fullmatch(said):
        return 0
    if _YEARS_ALONE.fullmatch(said):
        return int(said) * YEAR
    months = days = Fraction(0)
    at, shorter = 0, _UNITS
    while at < len(said):
        found = _PART.match(said, at)
        # From the longest to the shortest, each once: anything else is no age.
        if found is None or found["unit"] not in shorter:
            return None
        unit, at = found["unit"], found.end()
        count = Fraction(found["count"].replace(",", ".")) + (Fraction(1, 2) if found["half"] else 0)
        months += count * _MONTHS_IN.get(unit, 0)
        days += count * _DAYS_IN.get(unit, 0)
        shorter = tuple(one for one in shorter if _length(one) < _length(unit))
    return int(months) + months_on(today - timedelta(int(days)), today) if said else None


def _length(unit: str) -> tuple[int, int]:
    return _MONTHS_IN.get(unit, 0), _DAYS_IN.get(unit, 0)
