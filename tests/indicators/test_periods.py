"""Periods: whole months, as an address writes them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.indicators.rules.periods import (
    LONGEST,
    Period,
    between,
    last_months,
    month_name,
    month_of,
    read_period,
)


@pytest.mark.parametrize(
    ("written", "start", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-T3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2025-12_2026-11", date(2025, 12, 1), date(2026, 11, 30)),
        ("2025_2026-T1", date(2025, 1, 1), date(2026, 3, 31)),
    ],
)
def test_a_period_is_read_from_an_address(written: str, start: date, last: date) -> None:
    found = read_period(written)
    assert found is not None
    assert (found.start, found.last_day) == (start, last)


@pytest.mark.parametrize(
    "written",
    ["", "26", "2026-13", "2026-00", "2026-T5", "1989", "2200", "2026-02_2026-01", "2026_x", "2000_2026"],
)
def test_what_is_no_period_is_none(written: str) -> None:
    assert read_period(written) is None


@given(st.integers(1990 * 12, 2150 * 12), st.integers(1, LONGEST))
def test_a_period_is_read_as_it_was_written(first: int, months: int) -> None:
    period = Period(first, months)
    assert read_period(period.written) == period
    assert list(period) == [month for month in range(first - 3, first + months + 3) if month in period]
    assert between(period.start, period.last_day) == period


def test_periods_meet_cover_and_follow_one_another() -> None:
    year, quarter = Period(2026 * 12, 12), Period(2026 * 12 + 9, 3)
    assert (year.covers(quarter), quarter.covers(year), year.meets(quarter)) == (True, False, True)
    assert (year.meets(year.before()), year.before().written) == (False, "2025")
    assert "2026" not in year
    assert last_months(date(2026, 11, 30)) == Period(2025 * 12 + 11, 12)
    assert month_name(month_of(date(2026, 11, 30))) == "2026-11"
