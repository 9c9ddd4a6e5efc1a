"""Whether a measure changed something: estimates with a comparator, and what each can and cannot say.

Pure computation on panels (units × periods) and series. `before_and_after` alone has no comparator: what it
gives is never a cause. NumPy arrays in, frozen dataclasses out.
"""

from maillage.engines.evaluation.compute import (
    before_and_after,
    difference_in_differences,
    event_study,
    placebo,
    trend_before,
)
from maillage.engines.evaluation.model import (
    Break,
    Differences,
    Estimate,
    Leads,
    Panel,
    Staggered,
    Synthetic,
)
from maillage.engines.evaluation.power import detectable, spread_and_correlation
from maillage.engines.evaluation.series import interrupted_series
from maillage.engines.evaluation.staggered import staggered
from maillage.engines.evaluation.synthetic import synthetic_control, synthetic_differences

VERSION = "1"
"""Changes whenever the same inputs would give other numbers; stored with every result."""

__all__ = [
    "VERSION",
    "Break",
    "Differences",
    "Estimate",
    "Leads",
    "Panel",
    "Staggered",
    "Synthetic",
    "before_and_after",
    "detectable",
    "difference_in_differences",
    "event_study",
    "interrupted_series",
    "placebo",
    "spread_and_correlation",
    "staggered",
    "synthetic_control",
    "synthetic_differences",
    "trend_before",
]
