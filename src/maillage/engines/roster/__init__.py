"""On-call rosters: rules, greedy cover, solver with its bound, swaps, and the explanation of every gap.

One judge of the rules (`violations`) serves the solver, swaps and rosters made by hand. NumPy arrays in and
out; people and posts are numbered as in the caller's arrays.
"""

from maillage.engines.roster.compute import cover, score, swapped, violations, worsened
from maillage.engines.roster.explain import Gap, Relaxation, Share, added, gaps, gini, shares
from maillage.engines.roster.model import (
    Limit,
    Occasions,
    Posts,
    Problem,
    Rule,
    Runs,
    Score,
    Solution,
    Successions,
    Violation,
    relative_gap,
)
from maillage.engines.roster.sequences import warm
from maillage.engines.roster.solver import NoRosterError, Progress, solve

VERSION = "3"
"""Changes whenever the same inputs would give other rosters; stored with every roster proposed."""

__all__ = [
    "VERSION",
    "Gap",
    "Limit",
    "NoRosterError",
    "Occasions",
    "Posts",
    "Problem",
    "Progress",
    "Relaxation",
    "Rule",
    "Runs",
    "Score",
    "Share",
    "Solution",
    "Successions",
    "Violation",
    "added",
    "cover",
    "gaps",
    "gini",
    "relative_gap",
    "score",
    "shares",
    "solve",
    "swapped",
    "violations",
    "warm",
    "worsened",
]
