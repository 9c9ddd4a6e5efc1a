"""Slots in real time, states, audiences: without a database."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.agenda.rules.clock import (
    Closed,
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
    return Recurrence(weekday=weekday, valid_from=since, **options)


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
    assert local(planned([rule, other], [Closed(absence)], date(2026, 3, 16), date(2026, 3, 16), PARIS)) == [
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


def literal(
    rules: list[Recurrence], closed: list[Closed], first: date, last: date, zone: ZoneInfo
) -> list[tuple[datetime, datetime, int]]:
    """Make the slots as the rules are said aloud, five minutes by five minutes."""
    five = timedelta(minutes=5)
    candidates = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for rule in rules:
            weeks = (monday(day) - monday(rule.valid_from)).days // 7
            is_over = rule.valid_to is not None and day > rule.valid_to
            if day.weekday() != rule.weekday or day < rule.valid_from or is_over or weeks % rule.every:
                continue
            ends_on = day if rule.ends > rule.starts else day + timedelta(days=1)
            at = datetime.combine(day, rule.starts, zone).astimezone(UTC)
            end = datetime.combine(ends_on, rule.ends, zone).astimezone(UTC)
            moments = []
            while at < end:
                moments.append(at)
                at += five
            size = rule.minutes // 5
            whole = [moments[n : n + size] for n in range(0, len(moments), size)]
            candidates += [(one, rule) for one in whole if len(one) == size]

    def is_closed(moments: list[datetime], place: int) -> bool:
        return any(
            shut.span.starts_at < at + five and at < shut.span.ends_at and shut.place in {None, place}
            for shut in closed
            for at in moments
        )

    open_ones = [(moments, rule) for moments, rule in candidates if not is_closed(moments, rule.place)]
    taken: set[datetime] = set()
    kept = []
    for moments, rule in sorted(open_ones, key=lambda one: (one[0][0], one[1].key)):
        if not taken & set(moments):
            taken |= set(moments)
            kept.append((moments[0], moments[-1] + five, rule.key))
    return kept


SPRING, AUTUMN = date(2026, 3, 28), date(2026, 10, 24)
hours = st.integers(0, 287).map(lambda fives: time(fives // 12, fives % 12 * 5))


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Recurrence], list[Closed], date, ZoneInfo]:
    zone = ZoneInfo(draw(st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Miquelon"])))
    first = draw(st.sampled_from([SPRING, AUTUMN, date(2026, 12, 30), date(2028, 2, 28)]))
    rules = []
    for key in range(draw(st.integers(1, 4))):
        since = first - timedelta(days=draw(st.integers(0, 9)))
        length = draw(st.none() | st.integers(0, 20))
        rules.append(
            Recurrence(
                key=key,
                weekday=draw(st.integers(0, 6)),
                starts=draw(hours),
                ends=draw(st.just(time.min) | hours),
                minutes=5 * draw(st.integers(1, 30)),
                valid_from=since,
                valid_to=None if length is None else since + timedelta(days=length),
                every=draw(st.integers(1, 2)),
                place=draw(st.integers(1, 2)),
            )
        )
    midnight = datetime.combine(first, time.min, zone).astimezone(UTC)
    closed = []
    for _number in range(draw(st.integers(0, 3))):
        start = midnight + timedelta(minutes=draw(st.integers(-600, 6000)))
        end = start + timedelta(minutes=draw(st.integers(1, 3000)))
        closed.append(Closed(Span(start, end), draw(st.none() | st.integers(1, 2))))
    return rules, closed, first, zone


@given(weeks())
def test_slots_are_those_of_the_rules_said_aloud(
    week: tuple[list[Recurrence], list[Closed], date, ZoneInfo],
) -> None:
    rules, closed, first, zone = week
    last = first + timedelta(days=4)
    slots = planned(rules, closed, first, last, zone)
    assert [(one.starts_at, one.ends_at, one.key) for one in slots] == literal(
        rules, closed, first, last, zone
    )
    assert all(one.ends_at <= two.starts_at for one, two in pairwise(slots))


@given(weeks(), st.integers(1, 2))
def test_closing_a_place_takes_nothing_from_the_other(
    week: tuple[list[Recurrence], list[Closed], date, ZoneInfo], place: int
) -> None:
    """The other place has all it would have were it the only one."""
    rules, _closed, first, zone = week
    always = Closed(Span(datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)), place)
    last = first + timedelta(days=4)
    others = [rule for rule in rules if rule.place != place]
    assert planned(rules, [always], first, last, zone) == planned(others, [], first, last, zone)


def test_what_opens_until_midnight_ends_there_and_past_it_goes_on() -> None:
    evening = date(2026, 3, 27)
    until = weekly(4, evening, starts=time(22), ends=time.min, minutes=30, valid_to=evening)
    slots = planned([until], [], evening, evening, PARIS)
    assert local(slots) == ["27 22:00", "27 22:30", "27 23:00", "27 23:30"]
    assert slots[-1].ends_at == datetime(2026, 3, 28, tzinfo=PARIS)
    whole = weekly(5, SPRING, starts=time.min, ends=time.min, minutes=60, valid_to=SPRING)
    assert len(planned([whole], [], SPRING, SPRING, PARIS)) == 24
    spring = weekly(6, SPRING, starts=time.min, ends=time.min, minutes=60)
    assert len(planned([spring], [], SPRING, SPRING + timedelta(days=1), PARIS)) == 23


def test_of_two_that_begin_together_the_older_rule_wins_even_where_longer() -> None:
    day = date(2026, 3, 16)
    long = weekly(0, day, key=1, minutes=60, valid_to=day)
    short = weekly(0, day, key=2, minutes=20, valid_to=day)
    assert [slot.key for slot in planned([short, long], [], day, day, PARIS)] == [1]


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
