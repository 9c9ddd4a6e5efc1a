"""Every indicator of a territory counted by hand (`golden/territory.toml`); what one row changes."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from maillage.indicators.computations.catalogue import CATALOGUE, INDICATORS, Indicator
from maillage.indicators.computations.cubes import asked_for, cube_of, on_duckdb, read
from maillage.indicators.computations.values import Result, result_of
from maillage.indicators.rules.periods import Period
from tests.indicators.conftest import golden_frames

YEAR = Period(2026 * 12, 12)
TODAY = date(2026, 12, 31)


def computed(one: Indicator, tables: dict[str, Any]) -> Result:
    with on_duckdb(golden_frames(tables)) as opened:
        return result_of(cube_of(one, opened, asked_for(one, YEAR, TODAY), YEAR))


def test_every_indicator_is_counted_by_hand(golden: dict[str, Any]) -> None:
    assert golden["expected"].keys() == INDICATORS.keys()


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.key)
def test_an_indicator_says_what_was_counted_by_hand(one: Indicator, golden: dict[str, Any]) -> None:
    expected = golden["expected"][one.key]
    whole = computed(one, golden["tables"]).whole
    found = (whole.numerator, whole.denominator, whole.missing, whole.excluded)
    assert found == tuple(expected[name] for name in ("numerator", "denominator", "missing", "excluded"))
    assert whole.is_known is ("value" in expected)
    if whole.is_known:
        assert whole.value == pytest.approx(expected["value"])
        assert whole.low <= whole.value <= whole.high


def test_changing_one_source_row_changes_the_figure_and_its_rows(golden: dict[str, Any]) -> None:
    one = INDICATORS["booked_48h"]
    before = computed(one, golden["tables"])
    changed = copy.deepcopy(golden["tables"])
    changed["requests"][2][8] = 175_800  # one second earlier: within 48 h
    after = computed(one, changed)
    assert (before.whole.numerator, after.whole.numerator) == (2, 3)
    assert before.cube.digest != after.cube.digest
    with on_duckdb(golden_frames(changed)) as opened:
        rows = read(one.rows(opened, asked_for(one, YEAR, TODAY)))
    counted = rows.filter(~rows["is_excluded"])
    assert dict(zip(counted["row"], counted["numerator"], strict=True)) == {"1": 1, "2": 1, "3": 1}
