"""Where things lie on the grid: folded hours, lanes, nights past midnight, the nights of the clock change."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.agenda.rules import grid
from maillage.agenda.rules.clock import Recurrence, Span, moment, planned

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
MONDAY = date(2026, 3, 16)
WINTER, SUMMER = date(2026, 10, 25), date(2026, 3, 29)


def span(day: date, starts: time, minutes: int, zone: ZoneInfo = PARIS) -> Span:
    at = moment(day, starts, zone)
    return Span(at, at + timedelta(minutes=minutes))


def test_the_axis_keeps_to_the_hours_of_work_and_folds_the_empty_ones() -> None:
    axis = grid.axis_of([span(MONDAY, time(9), 180), span(MONDAY, time(14), 60)], [MONDAY], PARIS)
    assert [(band.hour, band.is_folded) for band in axis.bands] == [
        (9, False), (10, False), (11, False), (12, True), (13, True), (14, False),
    ]  # fmt: skip
    assert axis.at(moment(MONDAY, time(8), PARIS), MONDAY, PARIS) == 0
    assert axis.at(moment(MONDAY, time(10, 30), PARIS), MONDAY, PARIS) == 90
    assert axis.at(moment(MONDAY, time(14), PARIS), MONDAY, PARIS) == 180 + 2 * grid.FOLDED
    assert axis.at(moment(MONDAY, time(20), PARIS), MONDAY, PARIS) == axis.length == 240 + 2 * grid.FOLDED


def test_all_hours_and_an_empty_week_have_an_axis_too() -> None:
    whole = grid.axis_of([span(MONDAY, time(9), 60)], [MONDAY], PARIS, whole=True)
    assert (len(whole.bands), whole.length) == (24, 24 * 60)
    empty = grid.axis_of([], [MONDAY], PARIS)
    assert [band.hour for band in empty.bands] == list(grid.USUAL)
    assert not any(band.is_folded for band in empty.bands)


def test_the_hour_shown_twice_has_two_bands_and_nothing_lies_on_another() -> None:
    night = Recurrence(1, WINTER.weekday(), time(0), time(6), 20, WINTER, WINTER)
    slots = planned([night], [], WINTER, WINTER, PARIS)
    assert len(slots) == 21, "a night of six hours lasts seven"
    axis = grid.axis_of(slots, [WINTER], PARIS)
    assert [(band.hour, band.again) for band in axis.bands][2:4] == [(2, False), (2, True)]
    places = [(axis.at(one.starts_at, WINTER, PARIS), axis.at(one.ends_at, WINTER, PARIS)) for one in slots]
    assert places == [(20 * n, 20 * n + 20) for n in range(21)]
    assert {lane.count for lane in grid.lanes(places)} == {1}
    assert grid.hours_twice(WINTER, PARIS) == [2]
    assert grid.hours_twice(MONDAY, PARIS) == []


def test_the_hour_that_is_skipped_stays_empty() -> None:
    night = Recurrence(1, SUMMER.weekday(), time(0), time(6), 20, SUMMER, SUMMER)
    slots = planned([night], [], SUMMER, SUMMER, PARIS)
    assert len(slots) == 15
    axis = grid.axis_of(slots, [SUMMER], PARIS)
    tops = [axis.at(one.starts_at, SUMMER, PARIS) for one in slots]
    skipped = next(band for band in axis.bands if band.hour == 2)
    assert not any(skipped.top <= top < skipped.top + skipped.height for top in tops)
    assert grid.hours_skipped(SUMMER, PARIS) == [2]
    assert grid.hours_skipped(SUMMER, REUNION) == grid.hours_twice(WINTER, REUNION) == []


def test_a_territory_overseas_has_its_own_day() -> None:
    late = span(MONDAY, time(23), 60, REUNION)  # 19:00 UTC: still the 16th there, 20:00 in Paris
    assert grid.pieces(late, [MONDAY], REUNION) == [MONDAY]
    axis = grid.axis_of([late], [MONDAY], REUNION)
    assert [band.hour for band in axis.bands] == [23]
    early = span(MONDAY + timedelta(days=1), time(0, 30), 30, REUNION)
    assert early.starts_at.astimezone(PARIS).date() == MONDAY
    assert grid.pieces(early, [MONDAY], REUNION) == []


def test_a_night_past_midnight_lies_on_both_days() -> None:
    tuesday = MONDAY + timedelta(days=1)
    night = span(MONDAY, time(20), 12 * 60)
    assert grid.pieces(night, [MONDAY, tuesday], PARIS) == [MONDAY, tuesday]
    axis = grid.axis_of([night], [MONDAY, tuesday], PARIS)
    assert (axis.bands[0].hour, axis.bands[-1].hour) == (0, 23)
    assert axis.at(night.ends_at, MONDAY, PARIS) == axis.length
    assert axis.at(night.starts_at, tuesday, PARIS) == 0
    until_midnight = span(MONDAY, time(22), 120)
    assert grid.pieces(until_midnight, [MONDAY, tuesday], PARIS) == [MONDAY], "midnight is not in it"


@given(st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 240)), max_size=12))
def test_nothing_in_a_lane_lies_on_another(drawn: list[tuple[int, int]]) -> None:
    spans = sorted((top, top + length) for top, length in drawn)
    placed = grid.lanes(spans)
    assert len(placed) == len(spans)
    for n, ((top, bottom), lane) in enumerate(zip(spans, placed, strict=True)):
        assert 0 <= lane.number < lane.count
        end = max(bottom, top + grid.SHORTEST)
        for (other_top, other_bottom), other in zip(spans[:n], placed[:n], strict=True):
            meets = other_top < end and top < max(other_bottom, other_top + grid.SHORTEST)
            assert not (meets and other.number == lane.number)
            assert not meets or other.count == lane.count, "what overlaps shares the width"


@pytest.mark.parametrize("zone", [PARIS, REUNION, ZoneInfo("America/Miquelon")])
@given(day=st.dates(date(2026, 1, 1), date(2027, 12, 31)), minutes=st.integers(0, 24 * 60))
def test_what_comes_later_never_lies_higher(zone: ZoneInfo, day: date, minutes: int) -> None:
    start = moment(day, time(0), zone)
    axis = grid.axis_of([], [day], zone, whole=True)
    at = start + timedelta(minutes=minutes)
    here, later = axis.at(at, day, zone), axis.at(at + timedelta(minutes=1), day, zone)
    assert 0 <= here <= later <= axis.length
    assert later - here <= 1 or grid.hours_skipped(day, zone)
