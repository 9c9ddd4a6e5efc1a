"""The accessibility formula: by hand, against its literal reference, against PySAL, and by its laws."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillage.engines.accessibility import (
    STRUCTURE_ARRAYS,
    Decay,
    Structure,
    compute,
    prepare,
    reference,
    standardise,
)
from tests.engines.geographies import SMOOTH, STEPS, decays, pairs_of, random_pairs, territories

# Three communes within reach of each other and one alone; minutes differ by direction (B → A: 12, A → B: 16).
GOLDEN = pairs_of([(0, 1, 16.0), (1, 0, 12.0), (2, 0, 18.0), (0, 2, 20.0), (1, 2, 10.0)], 4)
DEMAND = [900.0, 600.0, 300.0, 50.0]
SUPPLY = [2800.0, 0.0, 3600.0, 0.0]


def test_the_golden_territory_computed_by_hand():
    # D_A = 900·1 + 600·2/3 + 300·1/3 = 1400; D_C = 300·1 + 600·1 + 900·1/3 = 1200.
    result = compute(prepare(GOLDEN, STEPS), DEMAND, SUPPLY)
    np.testing.assert_allclose(result.catchment_demand[[0, 2]], [1400.0, 1200.0])
    np.testing.assert_allclose(result.ratio, [2.0, 0.0, 3.0, 0.0])
    # APL_A = 1·2 + 1/3·3; APL_B = 2/3·2 + 1·3; APL_C = 1/3·2 + 1·3; D reaches nobody.
    np.testing.assert_allclose(result.apl, [3.0, 13 / 3, 11 / 3, 0.0])


@pytest.mark.parametrize(
    ("decay", "minutes", "expected"),
    [
        (STEPS, 10.0, 1.0), (STEPS, 10.1, 2 / 3), (STEPS, 20.0, 1 / 3), (STEPS, 20.1, 0.0),
        (SMOOTH, 0.0, 1.0), (SMOOTH, 2.5, 0.9), (SMOOTH, 12.5, 0.3), (SMOOTH, 20.1, 0.0),
    ],
)  # fmt: skip
def test_the_literal_weight_is_that_of_the_curve(decay, minutes, expected):
    assert reference.weight(decay, minutes) == pytest.approx(expected)


@settings(deadline=None)
@given(territories(), decays, st.booleans())
def test_the_computation_equals_its_literal_reference(territory, decay, supply_columns_only):
    pairs, demand, supply = territory
    structure = prepare(pairs, decay, supply > 0 if supply_columns_only else None)
    expected = reference.accessibility(pairs, decay, demand.tolist(), supply.tolist())
    np.testing.assert_allclose(compute(structure, demand, supply).apl, expected, rtol=1e-12, atol=0)


@settings(deadline=None)
@given(territories(), decays)
def test_columns_without_supply_change_nothing_to_the_last_bit(territory, decay):
    pairs, demand, supply = territory
    everywhere = compute(prepare(pairs, decay), demand, supply)
    supplied = compute(prepare(pairs, decay, supply > 0), demand, supply)
    np.testing.assert_array_equal(everywhere.apl, supplied.apl)
    assert supplied.unreachable_supply == everywhere.unreachable_supply


@settings(deadline=None)
@given(territories(), decays)
def test_what_is_received_is_what_is_supplied(territory, decay):
    pairs, demand, supply = territory
    result = compute(prepare(pairs, decay), demand, supply)
    reachable = supply[result.catchment_demand > 0].sum()
    assert demand @ result.apl == pytest.approx(reachable, rel=1e-12)
    assert reachable + result.unreachable_supply == pytest.approx(supply.sum(), rel=1e-12)


@settings(deadline=None)
@given(territories(), decays, st.floats(0.01, 100.0), st.integers(0, 2**32 - 1))
def test_accessibility_is_linear_in_supply_and_blind_to_the_scale_of_weights(territory, decay, k, seed):
    pairs, demand, supply = territory
    other = np.random.default_rng(seed).uniform(0.0, 9.0, supply.size)
    structure = prepare(pairs, decay)
    apl = compute(structure, demand, supply).apl
    np.testing.assert_allclose(
        compute(structure, demand, k * supply + other).apl,
        k * apl + compute(structure, demand, other).apl,
        rtol=1e-9,
        atol=1e-300,
    )
    scaled = Decay(decay.bounds, tuple(k * w for w in decay.weights), decay.interpolation)
    np.testing.assert_allclose(compute(prepare(pairs, scaled), demand, supply).apl, apl, rtol=1e-9)
    np.testing.assert_allclose(compute(structure, demand * k, supply).apl, apl / k, rtol=1e-9)


def pysal_e2sfca(pairs, demand, supply):
    """Accessibility by PySAL's `access`, which warns of its own pandas habits."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import Access, weights

        peer = Access(
            demand_df=pd.DataFrame({"id": np.arange(pairs.n), "people": demand}),
            demand_index="id",
            demand_value="people",
            supply_df=pd.DataFrame({"id": np.arange(pairs.n), "offer": supply}),
            supply_index="id",
            supply_value="offer",
            cost_df=pd.DataFrame({"from": pairs.origin, "to": pairs.destination, "cost": pairs.minutes}),
            cost_origin="from",
            cost_dest="to",
            cost_name="cost",
        )
        steps = weights.step_fn(dict(zip(STEPS.bounds, STEPS.weights, strict=True)))
        found = peer.enhanced_two_stage_fca(weight_fn=steps, max_cost=STEPS.horizon)
    return found["e2sfca_offer"].reindex(np.arange(pairs.n)).fillna(0.0)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40), st.floats(0.05, 0.9))
