"""Working days: weekends and holidays are jumped, in whatever territory, whatever the clock does."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from maillage.kernel.models import Person
from maillage.people.api import CareLink, Patient
from maillage.territory.api import HolidayCalendar, Territory, holidays_of
from maillage.transitions.queries.working_days import working_day_after
from maillage.transitions.rules.working_days import after, between, is_working
from tests.factories import make_commune, make_territory
from tests.transitions.conftest import sent

NONE = frozenset().__contains__
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 4, 7), 2, date(2026, 4, 9)),  # Tuesday
        (date(2026, 4, 3), 2, date(2026, 4, 8)),  # Friday before Easter Monday
        (date(2026, 4, 4), 1, date(2026, 4, 7)),  # Saturday
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # before the first of May, a Friday
        (date(2026, 4, 30), 0, date(2026, 4, 30)),
    ],
)
def test_holidays_and_weekends_do_not_count(day: date, count: int, expected: date) -> None:
    kept = holidays_of(HolidayCalendar.METROPOLE, day)
    assert after(day, count, kept.on) == expected
    assert between(day, expected, kept.on) == count


def test_a_delay_is_never_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        after(date(2026, 4, 7), -1, NONE)
    assert between(date(2026, 4, 7), date(2026, 4, 1), NONE) == 0


@given(DAYS, st.integers(1, 30), st.frozensets(DAYS, max_size=20))
def test_the_day_found_is_worked_and_counts_back(day: date, count: int, kept: frozenset[date]) -> None:
    found = after(day, count, kept.__contains__)
    assert is_working(found, kept.__contains__)
    assert between(day, found, kept.__contains__) == count
    assert found - day >= timedelta(days=count)


def test_the_holidays_are_those_of_the_territory(db: None) -> None:
    """Good Friday is kept in Alsace, the 27th of April in no part of the mainland."""
    alsace, elsewhere = make_territory(), make_territory()
    make_commune("67482", place=alsace)
    make_commune("71001", place=elsewhere)
    thursday = date(2026, 4, 2)
    assert working_day_after(alsace.scope, thursday, 1) == date(2026, 4, 7)
    assert working_day_after(elsewhere.scope, thursday, 1) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 23:30 in Paris on Friday: the clock changes on Easter Sunday, Monday is a holiday.
        (datetime(2027, 3, 26, 22, 30, tzinfo=UTC), date(2027, 3, 31)),
        # Past midnight in Paris while it is still Tuesday in Greenwich.
        (datetime(2027, 3, 30, 22, 30, tzinfo=UTC), date(2027, 4, 2)),
    ],
)
def test_the_day_of_sending_is_that_of_the_clock_on_the_wall(
    now: datetime, expected: date, nurse: Person, patient: Patient, place: Territory
) -> None:
    CareLink.objects.of_patient(patient).update(starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    with time_machine.travel(now, tick=False):
        assert sent(nurse, patient).acknowledge_by == expected
