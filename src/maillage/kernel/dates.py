"""Days as people type them in France, and what a birth date may be. No framework but the sourced rules.

A year of two digits is the latest that is not to come: in 2026, 50 is 1950 and 12 is 2012.
"""

from __future__ import annotations

import re
from datetime import date

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.names import normalise
from maillage.kernel.sourced_rules import rule
from maillage.kernel.typed import plain_digits

_LONGEST = 40
_MONTHS = (
    "janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
    "novembre", "decembre",
)  # fmt: skip
#: The shortest that names one month only: « juin » and « juillet » share their first three letters.
_SHORTEST_MONTH = 3
_DIGITS_ALONE = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})(\d{2})(\d{2})")


class DateError(IdentifierError):
    """A text that is no day, or a day that cannot be a birth's; the sentence says how to mend it."""


def read_day(text: str, today: date) -> date | None:
    """Return the day that `text` writes, None where it writes none.

    Any separator or none, a year of two digits, the year first, a month by its French name or the beginning
    of it.

    >>> today = date(2026, 11, 29)
    >>> read_day("31/12/50", today) == read_day("1950-12-31", today) == read_day("31121950", today)
    True
    >>> read_day("1er déc. 1950", today), read_day("30/02/1950", today)
    (datetime.date(1950, 12, 1), None)
    """
    if len(text) > _LONGEST:
        return None
    words = normalise(re.sub(r"(?<=\d)\s*(er|ER)\b", " ", plain_digits(text))).split()
    if len(words) == 1:
        return _read_together(words[0], today)
    if len(words) != 3 or not (words[0].isdigit() and words[2].isdigit()):
        return None
    month = _month(words[1])
    if month is None:
        return None
    first, last = words[0], words[2]
    if len(first) == 4:
        return _day(first, month, last, today) if len(last) <= 2 else None
    return _day(last, month, first, today) if len(first) <= 2 else None


def read_birth_date(text: str, today: date) -> date | None:
    """Return the birth date that `text` writes, None where nothing is written. Raises DateError."""
    if not text.strip():
        return None
    day = read_day(text, today)
    if day is None:
        raise DateError(
            gettext_noop(
                "« %(given)s » n’est pas une date : écrivez le jour, le mois et l’année, "
                "par exemple 31/12/1950."
            ),
            given=" ".join(text.split())[:_LONGEST],
        )
    check_birth_date(day, today)
    return day


def check_birth_date(day: date, today: date) -> None:
    """Raise DateError for a birth to come, or longer ago than anyone has lived."""
    given = f"{day.day:02d}/{day.month:02d}/{day.year:04d}"
    if day > today:
        raise DateError(
            gettext_noop("La date de naissance %(given)s est à venir : vérifiez l’année."), given=given
        )
    oldest: int = rule("kernel.dates.oldest_age").value
    if today.year - day.year - ((today.month, today.day) < (day.month, day.day)) > oldest:
        raise DateError(
            gettext_noop("La date de naissance %(given)s donne plus de %(oldest)d ans : vérifiez l’année."),
            given=given,
            oldest=oldest,
        )


def _read_together(word: str, today: date) -> date | None:
    if found := _DIGITS_ALONE.fullmatch(word):
        day = _day(found[3], int(found[2]), found[1], today)
        if day is not None:
            return day
    if found := _YEAR_FIRST.fullmatch(word):
        return _day(found[1], int(found[2]), found[3], today)
    return None


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word) if len(word) <= 2 else None
    if len(word) < _SHORTEST_MONTH:
        return None
    named = [number for number, name in enumerate(_MONTHS, start=1) if name.startswith(word)]
    return named[0] if len(named) == 1 else None


def _day(year: str, month: int, day: str, today: date) -> date | None:
    """Return the day, None where the calendar has none; the year has two or four digits."""
    try:
        if len(year) == 4:
            return date(int(year), month, int(day))
        if len(year) != 2:
            return None
        century = today.year - today.year % 100
        found = _safe(century + int(year), month, int(day))
        return (
            found
            if found is not None and found <= today
            else date(century - 100 + int(year), month, int(day))
        )
    except ValueError:
        return None


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
