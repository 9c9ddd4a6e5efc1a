"""The territories of France most like this one, and what sets it apart from them.

A CPTS, an EPCI or a free perimeter is compared with the EPCI of France, a département with départements,
a région with régions, a bassin de vie with bassins de vie. Each is described by the same criteria,
standardised over all of them; the distance is the root mean square of the differences, over the criteria
that both have. What shares a commune with the territory is left out: it would be compared with itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access, national_access
from maillage.territory.computations.comparisons import Members
from maillage.territory.computations.measures import Measure, Values, by_group, read
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.portrait_measures import (
    ALD,
    C2S,
    CHANGE_2012,
    DENSITY,
    INCOME,
    NO_REFERRING_DOCTOR,
    POPULATION,
    SHARE_65,
)
from maillage.territory.computations.supply_measures import SHARE_OLDER_GPS
from maillage.territory.rules.kinds import TerritoryKind

COUNT_RULE = "territory.needs.comparable_count"
ACCESS_KEY = "access"


@dataclass(frozen=True, slots=True)
class Trait:
    """One criterion of a profile; a population or a density is compared by its logarithm."""

    key: str
    label: str | Promise
    measure: Measure | None
    logarithm: bool = False


TRAITS: tuple[Trait, ...] = (
    Trait(POPULATION.key, _("Population"), POPULATION, logarithm=True),
    Trait(DENSITY.key, _("Densité"), DENSITY, logarithm=True),
    Trait(CHANGE_2012.key, _("Évolution depuis 2012"), CHANGE_2012),
    Trait(SHARE_65.key, _("65 ans et plus"), SHARE_65),
    Trait(INCOME.key, _("Niveau de vie"), INCOME),
    Trait(ALD.key, _("Affections de longue durée"), ALD),
    Trait(C2S.key, _("Complémentaire santé solidaire"), C2S),
    Trait(NO_REFERRING_DOCTOR.key, _("Sans médecin traitant"), NO_REFERRING_DOCTOR),
    Trait(ACCESS_KEY, _("Accès aux généralistes (APL)"), None),
    Trait(SHARE_OLDER_GPS.key, _("Généralistes de 60 ans et plus"), SHARE_OLDER_GPS),
)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """All territories of one level: `values` has one row per group and one column per trait."""

    codes: NDArray[np.str_]
    names: NDArray[np.str_]
    departements: NDArray[np.str_]
    of_commune: NDArray[np.intp]
    values: Values


@dataclass(frozen=True, slots=True)
class ComparableTerritory:
    """One comparable territory: `values` by trait, NaN where unknown; `distance` in standard deviations."""

    code: str
    name: str
    departement: str
    distance: float
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A territory among those like it.

    By trait: `ours`, `theirs` (plain mean of the comparable territories) and `gap`, the difference in
    standard deviations over all territories of the level; NaN where unknown.
    """

    level: str
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    gap: tuple[float, ...]
    alike: tuple[ComparableTerritory, ...]


_groups: Memo[Groups] = Memo(8)
_profiles: Memo[Profile] = Memo(64)


def profile(atlas: Atlas, positions: NDArray[np.intp], kind: str) -> Profile:
    """Return the territories most like the communes `positions`, of the level that suits `kind`."""
    access = national_access(atlas)
    level, count = level_for(kind), int(rule(COUNT_RULE).value)
    key = (access.key, perimeter_key(positions), level, count)
    return _profiles.get(key, lambda: _compute(atlas, access, positions, level, count))


def level_for(kind: str) -> str:
    """Return the level that a kind of territory is compared at."""
    same = {TerritoryKind.DEPARTEMENT: "departement", TerritoryKind.REGION: "region",
            TerritoryKind.LIVING_AREA: "living_area"}  # fmt: skip
    return same.get(TerritoryKind(kind), "epci")


