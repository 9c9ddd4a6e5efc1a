"""What if: every delta equals a full computation, with Numba and without, and can be undone."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines.accessibility import Decay, WhatIf, compute, kernels, prepare, score_sites, warm
from tests.engines.geographies import STEPS, decays, pairs_of, territories

backends = pytest.mark.parametrize("backend", ["numba", "numpy"])
changes = st.lists(st.tuples(st.integers(0, 13), st.floats(-5.0, 9.0), st.booleans()), max_size=12)


@pytest.fixture(scope="module", autouse=True)
def _compiled_once():
    assert warm() is True


def replay(scenario, steps, n):
    """Apply the changes that are possible, undoing where asked."""
    for position, amount, undo in steps:
        if undo and scenario.changes:
            scenario.undo()
        elif scenario.supply[position % n] + amount >= 0:
            scenario.add(position % n, amount)


@backends
@settings(deadline=None)
@given(territories(), decays, changes)
def test_an_exact_scenario_equals_the_full_computation_to_the_last_bit(backend, territory, decay, steps):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay)
    scenario = WhatIf(structure, demand, supply, backend=backend)
    replay(scenario, steps, pairs.n)
    full = compute(structure, demand, scenario.supply)
    np.testing.assert_array_equal(scenario.apl, full.apl)
    np.testing.assert_array_equal(scenario.result().ratio, full.ratio)
    assert scenario.result().unreachable_supply == full.unreachable_supply
    while scenario.changes:
        scenario.undo()
    np.testing.assert_array_equal(scenario.apl, compute(structure, demand, supply).apl)


@backends
@settings(deadline=None)
@given(territories(), decays, changes)
def test_an_additive_scenario_stays_within_rounding(backend, territory, decay, steps):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay)
    scenario = WhatIf(structure, demand, supply, exact=False, backend=backend)
    replay(scenario, steps, pairs.n)
    full = compute(structure, demand, scenario.supply)
    np.testing.assert_allclose(scenario.apl, full.apl, rtol=1e-10, atol=1e-10)


@settings(deadline=None)
@given(territories(), decays, changes)
def test_numba_and_numpy_give_the_same_bits(territory, decay, steps):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay)
    with_numba, without = (WhatIf(structure, demand, supply, backend=b) for b in ("numba", "numpy"))
    replay(with_numba, steps, pairs.n)
    replay(without, steps, pairs.n)
    np.testing.assert_array_equal(with_numba.apl, without.apl)
    np.testing.assert_array_equal(with_numba.supply, without.supply)


GOLDEN = pairs_of([(0, 1, 16.0), (1, 0, 12.0), (2, 0, 18.0), (0, 2, 20.0), (1, 2, 10.0)], 4)
DEMAND, SUPPLY = [900.0, 600.0, 300.0, 50.0], [2800.0, 0.0, 3600.0, 0.0]


@backends
@pytest.mark.parametrize("exact", [True, False])
def test_a_doctor_more_at_the_first_commune_by_hand(exact, backend):
    scenario = WhatIf(prepare(GOLDEN, STEPS), DEMAND, SUPPLY, exact=exact, backend=backend)
    moved = scenario.add(0, 1400.0)
    assert moved.tolist() == [0, 1, 2]
    np.testing.assert_allclose(scenario.apl, [4.0, 13 / 3 + 2 / 3, 4.0, 0.0])
    assert scenario.changes == ((0, 1400.0),)
    assert scenario.undo().tolist() == moved.tolist()
    assert scenario.changes == ()
    scenario.add(0, 1400.0)
    assert scenario.remove(0, 1400.0).tolist() == [0, 1, 2]
    np.testing.assert_allclose(scenario.apl, [3.0, 13 / 3, 11 / 3, 0.0])


def test_a_scenario_refuses_what_cannot_be():
    scenario = WhatIf(prepare(GOLDEN, STEPS, [True, False, True, False]), DEMAND, SUPPLY)
    with pytest.raises(ValueError, match="2800 at commune position 0: cannot change it by -2801"):
        scenario.remove(0, 2801.0)
    with pytest.raises(ValueError, match="cannot change it by nan"):
        scenario.add(0, np.nan)
    with pytest.raises(ValueError, match="not among the sites"):
        scenario.add(1)
    with pytest.raises(IndexError):
        scenario.undo()
    with pytest.raises(ValueError, match="read-only"):
        scenario.apl[0] = 1.0
    assert scenario.changes == ()


@backends
@settings(deadline=None)
@given(territories(), decays, st.floats(0.0, 3.0), st.floats(0.1, 20.0))
def test_scores_equal_the_scenarios_they_stand_for(backend, territory, decay, quantile, amount):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay)
    before = compute(structure, demand, supply)
    threshold = quantile * float(before.apl.mean())
    scores = score_sites(structure, before, demand, threshold, amount=amount, backend=backend)
    for position in range(pairs.n):
        scenario = WhatIf(structure, demand, supply)
        scenario.add(position, amount)
        shortfall = [demand @ np.maximum(threshold - apl, 0.0) for apl in (before.apl, scenario.apl)]
        assert scores.relief[position] == pytest.approx(shortfall[0] - shortfall[1], rel=1e-6, abs=1e-6)
        under, margin = before.apl < threshold, 1e-9 * (1 + threshold)
        at_least = demand[under & (scenario.apl >= threshold + margin)].sum()
        at_most = demand[under & (scenario.apl >= threshold - margin)].sum()
        assert at_least <= scores.lifted[position] <= at_most
    some = np.arange(pairs.n)[::-2]
    alone = score_sites(structure, before, demand, threshold, amount=amount, at=some, backend=backend)
    assert alone.positions.tolist() == some.tolist()
    assert np.array_equal(alone.relief, scores.relief[some])
    assert np.array_equal(alone.lifted, scores.lifted[some])


def test_the_plain_kernels_and_the_compiled_ones_write_the_same():
    structure = prepare(GOLDEN, STEPS)
    rows, homes = structure.by_site, structure.by_home
    result = compute(structure, DEMAND, SUPPLY)
    people, step = np.array(DEMAND), np.array([3.0, 0.0, 1e-3, 0.5])
    compiled = kernels.compiled("numba")
    written = []
    for shift, sum_again, score in (
        (kernels.shift, kernels.sum_again, kernels.score),
        tuple(compiled[name] for name in ("shift", "sum_again", "score")),
    ):
        apl, relief, lifted = result.apl.copy(), np.empty(4), np.empty(4)
        score(rows.indptr, rows.indices, rows.data, step, apl, people, 4.0, relief, lifted)
        shift(rows.indptr, rows.indices, rows.data, 0, 0.25, apl)
        shifted = apl.copy()
        sum_again(rows.indptr, rows.indices, 0, homes.indptr, homes.indices, homes.data, result.ratio, apl)
        written.append((relief, lifted, shifted, apl))
    for plain, fast in zip(*written, strict=True):
        np.testing.assert_array_equal(plain, fast)
    np.testing.assert_array_equal(written[0][3], result.apl)


@pytest.fixture
def without_numba(monkeypatch):
    """The kernels as they load on a machine without Numba."""
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(kernels, "_compiled", None)


def test_without_numba_everything_still_answers(without_numba):
    assert warm() is False
    scenario = WhatIf(prepare(GOLDEN, STEPS), DEMAND, SUPPLY)
    scenario.add(1, 500.0)
    np.testing.assert_array_equal(scenario.apl, compute(prepare(GOLDEN, STEPS), DEMAND, scenario.supply).apl)
    assert kernels.compiled("numpy") is None
    with pytest.raises(ImportError, match="Numba is not installed"):
        kernels.compiled("numba")


def test_a_site_that_nobody_reaches_changes_nothing():
    structure = prepare(pairs_of([], 2), Decay((1.0,), (1.0,)))
    scenario = WhatIf(structure, [0.0, 10.0], [0.0, 5.0])
    scenario.add(0, 7.0)
    assert scenario.apl.tolist() == [0.0, 0.5]
    assert scenario.result().unreachable_supply == 7.0
    assert score_sites(structure, scenario.result(), [5.0, 5.0], 1.0).relief.tolist() == [0.0, 0.5]
