"""Blocks, public holidays, burden, workflow and deadlines."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.kernel.sourced_rules import rule
from maillage.roster.rules.blocks import (
    OPTIONAL,
    Block,
    BlockKind,
    Hours,
    blocks,
    burden,
    kinds_on,
)
from maillage.roster.rules.workflow import (
    NEXT,
    Delays,
    Obstacle,
    State,
    add_months,
    deadline,
    is_long_enough,
    obstacle,
)
from maillage.territory.api import HolidayCalendar, PublicHolidays, holidays_of
from maillage.territory.rules.holidays import calendar_of, easter, national_holidays

PARIS = ZoneInfo("Europe/Paris")
DAY = Hours(time(8), time(20))
HOURS = {
    BlockKind.NIGHT: Hours(time(20), time(8)),
    BlockKind.SATURDAY_PM: Hours(time(12), time(20)),
    BlockKind.BRIDGE_SATURDAY: Hours(time(8), time(12)),
    **dict.fromkeys(
        (BlockKind.SUNDAY, BlockKind.HOLIDAY, BlockKind.BRIDGE_MONDAY, BlockKind.BRIDGE_FRIDAY), DAY
    ),
}
METROPOLE = PublicHolidays()
POINTS = {
    "night": 6.0, "night_before_rest": 9.0, "saturday_pm": 8.0, "bridge_saturday": 6.0, "bridge_monday": 10.0,
    "bridge_friday": 10.0, "sunday": 12.0, "holiday": 18.0, "feast": 24.0,
}  # fmt: skip
DELAYS = Delays(minimum_months=3, sent_days=45, transmitted_days=10, duty_done_months=1)
FIRST, LAST = date(2026, 7, 1), date(2026, 12, 31)


def made(first: date, last: date | None = None, zone: ZoneInfo = PARIS, **kw: object) -> list[Block]:
    return blocks(first, last or first, HOURS, kw.pop("kept", METROPOLE), zone, **kw)


def test_a_weekday_has_its_night_and_nothing_else() -> None:
    (night,) = made(date(2026, 3, 10))
    assert (night.kind, night.hours) == (BlockKind.NIGHT, 12.0)
    assert night.starts_at == datetime(2026, 3, 10, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 28), 11.0), (date(2026, 10, 24), 13.0)], ids=["forward", "back"]
)
def test_the_night_of_the_clock_change_lasts_what_it_lasts(day: date, hours: float) -> None:
    assert made(day)[-1].hours == hours


def test_29_february_has_its_night_as_any_day() -> None:
    found = made(date(2028, 2, 28), date(2028, 3, 1))
    assert [block.day.day for block in found] == [28, 29, 1]
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))


def test_a_holiday_on_a_sunday_is_one_block() -> None:
    assert kinds_on(date(2026, 11, 1), METROPOLE, OPTIONAL) == [BlockKind.HOLIDAY, BlockKind.NIGHT]
    assert kinds_on(date(2026, 3, 15), METROPOLE, ()) == [BlockKind.SUNDAY, BlockKind.NIGHT]


def test_bridges_and_saturdays_only_where_decided() -> None:
    day_after_ascension, saturday = date(2026, 5, 15), date(2026, 5, 16)
    assert kinds_on(day_after_ascension, METROPOLE, ()) == [BlockKind.NIGHT]
    assert kinds_on(day_after_ascension, METROPOLE, OPTIONAL)[0] is BlockKind.BRIDGE_FRIDAY
    assert kinds_on(saturday, METROPOLE, OPTIONAL) == [
        BlockKind.BRIDGE_SATURDAY, BlockKind.SATURDAY_PM, BlockKind.NIGHT,
    ]  # fmt: skip
    assert kinds_on(date(2026, 7, 13), METROPOLE, OPTIONAL)[0] is BlockKind.BRIDGE_MONDAY
    # Friday 1 May 2026 is a holiday: the Saturday follows it at once.
    assert BlockKind.BRIDGE_SATURDAY in kinds_on(date(2026, 5, 2), METROPOLE, OPTIONAL)
    assert kinds_on(date(2026, 3, 14), METROPOLE, OPTIONAL) == [BlockKind.SATURDAY_PM, BlockKind.NIGHT]


NATIONAL_2026 = {
    date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
    date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11),
    date(2026, 12, 25),
}  # fmt: skip
GOOD_FRIDAY, SAINT_STEPHEN = date(2026, 4, 3), date(2026, 12, 26)
OWN_2026 = {
    "71": set(),
    "2A": set(),
    "75": set(),
    "67": {GOOD_FRIDAY, SAINT_STEPHEN},
    "68": {GOOD_FRIDAY, SAINT_STEPHEN},
    "57": {GOOD_FRIDAY, SAINT_STEPHEN},
    "971": {date(2026, 5, 27)},
    "972": {date(2026, 5, 22)},
    "973": {date(2026, 6, 10)},
    "974": {date(2026, 12, 20)},
    "975": set(),
    "976": {date(2026, 4, 27)},
    "977": {date(2026, 10, 9)},
    "978": {date(2026, 5, 28)},
    "986": {date(2026, 4, 28), date(2026, 6, 29), date(2026, 7, 29)},
    "987": {date(2026, 3, 5), GOOD_FRIDAY, date(2026, 11, 20)},
    "988": {date(2026, 9, 24)},
}


def off_in(kept: PublicHolidays, year: int) -> set[date]:
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return {day for day in days if day.year == year and kept.on(day)}


@pytest.mark.parametrize("departement", OWN_2026)
def test_each_territory_keeps_the_holidays_of_its_law_and_no_other(departement: str) -> None:
    """The whole year: neither Good Friday in the Antilles nor the holidays of an island anywhere else."""
    kept = holidays_of(calendar_of(departement), date(2026, 1, 1))
    assert off_in(kept, 2026) == NATIONAL_2026 | OWN_2026[departement]


def test_good_friday_is_kept_only_where_it_is_legal() -> None:
    without = holidays_of(HolidayCalendar.ALSACE_MOSELLE_NO_GOOD_FRIDAY, date(2026, 1, 1))
    assert off_in(without, 2026) == NATIONAL_2026 | {SAINT_STEPHEN}
    moved = holidays_of(HolidayCalendar.ALSACE, date(2027, 1, 1))
    assert off_in(moved, 2027) - national_holidays(2027) == {date(2027, 3, 26), date(2027, 12, 26)}


@pytest.mark.parametrize("calendar", HolidayCalendar)
def test_every_calendar_has_its_sourced_rule(calendar: HolidayCalendar) -> None:
    for year in (2024, 2026, 2040):
        assert off_in(holidays_of(calendar, date(year, 1, 1)), year) >= national_holidays(year)
    found = rule(f"territory.holidays.{calendar.name.lower()}", date(2026, 1, 1))
    assert found.source


def test_easter_is_the_day_before_easter_monday() -> None:
    for year in range(1960, 2100):
        assert easter(year) + timedelta(days=1) in national_holidays(year)


def test_the_night_begins_by_the_clock_of_the_territory() -> None:
    (night,) = made(date(2026, 3, 10), zone=ZoneInfo("Indian/Reunion"))
    assert night.starts_at == datetime(2026, 3, 10, 16, tzinfo=UTC)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(0, 60), st.sampled_from(HolidayCalendar))
def test_blocks_never_overlap_and_every_night_is_there(
    first: date, length: int, calendar: HolidayCalendar
) -> None:
    last = date.fromordinal(first.toordinal() + length)
    found = made(first, last, options=OPTIONAL, kept=holidays_of(calendar, first))
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(found))
    assert sum(block.kind is BlockKind.NIGHT for block in found) == length + 1


def test_the_burden_grows_with_what_a_duty_costs() -> None:
    def points(day: date, index: int = -1) -> float:
        return burden(made(day, options=OPTIONAL)[index], POINTS, METROPOLE)

    assert points(date(2026, 3, 10)) == 6
    assert points(date(2026, 3, 14)) == 9  # Saturday night, before a Sunday
    assert points(date(2026, 7, 13)) == 9  # before the national day
    assert points(date(2026, 3, 15), 0) == 12
    assert points(date(2026, 7, 14), 0) == 18
    assert points(date(2026, 12, 24)) == points(date(2026, 12, 25), 0) == 24


def test_a_roster_goes_from_the_draft_to_the_duty_done() -> None:
    today, path = date(2026, 8, 1), [State.SENT, State.VALIDATED, State.TRANSMITTED, State.RUNNING]
    state = State.DRAFT
    for to in path:
        assert obstacle(state, to, first=FIRST, last=LAST, today=today, missing=0) is None
        state = to
    ended = date(2027, 1, 1)
    assert obstacle(state, State.CLOSED, first=FIRST, last=LAST, today=ended, missing=0) is None
    assert obstacle(State.CLOSED, State.DUTY_DONE, first=FIRST, last=LAST, today=ended, missing=0) is None
    assert NEXT[State.DUTY_DONE] == ()


@pytest.mark.parametrize(
    ("state", "to", "today", "missing", "why"),
    [
        (State.DRAFT, State.TRANSMITTED, FIRST, 0, Obstacle.NO_SUCH_STEP),
        (State.SENT, State.VALIDATED, FIRST, 2, Obstacle.POSTS_MISSING),
        (State.SENT, State.INCOMPLETE, FIRST, 0, Obstacle.NOTHING_MISSING),
        (State.TRANSMITTED, State.RUNNING, date(2026, 6, 30), 0, Obstacle.NOT_STARTED),
        (State.RUNNING, State.CLOSED, LAST, 0, Obstacle.NOT_ENDED),
    ],
)
def test_what_prevents_a_step(state: State, to: State, today: date, missing: int, why: Obstacle) -> None:
    assert obstacle(state, to, first=FIRST, last=LAST, today=today, missing=missing) is why


@pytest.mark.parametrize(
    ("state", "step", "last_day"),
    [
        (State.DRAFT, State.SENT, date(2026, 5, 17)),
        (State.VALIDATED, State.TRANSMITTED, date(2026, 6, 21)),
        (State.CLOSED, State.DUTY_DONE, date(2027, 1, 31)),
    ],
)
def test_the_legal_deadlines_are_counted(state: State, step: State, last_day: date) -> None:
    due = deadline(state, first=FIRST, last=LAST, today=last_day, delays=DELAYS)
    assert due is not None
    assert (due.step, due.last_day, due.days_left, due.is_late) == (step, last_day, 0, False)
    late = deadline(state, first=FIRST, last=LAST, today=date(2027, 2, 2), delays=DELAYS)
    assert late is not None
    assert late.is_late


def test_nothing_is_due_once_all_is_done() -> None:
    assert deadline(State.DUTY_DONE, first=FIRST, last=LAST, today=LAST, delays=DELAYS) is None


def test_three_months_are_three_months() -> None:
    assert is_long_enough(date(2026, 1, 1), date(2026, 3, 31), 3)
    assert not is_long_enough(date(2026, 1, 1), date(2026, 3, 30), 3)
    assert add_months(date(2027, 11, 30), 3) == date(2028, 2, 29)
