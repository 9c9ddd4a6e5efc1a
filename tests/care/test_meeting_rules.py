"""Hours of items, days of minutes, texts written at once, paid time: each with a literal reference."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.care.rules.meetings import (
    MinutesState,
    PaidTime,
    Version,
    ends_at,
    heads,
    hours_of,
    indemnity,
    minutes_due,
    minutes_state,
    paid_time,
)

PARIS = ZoneInfo("Europe/Paris")


def test_a_meeting_lasts_as_long_on_the_night_when_clocks_change() -> None:
    for day, after in (((2026, 3, 29), 4), ((2026, 10, 25), 2)):
        start = datetime(*day, 1, 30, tzinfo=PARIS)
        end = ends_at(start, 90)
        assert end - start.astimezone(UTC) == timedelta(minutes=90)
        assert end.astimezone(PARIS).hour == after


@given(st.lists(st.integers(0, 200), max_size=8))
def test_items_follow_one_another(lengths: list[int]) -> None:
    start = datetime(2026, 10, 25, 1, 0, tzinfo=PARIS)
    hours = hours_of(start, lengths)
    assert len(hours) == len(lengths)
    for rank, at in enumerate(hours):
        assert (at - start.astimezone(UTC)).total_seconds() == 60 * sum(lengths[:rank])


def test_minutes_are_due_so_many_days_after() -> None:
    assert minutes_due(date(2026, 2, 22), 8) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("facts", "days", "state"),
    [
        ({"is_cancelled": True, "is_over": True}, -1, MinutesState.CANCELLED),
        ({}, 8, MinutesState.TO_COME),
        ({"is_over": True}, 0, MinutesState.DUE),
        ({"is_over": True}, -1, MinutesState.LATE),
        ({"is_over": True, "is_signed": True}, -1, MinutesState.SIGNED),
        ({"is_over": True, "is_signed": True, "is_changed": True}, -1, MinutesState.CHANGED),
    ],
)
def test_where_the_minutes_stand(facts: dict[str, bool], days: int, state: MinutesState) -> None:
    today = date(2026, 3, 14)
    known = dict.fromkeys(("is_cancelled", "is_over", "is_signed", "is_changed"), False) | facts
    assert minutes_state(**known, due=today + timedelta(days=days), today=today) is state


def versions(bases: list[int]) -> list[Version]:
    """Texts numbered from 1, each written from an earlier one, or from nothing."""
    return [Version(number, min(base, number - 1)) for number, base in enumerate(bases, start=1)]


@given(st.lists(st.integers(0, 6), max_size=7))
def test_a_text_stands_until_somebody_who_read_it_writes(bases: list[int]) -> None:
    texts = versions(bases)
    literal = [
        one.number
        for one in texts
        if not any(later.number > one.number and later.base >= one.number for later in texts)
    ]
    assert heads(reversed(texts)) == literal
    assert bool(literal) == bool(texts)


def test_two_at_once_then_one_who_read_both() -> None:
    assert heads(versions([0, 0])) == [1, 2]
    assert heads(versions([0, 0, 2])) == [3]
    assert heads(versions([0, 0, 1])) == [2, 3]


RATES = st.none() | st.decimals(0, 500, places=2)


@given(st.lists(st.tuples(st.integers(0, 720), RATES), max_size=6))
def test_paid_time_adds_what_each_is_worth(lines: list[tuple[int, Decimal | None]]) -> None:
    found = paid_time(lines)
    assert found.minutes == sum(minutes for minutes, _rate in lines)
    assert found.unrated == sum(minutes for minutes, rate in lines if rate is None)
    exact = sum((rate * minutes / 60 for minutes, rate in lines if rate is not None), Decimal(0))
    assert abs(found.amount - exact) <= Decimal("0.005") * len(lines)


def test_an_hour_and_a_half_at_sixty_euros() -> None:
    assert indemnity(90, Decimal(60)) == Decimal("90.00")
    assert indemnity(90, None) is None
    assert PaidTime(0, Decimal(10), 0).exceeds(Decimal(9))
    assert not PaidTime(0, Decimal(10), 0).exceeds(Decimal(10))
    assert not PaidTime(0, Decimal(10), 0).exceeds(None)
