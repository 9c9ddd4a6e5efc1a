"""White zones: contiguity, and the least supply that lifts a zone, checked by trying everything."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines.accessibility import adjacency_of, clusters, compute, prepare, supply_to_lift
from tests.engines.geographies import STEPS, decays, pairs_of, territories

# 0 – 1 – 2 – 3 – 4 in a row, 5 alone.
ROW = adjacency_of([0, 2, 2, 4], [1, 1, 3, 3], 6)


def test_adjacency_is_symmetric_and_written_once():
    indptr, indices = adjacency_of([0, 1, 0], [1, 0, 2], 3)
    assert indptr.tolist() == [0, 2, 3, 4]
    assert indices.tolist() == [1, 2, 0, 0]


def test_clusters_are_contiguous_and_numbered_from_the_heaviest():
    mask = [True, True, False, True, True, True]
    assert clusters(mask, ROW).tolist() == [0, 0, -1, 1, 1, 2]
    people = [1.0, 1.0, 50.0, 3.0, 3.0, 90.0]
    assert clusters(mask, ROW, people).tolist() == [2, 2, -1, 1, 1, 0]
    assert clusters([False] * 6, ROW).tolist() == [-1] * 6


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_clusters_equal_a_walk_from_neighbour_to_neighbour(seed, n):
    rng = np.random.default_rng(seed)
    links = rng.integers(0, n, (2, n))
    mask = rng.random(n) < 0.6
    labels = clusters(mask, adjacency_of(*links, n))
    neighbours = {i: {int(b) for a, b in (*links.T, *links.T[:, ::-1]) if a == i} for i in range(n)}
    for start in np.flatnonzero(mask):
        seen, front = set(), {int(start)}
        while front:
            seen |= front
            front = {b for a in front for b in neighbours[a] if mask[b]} - seen
        assert set(np.flatnonzero(labels == labels[start]).tolist()) == seen
    assert (labels[~mask] == -1).all()


GOLDEN = pairs_of([(0, 1, 16.0), (1, 0, 12.0), (2, 0, 18.0), (0, 2, 20.0), (1, 2, 10.0)], 4)
DEMAND, SUPPLY = [900.0, 600.0, 300.0, 0.0], [2800.0, 0.0, 3600.0, 0.0]
STRUCTURE = prepare(GOLDEN, STEPS)
RESULT = compute(STRUCTURE, DEMAND, SUPPLY)


def test_the_mean_of_a_zone_is_lifted_at_its_best_site_by_hand():
    # One unit of 70 at A raises A by 70/1400 and B by 2/3 of that, hence the mean of {A, B} by
    # (900 · 0.05 + 600 · 0.05 · 2/3) / 1500 = 0.0433; at B (D_B = 600 + 900/3 = 900), by (900/3 + 600) / 1500
    # · 70/900 = 0.0467, which is better. The mean is 3.5333: 0.4667 short of 4.
    lift = supply_to_lift(STRUCTURE, RESULT, DEMAND, [0, 1], 4.0, unit=70.0)
    assert (lift.sites.tolist(), lift.units.tolist(), lift.proved) == ([1], [10], True)
    assert lift.mean_after == pytest.approx(4.0)
    assert lift.lowest_after == pytest.approx(3.0 + 10 * 70 / 900 / 3)


def test_a_zone_already_over_the_threshold_needs_nothing():
    for everyone in (False, True):
        lift = supply_to_lift(STRUCTURE, RESULT, DEMAND, [0, 1, 2, 3], 2.0, everyone=everyone)
        assert (lift.sites.size, lift.units.size, lift.proved) == (0, 0, True)


def test_a_zone_out_of_reach_or_empty_cannot_be_lifted():
    assert supply_to_lift(STRUCTURE, RESULT, DEMAND, [3], 2.5) is None
    lonely = compute(STRUCTURE, [1.0, 1, 1, 1], SUPPLY)
    for everyone in (False, True):
        assert (
            supply_to_lift(STRUCTURE, lonely, [1.0, 1, 1, 1], [3], 2.5, candidates=[0, 1], everyone=everyone)
            is None
        )


@settings(deadline=None, max_examples=60)
@given(territories(), decays, st.data())
def test_no_smaller_supply_lifts_everyone(territory, decay, data):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay)
    result = compute(structure, demand, supply)
    zone = data.draw(st.lists(st.integers(0, pairs.n - 1), min_size=1, max_size=3, unique=True), label="zone")
    inhabited = [i for i in zone if demand[i] > 0]
    threshold = float(result.apl[zone].max()) + 1e-3
    unit = 0.4e-3 * max(1.0, float(result.catchment_demand[zone].max()))
    in_reach = structure.by_home[inhabited][:, sorted(zone)].toarray() > 0

    def reaches(units, everyone):
        added = supply.copy()
        added[sorted(zone)] += np.array(units) * unit
        apl = compute(structure, demand, added).apl
        reached = apl[inhabited].min() if everyone else np.average(apl[zone], weights=demand[zone])
        return reached >= threshold * (1 - 1e-9)

    for everyone, possible in ((False, in_reach.any()), (True, inhabited and in_reach.any(axis=1).all())):
        lift = supply_to_lift(structure, result, demand, zone, threshold, unit=unit, everyone=everyone)
        if not possible:
            assert lift is None
            continue
        units = [int(lift.units[lift.sites == site].sum()) for site in sorted(zone)]
        assert lift.proved
        assert reaches(units, everyone)
        total = sum(units)
        fewer = (u for u in itertools.product(range(total), repeat=len(zone)) if sum(u) == total - 1)
        assert total > 12 or not any(reaches(u, everyone) for u in fewer)
