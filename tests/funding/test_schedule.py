"""The schedule of an ACI of a CPTS: what is worked out by hand, and what must always hold."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.funding.rules.schedule import (
    MissionTerms,
    Part,
    Payment,
    ScheduleError,
    Step,
    Terms,
    anniversary,
    exercises,
    months_after,
    schedule,
    total,
)

ADVANCE = Fraction(75, 100)


def terms(*missions: MissionTerms, grant: int | None = 6_000_000, ends: date = date(2031, 3, 1)) -> Terms:
    return Terms(date(2026, 3, 1), ends, grant, missions, ADVANCE)


def by_key(payments: list[Payment]) -> dict[str, Payment]:
    found = {one.key: one for one in payments}
    assert len(found) == len(payments)
    return found


def test_the_worked_example_of_the_agreement() -> None:
    """T2, signed 1 March N, mission M1 (F = 50,000 €) begun 1 September N: 181 of 365 days."""
    fixed = 5_000_000
    found = by_key(
        schedule(terms(MissionTerms("M1", date(2026, 9, 1), fixed, 2_000_000, {1: Fraction(1, 2)})))
    )
    assert (found["grant::1:full"].on, found["grant::1:full"].cents) == (date(2026, 3, 1), 6_000_000)
    advance = found["fixed:M1:1:advance"]
    due = round(fixed * 181 / 365)  # 24,794.52 €
    assert (advance.on, advance.days, advance.whole_days) == (date(2026, 9, 1), 181, 365)
    assert (due, advance.cents) == (2_479_452, 1_859_589)
    balance = found["fixed:M1:1:balance"]
    assert (balance.on, balance.cents, balance.before) == (date(2027, 3, 1), due - 1_859_589, 1_859_589)
    assert found["fixed:M1:2:advance"].cents == 3_750_000
    assert found["grant::2:advance"].cents == 4_500_000
    assert found["grant::2:balance"].cents == 1_500_000
    assert (found["variable:M1:1:balance"].on, found["variable:M1:1:balance"].cents) == (
        date(2027, 3, 1), 1_000_000,
    )  # fmt: skip
    assert found["variable:M1:2:balance"].cents is None  # not established yet
    at_anniversary = [one for one in found.values() if one.on == date(2027, 3, 1)]
    assert total(at_anniversary) == (due - 1_859_589) + 3_750_000 + 4_500_000 + 1_000_000


def test_a_mission_begun_on_the_anniversary_has_a_whole_year_and_no_balance_before() -> None:
    found = by_key(schedule(terms(MissionTerms("M2", date(2027, 3, 1), 3_000_000))))
    assert not [key for key in found if key.startswith(("fixed:M2:1", "variable:M2:1"))]
    assert found["fixed:M2:2:advance"].cents == 2_250_000
    assert found["fixed:M2:2:balance"].cents == 750_000


def test_what_is_not_known_stays_blank_and_the_rest_is_told() -> None:
    found = schedule(terms(MissionTerms("M1", date(2026, 9, 1)), grant=None))
    assert {one.cents for one in found} == {None}
    assert total(found) == 0


def test_a_contract_that_ends_early_gives_back_what_was_advanced_beyond() -> None:
    ends = date(2027, 6, 1)  # 92 of the 366 days of the second year
    found = by_key(schedule(terms(MissionTerms("M1", date(2026, 9, 1), 3_660_000), ends=ends)))
    assert found["fixed:M1:2:advance"].cents == 2_745_000
    assert found["fixed:M1:2:balance"].on == ends
    assert found["fixed:M1:2:balance"].cents == 920_000 - 2_745_000
    assert found["grant::2:balance"].cents == round(6_000_000 * 92 / 366) - 4_500_000
    first = by_key(schedule(terms(ends=date(2026, 9, 1))))
    assert first["grant::1:full"].cents == 6_000_000
    assert first["grant::1:balance"].cents == round(6_000_000 * 184 / 365) - 6_000_000


def test_terms_that_cannot_be_are_refused() -> None:
    with pytest.raises(ScheduleError, match="mission_before"):
        schedule(terms(MissionTerms("M1", date(2026, 2, 28), 1)))
    with pytest.raises(ScheduleError, match="ends_before"):
        schedule(terms(ends=date(2026, 3, 1)))
    assert not [one for one in schedule(terms(MissionTerms("M1", date(2031, 3, 1), 1))) if one.mission]


def test_days_of_the_calendar() -> None:
    assert anniversary(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert anniversary(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    leap = exercises(date(2027, 3, 1), date(2028, 3, 1))
    assert [one.whole_days for one in leap] == [366]


def half_up(exact: Fraction) -> int:
    whole, rest = divmod(exact, 1)
    return int(whole) + (rest >= Fraction(1, 2))


def literal_due(terms: Terms, mission: MissionTerms, exercise: int) -> int:
    """What an exercise owes for a mission, each day counted one by one."""
    first, end = anniversary(terms.signed_on, exercise - 1), anniversary(terms.signed_on, exercise)
    days = 0
    day = first
    while day < end:
        days += mission.starts_on <= day < terms.ends_on
        day += timedelta(days=1)
    assert mission.fixed is not None
    return half_up(Fraction(mission.fixed * days, (end - first).days))


DAYS = st.dates(date(2019, 8, 21), date(2032, 12, 31))


@given(
    signed=DAYS,
    length=st.integers(1, 1827),
    offset=st.integers(0, 1900),
    fixed=st.integers(0, 50_000_000),
    grant=st.integers(0, 20_000_000),
    percent=st.integers(0, 100),
    attained=st.fractions(0, 1),
)
def test_what_always_holds(
    signed: date, length: int, offset: int, fixed: int, grant: int, percent: int, attained: Fraction
) -> None:
    mission = MissionTerms(
        "M1", signed + timedelta(days=offset), fixed, fixed, dict.fromkeys(range(1, 7), attained)
    )
    agreed = Terms(signed, signed + timedelta(days=length), grant, (mission,), Fraction(percent, 100))
    found = schedule(agreed)
    by_key(found)
    assert found == sorted(found, key=lambda one: one.on)
    for one in found:
        assert agreed.signed_on <= one.on <= agreed.ends_on
        assert 0 <= one.days <= one.whole_days in {365, 366}
    for exercise in exercises(agreed.signed_on, agreed.ends_on):
        mine = [one for one in found if one.exercise == exercise.number]
        fixed_part = [one for one in mine if one.part is Part.FIXED]
        # The payments of an exercise make its due exactly, counted day by day.
        assert total(fixed_part) == literal_due(agreed, mission, exercise.number)
        whole = half_up(Fraction(grant * (exercise.ends_on - exercise.starts_on).days, exercise.whole_days))
        assert total([one for one in mine if one.part is Part.GRANT]) == whole
        for one in mine:
            if one.part is Part.VARIABLE:
                assert one.cents is not None
                assert 0 <= one.cents <= fixed
            elif one.step is not Step.BALANCE:
                assert one.cents is not None
                assert one.cents >= 0


@given(signed=DAYS, fixed=st.integers(0, 50_000_000), first=st.integers(0, 364), later=st.integers(0, 364))
def test_a_mission_begun_later_is_never_paid_more(signed: date, fixed: int, first: int, later: int) -> None:
    def paid(offset: int) -> int:
        mission = MissionTerms("M3", signed + timedelta(days=offset), fixed)
        ends = anniversary(signed, 5)
        found = schedule(Terms(signed, ends, 0, (mission,), ADVANCE))
        return total([one for one in found if one.part is Part.FIXED])

    early, late = sorted((first, later))
    assert paid(late) <= paid(early)
