"""Evaluation: against literal estimators, statsmodels, and what published studies found in the same data."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from maillage.engines.evaluation import (
    Panel,
    before_and_after,
    detectable,
    difference_in_differences,
    event_study,
    interrupted_series,
    placebo,
    spread_and_correlation,
    staggered,
    synthetic_control,
    synthetic_differences,
    trend_before,
)
from maillage.engines.evaluation import reference as literal
from maillage.engines.evaluation.compute import wald

NAN = float("nan")
STUDIES = Path(__file__).resolve().parents[3] / "shared" / "data" / "causal"
studies = pytest.mark.skipif(not STUDIES.is_dir(), reason="the data of the published studies are not here")


def panel_of(seed: int, units: int, periods: int, missing: float = 0.0, dates: int = 1) -> Panel:
    """A panel of noise with levels and a common path; about half of the units treated, by `dates` cohorts."""
    rng = np.random.default_rng(seed)
    outcome = (
        rng.normal(size=(units, 1)) * 5
        + rng.normal(size=periods).cumsum()
        + rng.normal(size=(units, periods))
    )
    outcome[rng.random(outcome.shape) < missing] = NAN
    first = np.where(np.arange(units) % 2, 1.0 + rng.integers(1, 1 + dates, units), NAN)
    return Panel(outcome, first)


def cells(panel: Panel) -> list[tuple[int, int, float]]:
    return [
        (int(unit), int(period), float(panel.outcome[unit, period]))
        for unit, period in np.argwhere(~np.isnan(panel.outcome))
    ]


panels = st.builds(
    panel_of,
    st.integers(0, 10_000),
    st.integers(6, 12),
    st.integers(4, 7),
    st.sampled_from([0.0, 0.1]),
    st.integers(1, 2),
)


@settings(max_examples=30, deadline=None)
@given(panels)
def test_the_fast_effect_is_the_literal_one(panel: Panel) -> None:
    def treated(unit: int, period: int) -> float:
        return float(period >= panel.first[unit])

    beta, covariance = literal.two_way(cells(panel), [treated])
    found = difference_in_differences(panel)
    assert found.effect == pytest.approx(beta[0], abs=1e-8)
    assert found.error == pytest.approx(math.sqrt(covariance[0][0]), rel=1e-6)
    assert found.low < found.effect < found.high
    assert found.observations == len(cells(panel))


def test_the_errors_are_those_of_statsmodels() -> None:
    panel = panel_of(3, 30, 6, missing=0.05)
    rows = cells(panel)
    unit, period = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    outcome = np.array([row[2] for row in rows])
    design = np.column_stack(
        [
            panel.treated[unit, period],
            *(unit == one for one in range(30)),
            *(period == one for one in range(1, 6)),
        ]
    ).astype(float)
    theirs = sm.OLS(outcome, design).fit(cov_type="cluster", cov_kwds={"groups": unit, "df_correction": True})
    # They count the effects of units, which clusters hold, among the coefficients; we do not.
    theirs_counts, ours_counts = len(rows) - design.shape[1], len(rows) - 1 - 6
    found = difference_in_differences(panel)
    assert found.effect == pytest.approx(theirs.params[0], abs=1e-9)
    assert found.error == pytest.approx(theirs.bse[0] * math.sqrt(theirs_counts / ours_counts), rel=1e-7)


def test_two_units_and_two_dates_are_the_difference_of_two_changes() -> None:
    panel = Panel(np.array([[10.0, 14.0], [20.0, 21.0]]), np.array([1.0, NAN]))
    found = difference_in_differences(panel)
    assert found.effect == pytest.approx(14 - 10 - (21 - 20))
    assert math.isnan(found.error)
    assert math.isnan(found.p)


def test_an_effect_that_was_put_there_is_found_and_its_leads_with_it() -> None:
    panel = panel_of(5, 400, 8)
    panel = Panel(panel.outcome + 3.0 * panel.treated, panel.first)
    found, leads = difference_in_differences(panel), event_study(panel)
    assert found.low < 3.0 < found.high
    assert leads.since.tolist() == [-2, 0, 1, 2, 3, 4, 5]
    assert all(one.low - 0.2 < 3.0 < one.high + 0.2 for one in leads.effects[1:])
    assert leads.trend_p > 0.01
    # Nothing began a period earlier.
    nothing = placebo(panel, periods=1)
    assert nothing.low < 0 < nothing.high


def test_paths_that_part_before_are_seen() -> None:
    panel = panel_of(6, 200, 8)
    apart = panel.ever[:, None] * np.arange(8) * 1.0
    parting = Panel(panel.outcome + apart, panel.first)
    assert event_study(parting).trend_p < 1e-4
    assert placebo(parting, periods=1).p < 1e-4


@settings(max_examples=15, deadline=None)
@given(panels)
def test_the_trend_before_is_the_literal_one(panel: Panel) -> None:
    seen = [row for row in cells(panel) if not panel.treated[row[0], row[1]]]

    def apart(unit: int, period: int) -> float:
        return float(panel.ever[unit]) * period

    beta, covariance = literal.two_way(seen, [apart])
    found = trend_before(panel)
    assert found.effect == pytest.approx(beta[0], abs=1e-8)
    assert found.error == pytest.approx(math.sqrt(covariance[0][0]), rel=1e-6)


def test_a_trend_before_is_said_by_chance_no_more_often_than_it_should() -> None:
    said = [trend_before(panel_of(seed, 24, 12)).p < 0.05 for seed in range(600)]
    assert np.mean(said) == pytest.approx(0.05, abs=0.03)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.1]))
def test_the_leads_are_the_literal_ones(seed: int, missing: float) -> None:
    panel = panel_of(seed, 10, 6, missing)
    leads = event_study(panel)

    def at(lead: int):
        return lambda unit, period: float(period - panel.first[unit] == lead)

    beta, covariance = literal.two_way(cells(panel), [at(int(lead)) for lead in leads.since])
    assert [one.effect for one in leads.effects] == pytest.approx(beta, abs=1e-7)
    errors = [math.sqrt(covariance[place][place]) for place in range(len(beta))]
    assert [one.error for one in leads.effects] == pytest.approx(errors, rel=1e-5, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(panels, st.booleans())
def test_each_cohort_at_each_period_is_the_literal_one(panel: Panel, not_yet: bool) -> None:
    found = staggered(panel, not_yet=not_yet)
    outcome, first = panel.outcome.tolist(), panel.first.tolist()
    told = zip(found.cohort.tolist(), found.period.tolist(), found.effects, strict=True)
    for cohort, period, effect in told:
        assert effect.effect == pytest.approx(
            literal.group_time(outcome, first, cohort, period, not_yet=not_yet)
        )
    pairs = set(zip(found.cohort.tolist(), found.period.tolist(), strict=True))
    for cohort in np.unique(panel.first[panel.ever]):
        for period in range(panel.outcome.shape[1]):
            known = literal.group_time(outcome, first, int(cohort), period, not_yet=not_yet)
            assert ((int(cohort), period) in pairs) == (known is not None and period != cohort - 1)


def test_an_average_over_cohorts_weighs_them_by_their_units_by_hand() -> None:
    # Cohort 1: two units that gain 4 at once; cohort 2: one unit that gains 10; three others never treated.
    outcome = np.zeros((6, 3)) + np.array([0.0, 1.0, 2.0])
    outcome[:2, 1:] += 4.0
    outcome[2, 2:] += 10.0
    found = staggered(Panel(outcome, np.array([1.0, 1.0, 2.0, NAN, NAN, NAN])))
    # Pairs: (1, t=1) 4 × 2, (1, t=2) 4 × 2, (2, t=2) 10 × 1, over 2 + 2 + 1.
    assert found.average.effect == pytest.approx((4 * 2 + 4 * 2 + 10) / 5)
    assert found.since.since.tolist() == [-2, 0, 1]
    assert [one.effect for one in found.since.effects] == pytest.approx([0.0, (4 * 2 + 10) / 3, 4.0])


def test_the_error_of_an_average_is_that_of_draws_of_units() -> None:
    panel = panel_of(11, 80, 5, dates=2)
    panel = Panel(panel.outcome + panel.treated * np.nan_to_num(panel.first[:, None]), panel.first)
    rng = np.random.default_rng(1)
    draws = [
        staggered(Panel(panel.outcome[drawn], panel.first[drawn])).average.effect
        for drawn in (rng.integers(0, 80, 80) for _draw in range(300))
    ]
    assert staggered(panel).average.error == pytest.approx(np.std(draws), rel=0.15)


def test_a_cohort_without_a_period_before_or_without_comparator_is_left_out() -> None:
    outcome = np.arange(12.0).reshape(4, 3)
    with pytest.raises(ValueError, match="no cohort"):
        staggered(Panel(outcome, np.array([0.0, 0.0, NAN, NAN])))
    with pytest.raises(ValueError, match="no cohort"):
        staggered(Panel(outcome, np.array([1.0, 1.0, 1.0, 1.0])))
    # The first of two cohorts has the second one, as long as it waits.
    late = staggered(Panel(outcome, np.array([1.0, 1.0, 2.0, 2.0])), not_yet=True)
    assert list(zip(late.cohort.tolist(), late.period.tolist(), strict=True)) == [(1, 1)]


def test_before_and_after_says_what_changed_and_needs_both_sides() -> None:
    outcome = np.array([[1.0, 3.0], [2.0, 6.0], [5.0, 5.0]])
    found = before_and_after(Panel(outcome, np.array([1.0, 1.0, NAN])))
    assert (found.effect, found.clusters, found.observations) == (3.0, 2, 4)
    assert found.error == pytest.approx(1.0)
    alone = before_and_after(Panel(outcome[:1], np.array([1.0])))
    assert (alone.effect, math.isnan(alone.low)) == (2.0, True)
    with pytest.raises(ValueError, match="before and after"):
        before_and_after(Panel(outcome, np.array([NAN, NAN, 0.0])))


@pytest.mark.parametrize("lags", [0, 1, 4])
def test_the_errors_of_a_series_are_the_literal_ones_and_those_of_statsmodels(lags: int) -> None:
    rng = np.random.default_rng(lags)
    points = np.arange(36.0)
    values = 10 + 0.2 * points + 3 * (points >= 20) + rng.normal(size=36).cumsum() * 0.3
    found = interrupted_series(values, start=20, season=12, harmonics=1, lags=lags)
    angle = 2 * np.pi * points / 12
    after = (points >= 20).astype(float)
    design = np.column_stack(
        [np.ones(36), points, after, after * (points - 20), np.sin(angle), np.cos(angle)]
    )
    theirs = sm.OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    assert (found.level.effect, found.slope.effect) == pytest.approx(tuple(theirs.params[2:4]))
    assert (found.level.error, found.slope.error) == pytest.approx(tuple(theirs.bse[2:4]))
    covariance = literal.newey_west(design.tolist(), (values - design @ theirs.params).tolist(), lags)
    assert found.level.error == pytest.approx(math.sqrt(covariance[2][2]))
    assert found.mean.effect == pytest.approx((found.fitted - found.expected)[20:].mean())
    np.testing.assert_allclose(found.fitted, theirs.fittedvalues)
    np.testing.assert_allclose(found.expected[:20], found.fitted[:20])


def test_a_break_that_was_put_there_is_found_whatever_is_left_out() -> None:
    points = np.arange(48.0)
    season = 4 * np.sin(2 * np.pi * points / 12) + (-1.0) ** points
    values = 20 + 0.5 * points + season + np.where(points >= 24, 6 + 0.25 * (points - 24), 0.0)
    values[30] = NAN
    values[24] = 900.0  # the month of the change itself
    found = interrupted_series(values, start=24, season=12, harmonics=6, left_out=points == 24)
    assert (found.level.effect, found.slope.effect) == pytest.approx((6.0, 0.25))
    kept = [at for at in range(24, 48) if at not in (24, 30)]
    assert found.mean.effect == pytest.approx(np.mean([6 + 0.25 * (at - 24) for at in kept]))
    # Known without error: no interval is told.
    flat = interrupted_series(np.zeros(8), start=4)
    assert (flat.level.effect, math.isnan(flat.level.p)) == (0.0, True)


@pytest.mark.parametrize(
    ("values", "asked", "says"),
    [
        (np.arange(10.0), {"start": 1}, "two points before"),
        (np.arange(10.0), {"start": 9}, "two points before"),
        (np.arange(10.0), {"start": 5, "season": 12, "harmonics": 3}, "too few"),
        (np.arange(10.0), {"start": 5, "lags": -1}, "lags"),
        (np.arange(10.0).reshape(2, 5), {"start": 2}, "one dimension"),
        (np.arange(6.0), {"start": 3, "left_out": [0, 0, 0, 0, 1, 1]}, "two points before"),
    ],
)
def test_a_series_too_short_is_refused(values, asked: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        interrupted_series(values, **asked)


def small_study(seed: int, donors: int = 6, periods: int = 8) -> Panel:
    rng = np.random.default_rng(seed)
    outcome = (
        rng.normal(size=(donors + 1, 2)) @ rng.normal(size=(2, periods))
        + 10
        + rng.normal(size=(donors + 1, periods)) * 0.1
    )
    first = np.full(donors + 1, NAN)
    first[seed % (donors + 1)] = 5.0
    return Panel(outcome, first)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.data())
def test_no_other_weights_bring_the_donors_nearer(seed: int, data: st.DataObject) -> None:
    panel = small_study(seed)
    found = synthetic_control(panel)
    treated = panel.ever
    own, donors = panel.outcome[treated][0], panel.outcome[~treated]
    assert found.weights.min() >= 0
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.effect == pytest.approx(
        literal.gap_after(own.tolist(), donors.tolist(), found.weights.tolist(), 5)
    )
    other = np.array(data.draw(st.lists(st.integers(0, 9), min_size=6, max_size=6).filter(any)), float)
    other /= other.sum()

    def apart(weights: np.ndarray) -> float:
        return float(((own - weights @ donors)[:5] ** 2).sum())

    assert apart(found.weights) <= apart(other) + 1e-9
    for step in (0.1, 1e-3):
        assert apart(found.weights) <= apart((1 - step) * found.weights + step * other) + 1e-9


def test_a_treated_unit_made_of_its_donors_gives_its_weights_and_its_effect() -> None:
    rng = np.random.default_rng(2)
    donors = rng.normal(size=(5, 9)) + 10
    own = 0.25 * donors[0] + 0.75 * donors[3]
    own[6:] += 2.0
    panel = Panel(np.vstack([donors, own]), np.array([NAN] * 5 + [6.0]))
    found = synthetic_control(panel)
    np.testing.assert_allclose(found.weights, [0.25, 0, 0, 0.75, 0], atol=1e-7)
    assert found.effect == pytest.approx(2.0)
    assert found.p == pytest.approx(1 / 6)  # the first of six: no smaller p can be had
    # Predictors instead of outcomes: the traits of the second donor.
    traits = np.vstack([np.eye(5), np.eye(5)[1]])
    np.testing.assert_allclose(synthetic_control(panel, predictors=traits).weights, np.eye(5)[1], atol=1e-9)


def test_perfect_fits_are_compared_without_dividing_by_zero() -> None:
    outcome = np.ones((4, 6))
    moved = outcome.copy()
    moved[0, 4:] += 1.0
    first = np.array([4.0, NAN, NAN, NAN])
    assert (synthetic_control(Panel(moved, first)).ratio, synthetic_control(Panel(outcome, first)).ratio) == (
        math.inf,
        0.0,
    )
    assert synthetic_control(Panel(outcome, first)).p == 1.0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda y, first: Panel(y, np.where(np.arange(7) < 2, 5.0, NAN)), "one treated unit"),
        (lambda y, first: Panel(y, np.where(np.arange(7) < 1, 1.0, NAN)), "two periods before"),
        (lambda y, first: Panel(y[:3], np.array([5.0, NAN, NAN])), "three donors"),
        (lambda y, first: Panel(y, np.full(7, NAN)), "one date"),
        (lambda y, first: Panel(np.where(y > 10, NAN, y), first), "everything is measured"),
    ],
)
def test_what_no_synthetic_control_can_be_made_of_is_refused(change, says: str) -> None:
    panel = small_study(0)
    with pytest.raises(ValueError, match=says):
        synthetic_control(change(panel.outcome, panel.first))


def test_synthetic_differences_leave_level_apart() -> None:
    panel = small_study(4)
    treated = panel.ever
    higher = Panel(panel.outcome + 50.0 * treated[:, None] + 2.0 * panel.treated, panel.first)
    found, plain = synthetic_differences(higher), synthetic_differences(panel)
    assert found.effect == pytest.approx(plain.effect + 2.0)
    assert (found.donors.sum(), found.periods.sum()) == pytest.approx((1.0, 1.0))
    assert 1 / 7 - 1e-9 <= found.p <= 1


def test_what_a_comparison_can_see_by_hand() -> None:
    # σ = 10, ρ = 0.5: one against one period, 2 × 50 units. Var = 100·0.5·(2/50)·2 = 4; t(98) ≈ 1.984, 0.845.
    found = detectable(spread=10, correlation=0.5, treated=50, compared=50, before=1, after=1)
    assert found == pytest.approx((1.98447 + 0.84548) * 2, abs=1e-3)
    more = detectable(spread=10, correlation=0.5, treated=50, compared=50, before=12, after=12)
    assert more == pytest.approx(found / math.sqrt(12))
    assert detectable(spread=0, correlation=0, treated=2, compared=2, before=1, after=1) == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        {"treated": 0}, {"after": 0}, {"treated": 1, "compared": 1}, {"correlation": 1.0},
        {"spread": -1.0}, {"power": 1.0}, {"level": 0.0}, {"spread": NAN},
    ],
)  # fmt: skip
def test_what_no_power_can_be_told_of_is_refused(wrong: dict[str, float]) -> None:
    asked = {"spread": 1.0, "correlation": 0.2, "treated": 9, "compared": 9, "before": 2, "after": 2}
    with pytest.raises(ValueError, match=r"at least|between 0 and 1"):
        detectable(**asked | wrong)


def test_the_power_told_is_the_share_of_the_effects_found() -> None:
    rng = np.random.default_rng(8)
    units, before, after = 24, 3, 3
    effect = detectable(spread=math.sqrt(2), correlation=0.5, treated=12, compared=12, before=3, after=3)
    first = np.where(np.arange(units) < 12, float(before), NAN)
    found = 0
    for _draw in range(400):
        noise = rng.normal(size=(units, 1)) + rng.normal(size=(units, before + after))
        panel = Panel(noise, first)
        found += difference_in_differences(Panel(noise + effect * panel.treated, first)).p < 0.05
    assert found / 400 == pytest.approx(0.8, abs=0.06)


def test_spread_and_correlation_are_read_before_any_treatment() -> None:
    rng = np.random.default_rng(9)
    outcome = 2 * rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 5)) + np.arange(5.0)
    first = np.where(np.arange(4000) < 2000, 3.0, NAN)
    treated = Panel(outcome, first).treated
    spread, correlation = spread_and_correlation(Panel(outcome + 100.0 * treated, first))
    assert spread == pytest.approx(math.sqrt(5), rel=0.05)
    assert correlation == pytest.approx(0.8, abs=0.03)
    assert spread_and_correlation(Panel(np.zeros((3, 3)), np.full(3, NAN))) == (0.0, 0.0)
    with pytest.raises(ValueError, match="two periods"):
        spread_and_correlation(Panel(outcome[:, :3], np.ones(4000)))


@pytest.mark.parametrize(
    ("outcome", "first", "says"),
    [
        (np.zeros(3), np.zeros(3), "units × periods"),
        (np.zeros((3, 2)), np.zeros(2), "units × periods"),
        (np.full((2, 2), np.inf), np.zeros(2), "a number"),
    ],
)
def test_what_is_no_panel_is_refused(outcome, first, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Panel(outcome, first)


def test_what_separates_nothing_is_refused() -> None:
    outcome = np.random.default_rng(0).normal(size=(4, 4))
    for first in (np.full(4, NAN), np.full(4, 2.0), np.zeros(4)):
        with pytest.raises(ValueError, match="cannot be told"):
            difference_in_differences(Panel(outcome, first))
    with pytest.raises(ValueError, match="period before its treatment"):
        event_study(Panel(outcome, np.array([0.0, 0.0, NAN, NAN])))
    with pytest.raises(ValueError, match="at least one period"):
        placebo(Panel(outcome, np.array([2.0, 2.0, NAN, NAN])), periods=0)
    with pytest.raises(ValueError, match="level"):
        difference_in_differences(Panel(outcome, np.array([2.0, 2.0, NAN, NAN])), level=1.0)


def test_leads_that_no_data_can_test_say_so() -> None:
    # Two clusters of two: more leads before the treatment than what their covariance can hold.
    outcome = np.random.default_rng(3).normal(size=(4, 6))
    assert math.isnan(event_study(Panel(outcome, np.array([5.0, 5.0, NAN, NAN]))).trend_p)
    assert math.isnan(event_study(Panel(outcome, np.array([1.0, 1.0, NAN, NAN]))).trend_p)


def test_coefficients_that_say_the_same_are_not_tested_together() -> None:
    both = np.array([True, True])
    assert math.isnan(wald(np.ones(2), np.ones((2, 2)), both, 100))
    # Apart: F(2, 100) of (1 + 4) / 2.
    assert wald(np.array([1.0, 2.0]), np.eye(2), both, 100) == pytest.approx(stats.f.sf(2.5, 2, 100))


def wide(
    table: pl.DataFrame, unit: str, period: str, outcome: str
) -> tuple[list[str], list[int], np.ndarray]:
    found = table.pivot(on=period, index=unit, values=outcome, sort_columns=False).sort(unit)
    return found[unit].to_list(), [int(one) for one in found.columns[1:]], found.drop(unit).to_numpy()


@studies
def test_california_after_proposition_99() -> None:
    """Arkhangelsky et al. (2021), table 1: DID −27.3, SC −19.6, SDID −15.6 packs a person."""
    table = pl.read_csv(STUDIES / "synthdid_california_prop99.csv", separator=";")
    states, years, packs = wide(table, "State", "Year", "PacksPerCapita")
    first = np.where(np.array(states) == "California", float(years.index(1989)), NAN)
    panel = Panel(packs, first)
    assert difference_in_differences(panel).effect == pytest.approx(-27.3, abs=0.05)
    assert synthetic_differences(panel).effect == pytest.approx(-15.6, abs=0.05)
    control = synthetic_control(panel)
    # They stop the search of weights early; the nearest donors give 0.1 less.
    assert control.effect == pytest.approx(-19.6, abs=0.15)
    heaviest = sorted(zip(control.weights, (one for one in states if one != "California"), strict=True))[-3:]
    # Abadie, Diamond & Hainmueller (2010), table 2: Utah first; Nevada and Montana next.
    assert heaviest[-1][1] == "Utah"
    assert {one for _weight, one in heaviest} == {"Utah", "Nevada", "Montana"}


@studies
def test_banks_of_two_districts_of_the_federal_reserve() -> None:
    """Angrist & Pischke (2015), chapter 5: (121 − 135) − (132 − 165) = 19 banks; over six years, 20.5."""
    table = pl.read_csv(STUDIES / "causalpy_banks.csv").filter(pl.col("month") == 7, pl.col("day") == 1)
    banks = table.sort("year").select("bib6", "bib8").to_numpy().T.astype(float)
    first = np.array([2.0, NAN])  # 1929, 1930, then the sixth district lends
    assert difference_in_differences(Panel(banks[:, 1:3], first - 1)).effect == pytest.approx(19.0)
    assert difference_in_differences(Panel(banks, first)).effect == pytest.approx(20.5)


@studies
def test_homicides_after_castle_doctrine_laws() -> None:
    """Cheng & Hoekstra (2013): 8 percent more homicides, by two-way fixed effects on logarithms."""
    table = pl.read_csv(STUDIES / "mlsynth_castle.csv")
    states, years, homicides = wide(table, "state", "year", "l_homicide")
    laws = dict(table.select("state", "effyear").iter_rows())
    first = np.array([laws[one] - years[0] if laws[one] is not None else NAN for one in states])
    panel = Panel(homicides, first)
    assert difference_in_differences(panel).effect == pytest.approx(0.08, abs=0.005)
    # Compared with states that never passed one, cohort by cohort, it is larger.
    apart = staggered(panel).average
    assert 0.08 < apart.effect < 0.13
    assert apart.low > 0
