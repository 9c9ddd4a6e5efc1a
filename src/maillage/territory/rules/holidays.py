"""Public holidays, by the law of each part of the country: no framework, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache


class HolidayCalendar(StrEnum):
    """Which public holidays are kept; those of the law are in the rules `territory.holidays.<name>`.

    In Alsace and Moselle Good Friday is kept where the commune has a Protestant church, and not elsewhere.
    """

    METROPOLE = "metropole"
    ALSACE = "6AE"
    MOSELLE = "57"
    ALSACE_MOSELLE_NO_GOOD_FRIDAY = "6AE-no-gf"
    GUADELOUPE = "971"
    MARTINIQUE = "972"
    GUYANE = "973"
    REUNION = "974"
    SAINT_PIERRE_ET_MIQUELON = "PM"
    MAYOTTE = "976"
    SAINT_BARTHELEMY = "BL"
    SAINT_MARTIN = "MF"
    WALLIS_ET_FUTUNA = "WF"
    POLYNESIE_FRANCAISE = "PF"
    NOUVELLE_CALEDONIE = "NC"


_BY_DEPARTEMENT = {
    "57": HolidayCalendar.MOSELLE,
    "67": HolidayCalendar.ALSACE,
    "68": HolidayCalendar.ALSACE,
    "971": HolidayCalendar.GUADELOUPE,
    "972": HolidayCalendar.MARTINIQUE,
    "973": HolidayCalendar.GUYANE,
    "974": HolidayCalendar.REUNION,
    "975": HolidayCalendar.SAINT_PIERRE_ET_MIQUELON,
    "976": HolidayCalendar.MAYOTTE,
    "977": HolidayCalendar.SAINT_BARTHELEMY,
    "978": HolidayCalendar.SAINT_MARTIN,
    "986": HolidayCalendar.WALLIS_ET_FUTUNA,
    "987": HolidayCalendar.POLYNESIE_FRANCAISE,
    "988": HolidayCalendar.NOUVELLE_CALEDONIE,
}


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The public holidays of a place: those of the whole country, and the ones that its own law adds.

    `fixed`: (month, day) each year; `from_easter`: days counted from Easter Sunday, negative before it.
    """

    fixed: frozenset[tuple[int, int]] = frozenset()
    from_easter: frozenset[int] = frozenset()

    def on(self, day: date) -> bool:
        """Whether a day is a public holiday."""
        if (day.month, day.day) in self.fixed or day in national_holidays(day.year):
            return True
        return bool(self.from_easter) and (day - easter(day.year)).days in self.from_easter


def calendar_of(departement: str) -> HolidayCalendar:
    """Return the calendar of holidays kept in a département (INSEE code)."""
    return _BY_DEPARTEMENT.get(departement, HolidayCalendar.METROPOLE)


@lru_cache(maxsize=256)
def easter(year: int) -> date:
    """Return Easter Sunday (Meeus, Astronomical Algorithms, chapter 8, Gregorian calendar)."""
    golden, (century, rest) = year % 19, divmod(year, 100)
    leap, over = divmod(century, 4)
    moon = (19 * golden + century - leap - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    week = (32 + 2 * over + 2 * (rest // 4) - moon - rest % 4) % 7
    shift = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * shift + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def national_holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year that the whole country keeps.

    The library's lists of one département or island hold days of mere custom: they are not read.
    """
    import holidays  # here only: ten megabytes, for what is kept once read

    return frozenset(holidays.country_holidays("FR", years=year))


def calendar_of_all(departements: Iterable[str]) -> HolidayCalendar:
    """Return the calendar that several départements share, that of the whole country where they differ.

    Alsace and Moselle keep the same days.
    """
    found = {calendar_of(one) for one in departements}
    if found == {HolidayCalendar.ALSACE, HolidayCalendar.MOSELLE}:
        return HolidayCalendar.ALSACE
    return found.pop() if len(found) == 1 else HolidayCalendar.METROPOLE


@lru_cache(maxsize=64)
def names_of(calendar: HolidayCalendar, year: int, language: str) -> dict[date, str]:
    """Return the names of days of a year in a language (`fr`, `en_US`), those of mere custom among them.

    Whether a day is a holiday is for `PublicHolidays` to say: names only.
    """
    import holidays  # here only: ten megabytes, for what is kept once read

    part = calendar.value.removesuffix("-no-gf")
    known = part if part in holidays.list_supported_countries()["FR"] else None
    found = holidays.country_holidays("FR", subdiv=known, years=year, language=language)
    return {day: name.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}") for day, name in found.items()}
