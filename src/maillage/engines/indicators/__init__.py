"""The statistics behind an indicator: intervals, standardisation, small cells, funnels, runs, inequality.

Counts and values in, values with their bounds out; NaN where there is nothing to divide by, never zero.
"""

from maillage.engines.indicators.compute import (
    hidden,
    proportion,
    quantile,
    rate,
    standardised_rate,
    standardised_ratio,
)
from maillage.engines.indicators.model import Estimate, Funnel, Interval, Run, Slope
from maillage.engines.indicators.variation import funnel, run_chart, slope_index

VERSION = "1"
"""Changes whenever the same inputs would give other numbers; stored with every result."""

__all__ = [
    "VERSION",
    "Estimate",
    "Funnel",
    "Interval",
    "Run",
    "Slope",
    "funnel",
    "hidden",
    "proportion",
    "quantile",
    "rate",
    "run_chart",
    "slope_index",
    "standardised_rate",
    "standardised_ratio",
]
