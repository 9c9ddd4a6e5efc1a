"""Statistics of indicators: against their definitions, statsmodels, published examples, and by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from maillage.engines.indicators import (
    funnel,
    hidden,
    proportion,
    quantile,
    rate,
    run_chart,
    slope_index,
    standardised_rate,
    standardised_ratio,
)
from maillage.engines.indicators import reference as literal

NAN = float("nan")
Z = float(stats.norm.ppf(0.975))
some_of = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(some_of)
def test_a_share_has_the_interval_of_its_definition_and_of_statsmodels(counted: tuple[int, int]) -> None:
    top, bottom = counted
    value, low, high = (float(one) for one in proportion(top, bottom))
    assert value == top / bottom
    assert (low, high) == pytest.approx(literal.wilson(top, bottom, Z), abs=1e-9)
    assert (low, high) == pytest.approx(proportion_confint(top, bottom, method="wilson"), abs=1e-9)
    assert 0 <= low <= value <= high <= 1


def test_shares_of_many_places_at_once() -> None:
    # Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    found = proportion([81, 15, 0, 1, 0], [263, 148, 20, 29, 0])
    np.testing.assert_allclose(found.low, [0.2553, 0.0624, 0.0, 0.0061, NAN], atol=5e-5)
    np.testing.assert_allclose(found.high, [0.3662, 0.1605, 0.1611, 0.1718, NAN], atol=5e-5)


@given(st.integers(0, 3000), st.integers(1, 100_000))
def test_a_rate_has_the_interval_of_its_count_near_the_exact_one(events: int, exposed: int) -> None:
    value, low, high = (float(one) for one in rate(events, exposed, per=1000))
    assert (low, high) == pytest.approx([1000 * one / exposed for one in literal.poisson(events, Z)])
    exact = (
        stats.chi2.ppf(0.025, 2 * events) / 2 if events else 0.0,
        stats.chi2.ppf(0.975, 2 * events + 2) / 2,
    )
    assert (low, high) == pytest.approx([1000 * one / exposed for one in exact], rel=0.01, abs=1e-9)
    assert low <= value <= high
    assert math.isnan(float(rate(events, 0).value))


strata = st.lists(
    st.tuples(st.integers(0, 50), st.integers(1, 5000), st.integers(1, 9000)), min_size=1, max_size=8
)


@given(strata)
def test_a_standardised_rate_is_that_of_the_standard(rows: list[tuple[int, int, int]]) -> None:
    events, exposed, standard = (list(column) for column in zip(*rows, strict=True))
    found = standardised_rate(events, exposed, standard)
    assert found.value == pytest.approx(float(literal.standardised(events, exposed, standard)))
    assert found.low <= found.value <= found.high


def test_one_stratum_is_a_crude_rate_and_none_of_it_says_what_could_still_be() -> None:
    crude = rate(9, 300, per=100)
    found = standardised_rate([9], [300], [50], per=100)
    assert (found.value, found.low, found.high) == pytest.approx([float(one) for one in crude])
    nothing = standardised_rate([0, 0], [100, 300], [1, 1], per=100)
    assert (nothing.value, nothing.low) == (0.0, 0.0)
    assert nothing.high == pytest.approx(float(rate(0, 400, per=100).high))
    # A stratum that weighs nothing may have nobody.
    assert standardised_rate([9, 0], [300, 0], [50, 0], per=100).value == pytest.approx(found.value)


def test_a_ratio_compares_with_what_was_expected() -> None:
    # 10 and 30 events where 8 and 12 were expected: 40 / 20.
    found = standardised_ratio([10, 30], [100, 400], [0.08, 0.03])
    low, high = literal.poisson(40, Z)
    assert (found.value, found.low, found.high) == pytest.approx((2.0, low / 20, high / 20))
    assert math.isnan(standardised_ratio([0], [10], [0.0]).value)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (lambda: proportion(3, 2), "larger"),
        (lambda: proportion(-1, 2), "a count"),
        (lambda: rate(NAN, 2), "a count"),
        (lambda: proportion(1, 2, level=1.0), "level"),
        (lambda: standardised_rate([1, 1], [10, 0], [1, 1]), "nobody exposed"),
        (lambda: standardised_rate([1], [10], [0]), "standard"),
        (lambda: standardised_rate([[1]], [[10]], [[1]]), "one dimension"),
        (lambda: quantile([1.0], 1.1, seed=1), "between 0 and 1"),
        (lambda: slope_index([1, 2], [1, 1], [1, 2]), "three ranks"),
        (lambda: slope_index([1, 2, 3], [1, 1], [1, 2, 3]), "one value"),
    ],
)
def test_what_no_statistic_can_be_made_of_is_refused(asked, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        asked()


def test_a_quantile_is_that_of_the_values_and_its_interval_that_of_drawn_samples() -> None:
    rng = np.random.default_rng(4)
    values = rng.gamma(2.0, 3.0, 81)
    found = quantile(np.r_[values, NAN], 0.5, seed=7, draws=20_000)
    assert found.value == np.quantile(values, 0.5, method="inverted_cdf")
    drawn = [np.quantile(rng.choice(values, 81), 0.5, method="inverted_cdf") for _draw in range(4000)]
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), rel=0.06)
    assert quantile(values, 0.5, seed=7) == quantile(values, 0.5, seed=7)
    assert (quantile(values, 0, seed=1).value, quantile(values, 1, seed=1).value) == (
        values.min(),
        values.max(),
    )
    assert math.isnan(quantile([NAN], 0.5, seed=1).value)


@pytest.mark.parametrize(
    ("counted", "hide"),
    [
        ([20, 30, 40], []), ([3, 30, 40], [0, 1]), ([3, 4, 40], [0, 1]), ([3, 0, 0], [0, 1]),
        ([0, 0], []), ([5], [0]), ([3, 0, 12], [0, 2]), ([11, 10], [0, 1]),
    ],
)  # fmt: skip
def test_a_small_cell_is_hidden_with_what_would_give_it_back(counted: list[int], hide: list[int]) -> None:
    assert np.flatnonzero(hidden(counted, least=11)).tolist() == hide
    assert np.flatnonzero(hidden(counted, least=11, total_is_shown=False)).tolist() == [
        place for place, one in enumerate(counted) if 0 < one < 11
    ]


@settings(max_examples=40)
@given(st.integers(1, 400), st.floats(0.02, 0.98), st.booleans())
def test_the_limits_of_a_funnel_hold_what_chance_gives(size: int, target: float, share: bool) -> None:
    found = funnel([0], [size], share=share, target=target)
    low, high = float(found.low95[0]), float(found.high95[0])
    law = stats.binom(size, target) if share else stats.poisson(size * target)
    for bound, q in ((low, 0.025), (high, 0.975)):
        # Between the count at which the distribution passes q and the one before, in proportion.
        count = law.ppf(q)
        passed = (q - law.cdf(count - 1)) / (law.cdf(count) - law.cdf(count - 1))
        assert bound * size == pytest.approx(max(count - 1 + passed, 0.0))
    assert found.low998[0] <= low <= target + 1 / size
    assert target - 1 / size <= high <= found.high998[0]


def test_a_funnel_narrows_and_its_target_is_the_mean_of_all() -> None:
    found = funnel([10, 40, 0], [100, 400, 0])
    assert found.target == pytest.approx(0.1)
    assert found.high95[1] < found.high95[0]
    assert math.isnan(found.low95[2])
    assert math.isnan(funnel([0], [0]).target)


@settings(max_examples=60)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=40))
def test_shifts_and_trends_are_the_literal_ones(series: list[int]) -> None:
    found = run_chart(series)
    median = float(np.median(series))
    assert found.median == median
    off = [place for place, one in enumerate(series) if one != median]
    sides = [1 if series[place] > median else -1 for place in off]
    expected = {place for place, is_row in zip(off, literal.rows(sides, 6), strict=True) if is_row}
    assert set(np.flatnonzero(found.shift).tolist()) == expected
    moves = [(place, 1 if b > a else -1) for place, (a, b) in enumerate(itertools.pairwise(series)) if a != b]
    steps = literal.rows([side for _place, side in moves], 4)
    ends = {
        place + more for (place, _side), is_row in zip(moves, steps, strict=True) if is_row for more in (0, 1)
    }
    assert set(np.flatnonzero(found.trend).tolist()) == ends
    assert found.runs == sum(1 for place, side in enumerate(sides) if place == 0 or sides[place - 1] != side)


def test_a_run_chart_by_hand() -> None:
    found = run_chart([5, 6, 5, 6, NAN, 5, 6, 9, 9, 9, 9, 9, 9])
    assert found.median == 7.5
    assert np.flatnonzero(found.shift).tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12]
    assert (found.runs, found.expected) == (2, (4, 10))
    climbing = run_chart([1, 2, 3, 4, 5, 4])
    assert np.flatnonzero(climbing.trend).tolist() == [0, 1, 2, 3, 4]
    assert climbing.expected is None
    assert (run_chart([]).runs, math.isnan(run_chart([NAN]).median)) == (0, True)
    # Ten points on one value: nothing is on a side.
    assert run_chart([4] * 10).expected is None


groups = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), min_size=3, max_size=9)


@given(groups)
def test_inequality_is_the_slope_through_every_person(rows: list[tuple[int, int]]) -> None:
    values, people = (list(column) for column in zip(*rows, strict=True))
    found = slope_index(values, people, range(len(rows)))
    assert found.index.value == pytest.approx(literal.slope(values, people), abs=1e-9)
    assert found.top - found.bottom == pytest.approx(found.index.value, abs=1e-9)
    assert found.index.low <= found.index.value <= found.index.high


def test_inequality_by_hand() -> None:
    # Three groups of the same size: places 1/6, 1/2, 5/6; values 30, 20, 10 fall by 30 from bottom to top.
    found = slope_index([30.0, 20.0, 10.0], [100, 100, 100], ["a", "b", "c"])
    assert found.index.value == pytest.approx(-30.0)
    assert (found.bottom, found.top) == pytest.approx((35.0, 5.0))
    assert found.ratio == pytest.approx(7.0)
    # Groups of one rank share it; what is not known or is nobody's counts for nothing.
    again = slope_index([25.0, 35.0, 20.0, 10.0, NAN, 99.0], [50, 50, 100, 100, 10, 0], [1, 1, 2, 3, 4, 4])
    assert again.index.value == pytest.approx(-30.0)
    assert math.isnan(slope_index([5.0, 0.0, -5.0], [1, 1, 1], [1, 2, 3]).ratio)