def test_the_computation_equals_pysal_access(seed, n, density):
    rng = np.random.default_rng(seed)
    pairs = random_pairs(rng, n, density)
    demand = rng.integers(1, 9000, n).astype(float)
    supply = np.where(rng.random(n) < 0.5, 0.0, rng.uniform(0.5, 30.0, n))
    found = compute(prepare(pairs, STEPS), demand, supply).apl
    np.testing.assert_allclose(found, pysal_e2sfca(pairs, demand, supply), rtol=1e-9)


@given(decays, st.lists(st.floats(0.0, 40.0), min_size=1))
def test_weights_equal_the_reference(decay, minutes):
    expected = [reference.weight(decay, t) for t in minutes]
    np.testing.assert_allclose(decay.weigh(minutes), expected, rtol=1e-12, atol=1e-15)


def test_a_bound_belongs_to_the_nearer_band_and_nothing_counts_beyond_the_last():
    assert STEPS.weigh([0.0, 10.0, 10.001, 20.0, 20.001]).tolist() == [1.0, 1.0, 2 / 3, 1 / 3, 0.0]
    np.testing.assert_allclose(SMOOTH.weigh([0.0, 2.5, 20.0, 20.001]), [1.0, 0.9, 0.05, 0.0])
    assert STEPS.horizon == 20.0


@pytest.mark.parametrize(
    ("bounds", "weights", "message"),
    [
        ((), (), "at least one"),
        ((10.0,), (1.0, 0.5), "as many weights"),
        ((10.0, 10.0), (1.0, 0.5), "must increase"),
        ((-1.0, 10.0), (1.0, 0.5), "must increase"),
        ((10.0, 15.0), (0.5, 1.0), "never grow"),
        ((10.0, 15.0), (1.0, -0.1), "must be positive"),
    ],
)
def test_a_senseless_decay_is_refused(bounds, weights, message):
    with pytest.raises(ValueError, match=message):
        Decay(bounds, weights)


def test_pairs_that_stop_before_the_decay_are_refused():
    with pytest.raises(ValueError, match=r"pairs stop at 15.0 min, the decay at 20.0 min"):
        prepare(pairs_of([(0, 1, 5.0)], 2, max_minutes=15.0), STEPS)


class Loose:
    """Travel times in no order, as another provider might hand them."""

    def __init__(self, origin, destination, minutes, n):
        self.origin, self.destination = np.array(origin, np.int32), np.array(destination, np.int32)
        self.minutes, self.n, self.max_minutes = np.array(minutes, np.float32), n, 30.0


