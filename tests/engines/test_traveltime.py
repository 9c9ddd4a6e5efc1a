"""Travel times: the fast pairs against the literal reference, tables refused or read, nearest sites, fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines.traveltime import (
    PROVIDER_CROW_FLY,
    CrowFlyModel,
    TravelTimes,
    crow_fly_pairs,
    fit_crow_fly,
    nearest,
    nearest_in_pairs,
    pairs_from_table,
)
from maillage.engines.traveltime.reference import crow_fly_minutes, great_circle_km

MODEL = CrowFlyModel()


def degrees(low: float, high: float) -> st.SearchStrategy[float]:
    """Coordinates to four decimals, as the sources give them."""
    return st.integers(round(low * 1e4), round(high * 1e4)).map(lambda value: value / 1e4)


points = st.lists(st.tuples(degrees(-180, 180), degrees(-89, 89)), min_size=1, max_size=12)
around_gueugnon = st.lists(st.tuples(degrees(3.9, 4.6), degrees(46.4, 46.9)), min_size=1, max_size=15)


def dense(pairs):
    table = np.full((pairs.n, pairs.n), np.inf)
    table[pairs.origin, pairs.destination] = pairs.minutes
    return table


def table(rows, n=3, **options):
    columns = [np.array(column) for column in zip(*rows, strict=True)] if rows else [np.array([])] * 3
    options = {"max_minutes": 30.0, "provider": "essai", "vintage": "2026"} | options
    return pairs_from_table(columns[0].astype(int), columns[1].astype(int), columns[2], n, **options)


def test_paris_to_marseille_is_660_km():
    assert great_circle_km(2.3522, 48.8566, 5.3698, 43.2965) == pytest.approx(660.5, abs=0.5)


@settings(deadline=None)
@given(around_gueugnon, st.floats(1.0, 60.0), st.sampled_from([0.0, 3.5]))
def test_pairs_equal_the_reference(where, max_minutes, intra):
    lon, lat = (list(column) for column in zip(*where, strict=True))
    model = CrowFlyModel(intra_minutes=intra)
    expected = np.array(crow_fly_minutes(lon, lat, model))
    pairs = crow_fly_pairs(lon, lat, max_minutes, model)
    found = dense(pairs)
    # A pair within rounding of the limit may fall on either side.
    surely_in = expected < max_minutes * (1 - 1e-6)
    np.testing.assert_allclose(found[surely_in], expected[surely_in], rtol=1e-5, atol=1e-4)
    off_diagonal = ~np.eye(pairs.n, dtype=bool)
    assert np.isinf(found[(expected > max_minutes * (1 + 1e-6)) & off_diagonal]).all()
    assert (np.diagonal(found) == np.float32(intra)).all()


@settings(deadline=None)
@given(points)
def test_pairs_are_sorted_unique_and_symmetric_anywhere_on_earth(where):
    lon, lat = (np.array(column) for column in zip(*where, strict=True))
    pairs = crow_fly_pairs(lon, lat, 5_000.0, MODEL)
    keys = pairs.origin.astype(np.int64) * pairs.n + pairs.destination
    assert (np.diff(keys) > 0).all()
    assert len(pairs) == pairs.row_starts()[-1] == keys.size
    np.testing.assert_array_equal(dense(pairs), dense(pairs).T)
    assert pairs.minutes.dtype == np.float32
    assert pairs.origin.dtype == pairs.destination.dtype == np.int32


def test_crow_fly_pairs_say_that_they_are_an_estimate():
    pairs = crow_fly_pairs([4.0, 4.1], [46.0, 46.0], 30.0, MODEL)
    assert (pairs.estimate, pairs.provider, pairs.vintage) == (True, PROVIDER_CROW_FLY, MODEL.vintage)
    assert pairs.max_minutes == 30.0


def test_reunion_is_far_from_france_and_the_date_line_is_no_wall():
    lon, lat = [2.35, 55.45, 179.99, -179.99], [48.85, -20.88, -17.0, -17.0]
    found = dense(crow_fly_pairs(lon, lat, 60.0, MODEL))
    assert np.isinf(found[0, 1])
    assert found[2, 3] == pytest.approx(MODEL.minutes(great_circle_km(179.99, -17, -179.99, -17)), rel=1e-5)


@pytest.mark.parametrize(
    ("lon", "lat", "row"), [([4.0, np.nan], [46, 46], 1), ([181.0], [0.0], 0), ([0.0, 0.0], [0.0, 91.0], 1)]
)
def test_impossible_coordinates_are_refused_by_row(lon, lat, row):
    with pytest.raises(ValueError, match=f"coordinates missing or impossible .row {row}"):
        crow_fly_pairs(lon, lat, 30.0, MODEL)


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="same length"):
        crow_fly_pairs([4.0, 4.1], [46.0], 30.0, MODEL)
    with pytest.raises(ValueError, match="same length"):
        pairs_from_table([0], [1], [5.0, 6.0], 2, max_minutes=30, provider="x", vintage="x")


@pytest.mark.parametrize("wrong", [{"coefficient": 0.0}, {"exponent": -1.0}, {"intra_minutes": -0.1}])
def test_a_senseless_model_is_refused(wrong):
    with pytest.raises(ValueError, match="crow-fly model"):
        CrowFlyModel(**wrong)


@given(st.floats(0.1, 120.0))
def test_reach_is_the_inverse_of_minutes(minutes):
    assert MODEL.minutes(MODEL.reach_km(minutes)) == pytest.approx(minutes)


def test_a_table_keeps_its_asymmetry_and_gains_the_time_within_communes():
    pairs = table([(2, 0, 12.0), (0, 2, 15.0), (1, 1, 4.0), (0, 1, 31.0)])
    rows = list(zip(pairs.origin.tolist(), pairs.destination.tolist(), pairs.minutes.tolist(), strict=True))
    assert rows == [(0, 0, 0.0), (0, 2, 15.0), (1, 1, 4.0), (2, 0, 12.0), (2, 2, 0.0)]
    assert not pairs.estimate


def test_an_empty_table_still_holds_every_commune():
    assert dense(table([], intra_minutes=2.0)).diagonal().tolist() == [2.0, 2.0, 2.0]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(0, 1, 5.0), (0, 3, 5.0)], r"destination outside 0 … 2 \(row 1\)"),
        ([(-1, 1, 5.0)], r"origin outside 0 … 2 \(row 0\)"),
        ([(0, 1, 5.0), (1, 0, -1.0)], r"minutes missing or negative \(row 1\)"),
        ([(0, 1, np.nan)], r"minutes missing or negative \(row 0\)"),
        ([(0, 1, 5.0), (1, 0, 5.0), (0, 1, 6.0)], r"pair given twice \(row 2\)"),
    ],
)
def test_a_bad_table_is_refused_by_row(rows, message):
    with pytest.raises(ValueError, match=message):
        table(rows)


@settings(deadline=None)
@given(around_gueugnon, st.data())
def test_nearest_equals_the_reference(where, data):
    lon, lat = (list(column) for column in zip(*where, strict=True))
    sites = data.draw(st.lists(st.integers(0, len(where) - 1), min_size=1))
    model = CrowFlyModel(intra_minutes=data.draw(st.sampled_from([0.0, 6.0])))
    times = np.array(crow_fly_minutes(lon, lat, model))[:, sorted(set(sites))]
    found = nearest(lon, lat, sites, model)
    np.testing.assert_allclose(found.minutes, times.min(axis=1), rtol=1e-6, atol=1e-4)
    assert set(found.position.tolist()) <= set(sites)


@settings(deadline=None)
@given(around_gueugnon, st.data())
def test_nearest_in_pairs_agrees_with_nearest(where, data):
    lon, lat = (list(column) for column in zip(*where, strict=True))
    sites = data.draw(st.lists(st.integers(0, len(where) - 1)))
    direct = nearest(lon, lat, sites, MODEL)
    found = nearest_in_pairs(crow_fly_pairs(lon, lat, 300.0, MODEL), sites)
    np.testing.assert_allclose(found.minutes, direct.minutes, rtol=1e-5, atol=1e-4)


def test_without_a_site_nothing_is_near():
    for found in (nearest([4.0], [46.0], [], MODEL), nearest_in_pairs(table([]), [])):
        assert np.isinf(found.minutes).all()
        assert (found.position == -1).all()


def test_beyond_the_measured_pairs_nothing_is_near_and_ties_go_to_the_lowest():
    found = nearest_in_pairs(table([(0, 1, 9.0), (0, 2, 9.0)], n=4), [1, 2])
    assert found.position.tolist() == [1, 1, 2, -1]
    assert found.minutes.tolist() == [9.0, 0.0, 0.0, np.inf]


@settings(deadline=None)
@given(st.floats(0.8, 3.0), st.floats(0.5, 1.2), st.integers(0, 1000))
def test_the_fit_finds_the_law_that_made_the_times_despite_wild_routes(coefficient, exponent, seed):
    rng = np.random.default_rng(seed)
    km = rng.uniform(0.5, 60.0, 200)
    minutes = coefficient * km**exponent
    minutes[:10] *= 8.0
    km[-1] = 0.0
    fit = fit_crow_fly(km, minutes, vintage="essai", intra_minutes=1.0)
    assert (fit.model.coefficient, fit.model.exponent) == pytest.approx((coefficient, exponent), rel=1e-3)
    assert (fit.n, fit.model.vintage, fit.model.intra_minutes) == (199, "essai", 1.0)
    assert fit.median_relative_error < 1e-3 < fit.mean_absolute_error


def test_a_fit_needs_three_pairs():
    with pytest.raises(ValueError, match="at least 3 pairs"):
        fit_crow_fly([1.0, 2.0, 0.0], [2.0, 4.0, 1.0], vintage="essai")


def test_a_router_can_take_its_place():
    class Straight:
        def pairs(self, lon, lat, max_minutes):
            return crow_fly_pairs(lon, lat, max_minutes, MODEL)

    router: TravelTimes = Straight()
    assert len(router.pairs(np.array([4.0]), np.array([46.0]), 10.0)) == 1
