"""The accessibility of every commune of the pack: atlas and travel times in, engine results out.

The national computation is kept in the process and read by every page; a territory is a selection of it,
so that a figure never depends on where a perimeter stops.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.engines import accessibility
from maillage.engines.accessibility import Decay, Flows, Result, Structure
from maillage.kernel.sourced_rules import rule
from maillage.territory.atlas import Atlas
from maillage.territory.computations import array_cache
from maillage.territory.computations.apl_parameters import AGE_BANDS, ParameterSet, parameter_set, reach
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.memo import Memo
from maillage.territory.computations.pairs_cache import NationalPairs, national_pairs
from maillage.territory.computations.supplies import PER, PROFESSIONS, Profession

Values = NDArray[np.float64]
LOW_RULE = "territory.apl.threshold_low"
HIGH_RULE = "territory.apl.threshold_high"
LEAST_SERVED = 0.1

_structures: Memo[Structure] = Memo(2)
_results: Memo[Access] = Memo(8)
_flows: Memo[Flows] = Memo(2)


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """Accessibility to one profession with one set of parameters, over all communes of the atlas.

    `heads` counts professionals, `offered` what they offer, `supply` that and what health centres offer,
    `unit` what one more professional would; `demand` is the
    standardised population and `people` the inhabitants, each of shape (n,). `low` is the threshold under
    which a commune is called poorly served, `high` the one over which it is well served (None where
    nobody has set one). `key` changes with anything the numbers depend on.
    """

    key: str
    profession: Profession
    parameters: ParameterSet
    travel: NationalPairs
    structure: Structure
    heads: Values
    offered: Values
    supply: Values
    unit: float
    demand: Values
    people: Values
    result: Result
    low: float
    high: float | None

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns that supply and demand are read from."""
        if self.profession.key != "gp":
            return self.profession.supply, self.profession.demand
        centres = ("supply_commune.centres_sante",) if self.parameters.activity_centre else ()
        people = AGE_BANDS if self.parameters.use_by_age else (self.profession.demand,)
        return (self.profession.supply, "supply_commune.mg_liberaux_am_60plus", *centres, *people)

    @property
    def reference(self) -> str:
        """The column of the published accessibility that this one is compared with."""
        if self.profession.key == "gp" and self.parameters.reference:
            return self.parameters.reference
        return self.profession.reference

    @property
    def apl(self) -> Values:
        """Accessibility of each commune, in the profession's unit."""
        return self.result.apl


def national_access(
    atlas: Atlas, profession: str = "gp", parameters: str = "", travel: NationalPairs | None = None
) -> Access:
    """Return the accessibility to `profession`, with the set of that key (the default one when empty).

    `travel` are travel times already at hand, those in use where None. Raises KeyError for an unknown
    profession or set.
    """
    chosen, trade = parameter_set(parameters), PROFESSIONS[profession]
    travel = travel or national_pairs(atlas, reach(), chosen.crow_fly)
    parts = [atlas.fingerprint, travel.key, chosen.signature, profession, accessibility.VERSION]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return _results.get(key, lambda: _compute(atlas, key, trade, chosen, travel))


def national_flows(access: Access) -> Flows:
    """Return who goes where, as the weights of `access` imply it."""
    return _flows.get(access.key, lambda: _mapped_flows(access))


def column(atlas: Atlas, name: str) -> Values:
    """Return a column as floats, missing everywhere in a pack that has none."""
    try:
        return np.asarray(atlas.column(name), dtype=np.float64)
    except KeyError:
        return np.full(len(atlas), np.nan)


def counts(atlas: Atlas, name: str) -> Values:
    """Return a column of counts, 0 where nothing is counted."""
    return np.nan_to_num(column(atlas, name))


def _compute(
    atlas: Atlas, key: str, profession: Profession, parameters: ParameterSet, travel: NationalPairs
) -> Access:
    # Every commune may receive supply in a scenario, so the structure leaves none out.
    structure = _structures.get(
        (travel.key, parameters.decay), lambda: _mapped_structure(travel, parameters.decay)
    )
    heads, people = counts(atlas, profession.supply), population(atlas)
    offered, supply, unit = _supply(atlas, heads, profession, parameters)
    demand = _demand(atlas, profession, parameters, people)
    result = accessibility.compute(structure, demand, supply)
    low, high = _thresholds(profession, result, people)
    return Access(
        key,
        profession,
        parameters,
        travel,
        structure,
        heads,
        offered,
        supply,
        unit,
        demand,
        people,
        result,
        low,
        high,
    )


def _mapped_structure(travel: NationalPairs, decay: Decay) -> Structure:
    """Return the structure on files that every process of the machine shares: 54 MB in France."""
    written = [travel.key, asdict(decay), accessibility.VERSION]
    arrays = array_cache.stored(
        "structures",
        hashlib.sha256(json.dumps(written, sort_keys=True).encode()).hexdigest()[:32],
        accessibility.STRUCTURE_ARRAYS,
        lambda: accessibility.prepare(travel.pairs, decay).arrays(),
    )
    return Structure.of_arrays(arrays, decay)


def _mapped_flows(access: Access) -> Flows:
    """Return the flows on files, as the structure."""
    names = ("starts", "destination", "volume", "share")

    def build() -> dict[str, NDArray[Any]]:
        found = accessibility.flows(access.structure, access.result, access.demand)
        return {name: getattr(found, name) for name in names}

    arrays = array_cache.stored("flows", access.key[:32], names, build, kept=2 * len(PROFESSIONS))
    return Flows(access.structure.n, *(np.asarray(arrays[name]) for name in names))


def _supply(
    atlas: Atlas, heads: Values, profession: Profession, parameters: ParameterSet
) -> tuple[Values, Values, float]:
    """Return what professionals offer, that with the health centres, and what one more professional would."""
    if profession.key != "gp":
        return heads * PER, heads * PER, PER
    younger_consultations, older_consultations, centre_consultations = parameters.consultations
    older = np.minimum(counts(atlas, "supply_commune.mg_liberaux_am_60plus"), heads)
    offered = (heads - older) * younger_consultations + older * older_consultations
    centres = counts(atlas, "supply_commune.centres_sante")
    return offered, offered + centres * centre_consultations, younger_consultations


def _demand(atlas: Atlas, profession: Profession, parameters: ParameterSet, people: Values) -> Values:
    """Inhabitants weighted by their use of care at each age: fitted use, else the DREES population."""
    if profession.key == "gp" and parameters.use_by_age and people.sum() > 0:
        bands = np.array([counts(atlas, name) for name in AGE_BANDS])
        if bands.any():
            return accessibility.standardise(bands, parameters.use_by_age)
    standardised = column(atlas, profession.demand)
    known = np.isfinite(standardised) & (people > 0)
    if not known.any():
        return people
    ratio = standardised[known].sum() / people[known].sum()
    return np.where(np.isfinite(standardised), np.nan_to_num(standardised), people * ratio)


def _thresholds(profession: Profession, result: Result, people: Values) -> tuple[float, float | None]:
    """The thresholds of the law for GPs; for others, the least served tenth of the country."""
    if profession.key == "gp":
        return float(rule(LOW_RULE).value), float(rule(HIGH_RULE).value)
    return float(accessibility.quantiles(result.apl, people, [LEAST_SERVED])[0]), None
