"""The catalogue: one definition of each indicator, in the order of the families."""

from maillage.indicators.computations.catalogue import access, safety, together
from maillage.indicators.computations.catalogue.definition import COUNTED, Asked, Indicator
from maillage.indicators.rules.vocabulary import Family

_ALL = (*access.INDICATORS, *together.INDICATORS, *safety.INDICATORS)
CATALOGUE: tuple[Indicator, ...] = tuple(one for family in Family for one in _ALL if one.family is family)
INDICATORS: dict[str, Indicator] = {one.key: one for one in CATALOGUE}

__all__ = ["CATALOGUE", "COUNTED", "INDICATORS", "Asked", "Indicator"]
