"""What is counted of transfers: resident-days, rates, shares with their denominator."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.care.rules.transfers import Left, Span, is_night, rates, resident_days

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)
NIGHT = (time(20), time(8))
days = st.dates(date(2025, 11, 1), date(2026, 3, 31))


def test_resident_days_of_a_month() -> None:
    stays = [
        Span(date(2025, 6, 1)),  # all 31 days
        Span(date(2026, 1, 10), date(2026, 1, 12)),  # the 10th and the 11th: the day of leaving is not one
        Span(date(2026, 1, 31)),  # one
        Span(date(2026, 2, 1)),  # none
        Span(date(2025, 1, 1), date(2025, 12, 31)),  # none
    ]
    assert resident_days(stays, FIRST, LAST) == 31 + 2 + 1


@given(since=days, length=st.one_of(st.none(), st.integers(0, 120)))
def test_days_are_those_one_counts_on_a_calendar(since: date, length: int | None) -> None:
    until = None if length is None else since + timedelta(days=length)
    counted = sum(
        since <= day and (until is None or day < until)
        for day in (FIRST + timedelta(days=n) for n in range(31))
    )
    assert Span(since, until).days_within(FIRST, LAST) == counted


def test_rates_say_over_what() -> None:
    left = [
        Left(time(2, 40), with_call=True, with_sheet=True, is_admitted=False),
        Left(time(21), with_call=False, with_sheet=None, is_admitted=True),
        Left(time(14), with_call=None, with_sheet=False, is_admitted=None),
    ]
    found = rates(left, 1500, NIGHT)
    assert found.per_thousand == 2.0
    assert (found.at_night.count, found.at_night.known) == (2, 3)
    assert (found.without_call.count, found.without_call.known) == (1, 2)
    assert found.without_sheet.value == 0.5
    assert (found.not_admitted.count, found.not_admitted.known) == (1, 2)
    assert found.completeness == 6 / 9


def test_without_a_denominator_there_is_no_rate() -> None:
    found = rates([], 0, NIGHT)
    assert found.per_thousand is None
    assert found.at_night.value is None
    assert found.completeness is None


@pytest.mark.parametrize(
    ("hour", "night"),
    [(time(20), True), (time(19, 59), False), (time(7, 59), True), (time(8), False), (time(0), True)],
)
def test_a_night_goes_over_midnight(hour: time, night: bool) -> None:
    assert is_night(hour, NIGHT) is night