def _compute(atlas: Atlas, access: Access, positions: NDArray[np.intp], level: str, count: int) -> Profile:
    groups = _groups.get((access.key, level), lambda: _describe(atlas, access, level))
    ours = np.array([_value(atlas, access, trait, positions) for trait in TRAITS])
    comparable = _comparable(groups.values)
    mean = _means(comparable)
    deviation = np.sqrt(_means((comparable - mean) ** 2))
    deviation[deviation == 0] = np.nan
    scores = (comparable - mean) / deviation
    own = (_comparable(ours[None, :])[0] - mean) / deviation
    difference = scores - own
    both = np.isfinite(difference)
    squares = np.where(both, difference, 0.0) ** 2
    distance = np.sqrt(squares.sum(axis=1) / np.maximum(both.sum(axis=1), 1))
    shared = np.unique(groups.of_commune[positions])
    distance[shared[shared >= 0]] = np.inf
    distance[both.sum(axis=1) < len(TRAITS) / 2] = np.inf
    nearest = [int(i) for i in np.argsort(distance, kind="stable")[:count] if np.isfinite(distance[i])]
    theirs = _means(groups.values[nearest])
    return Profile(
        level,
        tuple(ours.tolist()),
        tuple(theirs.tolist()),
        tuple((own - _means(scores[nearest])).tolist()),
        tuple(_like(groups, i, float(distance[i])) for i in nearest),
    )


def _like(groups: Groups, index: int, distance: float) -> ComparableTerritory:
    return ComparableTerritory(
        str(groups.codes[index]), str(groups.names[index]), str(groups.departements[index]), distance,
        tuple(groups.values[index].tolist()),
    )  # fmt: skip


def _describe(atlas: Atlas, access: Access, level: str) -> Groups:
    codes, names = {
        "epci": (atlas.epcis, atlas.epci_names),
        "departement": (atlas.departements, atlas.departement_names),
        "region": (atlas.regions, atlas.region_names),
        "living_area": (atlas.living_areas, atlas.living_area_names),
    }[level]
    kept, first, of_commune = np.unique(codes, return_index=True, return_inverse=True)
    if kept[0] == "":
        kept, first, of_commune = kept[1:], first[1:], of_commune - 1
    columns = [_group_values(atlas, access, trait, of_commune, len(kept)) for trait in TRAITS]
    return Groups(kept, names[first], atlas.departement_names[first], of_commune, np.stack(columns, axis=1))


def _group_values(atlas: Atlas, access: Access, trait: Trait, group: NDArray[np.intp], count: int) -> Values:
    if trait.measure is not None:
        return by_group(atlas, trait.measure, group, count)
    inside = group >= 0
    reached = np.bincount(group[inside], weights=(access.apl * access.demand)[inside], minlength=count)
    demand = np.bincount(group[inside], weights=access.demand[inside], minlength=count)
    mean: Values = np.divide(reached, demand, out=np.full(count, np.nan), where=demand > 0)
    return mean


def _value(atlas: Atlas, access: Access, trait: Trait, members: Members) -> float:
    if trait.measure is not None:
        value = read(atlas, trait.measure, members).value
        return np.nan if value is None else value
    demand = float(access.demand[members].sum())
    return float((access.apl * access.demand)[members].sum() / demand) if demand else np.nan


def _comparable(values: Values) -> Values:
    """Return profiles with the logarithm of the traits that ask for it; zero has none and is unknown."""
    scaled = values.copy()
    for column, trait in enumerate(TRAITS):
        if trait.logarithm:
            positive = scaled[:, column] > 0
            logs = np.full(len(scaled), np.nan)
            logs[positive] = np.log(scaled[positive, column])
            scaled[:, column] = logs
    return scaled


def _means(rows: Values) -> Values:
    """Return the mean of each column over its known values, NaN where there is none."""
    known = np.isfinite(rows)
    counts = known.sum(axis=0)
    sums = np.where(known, rows, 0.0).sum(axis=0)
    means: Values = np.divide(sums, counts, out=np.full(rows.shape[1], np.nan), where=counts > 0)
    return means
