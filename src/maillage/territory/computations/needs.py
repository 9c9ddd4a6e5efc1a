"""Communes ranked by need against access: an open formula whose weights the reader moves.

    index = Σ w_k · s_k · z_k / Σ w_k        z_k = (x_k − mean_k) / deviation_k, cut at ± `clip`

x_k is the commune's value of criterion k, the mean and deviation are those of the communes of France weighted
by their population, s_k is −1 where more is better (income, access). Zero is the average French commune.
Where a value is under secrecy or unknown, that of the bassin de vie stands in; failing that, the
average (z = 0). Nothing here depends on a suppressed count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import national_access
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.measures import Measure, Values, by_group, per_commune
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.portrait_measures import (
    ALD,
    C2S,
    INCOME,
    NO_GP_VISIT,
    NO_REFERRING_DOCTOR,
    POVERTY,
    SHARE_65,
)

WEIGHTS_RULE = "territory.needs.weights"
CLIP_RULE = "territory.needs.clip"
ACCESS = "access"
MAX_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Criterion:
    """One term of the index; `measure` is None for access, which the engine computes."""

    key: str
    label: str | Promise
    measure: Measure | None
    sign: int


CRITERIA: tuple[Criterion, ...] = (
    Criterion(SHARE_65.key, _("65 ans et plus"), SHARE_65, 1),
    Criterion(ALD.key, _("Affections de longue durée"), ALD, 1),
    Criterion(NO_REFERRING_DOCTOR.key, _("Sans médecin traitant"), NO_REFERRING_DOCTOR, 1),
    Criterion(NO_GP_VISIT.key, _("Sans généraliste depuis 24 mois"), NO_GP_VISIT, 1),
    Criterion(C2S.key, _("Complémentaire santé solidaire"), C2S, 1),
    Criterion(INCOME.key, _("Niveau de vie bas"), INCOME, -1),
    Criterion(POVERTY.key, _("Pauvreté"), POVERTY, 1),
    Criterion(ACCESS, _("Manque d’accès aux généralistes"), None, -1),
)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Every commune of France against every criterion, arrays of shape (communes, criteria).

    `scores` are signed so that more is more need; `borrowed` marks those of the bassin de vie and
    `neutral` those that nothing tells (zero).
    """

    scores: Values
    borrowed: NDArray[np.bool_]
    neutral: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The communes of a territory in order of priority, most urgent first.

    `contributions` has one row per commune and one column per criterion, and sums to `index`; `need` is
    the index without access, None everywhere where only access weighs.
    """

    positions: NDArray[np.intp]
    index: Values
    need: Values | None
    contributions: Values
    borrowed: NDArray[np.bool_]
    neutral: NDArray[np.bool_]


_scores: Memo[Scores] = Memo(4)


def default_weights() -> dict[str, float]:
    """Return the weights proposed, by criterion."""
    proposed = rule(WEIGHTS_RULE).value
    return {criterion.key: float(proposed[criterion.key]) for criterion in CRITERIA}


def national_scores(atlas: Atlas) -> Scores:
    """Return the standardised criteria of every commune, kept in the process."""
    access = national_access(atlas)
    clip = float(rule(CLIP_RULE).value)
    return _scores.get((atlas.fingerprint, access.key, clip), lambda: _score(atlas, access.apl, clip))


def rank(atlas: Atlas, positions: NDArray[np.intp], weights: Mapping[str, float]) -> Ranking:
    """Return the communes `positions` ranked with `weights` (0 or more, by criterion).

    Raises ValueError where every weight is zero: there is then no order.
    """
    given = np.array([weights[criterion.key] for criterion in CRITERIA])
    if (given < 0).any() or given.sum() <= 0:
        raise ValueError("weights are positive and at least one is not zero")
    national = national_scores(atlas)
    weighted = national.scores[positions] * given
    index = weighted.sum(axis=1) / given.sum()
    order = np.lexsort((atlas.codes[positions], -np.round(index, 9)))
    is_need = np.array([criterion.key != ACCESS for criterion in CRITERIA])
    needs = given[is_need].sum()
    need = weighted[:, is_need].sum(axis=1) / needs if needs > 0 else None
    return Ranking(
        positions=positions[order],
        index=index[order],
        need=None if need is None else need[order],
        contributions=(weighted / given.sum())[order],
        borrowed=national.borrowed[positions][order],
        neutral=national.neutral[positions][order],
    )


def _score(atlas: Atlas, apl: Values, clip: float) -> Scores:
    people = population(atlas)
    area_codes, area = np.unique(atlas.living_areas, return_inverse=True)
    area = np.where(atlas.living_areas == "", -1, area)
    columns, borrowed, neutral = [], [], []
    for criterion in CRITERIA:
        if criterion.measure is None:
            own, around = apl, np.full(len(atlas), np.nan)
        else:
            own = per_commune(atlas, criterion.measure)[0]
            groups = by_group(atlas, criterion.measure, area, len(area_codes))
            around = np.where(area >= 0, groups[area], np.nan)
        value = np.where(np.isfinite(own), own, around)
        known = np.isfinite(value)
        columns.append(criterion.sign * _standardised(own, value, people, clip))
        borrowed.append(~np.isfinite(own) & known)
        neutral.append(~known)
    return Scores(np.stack(columns, 1), np.stack(borrowed, 1), np.stack(neutral, 1))


def _standardised(own: Values, value: Values, people: Values, clip: float) -> Values:
    """Return the z-scores of `value` by the weighted mean and deviation of `own`; unknown values are zero."""
    known = np.isfinite(own) & (people > 0)
    if not known.any():
        return np.zeros(len(value))
    mean = np.average(own[known], weights=people[known])
    deviation = float(np.sqrt(np.average((own[known] - mean) ** 2, weights=people[known])))
    if deviation == 0:
        return np.zeros(len(value))
    return np.nan_to_num(np.clip((value - mean) / deviation, -clip, clip))
