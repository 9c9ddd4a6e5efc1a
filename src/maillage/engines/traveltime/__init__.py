"""Travel times between communes: imported matrix, road router, crow-fly model."""

from maillage.engines.traveltime.compute import (
    PROVIDER_CROW_FLY,
    crow_fly_from,
    crow_fly_pairs,
    fit_crow_fly,
    nearest,
    nearest_in_pairs,
    pairs_from_table,
)
from maillage.engines.traveltime.isochrones import Band, isochrones
from maillage.engines.traveltime.model import CrowFlyFit, CrowFlyModel, Nearest, Pairs, TravelTimes
from maillage.engines.traveltime.openstreetmap import (
    Extract,
    Landmarks,
    NoRoadError,
    UnreadableExtractError,
    read_extract,
    read_openstreetmap,
)
from maillage.engines.traveltime.profile import CAR, CarProfile
from maillage.engines.traveltime.roads import (
    PROVIDER_ROADS,
    Between,
    Networks,
    RoadGraph,
    RoadTimes,
    Snapped,
    main_network,
    minutes_between,
    minutes_from,
    networks,
    road_graph,
    snap,
)

VERSION = "1"
"""Changes whenever the same inputs would give other numbers; stored with every result."""

__all__ = [
    "CAR",
    "PROVIDER_CROW_FLY",
    "PROVIDER_ROADS",
    "VERSION",
    "Band",
    "Between",
    "CarProfile",
    "CrowFlyFit",
    "CrowFlyModel",
    "Extract",
    "Landmarks",
    "Nearest",
    "Networks",
    "NoRoadError",
    "Pairs",
    "RoadGraph",
    "RoadTimes",
    "Snapped",
    "TravelTimes",
    "UnreadableExtractError",
    "crow_fly_from",
    "crow_fly_pairs",
    "fit_crow_fly",
    "isochrones",
    "main_network",
    "minutes_between",
    "minutes_from",
    "nearest",
    "nearest_in_pairs",
    "networks",
    "pairs_from_table",
    "read_extract",
    "read_openstreetmap",
    "road_graph",
    "snap",
]
