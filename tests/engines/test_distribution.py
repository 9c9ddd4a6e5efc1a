"""Statistics weighted by people: against their unweighted definitions on repeated rows, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from maillage.engines.accessibility import (
    deciles,
    gini,
    interdecile_ratio,
    mean,
    mean_absolute_error,
    quantiles,
    share_above,
    share_below,
    spearman,
)

communes = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), min_size=3, max_size=30)


def columns(rows):
    values, people = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return values, people, np.repeat(values, people.astype(int))


@given(communes, st.floats(0.0, 1.0))
def test_a_weighted_quantile_is_that_of_the_people(rows, q):
    values, people, persons = columns(rows)
    expected = np.quantile(persons, q, method="inverted_cdf")
    position = q * persons.size
    if abs(position - round(position)) > 1e-9:
        assert quantiles(values, people, q) == expected
    assert quantiles(values, people, [0.0, 1.0]).tolist() == [persons.min(), persons.max()]


@given(communes)
def test_tenths_average_to_the_mean(rows):
    values, people, persons = columns(rows)
    tenths = deciles(values, people)
    assert tenths.means.mean() == pytest.approx(mean(values, people)) == pytest.approx(persons.mean())
    assert (np.diff(tenths.means) >= -1e-9).all()
    np.testing.assert_array_equal(tenths.bounds, quantiles(values, people, np.linspace(0.1, 0.9, 9)))


def test_tenths_by_hand_cut_by_people_and_weighed_otherwise():
    values = np.arange(10.0)
    assert deciles(values, np.ones(10)).means == pytest.approx(values)
    # One commune of 2 people per fifth: each tenth holds half of one.
    assert deciles([1.0, 2, 3, 4, 5], np.full(5, 2.0)).means == pytest.approx(np.repeat(np.arange(1.0, 6), 2))
    # Tenths cut by people, each with one commune of weight 3 at 0 and one of weight 1 at 4.
    pairs = np.tile([0.0, 4.0], 10) + np.repeat(np.arange(10) * 10.0, 2)
    weighed = deciles(pairs, np.ones(20), mean_weights=np.tile([3.0, 1.0], 10))
    assert weighed.means == pytest.approx(np.arange(10) * 10.0 + 1.0)


@settings(deadline=None)
@given(communes, st.integers(0, 2**32 - 1))
def test_weighted_spearman_is_that_of_the_people(rows, seed):
    values, people, persons = columns(rows)
    other = np.random.default_rng(seed).integers(0, 20, values.size).astype(float)
    repeated = np.repeat(other, people.astype(int))
    found = spearman(values, other, people)
    if np.ptp(persons) == 0 or np.ptp(repeated) == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(stats.spearmanr(persons, repeated).statistic, abs=1e-9)
        assert spearman(values, 3 * values + 1, people) == pytest.approx(1.0)
        assert spearman(values, -values, people) == pytest.approx(-1.0)


@given(communes)
def test_gini_is_half_the_mean_difference_between_two_people(rows):
    values, people, persons = columns(rows)
    if persons.sum() == 0:
        assert np.isnan(gini(values, people))
    else:
        differences = np.abs(persons[:, None] - persons[None, :]).mean()
        assert gini(values, people) == pytest.approx(differences / (2 * persons.mean()), abs=1e-9)


def test_shares_are_strict_and_ignore_the_unknown():
    values, people = [2.0, 2.5, 4.0, 5.0, np.nan], [10.0, 20.0, 30.0, 40.0, 900.0]
    assert share_below(values, people, 2.5) == pytest.approx(0.1)
    assert share_above(values, people, 4.0) == pytest.approx(0.4)
    assert mean(values, people) == pytest.approx((20 + 50 + 120 + 200) / 100)
    assert mean_absolute_error(values, [2.0, 3.5, 4.0, 4.0, 1.0], people) == pytest.approx(0.6)


def test_p90_over_p10():
    assert interdecile_ratio(np.arange(1.0, 11.0), np.ones(10)) == pytest.approx(9.0)
    assert interdecile_ratio([0.0, 5.0], [1.0, 1.0]) == np.inf
    assert np.isnan(interdecile_ratio([0.0, 0.0], [1.0, 1.0]))


def test_nothing_known_is_said_as_nan():
    unknown, people = [np.nan, 1.0], [5.0, 0.0]
    for statistic in (mean, gini, interdecile_ratio):
        assert np.isnan(statistic(unknown, people))
    assert np.isnan(share_below(unknown, people, 1.0))
    assert np.isnan(share_above(unknown, people, 1.0))
    assert np.isnan(spearman(unknown, unknown, people))
    assert np.isnan(quantiles(unknown, people, 0.5))
    assert np.isnan(deciles(unknown, people).means).all()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="same length"):
        mean([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantiles([1.0], [1.0], 1.2)
