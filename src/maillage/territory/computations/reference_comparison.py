"""Our accessibility beside the one the DREES publishes: agreement of ranks, gaps, and what may explain them.

The two are compared by rank among the inhabitants of the country, because ours rests on head counts and
estimated travel times where the DREES uses each doctor's activity and road distances: levels differ for
known reasons, the order of communes should not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, column, counts
from maillage.territory.computations.comparisons import Members
from maillage.territory.computations.memo import Memo

GAP_RULE = "territory.access.comparison_gap"
AREA_RULE = "territory.access.large_commune_area"
DISTANCE_RULE = "territory.access.detour_distance"
TIME_ERROR_RULE = "territory.access.time_error"
MOVED_A_LOT = 0.25

Positions = NDArray[np.intp]
Values = NDArray[np.float64]


class Reason(Enum):
    """Why our rank and the published one may differ; each is a hypothesis, never a verdict."""

    COUNTS_DIFFER = "counts_differ"
    LARGE_COMMUNE = "large_commune"
    TIME_BOUND = "time_bound"
    FAR_SUPPLY = "far_supply"
    HEALTH_CENTRE = "health_centre"
    OLDER_DOCTORS = "older_doctors"
    SINGLE_PLACE = "single_place"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Our value, the published one, and their ranks, for every commune: shape (n,), NaN where unknown.

    A rank is the share of the country's inhabitants who are worse served, 0 to 1, over the communes
    where both values are known.
    """

    ours: Values
    published: Values
    our_rank: Values
    published_rank: Values

    @property
    def gap(self) -> Values:
        """Our rank minus the published one: positive where we see better access than the DREES."""
        return self.our_rank - self.published_rank


@dataclass(frozen=True, slots=True)
class Difference:
    """A commune where the two ranks differ markedly, and the hypotheses that fit."""

    position: int
    gap: float
    reasons: tuple[Reason, ...]


_ranks: Memo[Ranks] = Memo(8)


def ranks(atlas: Atlas, access: Access) -> Ranks:
    """Return both values and both ranks of every commune."""
    return _ranks.get((atlas.fingerprint, access.key), lambda: _compute_ranks(atlas, access))


def agreement(compared: Ranks, access: Access, members: Members) -> float | None:
    """Return the rank correlation over the inhabitants of `members`; None where it cannot be computed."""
    found = accessibility.spearman(
        compared.ours[members], compared.published[members], access.people[members]
    )
    return found if np.isfinite(found) else None


def published_below(atlas: Atlas, access: Access, members: Positions) -> float | None:
    """Return the share of the inhabitants of `members` whom the DREES itself puts under the threshold.

    None where the published values are in another unit than ours (all but GPs), or cover under nine tenths
    of the inhabitants.
    """
    published, people = ranks(atlas, access).published[members], access.people[members]
    known = np.isfinite(published)
    if access.profession.key != "gp" or people[known].sum() < 0.9 * people.sum() or not people.sum():
        return None
    return accessibility.share_below(published[known], people[known], access.low)


def differences(atlas: Atlas, access: Access, members: Positions) -> list[Difference]:
    """Return the communes of `members` where the ranks differ by the rule's gap or more, widest first."""
    compared = ranks(atlas, access)
    gaps = compared.gap[members]
    wide = members[np.abs(np.nan_to_num(gaps)) >= float(rule(GAP_RULE).value)]
    order = wide[np.argsort(-np.abs(compared.gap[wide]), kind="stable")]
    return [
        Difference(int(k), float(compared.gap[k]), reasons(atlas, access, int(k), float(compared.gap[k])))
        for k in order
    ]