def test_pairs_in_any_order_give_the_same_structure():
    shuffled = np.random.default_rng(3).permutation(len(GOLDEN))
    columns = (GOLDEN.origin[shuffled], GOLDEN.destination[shuffled], GOLDEN.minutes[shuffled])
    loose = compute(prepare(Loose(*columns, 4), STEPS), DEMAND, SUPPLY)
    np.testing.assert_array_equal(loose.apl, compute(prepare(GOLDEN, STEPS), DEMAND, SUPPLY).apl)


def test_a_pair_given_twice_is_refused():
    with pytest.raises(ValueError, match=r"given twice \(origin position 1\)"):
        prepare(Loose([0, 1, 1], [0, 0, 0], [0, 5, 6], 2), STEPS)


def test_no_site_at_all_gives_no_access():
    result = compute(prepare(GOLDEN, STEPS, np.zeros(4, bool)), DEMAND, np.zeros(4))
    assert result.apl.tolist() == [0.0] * 4


def test_a_structure_is_read_only_and_knows_its_sites():
    structure = prepare(GOLDEN, STEPS, [True, False, True, False])
    assert structure.sites.tolist() == [0, 2]
    assert structure.site(2) == 1
    with pytest.raises(ValueError, match="read-only"):
        structure.by_home.data[0] = 9.0
    with pytest.raises(ValueError, match="not among the sites"):
        structure.site(1)
    with pytest.raises(ValueError, match="outside 0 … 3"):
        structure.site(-1)


def test_a_structure_on_arrays_kept_in_files_gives_the_same_numbers_without_copying_them(tmp_path):
    structure = prepare(GOLDEN, STEPS, [True, False, True, True])
    kept = structure.arrays()
    assert tuple(kept) == STRUCTURE_ARRAYS
    for name, values in kept.items():
        np.save(tmp_path / f"{name}.npy", values)
    mapped = {name: np.load(tmp_path / f"{name}.npy", mmap_mode="r") for name in STRUCTURE_ARRAYS}
    again = Structure.of_arrays(mapped, STEPS)
    for name in ("data", "indices", "indptr"):
        assert np.shares_memory(getattr(again.by_home, name), mapped[f"home_{name}"])
        assert np.shares_memory(getattr(again.by_site, name), mapped[f"site_{name}"])
    supply = np.where([True, False, True, True], SUPPLY, 0.0)
    first, second = (compute(one, DEMAND, supply) for one in (structure, again))
    np.testing.assert_array_equal(first.apl, second.apl)
    assert again.site(2) == structure.site(2) == 1


@pytest.mark.parametrize(
    ("demand", "supply", "message"),
    [
        ([1, 1, 1], SUPPLY, "demand must have 4 values"),
        ([1, -1, 1, 1], SUPPLY, r"demand negative or missing \(commune position 1\)"),
        (DEMAND, [1, 0, np.nan, 0], r"supply negative or missing \(commune position 2\)"),
        (DEMAND, [1, 0, np.inf, 0], r"supply negative or missing \(commune position 2\)"),
        (DEMAND, [1, 2, 0, 0], r"supply outside the sites of this structure \(commune position 1\)"),
    ],
)
def test_bad_quantities_are_refused_by_commune(demand, supply, message):
    with pytest.raises(ValueError, match=message):
        compute(prepare(GOLDEN, STEPS, [True, False, True, False]), demand, supply)


def test_a_mask_of_another_length_is_refused():
    with pytest.raises(ValueError, match="supply mask must have 4"):
        prepare(GOLDEN, STEPS, [True])


def test_supply_that_nobody_reaches_is_told_apart():
    result = compute(prepare(pairs_of([], 2), STEPS), [0.0, 10.0], [3.0, 5.0])
    assert result.unreachable_supply == 3.0
    assert result.apl.tolist() == [0.0, 0.5]


def test_standardised_population_keeps_its_total():
    standardised = standardise([[10.0, 30.0], [40.0, 20.0]], [1.0, 2.0])
    np.testing.assert_allclose(standardised, np.array([90.0, 70.0]) * 100 / 160)


@pytest.mark.parametrize(
    ("populations", "weights", "message"),
    [([1.0, 2.0], [1.0], "must be"), ([[1.0]], [1.0, 2.0], "must be"), ([[1.0]], [0.0], "empty")],
)
def test_a_senseless_standardisation_is_refused(populations, weights, message):
    with pytest.raises(ValueError, match=message):
        standardise(populations, weights)
