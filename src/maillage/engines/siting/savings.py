"""A problem in savings: what each candidate would save each place of demand beside what stands already."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from maillage.engines.siting.kernels import Rows
from maillage.engines.siting.model import FloatArray, IntArray, Problem, Served


@dataclass(frozen=True, slots=True, eq=False)
class Savings:
    """`rows` among the `homes` (n') and `sites` (m') that have some saving; both are numbers of the problem.

    `constant`: the objective with nothing opened; `sign`: +1 where a saving adds to it, −1 where it takes
    from it. `step`: every saving is a whole number of it, 0 where they are not.
    """

    rows: Rows
    homes: IntArray
    sites: IntArray
    constant: float
    sign: float
    step: float

    @property
    def most(self) -> float:
        """What is saved with everything opened."""
        first = self.rows.starts[:-1]
        return float(self.rows.savings[first].sum()) if self.homes.size else 0.0


def savings_of(problem: Problem) -> Savings:
    """The savings of a problem; of several minutes given for one pair the least holds."""
    served = np.minimum(problem.standing, problem.limit)
    if problem.objective == "p_median":
        constant, sign = float(problem.weight @ served), -1.0
        saved = served[problem.home] - problem.minutes
    else:
        covered = problem.standing <= problem.limit
        constant, sign = float(problem.weight[covered].sum()), 1.0
        saved = (~covered[problem.home] & (problem.minutes <= problem.limit)).astype(np.float64)
    saving = np.where(saved > 0, saved, 0.0) * problem.weight[problem.home]
    kept = np.flatnonzero(saving > 0)
    order = kept[np.lexsort((-saving[kept], problem.site[kept], problem.home[kept]))]
    home, site = problem.home[order], problem.site[order]
    anew = np.ones(order.size, dtype=bool)
    anew[1:] = (home[1:] != home[:-1]) | (site[1:] != site[:-1])
    homes, home = np.unique(home[anew], return_inverse=True)
    sites, site = np.unique(site[anew], return_inverse=True)
    rows = _rows(home, site, saving[order][anew], homes.size, sites.size)
    return Savings(rows, homes, sites, constant, sign, _step(rows.savings))


def served(problem: Problem, opened: IntArray) -> Served:
    """Where each place of demand stands with the candidates `opened`."""
    minutes, nearest = problem.standing.copy(), np.full(problem.weight.size, -1, dtype=np.int64)
    kept = np.flatnonzero(np.isin(problem.site, opened))
    # The last written is the nearest of each place, and of two as near the lowest number.
    order = kept[np.lexsort((-problem.site[kept], -problem.minutes[kept]))]
    home, times = problem.home[order], problem.minutes[order]
    best, place = np.full(minutes.size, np.inf), nearest.copy()
    best[home], place[home] = times, problem.site[order]
    closer = best < minutes
    minutes[closer], nearest[closer] = best[closer], place[closer]
    return Served(minutes, nearest)


def _rows(home: IntArray, site: IntArray, saving: FloatArray, n: int, m: int) -> Rows:
    by_home = np.lexsort((site, -saving, home))
    by_site = np.lexsort((home, site))
    return Rows(
        _starts(home, n), site[by_home], saving[by_home], _starts(site, m), home[by_site], saving[by_site]
    )


def _starts(keys: IntArray, count: int) -> IntArray:
    return np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=count)))).astype(np.int64)


def _step(saving: FloatArray) -> float:
    """1 where all savings are whole numbers, ½ where they are halves, as counts under secrecy are."""
    for step in (1.0, 0.5):
        if saving.size and saving.max() < 2**40 and not np.any(np.mod(saving, step)):
            return step
    return 0.0
