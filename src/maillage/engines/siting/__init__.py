"""Where to open: p-median and maximal coverage on minutes, each answer with the bound that no choice exceeds.

NumPy arrays in and out; places of demand and candidates are numbered as in the caller's arrays.
"""

from maillage.engines.siting.compute import Effort, settled, solve, swaps, warm
from maillage.engines.siting.model import OBJECTIVES, Answer, Objective, Problem, Served, SitingError, Swap
from maillage.engines.siting.savings import served

VERSION = "1"
"""Changes whenever the same inputs would give other choices; kept with every answer."""

__all__ = [
    "OBJECTIVES",
    "VERSION",
    "Answer",
    "Effort",
    "Objective",
    "Problem",
    "Served",
    "SitingError",
    "Swap",
    "served",
    "settled",
    "solve",
    "swaps",
    "warm",
]
