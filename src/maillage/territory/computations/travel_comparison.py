"""What measured minutes change: the same accessibility by the tables in use and by the estimate alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, column, national_access
from maillage.territory.computations.apl_parameters import reach
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.pairs_cache import NationalPairs, national_pairs
from maillage.territory.computations.travel_layers import Layer, layers
from maillage.territory.rules.kinds import TravelKind

EARLIER = "apl_reference.t_apl_mg"
"""An earlier release, the only one that speaks of Corsica."""
LEAST = 3
Values = NDArray[np.float64]
Positions = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The accessibility in use and that of the estimate alone; `sources` are the tables that differ.

    `pairs`: ordered pairs of two covered communes that the estimate puts within the horizon of the formula,
    from the communes looked at; `kept`: those of them that the tables put there too; `ratio`: the median of
    measured by estimated minutes of these. `agreement` and `agreement_before`: rank correlation with the
    published accessibility, weighted by standardised population, None where it is not published;
    `is_earlier`: with an earlier release, where that of the fit does not speak.
    """

    measured: Access
    estimated: Access
    positions: Positions
    sources: tuple[Layer, ...]
    pairs: int
    kept: int
    ratio: float | None
    agreement: float | None
    agreement_before: float | None
    is_earlier: bool

    @property
    def gain(self) -> Values:
        """The accessibility in use less that of the estimate alone, for every commune of the atlas."""
        return np.asarray(self.measured.apl - self.estimated.apl)

    def people_under(self, access: Access) -> float:
        """Inhabitants of the communes looked at that are under the threshold."""
        people = access.people[self.positions]
        return float(people[access.apl[self.positions] < access.low].sum())

    def most_changed(self, most: int) -> list[int]:
        """Positions of the communes whose accessibility changes most, largest change first."""
        change = np.abs(self.gain[self.positions])
        order = np.argsort(-change, kind="stable")[:most]
        return [int(self.positions[k]) for k in order if change[k] > 0]


def compare(atlas: Atlas, access: Access, positions: Positions) -> Comparison | None:
    """Return what the tables in use change from the communes at `positions`; None where they have no say."""
    sources = access.travel.sources_of(positions)
    if not sources:
        return None
    estimated = estimated_access(atlas, access)
    pairs, kept, ratio = _pairs(access.travel, estimated.travel, positions)
    reference, is_earlier = _published(atlas, access, positions)
    agreed, before = (
        _agreement(one.apl[positions], reference, _weights(atlas, access)[positions])
        for one in (access, estimated)
    )
    return Comparison(access, estimated, positions, sources, pairs, kept, ratio, agreed, before, is_earlier)


def estimated_access(atlas: Atlas, access: Access) -> Access:
    """Return the accessibility of the same profession and parameters by the crow-fly estimate alone."""
    alone = national_pairs(atlas, reach(), access.parameters.crow_fly, ())
    return national_access(atlas, access.profession.key, access.parameters.key, alone)


def is_measured() -> bool:
    """Return whether some table of travel times is in use."""
    return bool(layers())


def _pairs(
    measured: NationalPairs, estimated: NationalPairs, positions: Positions
) -> tuple[int, int, float | None]:
    n, horizon = measured.pairs.n, measured.pairs.max_minutes
    inside = np.zeros(n, dtype=bool)
    inside[positions] = True
    one, other = estimated.pairs.origin, estimated.pairs.destination
    asked = inside[one] & (one != other) & (measured.layers[one] & measured.reached[other] != 0)
    keys = one[asked].astype(np.int64) * n + other[asked]
    table = measured.measured
    near = inside[table.origin] & (table.minutes <= horizon)
    known = table.origin[near].astype(np.int64) * n + table.destination[near]
    at = np.minimum(np.searchsorted(known, keys), max(known.size - 1, 0))
    found = known[at] == keys if known.size else np.zeros(keys.size, dtype=bool)
    if not found.any():
        return int(keys.size), 0, None
    ratio = table.minutes[near][at[found]] / estimated.pairs.minutes[asked][found]
    return int(keys.size), int(found.sum()), float(np.median(ratio))


@dataclass(frozen=True, slots=True)
class Judged:
    """How far the order of the communes of a département agrees with the published one.

    `agreement` by the minutes in use and `before` by the estimate alone, weighted by standardised population;
    `is_fitted`: whether the formula was fitted on it; `is_earlier`: compared with an earlier release, where
    the one of the fit does not speak; `kinds`: where its minutes come from.
    """

    code: str
    name: str
    communes: int
    agreement: float
    before: float
    is_fitted: bool
    is_earlier: bool
    kinds: tuple[TravelKind, ...]


_judged: Memo[tuple[Judged, ...]] = Memo(5)


def judged_departements(atlas: Atlas, access: Access) -> tuple[Judged, ...]:
    """Return every département whose published accessibility is known for three communes at least."""
    return _judged.get(access.key, lambda: _judge(atlas, access))


def _judge(atlas: Atlas, access: Access) -> tuple[Judged, ...]:
    estimated = estimated_access(atlas, access) if is_measured() else access
    weights = _weights(atlas, access)
    of_the_fit = np.unique(atlas.departements[np.isfinite(column(atlas, access.reference)) & (weights > 0)])
    fitted = set(of_the_fit[::2].tolist())
    found = []
    for code in np.unique(atlas.departements).tolist():
        members = np.flatnonzero(atlas.departements == code)
        reference, is_earlier = _published(atlas, access, members)
        now, before = (
            _agreement(one.apl[members], reference, weights[members]) for one in (access, estimated)
        )
        if now is not None and before is not None:
            name, kinds = str(atlas.departement_names[members[0]]), _kinds(access.travel, members)
            count = int((np.isfinite(reference) & (weights[members] > 0)).sum())
            found.append(Judged(str(code), name, count, now, before, code in fitted, is_earlier, kinds))
    return tuple(found)


def _weights(atlas: Atlas, access: Access) -> Values:
    """The standardised population of the reference, 0 where unknown: the weight of the fit."""
    return np.nan_to_num(column(atlas, access.profession.demand))


def _published(atlas: Atlas, access: Access, members: Positions) -> tuple[Values, bool]:
    """The published accessibility of `members`, of an earlier release where that of the fit has none."""
    published = column(atlas, access.reference)[members]
    if access.profession.key != "gp" or np.isfinite(published).any():
        return published, False
    return column(atlas, EARLIER)[members], True


def _agreement(ours: Values, reference: Values, weights: Values) -> float | None:
    known = np.isfinite(reference) & (weights > 0)
    if known.sum() < LEAST:
        return None
    found = accessibility.spearman(ours[known], reference[known], weights[known])
    return found if np.isfinite(found) else None


def _kinds(travel: NationalPairs, members: Positions) -> tuple[TravelKind, ...]:
    kinds = [one.kind for one in travel.sources_of(members)]
    kinds += [TravelKind.ESTIMATE] if (travel.layers[members] == 0).any() else []
    return tuple(dict.fromkeys(kinds))