def reasons(atlas: Atlas, access: Access, position: int, gap: float) -> tuple[Reason, ...]:
    """Return the hypotheses that fit the commune's data and the direction of the gap."""
    reach, weights = _reached(access, position)
    found = []
    if _counts_differ(atlas, access, reach, position):
        found.append(Reason.COUNTS_DIFFER)
    if np.nan_to_num(atlas.area_km2[position]) >= float(rule(AREA_RULE).value):
        found.append(Reason.LARGE_COMMUNE)
    if _hangs_on_minutes(access, position, gap):
        found.append(Reason.TIME_BOUND)
    if gap > 0 and _mostly_far(atlas, position, reach, weights):
        found.append(Reason.FAR_SUPPLY)
    uncounted = access.parameters.activity_centre == 0 or access.profession.key != "gp"
    if gap < 0 and uncounted and counts(atlas, "supply_commune.centres_sante")[reach].any():
        found.append(Reason.HEALTH_CENTRE)
    older = counts(atlas, "supply_commune.mg_liberaux_am_60plus")[reach].sum()
    if access.profession.key == "gp" and gap > 0 and older * 2 >= access.heads[reach].sum() > 0:
        found.append(Reason.OLDER_DOCTORS)
    if weights.size and weights.max() >= weights.sum() / 2:
        found.append(Reason.SINGLE_PLACE)
    return tuple(found) or (Reason.UNEXPLAINED,)


def _compute_ranks(atlas: Atlas, access: Access) -> Ranks:
    published = column(atlas, access.reference)
    both = np.isfinite(published) & (access.people > 0)
    ours = np.where(both, access.apl, np.nan)
    return Ranks(
        access.apl,
        published,
        _rank(ours, access.people),
        _rank(np.where(both, published, np.nan), access.people),
    )


def _rank(values: Values, people: Values) -> Values:
    """Share of the people worse served, ties sharing the middle; NaN stays NaN."""
    ranked = np.full(values.size, np.nan)
    known = np.flatnonzero(np.isfinite(values))
    if not known.size:
        return ranked
    levels, level = np.unique(values[known], return_inverse=True)
    weight = np.bincount(level, people[known], minlength=levels.size)
    middle = np.cumsum(weight) - weight / 2
    ranked[known] = middle[level] / weight.sum()
    return ranked


def _reached(access: Access, position: int) -> tuple[Positions, Values]:
    """Return the communes with supply in reach, and the accessibility each brings here."""
    homes = access.structure.by_home
    row = slice(int(homes.indptr[position]), int(homes.indptr[position + 1]))
    sites = access.structure.sites[homes.indices[row]]
    brought = homes.data[row] * access.result.ratio[sites]
    kept = brought > 0
    return sites[kept].astype(np.intp), brought[kept]


def _hangs_on_minutes(access: Access, position: int, gap: float) -> bool:
    """Whether the travel times' usual error, in the direction of the gap, would move the result a lot."""
    pairs = access.travel.pairs
    row = slice(*np.searchsorted(pairs.origin, (position, position + 1)))
    minutes = np.asarray(pairs.minutes[row], dtype=np.float64)
    ratio = access.result.ratio[pairs.destination[row]]
    error = 1 + float(rule(TIME_ERROR_RULE).value)
    moved = float(access.parameters.decay.weigh(minutes * error if gap > 0 else minutes / error) @ ratio)
    now = float(access.apl[position])
    return abs(moved - now) >= MOVED_A_LOT * now > 0


def _counts_differ(atlas: Atlas, access: Access, reach: Positions, position: int) -> bool:
    """Two registers count GPs; a fifth of difference within reach, or any at home, is worth saying."""
    if access.profession.key != "gp":
        return False
    other = counts(atlas, "supply_commune.mg_bpe")
    total, difference = access.heads[reach].sum(), abs(access.heads[reach].sum() - other[reach].sum())
    return bool(access.heads[position] != other[position] or (total > 0 and difference >= total / 5))


def _mostly_far(atlas: Atlas, position: int, reach: Positions, weights: Values) -> bool:
    if not reach.size:
        return False
    lon, lat = np.radians(atlas.lon), np.radians(atlas.lat)
    across = (lon[reach] - lon[position]) * np.cos((lat[reach] + lat[position]) / 2)
    km = 6371.0 * np.hypot(across, lat[reach] - lat[position])
    return bool(weights[km >= float(rule(DISTANCE_RULE).value)].sum() >= weights.sum() / 2)
