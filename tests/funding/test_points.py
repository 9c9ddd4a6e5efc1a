"""Points of an ACI MSP, PEPS, attainment, forecast, sizes: by hand, then what must always hold."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.funding.computations.schedules import msp_points, msp_table
from maillage.funding.rules import msp
from maillage.funding.rules.attainment import Measured, attained, attainment
from maillage.funding.rules.ceiling import Room
from maillage.funding.rules.forecast import forecast
from maillage.funding.rules.indemnity import Rate, rate_for
from maillage.funding.rules.peps import Quarter, capitation
from maillage.funding.rules.sizes import size_of
from maillage.funding.rules.vocabulary import RateUnit, TimeKind
from maillage.kernel.sourced_rules import rule

FULL = {"A1S1": 1, "A1S2a": 1, "A2S1": 1, "A2S2": 8, "A2S3": 5, "A3S1": 1}
ON = date(2026, 12, 31)


def facts(
    list_size: int = 6000, professionals: int = 12, ipa: dict[str, int] | None = None, **more: object
) -> msp.Facts:
    declared = {code: Decimal(str(value)) for code, value in (FULL | more).items()}
    return msp.Facts(list_size, professionals, declared, ipa or {})


def line(code: str, **given_: object) -> msp.Line:
    found = msp.points(facts(**given_), msp_table(ON), 700)
    return next(one for one in found.lines if one.code == code)


def test_the_worked_example_is_exact() -> None:
    """P = 6,000, n = 12, 8 protocols, 5 %, no IPA, no crisis: 9,650 points, 67,550 €, advance 40,530 €."""
    found = msp_points(facts(), 2026)
    assert {one.code: one.points for one in found.lines if one.points} == {
        "A1S1": 800, "A1S2a": 100, "A2S1": 1000 + 2550, "A2S2": 800, "A2S3": 1500, "A3S1": 500 + 2400,
    }  # fmt: skip
    assert (found.points, found.cents, found.missing) == (9650, 6_755_000, ())
    year = _year(found.cents, date(2025, 1, 1))
    assert (year.advance, year.balance) == (4_053_000, 6_755_000 - 4_053_000)
    assert (year.advance_on, year.balance_on) == (date(2026, 4, 30), date(2027, 4, 30))


def _year(attained_cents: int, signed: date, list_size: int = 6000) -> msp.YearOfMsp:
    base = msp.advance_base(facts(list_size), msp_table(ON), 700)
    share = Fraction(rule("funding.msp.advance").value, 100)
    least = rule("funding.msp.advance_least").value * 100
    return msp.year_of(2026, signed, base, attained_cents, share, least, 3, (4, 30))


def test_the_first_year_is_in_proportion_and_its_advance_comes_within_three_months() -> None:
    year = _year(6_755_000, date(2026, 10, 31))
    assert (year.days, year.whole) == (62, 365)
    assert year.advance == round(4_053_000 * 62 / 365)
    assert year.advance + year.balance == round(6_755_000 * 62 / 365)
    assert year.advance_on == date(2027, 1, 28)
    small = msp.year_of(2026, date(2025, 1, 1), 1_500_000, 0, Fraction(60, 100), 1_200_000, 3, (4, 30))
    assert small.advance == 1_200_000  # the smallest advance, above 60 %


@pytest.mark.parametrize("code", ["A1S1", "A2S1", "A3S1"])
def test_without_a_prerequisite_nothing_is_paid_and_it_is_said(code: str) -> None:
    found = msp_points(facts(**{code: 0}), 2026)
    assert (found.cents, found.missing) == (0, (code,))
    assert found.points > 0


def test_caps_are_applied_and_told() -> None:
    ten = line("A2S2", A2S2=10)
    assert (ten.points, ten.is_capped) == (800, True)
    assert not line("A2S2", A2S2=8).is_capped
    assert line("A2S3", A2S3="7.5").points == 1500
    assert line("A2S3", A2S3="2.5").points == 750
    assert line("A2S2", A2S2=-3).points == 0


@pytest.mark.parametrize(
    ("code", "given_", "points"),
    [
        ("A1S2b", {"A1S2b": 1}, 525),
        ("A1O1", {"A1O1": 2}, 600),
        ("A1O3", {"A1O3": 1}, 200),
        ("A1O4", {"A1O4": 0}, 0),
        ("A1O4", {"A1O4": 1}, 525),
        ("A1O4", {"A1O4": 1, "ipa": {"A1O4": 1}}, 725),
        ("A1O4", {"A1O4": 2}, 1250),
        ("A1O5", {"A1O5": 0}, 0),
        ("A1O5", {"A1O5": 1}, 200),
        ("A1O5", {"A1O5": 2}, 650),
        ("A1O6", {"A1O6": 2}, 200),
        ("A2S1", {"list_size": 12_000}, 1000 + 3400 + 1100),
        ("A2S2", {"ipa": {"A2S2": 3}}, 920),
        ("A2S3", {"ipa": {"A2S3": 1}}, 1700),
        ("A2O1", {"A2O1": 1}, 0),
        ("A2O1", {"A2O1": 2}, 450),
        ("A2O1", {"A2O1": 4}, 900),
        ("A2O2", {"A2O2": 1}, 300),
        ("A2O3", {"A2O3": 0}, 0),
        ("A2O3", {"A2O3": 1}, 100),
        ("A2O3", {"A2O3": 2}, 400),
        ("A2O3", {"A2O3": 3}, 850),
        ("A2O4", {"A2O4": 7}, 600),
        ("A2O5", {"A2O5": 1}, 150),
        ("A3S1", {"professionals": 20}, 500 + 3200 + 600),
        ("A3O1", {"A3O1": 1}, 100),
    ],
)
def test_each_indicator(code: str, given_: dict[str, object], points: int) -> None:
    assert line(code, **given_).points == points


@given(st.integers(0, 60_000), st.integers(0, 60), st.integers(0, 12), st.decimals(0, 10, places=1))
def test_more_is_never_worth_less(size: int, people: int, protocols: int, rate: Decimal) -> None:
    table = msp_table(ON)

    def worth(**change: int) -> int:
        values = {"list_size": size, "professionals": people, "A2S2": protocols, "A2S3": rate} | change
        return msp.points(facts(**values), table, 700).cents

    here = worth()
    found = msp.points(facts(size, people, A2S2=protocols, A2S3=rate), table, 700)
    assert 0 <= here - found.points * 700 <= Fraction(1, 2) or 0 <= found.points * 700 - here < Fraction(1, 2)
    for change in ({"list_size": size + 1}, {"professionals": people + 1}, {"A2S2": protocols + 1}):
        assert worth(**change) >= here


def test_a_size_begins_at_its_bound_which_is_flagged() -> None:
    bounds = rule("funding.aci_cpts.sizes").value
    sizes = {population: size_of(population, bounds) for population in (0, 39_999, 40_000, 80_001, 175_000)}
    assert {one: (two.number, two.is_on_a_bound) for one, two in sizes.items()} == {
        0: (1, False), 39_999: (1, False), 40_000: (2, True), 80_001: (3, False), 175_000: (4, True),
    }  # fmt: skip


def measured(reference: str, target: str, value: str | None, weight: str = "1") -> Measured:
    return Measured(
        Decimal(reference), Decimal(target), None if value is None else Decimal(value), Decimal(weight)
    )


@pytest.mark.parametrize(
    ("reference", "target", "value", "share"),
    [
        ("10", "20", "15", Fraction(1, 2)), ("10", "20", "9", 0), ("10", "20", "99", 1),
        ("12", "8", "10", Fraction(1, 2)), ("12", "8", "14", 0), ("5", "5", "5", 1), ("5", "5", "4", 0),
    ],
)  # fmt: skip
def test_attainment_is_a_straight_line_either_way(
    reference: str, target: str, value: str, share: Fraction
) -> None:
    assert attainment(measured(reference, target, value)) == share


def test_the_share_of_a_mission_waits_for_every_indicator() -> None:
    known = measured("0", "10", "5", "3")
    assert attained([known, measured("0", "10", "10", "1")]) == Fraction(5, 8)
    assert attained([known, measured("0", "10", None)]) is None
    assert attained([]) is None
    assert attained([measured("0", "1", "1", "0")]) is None


def test_peps_is_capped_on_the_gain_and_blank_while_a_value_is_missing() -> None:
    cap = Decimal(rule("funding.peps.cap").value) / 100
    whole = Quarter(10_000_000, Decimal("1.05"), Decimal("0.98"), 250_000, 9_000_000)
    worth = capitation(whole, cap)
    assert worth is not None
    assert (worth.uncapped, worth.cap, worth.cents, worth.is_capped) == (
        10_040_000,
        10_800_000,
        10_040_000,
        False,
    )
    low = capitation(Quarter(10_000_000, Decimal(1), Decimal(1), 0, 5_000_000), cap)
    assert low is not None
    assert (low.cents, low.is_capped) == (6_000_000, True)
    lost = capitation(Quarter(100, Decimal(1), Decimal(1), 500, 9), cap)
    assert lost is not None
    assert lost.cents == 0
    for place in range(5):
        values = [10_000_000, Decimal(1), Decimal(1), 0, 5_000_000]
        values[place] = None
        assert capitation(Quarter(*values), cap) is None


def test_a_forecast_is_the_larger_of_what_is_engaged_and_the_same_pace() -> None:
    half = date(2026, 7, 2)  # 183 days of 365
    pace = forecast(183_000, 0, half, 2026)
    assert (pace.pace, pace.at_the_end) == (182_000, 365_000)
    assert forecast(183_000, 500_000, half, 2026).at_the_end == 683_000
    assert forecast(183_000, 500, date(2027, 1, 1), 2026) == forecast(183_000, 500, date(2026, 12, 31), 2026)
    assert forecast(183_000, 500, date(2027, 1, 1), 2026).at_the_end == 183_500
    assert forecast(0, 500, date(2025, 12, 31), 2026).at_the_end == 500
    assert forecast(366, 0, date(2024, 1, 1), 2024).pace == 366 * 365


@given(st.integers(1, 10_000_000), st.integers(0, 10_000_000), st.integers(1, 10_000_000))
def test_the_ceiling_is_kept_to_the_cent(ceiling: int, entered: int, cents: int) -> None:
    room = Room(ceiling, entered)
    kept, left = room.split(cents)
    assert kept + left == cents
    assert kept <= room.remaining == max(0, ceiling - entered)
    assert room.excess(room.remaining) == max(0, entered - ceiling)
    if entered <= ceiling:
        assert room.excess(room.remaining + 1) == 1
        assert room.excess(cents) == left


def test_a_rate_is_that_of_the_profession_then_the_last_decided() -> None:
    def rate(cents: int, day: date, profession: str = "", rank: int = 0) -> Rate:
        return Rate(TimeKind.MEETING, profession, RateUnit.HOUR, cents, day, rank)

    old, new, own = (
        rate(5000, date(2025, 1, 1)),
        rate(6000, date(2026, 1, 1)),
        rate(5500, date(2025, 6, 1), "60"),
    )
    rates = [new, old, own]
    assert rate_for(rates, TimeKind.MEETING, "10", date(2026, 3, 1)) == new
    assert rate_for(rates, TimeKind.MEETING, "10", date(2025, 3, 1)) == old
    assert rate_for(rates, TimeKind.MEETING, "60", date(2026, 3, 1)) == own
    assert rate_for(rates, TimeKind.MEETING, "10", date(2024, 12, 31)) is None
    assert rate_for(rates, TimeKind.TRAINING, "10", date(2026, 3, 1)) is None
    corrected = rate(6100, date(2026, 1, 1), rank=9)
    assert rate_for([*rates, corrected], TimeKind.MEETING, "", date(2026, 1, 1)) == corrected
    assert [new.worth(minutes) for minutes in (0, 1, 50, 90)] == [0, 100, 5000, 9000]
    session = Rate(TimeKind.ON_CALL, "", RateUnit.SESSION, 8000, date(2025, 1, 1))
    assert (session.worth(720), session.worth(0)) == (8000, 0)
