"""The public holidays of a territory: which days, and what they are called."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.kernel.models import Scope
from maillage.kernel.sourced_rules import rule
from maillage.territory.models import Commune, Territory
from maillage.territory.rules.holidays import HolidayCalendar, PublicHolidays, calendar_of_all, names_of


def holidays_of(calendar: HolidayCalendar, on: date) -> PublicHolidays:
    """Return the public holidays of a calendar, by the rule in force on a day."""
    own = rule(f"territory.holidays.{calendar.name.lower()}", on).value
    fixed = (date.fromisoformat(f"2000-{written}") for written in own["fixed"])
    return PublicHolidays(
        frozenset((day.month, day.day) for day in fixed), frozenset(int(one) for one in own["from_easter"])
    )


def holidays_kept(scope: Scope, on: date) -> PublicHolidays:
    """Return the public holidays of a scope, by the rule in force on a day; one statement.

    Those of its communes' départements where they keep the same, else those of the whole country.
    """
    members = Commune.objects.filter(territories__scope=scope)
    calendar = calendar_of_all(members.order_by().values_list("departement", flat=True).distinct())
    return holidays_of(calendar, on)


def holiday_names(territory: Territory, first: date, last: date) -> dict[date, str]:
    """Return the public holidays of a territory from `first` to `last`, by day, in the reader's language.

    Those of its départements where they keep the same, else those of the whole country. One statement, none
    where no part of the country keeps any of these days.
    """
    days = [first + timedelta(days=after) for after in range((last - first).days + 1)]
    if not any(holidays_of(one, first).on(day) for one in HolidayCalendar for day in days):
        return {}
    members = Commune.objects.filter(territories=territory)
    calendar = calendar_of_all(members.order_by().values_list("departement", flat=True).distinct())
    kept = holidays_of(calendar, first)
    return {day: _name(calendar, day) for day in days if kept.on(day)}


def _name(calendar: HolidayCalendar, day: date) -> str:
    language = "en_US" if (get_language() or "").startswith("en") else "fr"
    return names_of(calendar, day.year, language).get(day) or _("Jour férié")
