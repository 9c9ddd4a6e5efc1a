"""Inequality of an indicator between communes: along their median standard of living, along their density."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from maillage.engines import indicators as engine
from maillage.indicators.computations.values import Result
from maillage.indicators.rules.vocabulary import Measure, Ranking
from maillage.territory import api as territory

_COLUMNS = {Ranking.INCOME: "social_commune.niveau_vie_median_2021"}
_POPULATION = "communes.pop_municipale"


def ranks_of(codes: Collection[str]) -> dict[Ranking, dict[str, float]]:
    """Return the value by which communes are ranked, the least favoured lowest; none where nobody knows it.

    Empty where no data pack is in service.
    """
    try:
        atlas = territory.current_atlas()
    except territory.NoPackError:
        return {}
    known = np.array(sorted(codes), dtype=np.str_)
    known = known[np.isin(known, atlas.codes)].tolist()
    if not known:
        return {}
    places = atlas.positions(known)
    values = {Ranking.DENSITY: atlas.column(_POPULATION)[places] / atlas.area_km2[places]}
    for ranking, column in _COLUMNS.items():
        if atlas.has(column):
            values[ranking] = atlas.column(column)[places]
    return {
        ranking: {code: float(one) for code, one in zip(known, found, strict=True) if np.isfinite(one)}
        for ranking, found in values.items()
    }


def gradients(result: Result, ranks: dict[Ranking, dict[str, float]]) -> dict[Ranking, engine.Slope]:
    """Return the slope of an indicator along each ranking of communes, where three ranks are known."""
    found: dict[Ranking, engine.Slope] = {}
    if result.indicator.measure is Measure.MEDIAN:
        return found
    for ranking, order in ranks.items():
        codes = [code for code, value in result.communes.items() if code in order and value.is_known]
        try:
            found[ranking] = engine.slope_index(
                [result.communes[code].value for code in codes],
                [result.communes[code].denominator for code in codes],
                [order[code] for code in codes],
            )
        except ValueError:
            continue
    return found
