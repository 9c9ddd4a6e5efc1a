"""Spatial accessibility (APL, enhanced two-step floating catchment area): full runs, what-if, catchments.

A structure is prepared once from travel times and a decay; computations and scenarios then take demand and
supply by commune. NumPy arrays in and out; positions are those of the communes in the caller's arrays.
"""

from maillage.engines.accessibility.catchments import (
    Flows,
    Overlaps,
    adjacency_of,
    attraction,
    catchment_access,
    flows,
    main_destination,
    overlaps,
    self_sufficiency,
)
from maillage.engines.accessibility.compute import compute, prepare, standardise
from maillage.engines.accessibility.distribution import (
    Deciles,
    deciles,
    gini,
    interdecile_ratio,
    mean,
    mean_absolute_error,
    quantiles,
    share_above,
    share_below,
    spearman,
)
from maillage.engines.accessibility.model import STRUCTURE_ARRAYS, Decay, Result, Structure, TravelPairs
from maillage.engines.accessibility.whatif import Scores, WhatIf, score_sites, warm
from maillage.engines.accessibility.zones import Lift, clusters, supply_to_lift

VERSION = "1"
"""Changes whenever the same inputs would give other numbers; stored with every result."""

__all__ = [
    "STRUCTURE_ARRAYS",
    "VERSION",
    "Decay",
    "Deciles",
    "Flows",
    "Lift",
    "Overlaps",
    "Result",
    "Scores",
    "Structure",
    "TravelPairs",
    "WhatIf",
    "adjacency_of",
    "attraction",
    "catchment_access",
    "clusters",
    "compute",
    "deciles",
    "flows",
    "gini",
    "interdecile_ratio",
    "main_destination",
    "mean",
    "mean_absolute_error",
    "overlaps",
    "prepare",
    "quantiles",
    "score_sites",
    "self_sufficiency",
    "share_above",
    "share_below",
    "spearman",
    "standardise",
    "supply_to_lift",
    "warm",
]
