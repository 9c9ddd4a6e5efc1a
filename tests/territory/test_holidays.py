"""Public holidays named: those of the country, and those that the law of a territory's part of it adds."""

from datetime import date

import pytest
from django.utils import translation

from maillage.territory.api import HolidayCalendar, holiday_names
from maillage.territory.rules.holidays import calendar_of_all
from tests.factories import make_commune, make_territory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("code", "day", "name", "english"),
    [
        ("71001", date(2026, 7, 14), "Fête nationale", "National Day"),
        ("71001", date(2027, 1, 1), "Jour de l’an", "New Year’s Day"),
        ("71001", date(2026, 12, 26), "", ""),
        ("67001", date(2026, 12, 26), "Saint-Étienne", "Saint Stephen’s Day"),
        ("57001", date(2026, 4, 3), "Vendredi saint", "Good Friday"),
        ("97401", date(2026, 12, 20), "Abolition de l’esclavage", "Abolition of Slavery"),
        ("97401", date(2026, 5, 22), "", ""),
        ("97201", date(2026, 5, 22), "Abolition de l’esclavage", "Abolition of Slavery"),
    ],
)
def test_a_territory_names_the_holidays_of_its_law(code: str, day: date, name: str, english: str) -> None:
    place = make_territory()
    make_commune(code, place=place)
    assert holiday_names(place, day, day) == ({day: name} if name else {})
    with translation.override("en"):
        assert holiday_names(place, day, day) == ({day: english} if english else {})


def test_a_territory_of_two_laws_names_what_both_keep() -> None:
    place = make_territory()
    for code in ("67001", "88001"):
        make_commune(code, place=place)
    assert holiday_names(place, date(2026, 12, 24), date(2026, 12, 27)) == {date(2026, 12, 25): "Noël"}
    assert calendar_of_all(["67", "57"]) is HolidayCalendar.ALSACE
    assert calendar_of_all([]) is HolidayCalendar.METROPOLE
