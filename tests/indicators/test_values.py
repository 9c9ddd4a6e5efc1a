"""What a figure says where there is nothing to say: no row, nothing to divide by, impossible counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import ibis
import pytest

from maillage.indicators.computations.catalogue import INDICATORS, Indicator
from maillage.indicators.computations.catalogue.definition import Asked, Expression, Tables, counted
from maillage.indicators.computations.cubes import asked_for, cube_of, on_duckdb
from maillage.indicators.computations.equity import gradients
from maillage.indicators.computations.values import Result, hidden_keys, result_of
from maillage.indicators.pages import words
from maillage.indicators.rules.periods import Period
from maillage.indicators.rules.vocabulary import Flaw, Ranking
from tests.indicators.conftest import golden_frames

YEAR = Period(2026 * 12, 12)
TODAY = date(2026, 12, 31)
SHARE = INDICATORS["booked_48h"]


def computed(one: Indicator, tables: dict[str, Any], period: Period = YEAR) -> Result:
    with on_duckdb(golden_frames(tables)) as opened:
        return result_of(cube_of(one, opened, asked_for(one, period, TODAY), period))


def requests(*rows: list[Any]) -> dict[str, Any]:
    return {"requests": [*rows]}


def request(number: int, commune: str, *, is_soon: bool, day: date = date(2026, 3, 1)) -> list[Any]:
    return [number, "", commune, day, "P2", 0, 0, 60, 3600 if is_soon else 999_999, False]


@pytest.mark.parametrize("one", INDICATORS.values(), ids=lambda one: one.key)
def test_a_period_without_a_row_says_so_for_every_indicator(one: Indicator, golden: dict[str, Any]) -> None:
    empty = {name: [] for name in golden["tables"]}
    found = computed(one, empty, Period(2019 * 12, 3))
    assert found.flaws == (Flaw.NO_ROWS,)
    assert not found.whole.is_known
    assert found.whole.completeness is None
    assert "Aucune ligne" in words.finding(found, shows_small=True)
    assert words.signals(found) == []


def test_rows_that_are_all_excluded_leave_nothing_to_divide_by() -> None:
    void = request(1, "71001", is_soon=True)[:-1]
    found = computed(SHARE, requests([*void, True]))
    assert (found.flaws, found.whole.excluded) == ((Flaw.NOTHING_TO_DIVIDE,), 1)


def _doubled(tables: Tables, asked: Asked) -> Expression:
    rows = tables["requests"]
    return counted(rows, row=rows.request, day=rows.day, numerator=ibis.literal(2))


def test_a_numerator_larger_than_its_denominator_gives_no_value() -> None:
    found = computed(replace(SHARE, rows=_doubled), requests(request(1, "71001", is_soon=True)))
    assert found.flaws == (Flaw.TOO_MANY,)
    assert "dépasse le dénominateur" in words.finding(found, shows_small=True)


def test_a_value_from_few_known_rows_is_given_with_a_reserve() -> None:
    known = [request(number, "71001", is_soon=True) for number in range(3)]
    missing = [[9 + number, "", "71001", date(2026, 3, 1), "P2", 10, 0, 60, 5, False] for number in range(2)]
    found = computed(SHARE, requests(*known, *missing))
    assert found.flaws == (Flaw.FEW_KNOWN,)
    assert found.whole.completeness == 0.6


def test_small_counts_of_a_commune_are_hidden_and_not_given_back_by_the_total() -> None:
    rows = [
        request(100 * place + number, f"7100{place}", is_soon=number % 2 == 0)
        for place, count in ((1, 8), (2, 60), (3, 40), (4, 90))
        for number in range(count)
    ]
    found = computed(SHARE, requests(*rows))
    assert hidden_keys(found.indicator, found.communes) == {"71001", "71003"}
    assert hidden_keys(INDICATORS["meeting_participation"], found.communes) == set()
    assert hidden_keys(found.indicator, {}) == set()


def test_the_slope_goes_from_the_least_to_the_most_favoured_communes() -> None:
    rows = [
        request(1000 * place + number, f"7100{place}", is_soon=number < 20 + 10 * place)
        for place in range(1, 6)
        for number in range(100)
    ]
    found = computed(SHARE, requests(*rows))
    order = {f"7100{place}": float(place) for place in range(1, 6)}
    slopes = gradients(found, {Ranking.INCOME: order, Ranking.DENSITY: {"71001": 1.0}})
    assert slopes.keys() == {Ranking.INCOME}
    # 30, 40, 50, 60, 70 % at 10, 30, 50, 70, 90 % of the way: 25 % at the bottom, 75 % at the top.
    assert (slopes[Ranking.INCOME].bottom, slopes[Ranking.INCOME].top) == pytest.approx((0.25, 0.75))
    said = words.slope_words(found.indicator, Ranking.INCOME, slopes[Ranking.INCOME])
    assert "de 25,0 % à 75,0 %" in said.replace("\xa0", " ").replace("\u202f", " ")
    assert gradients(computed(INDICATORS["regulation_time"], requests(*rows)), {Ranking.INCOME: order}) == {}


def test_months_beyond_chance_are_said() -> None:
    rows = [
        request(
            1000 * month + number,
            "71001",
            is_soon=number < (5 if month < 7 else 15),
            day=date(2026, month, 1),
        )
        for month in range(1, 13)
        for number in range(20)
    ]
    said = words.signals(computed(SHARE, requests(*rows)))
    assert any("le niveau a changé" in one for one in said)
    same = [
        request(1000 * month + number, "71001", is_soon=number < 10 + month % 2, day=date(2026, month, 1))
        for month in range(1, 13)
        for number in range(20)
    ]
    assert not any("niveau" in one for one in words.signals(computed(SHARE, requests(*same))))
    few = computed(SHARE, requests(*[row for row in rows if row[3] < date(2026, 4, 1)]))
    assert "Moins de dix mois" in words.signals(few)[0]


def test_a_rate_is_standardised_where_every_stratum_has_somebody() -> None:
    one = INDICATORS["avoidable_stays"]
    ages = (20, 30, 50, 70, 80, 90)
    people = [
        [100 * age + number, 2026 - age, sex, "71001", True, False, False]
        for age in ages
        for number, sex in enumerate("FM" * 20)
    ]
    stays = [
        [
            number,
            9000 + number,
            date(2026, 5, 1),
            date(2026, 5, 3),
            "domicile",
            "domicile",
            "mco",
            "I50",
            False,
        ]
        for number in range(12)
    ]
    found = computed(one, {"people": people, "stays": stays})
    assert found.standardised is not None
    # Twelve stays, all at 90: 12 ÷ 40 there, and that age is 2 500 of the 80 700 adults of the standard.
    assert found.standardised.value == pytest.approx(100_000 * 0.3 * 2500 / 80_700)
    assert found.whole.value == pytest.approx(100_000 * 12 / 240)
    alone = computed(one, {"people": [row for row in people if row[2] == "F"], "stays": stays})
    assert alone.standardised is None
