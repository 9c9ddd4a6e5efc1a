"""The calibration finds again the parameters that made a made-up reference, and judges on the other half."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.calibration import read
from bench.data import pack_folder
from maillage.engines import accessibility, traveltime
from maillage.kernel.sourced_rules import rule
from maillage.territory.computations import calibration
from maillage.territory.computations.calibration import HORIZON, Observations, calibrate, halves, smooth_decay

USE = (0.6, 1.0, 2.0)


@pytest.fixture(scope="module")
def country() -> tuple[traveltime.Pairs, Observations]:
    """Eight made-up départements whose reference follows the formula exactly, two communes without one."""
    rng = np.random.default_rng(71)
    n = 400
    pairs = traveltime.crow_fly_pairs(
        rng.uniform(4.0, 5.5, n), rng.uniform(46.0, 47.0, n), HORIZON, traveltime.CrowFlyModel()
    )
    ages = rng.integers(10, 900, (3, n)).astype(float)
    gps = rng.poisson(ages.sum(axis=0) * 6e-4).astype(float)
    older = np.floor(gps * rng.random(n))
    centres = (rng.random(n) < 0.1).astype(float)
    demand = accessibility.standardise(ages, USE)
    structure = accessibility.prepare(pairs, smooth_decay(11.0, 4.0))

    def apl(worth_older: float) -> np.ndarray:
        supply = 5000.0 * (gps + (worth_older - 1.0) * older + 2.0 * centres)
        return accessibility.compute(structure, demand, supply).apl

    reference, standardised = apl(1.2), demand.copy()
    reference[3], standardised[5] = np.nan, np.nan
    observed = Observations(
        ages=ages,
        gps=gps,
        gps_60plus=older,
        centres=centres,
        reference=reference,
        reference_65=apl(1.2 * 0.6),
        standardised=standardised,
        departement=np.array([f"{k:02d}" for k in rng.integers(1, 9, n)]),
    )
    return pairs, observed


def test_one_departement_in_two_is_kept_for_judging(country):
    _, observed = country
    fit_on, judge_on = halves(observed)
    assert set(observed.departement[fit_on]) == {"01", "03", "05", "07"}
    assert set(observed.departement[judge_on]) == {"02", "04", "06", "08"}
    assert not (fit_on | judge_on)[[3, 5]].any()


def test_the_parameters_behind_a_reference_are_found_again(country):
    pairs, observed = country
    found = calibrate(pairs, observed)
    assert found.held_out.spearman > 0.999
    assert found.held_out.error < 0.05
    assert found.held_out_65.spearman > 0.99
    assert found.activity == pytest.approx(5000.0, rel=0.03)
    assert found.activity_centre == pytest.approx(10_000.0, rel=0.1)
    assert found.activity_60plus == pytest.approx(6000.0, rel=0.05)
    assert found.left_out_65 == pytest.approx(0.4, abs=0.03)
    assert np.divide(found.use_by_age, found.use_by_age[0]) == pytest.approx(np.divide(USE, 0.6), rel=0.02)
    wanted, obtained = smooth_decay(11.0, 4.0), found.decay
    assert np.abs(np.subtract(wanted.weights, obtained.weights)).max() < 0.06


def test_the_same_inputs_give_the_same_parameters_and_halves_can_be_exchanged(country):
    pairs, observed = country
    once, again, exchanged = (calibrate(pairs, observed, swap=swap) for swap in (False, False, True))
    assert once == again
    assert exchanged.fitted.communes == once.held_out.communes


def test_nothing_of_the_judged_half_reaches_the_fit(country):
    pairs, observed = country
    _, judge_on = halves(observed)
    noise = np.where(judge_on, 9.0, observed.reference)
    blind = calibrate(pairs, replace(observed, reference=noise))
    assert blind.shape == calibrate(pairs, observed).shape


@pytest.mark.pack
def test_the_rules_hold_what_the_national_pack_gives():
    folder = pack_folder()
    if folder is None:
        pytest.skip("no national data pack: set MAILLAGE_DATA")
    observed, pairs, _ = read(folder)
    fit_on, judge_on = halves(observed)
    chosen, fit = rule("territory.apl.calibrated").value, rule("territory.apl.fit").value
    decay = smooth_decay(14.49, 2.44)
    assert (list(decay.bounds), list(decay.weights)) == (chosen["bounds"], chosen["weights"])
    assert list(calibration.use_by_age(observed, fit_on)) == chosen["use_by_age"]
    older, centre = (chosen[key] / chosen["activity"] for key in ("activity_60plus", "activity_centre"))
    demand = accessibility.standardise(observed.ages, chosen["use_by_age"])
    supply = calibration.equivalent(observed, centre, older)
    ours, activity = calibration.model_apl(
        pairs, decay, demand, supply, observed.reference, fit_on, observed.weights
    )
    found = calibration.agreement(ours, observed.reference, judge_on, observed.weights)
    assert activity == pytest.approx(chosen["activity"], abs=1.0)
    assert found.spearman == pytest.approx(fit["spearman"], abs=1e-3)
    assert found.error == pytest.approx(fit["error"], abs=1e-3)
    assert found.communes == fit["communes"]


def test_a_smooth_decay_goes_from_one_to_nothing_at_twenty_minutes():
    decay = calibration.smooth_decay(14.0, 2.5)
    assert (decay.weights[0], decay.weights[-1], decay.horizon) == (1.0, 0.0, 20.0)
    assert (np.diff(decay.weights) < 0).all()
