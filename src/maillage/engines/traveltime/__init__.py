"""Travel times between communes: imported matrix, crow-fly model, and the place of the road router."""

from maillage.engines.traveltime.compute import (
    PROVIDER_CROW_FLY,
    crow_fly_from,
    crow_fly_pairs,
    fit_crow_fly,
    nearest,
    nearest_in_pairs,
    pairs_from_table,
)
from maillage.engines.traveltime.model import CrowFlyFit, CrowFlyModel, Nearest, Pairs, TravelTimes

VERSION = "1"
"""Changes whenever the same inputs would give other numbers; stored with every result."""

__all__ = [
    "PROVIDER_CROW_FLY",
    "VERSION",
    "CrowFlyFit",
    "CrowFlyModel",
    "Nearest",
    "Pairs",
    "TravelTimes",
    "crow_fly_from",
    "crow_fly_pairs",
    "fit_crow_fly",
    "nearest",
    "nearest_in_pairs",
    "pairs_from_table",
]
