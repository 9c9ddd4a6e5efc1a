"""Slots in real time, states, audiences: without a database."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.agenda.rules.clock import (
    Recurrence,
    Span,
    is_quantised,
    moment,
    monday,
    opened,
    planned,
    quanta,
)
from maillage.agenda.rules.vocabulary import State, Visibility, audiences, may_become
from maillage.kernel.rules import Role

PARIS = ZoneInfo("Europe/Paris")
NIGHT = {"starts": time(20), "ends": time(8), "minutes": 60}


def weekly(weekday: int, since: date, **changes: object) -> Recurrence:
    options: dict[str, object] = {"key": 1, "starts": time(9), "ends": time(10), "minutes": 20} | changes
    return Recurrence(weekday=weekday, valid_from=since, **options)  # type: ignore[arg-type]


def local(slots: list[Span]) -> list[str]:
    return [slot.starts_at.astimezone(PARIS).strftime("%d %H:%M") for slot in slots]


def test_a_weekly_rule_makes_its_slots_within_its_dates() -> None:
    rule = weekly(0, date(2026, 3, 16), valid_to=date(2026, 3, 23))
    slots = planned([rule], [], date(2026, 3, 1), date(2026, 4, 30), PARIS)
    assert local(slots) == ["16 09:00", "16 09:20", "16 09:40", "23 09:00", "23 09:20", "23 09:40"]


def test_a_remainder_too_short_is_no_slot() -> None:
    rule = weekly(0, date(2026, 3, 16), ends=time(9, 50), valid_to=date(2026, 3, 16))
    assert local(planned([rule], [], date(2026, 3, 16), date(2026, 3, 16), PARIS)) == ["16 09:00", "16 09:20"]


def test_one_week_in_two_is_counted_from_the_first_week() -> None:
    rule = weekly(2, date(2026, 3, 16), every=2, minutes=60)
    slots = planned([rule], [], date(2026, 3, 16), date(2026, 4, 20), PARIS)
    assert local(slots) == ["18 09:00", "01 09:00", "15 09:00"]


@pytest.mark.parametrize(
    ("evening", "hours", "last"),
    [
        (date(2026, 3, 28), 11, "29 07:00"),
        (date(2026, 10, 24), 13, "25 07:00"),
        (date(2026, 6, 6), 12, "07 07:00"),
    ],
)
def test_the_night_of_the_clock_change_lasts_what_it_lasts(evening: date, hours: int, last: str) -> None:
    rule = weekly(evening.weekday(), evening, valid_to=evening, **NIGHT)
    slots = planned([rule], [], evening, evening, PARIS)
    assert len(slots) == hours
    assert local(slots)[-1] == last
    assert all(slot.ends_at - slot.starts_at == timedelta(hours=1) for slot in slots)
    assert all(one.ends_at == two.starts_at for one, two in pairwise(slots))


def test_an_hour_that_does_not_exist_comes_after_the_gap_and_one_that_comes_twice_is_the_first() -> None:
    assert moment(date(2026, 3, 29), time(2, 30), PARIS) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert moment(date(2026, 10, 25), time(2, 30), PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_29_of_february_is_a_day_like_another() -> None:
    leap = date(2028, 2, 29)
    rule = weekly(leap.weekday(), date(2028, 2, 1), valid_to=leap, minutes=60)
    assert local(planned([rule], [], leap, date(2028, 3, 7), PARIS)) == ["29 09:00"]
    single = weekly(leap.weekday(), leap, valid_to=leap, **NIGHT)
    assert local(planned([single], [], leap, leap, PARIS))[-1] == "01 07:00"


def test_overseas_wall_clocks_are_their_own() -> None:
    reunion = ZoneInfo("Indian/Reunion")
    rule = weekly(0, date(2026, 3, 16), valid_to=date(2026, 3, 16), minutes=60)
    slots = planned([rule], [], date(2026, 3, 16), date(2026, 3, 16), reunion)
    assert [slot.starts_at for slot in slots] == [datetime(2026, 3, 16, 5, tzinfo=UTC)]


def test_absences_and_earlier_slots_keep_others_out() -> None:
    rule = weekly(0, date(2026, 3, 16), valid_to=date(2026, 3, 16))
    other = weekly(0, date(2026, 3, 16), valid_to=date(2026, 3, 16), key=2, starts=time(9, 30), minutes=30)
    absence = Span(datetime(2026, 3, 16, 8, 10, tzinfo=UTC), datetime(2026, 3, 16, 8, 20, tzinfo=UTC))
    assert local(planned([rule, other], [absence], date(2026, 3, 16), date(2026, 3, 16), PARIS)) == [
        "16 09:20",
        "16 09:40",
    ]


def test_before_its_first_day_a_rule_opens_nothing() -> None:
    assert opened(weekly(0, date(2026, 3, 16)), date(2026, 3, 9), PARIS) is None


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 287),
    st.integers(1, 144),
    st.sampled_from(["Europe/Paris", "America/Cayenne", "Indian/Reunion", "Pacific/Marquesas"]),
)
def test_slots_never_meet_and_quanta_tell_it(day: date, fives: int, length: int, zone: str) -> None:
    at = time(fives // 12, fives % 12 * 5)
    rule = weekly(day.weekday(), day, starts=at, ends=at, minutes=5 * length, every=1)
    slots = planned([rule], [], day, day + timedelta(days=8), ZoneInfo(zone))
    seen = [quantum for slot in slots for quantum in quanta(slot.starts_at, slot.ends_at)]
    assert len(seen) == len(set(seen)) == length * len(slots)


def test_small_words_of_time() -> None:
    assert monday(date(2026, 3, 15)) == date(2026, 3, 9)
    assert is_quantised(time(9, 25))
    assert not is_quantised(time(9, 26))
    assert quanta(datetime(1970, 1, 1, 0, 5, tzinfo=UTC), datetime(1970, 1, 1, 0, 20, tzinfo=UTC)) == range(
        1, 4
    )


def test_states_follow_one_another() -> None:
    assert may_become(State.BOOKED, State.ARRIVED)
    assert may_become(State.HONOURED, State.NOT_HONOURED)
    assert not may_become(State.CANCELLED, State.BOOKED)
    assert not may_become(State.ARRIVED, State.CANCELLED)


def test_a_private_slot_has_no_audience() -> None:
    everybody = audiences(list(Role), list(Role))
    assert everybody == {Visibility.PUBLIC, Visibility.PRO, Visibility.SNP, Visibility.CPTS}
    assert audiences([], []) == frozenset()
    assert audiences([Role.NURSE], []) == {Visibility.PUBLIC, Visibility.PRO}
    assert audiences([Role.REGULATOR], [Role.REGULATOR]) == everybody
    assert audiences([Role.PATIENT], [Role.PATIENT]) == {Visibility.PUBLIC}
