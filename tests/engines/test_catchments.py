"""Flows, self-sufficiency, attraction and overlaps: by hand and by conservation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from maillage.engines.accessibility import (
    attraction,
    catchment_access,
    compute,
    flows,
    main_destination,
    overlaps,
    prepare,
    self_sufficiency,
)
from tests.engines.geographies import STEPS, decays, pairs_of, territories

GOLDEN = pairs_of([(0, 1, 16.0), (1, 0, 12.0), (2, 0, 18.0), (0, 2, 20.0), (1, 2, 10.0)], 4)
DEMAND, SUPPLY = np.array([900.0, 600.0, 300.0, 50.0]), np.array([2800.0, 0.0, 3600.0, 0.0])
STRUCTURE = prepare(GOLDEN, STEPS, SUPPLY > 0)
RESULT = compute(STRUCTURE, DEMAND, SUPPLY)
MODELLED = flows(STRUCTURE, RESULT, DEMAND)


def test_flows_by_hand():
    destinations, volumes, shares = MODELLED.out_of(1)
    assert destinations.tolist() == [0, 2]
    np.testing.assert_allclose(volumes, [800.0, 1800.0])  # 600 · 2/3 · 2 and 600 · 1 · 3
    np.testing.assert_allclose(shares, [4 / 13, 9 / 13])
    origins, volumes, shares = MODELLED.into(0)
    assert origins.tolist() == [0, 1, 2]
    np.testing.assert_allclose(volumes, [1800.0, 800.0, 200.0])
    np.testing.assert_allclose(shares, [9 / 14, 4 / 14, 1 / 14])


def test_nobody_goes_where_there_is_nothing():
    origins, volumes, shares = MODELLED.into(1)
    assert origins.size == volumes.size == shares.size == 0
    assert MODELLED.out_of(3)[0].size == 0


@settings(deadline=None)
@given(territories(), decays)
def test_flows_share_out_exactly_what_each_site_supplies(territory, decay):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay)
    result = compute(structure, demand, supply)
    modelled = flows(structure, result, demand)
    delivered = np.bincount(modelled.destination, modelled.volume, minlength=pairs.n)
    np.testing.assert_allclose(delivered, np.where(result.catchment_demand > 0, supply, 0.0), rtol=1e-9)
    received = np.bincount(modelled.origins(), modelled.volume, minlength=pairs.n)
    np.testing.assert_allclose(received, demand * result.apl, rtol=1e-9)
    shares = np.bincount(modelled.origins(), modelled.share, minlength=pairs.n)
    np.testing.assert_allclose(shares[result.apl > 0], 1.0)


def test_self_sufficiency_by_hand():
    np.testing.assert_allclose(self_sufficiency(MODELLED), [2 / 3, 0.0, 9 / 11, np.nan])
    inside = np.array([True, True, False, False])
    np.testing.assert_allclose(self_sufficiency(MODELLED, inside), [2 / 3, 4 / 13, 2 / 11, np.nan])


def test_attraction_by_hand():
    np.testing.assert_allclose(attraction(MODELLED), [1000 / 2800, np.nan, 2700 / 3600, np.nan])
    inside = [True, True, False, False]
    np.testing.assert_allclose(attraction(MODELLED, inside), [200 / 2800, np.nan, 900 / 3600, np.nan])


def test_the_site_each_commune_depends_on():
    position, share = main_destination(MODELLED)
    assert position.tolist() == [0, 2, 2, -1]
    np.testing.assert_allclose(share, [2 / 3, 9 / 13, 9 / 11, 0.0])


def test_flows_between_groups_keep_their_total():
    table = MODELLED.between([0, 0, 1, -1], 2)
    np.testing.assert_allclose(table, [[1800.0 + 800.0, 900.0 + 1800.0], [200.0, 900.0]])
    assert MODELLED.between([-1, -1, 0, 0], 1).item() == pytest.approx(900.0)


def test_the_access_of_a_catchment_counts_every_site_around():
    # Site A: (900·3 + 600·2/3·13/3 + 300·1/3·11/3) / 1400.
    expected_a = (900 * 3 + 400 * 13 / 3 + 100 * 11 / 3) / 1400
    expected_c = (300 * 11 / 3 + 600 * 13 / 3 + 900 / 3 * 3) / 1200
    np.testing.assert_allclose(catchment_access(STRUCTURE, RESULT, DEMAND), [expected_a, expected_c])


def test_overlaps_are_listed_once_nearest_first_and_only_beyond_the_need():
    pairs = pairs_of([(0, 1, 4.0), (1, 0, 6.0), (1, 2, 3.0), (2, 1, 3.0), (0, 2, 5.0), (0, 3, 2.0)], 4)
    demand, supply = np.full(4, 100.0), np.array([300.0, 300.0, 300.0, 0.0])
    structure = prepare(pairs, STEPS)
    result = compute(structure, demand, supply)
    found = overlaps(pairs, structure, result, demand, within=5.0, need=1.0)
    assert list(zip(found.first.tolist(), found.second.tolist(), found.minutes.tolist(), strict=True)) == [
        (1, 2, 3.0),
        (0, 1, 4.0),
        (0, 2, 5.0),
    ]
    access = catchment_access(structure, result, demand)
    assert found.access[0] == pytest.approx(min(access[1], access[2]))
    assert overlaps(pairs, structure, result, demand, within=3.5, need=1.0).first.tolist() == [1]
    assert overlaps(pairs, structure, result, demand, within=5.0, need=99.0).first.size == 0
