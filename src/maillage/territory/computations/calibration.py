"""How the unpublished parameters of the APL are fitted on the DREES reference, and how well they hold.

Published: the formula, a weight that decreases from 0 to 20 minutes, the use of care by age as a principle.
Not published: the weights, the use by age, each GP's activity. They are fitted on half of the départements,
taken one in two in the order of their codes, and judged on the other half. Pure functions of arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.engines.accessibility import Decay
from maillage.engines.traveltime import Pairs

Values = NDArray[np.float64]
Mask = NDArray[np.bool_]

HORIZON = 20.0
"""Minutes beyond which nothing counts: published for the 2015 method."""


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """What the fit reads, one value a commune, all of shape (n,) unless said.

    `ages`: inhabitants by age band, (bands, n); `gps` and `gps_60plus`: GPs in private practice, all and from
    60 on; `centres`: health centres; `reference` and `reference_65`: the DREES APL, all GPs and GPs up to 65
    (NaN where there is none); `standardised`: the DREES standardised population (NaN where there is none),
    the weight of every comparison; `departement`: codes.
    """

    ages: Values
    gps: Values
    gps_60plus: Values
    centres: Values
    reference: Values
    reference_65: Values
    standardised: Values
    departement: NDArray[np.str_]

    @property
    def weights(self) -> Values:
        """The standardised population, 0 where unknown."""
        return np.nan_to_num(self.standardised)

    @property
    def known(self) -> Mask:
        """The communes that have a reference and a weight."""
        return np.isfinite(self.reference) & (self.weights > 0)


@dataclass(frozen=True, slots=True)
class Shape:
    """The fitted parameters: half-way minutes and steepness of the decay, worth of a health centre in GPs,
    activity of a GP from 60 on relative to a younger one."""

    half: float
    steepness: float
    centre: float
    older: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How close to the reference: weighted rank correlation and mean absolute error (consultations a year
    per inhabitant), shares of people under 2.5 by our figures and by the reference, communes compared."""

    spearman: float
    error: float
    below: float
    below_reference: float
    communes: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The result: parameters, tabulated decay, use of care by age band, consultations a year by a GP under
    60 and by a GP from 60 on and by a health centre, share of the GPs from 60 on left out of the ≤ 65
    variant, and the agreement on each half."""

    shape: Shape
    decay: Decay
    use_by_age: tuple[float, ...]
    activity: float
    activity_60plus: float
    activity_centre: float
    left_out_65: float
    fitted: Agreement
    held_out: Agreement
    held_out_65: Agreement


def halves(observed: Observations) -> tuple[Mask, Mask]:
    """The communes to fit on and those to judge on: one département in two, in the order of the codes."""
    codes = np.unique(observed.departement[observed.known])
    first = np.isin(observed.departement, codes[::2])
    return observed.known & first, observed.known & ~first


def smooth_decay(half: float, steepness: float) -> Decay:
    """A smooth decrease from 1 at 0 to 0 at 20 minutes, tabulated each minute.

    w(t) = 1 / (1 + (t / half)^steepness), brought to 0 at the horizon and to 1 at the origin.
    """
    knots = np.arange(0.0, HORIZON + 1.0)
    raw = 1.0 / (1.0 + (knots / half) ** steepness)
    weights = np.round((raw - raw[-1]) / (raw[0] - raw[-1]), 4)
    return Decay(tuple(knots.tolist()), tuple(weights.tolist()), "linear")


def use_by_age(observed: Observations, on: Mask) -> tuple[float, ...]:
    """Use of care per head of each age band (the population's mean being 1).

    Fitted on the standardised population: non-negative least squares, weighted by inhabitants, of the
    standardised population per inhabitant on the shares of the age bands.
    """
    people = observed.ages.sum(axis=0)
    usable = on & (people > 0)
    scale = 1.0 / np.sqrt(people[usable])
    from scipy.optimize import nnls  # here only: six megabytes that no server process needs

    found, _ = nnls((observed.ages[:, usable] * scale).T, observed.weights[usable] * scale)
    mean_use = found @ observed.ages[:, usable].sum(axis=1) / people[usable].sum()
    return tuple(np.round(found / mean_use, 3).tolist())


def model_apl(
    pairs: Pairs,
    decay: Decay,
    demand: Values,
    gps_equivalent: Values,
    reference: Values,
    on: Mask,
    by: Values,
) -> tuple[Values, float]:
    """The modelled APL and the yearly activity of a GP that gives it the reference's mean on `on`."""
    structure = accessibility.prepare(pairs, decay, gps_equivalent > 0)
    per_gp = accessibility.compute(structure, demand, gps_equivalent).apl
    activity = float(reference[on] @ by[on] / (per_gp[on] @ by[on]))
    return per_gp * activity, activity


def agreement(modelled: Values, reference: Values, on: Mask, by: Values, low: float = 2.5) -> Agreement:
    """Compare on the communes of `on`, weighted by `by`."""
    ours, theirs, weights = modelled[on], reference[on], by[on]
    return Agreement(
        accessibility.spearman(ours, theirs, weights),
        accessibility.mean_absolute_error(ours, theirs, weights),
        accessibility.share_below(ours, weights, low),
        accessibility.share_below(theirs, weights, low),
        int(on.sum()),
    )


def equivalent(observed: Observations, centre: float, older: float) -> Values:
    """Supply in GPs under 60: GPs from 60 on count `older` each, health centres `centre`."""
    return observed.gps + (older - 1.0) * observed.gps_60plus + centre * observed.centres


def calibrate(pairs: Pairs, observed: Observations, *, swap: bool = False) -> Calibration:
    """Fit on one half, judge on the other (`swap` exchanges them). `pairs` must reach 20 minutes.

    Minimises (1 − weighted Spearman) + weighted mean absolute error / mean of the reference, by Nelder–Mead
    from a fixed start: the same inputs give the same parameters.
    """
    fit_on, judge_on = halves(observed)[:: -1 if swap else 1]
    by, reference = observed.weights, observed.reference
    use = use_by_age(observed, fit_on)
    demand = accessibility.standardise(observed.ages, use)
    near = _towards_supply(pairs, observed)
    level = float(reference[fit_on] @ by[fit_on] / by[fit_on].sum())

    def model(shape: Shape) -> tuple[Values, float]:
        supply = equivalent(observed, shape.centre, shape.older)
        decay = smooth_decay(shape.half, shape.steepness)
        return model_apl(near, decay, demand, supply, reference, fit_on, by)

    def loss(parameters: Values) -> float:
        ours, _ = model(_shape(parameters))
        found = agreement(ours, reference, fit_on, by)
        return 1.0 - found.spearman + found.error / level

    start = np.array([np.log(12.0), np.log(3.0), 1.0, 1.0])
    options = {"initial_simplex": start + np.vstack((np.zeros(4), np.diag([0.3, 0.3, 0.5, 0.3])))}
    from scipy.optimize import minimize  # here only, as above

    found = minimize(loss, start, method="Nelder-Mead", options=options | {"xatol": 5e-3, "fatol": 1e-5})
    shape = _shape(found.x)
    ours, activity = model(shape)
    left_out, ours_65 = _without_elders(near, observed, shape, demand, activity, fit_on)
    return Calibration(
        shape,
        smooth_decay(shape.half, shape.steepness),
        use,
        activity,
        activity * shape.older,
        activity * shape.centre,
        left_out,
        agreement(ours, reference, fit_on, by),
        agreement(ours, reference, judge_on, by),
        agreement(ours_65, observed.reference_65, judge_on & np.isfinite(observed.reference_65), by),
    )


def _shape(parameters: Values) -> Shape:
    half, steepness, centre, older = parameters.tolist()
    rounded = (float(np.exp(half)), float(np.exp(steepness)), max(centre, 0.0), max(older, 0.1))
    return Shape(*(round(value, 2) for value in rounded))


def _towards_supply(pairs: Pairs, observed: Observations) -> Pairs:
    """The pairs that lead to some supply: the only ones that the fit looks at."""
    kept = ((observed.gps > 0) | (observed.centres > 0))[pairs.destination]
    return replace(
        pairs, origin=pairs.origin[kept], destination=pairs.destination[kept], minutes=pairs.minutes[kept]
    )


def _without_elders(
    pairs: Pairs, observed: Observations, shape: Shape, demand: Values, activity: float, on: Mask
) -> tuple[float, Values]:
    """The share of the GPs from 60 on to leave out for the ≤ 65 variant, and its APL.

    The data count the GPs from 60 on, not those over 65: they are the share of the former that brings the
    mean down to the reference's. Accessibility is linear in supply, so the share needs no search.
    """
    known = on & np.isfinite(observed.reference_65)
    by = observed.weights[known]
    structure = accessibility.prepare(
        pairs, smooth_decay(shape.half, shape.steepness), (observed.gps > 0) | (observed.centres > 0)
    )
    everyone, younger = (
        accessibility.compute(structure, demand, equivalent(observed, shape.centre, older) * activity).apl
        for older in (shape.older, 0.0)
    )
    excess = (everyone - observed.reference_65)[known] @ by
    share = round(float(np.clip(excess / ((everyone - younger)[known] @ by), 0.0, 1.0)), 2)
    return share, everyone + share * (younger - everyone)
