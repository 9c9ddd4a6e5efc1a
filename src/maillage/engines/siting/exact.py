"""What fixing left, solved by HiGHS: the radius formulation, one variable by place and level of saving.

    most Σ_i Σ_k (G_ik − G_i,k+1) · z_ik    with z_ik ≤ z_i,k−1 + Σ_{j at level k of i} y_j,   Σ_j y_j ≤ p

G_i1 > G_i2 > … are the savings that place i may see (Cornuéjols, Nemhauser and Wolsey, 1980; García, Labbé
and Marín, 2011): far smaller than a variable by pair, with the same linear relaxation.
"""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

from maillage.engines.siting.kernels import Rows
from maillage.engines.siting.model import FloatArray, IntArray

SEED = 0


class Reduced(NamedTuple):
    """A programme on some sites: costs of its columns, rows `low` ≤ A x, what is saved whatever is opened.

    The first columns are the `sites`, the others the levels.
    """

    sites: IntArray
    cost: FloatArray
    table: csr_array
    constant: float


class Found(NamedTuple):
    """`sites` opened, those of the start where none better was found; no choice saves more than `bound`."""

    sites: IntArray
    bound: float


def reduced(rows: Rows, free: IntArray, fixed: IntArray) -> Reduced:
    """The programme on the sites `free`, those of `fixed` being open."""
    n, m = rows.starts.size - 1, rows.site_starts.size - 1
    place = np.full(m, -1, dtype=np.int64)
    place[free] = np.arange(free.size)
    home = np.repeat(np.arange(n), np.diff(rows.starts))
    held = np.zeros(m, dtype=bool)
    held[fixed] = True
    floor = np.zeros(n)
    np.maximum.at(floor, home[held[rows.sites]], rows.savings[held[rows.sites]])
    kept = np.flatnonzero((place[rows.sites] >= 0) & (rows.savings > floor[home]))
    home, saving, column = home[kept], rows.savings[kept], place[rows.sites[kept]]
    fresh = np.ones(kept.size, dtype=bool)
    fresh[1:] = (home[1:] != home[:-1]) | (saving[1:] != saving[:-1])
    level = np.cumsum(fresh) - 1
    first = np.flatnonzero(fresh)
    owner, amount = home[first], saving[first]
    count = first.size
    below = np.append(amount[1:], 0.0)
    last = np.append(owner[1:] != owner[:-1], True)[:count]
    below[last] = floor[owner[last]]
    after = np.flatnonzero(~last) + 1
    table = csr_array(
        (
            np.concatenate((np.ones(kept.size), -np.ones(count), np.ones(after.size))),
            (
                np.concatenate((level, np.arange(count), after)),
                np.concatenate((column, free.size + np.arange(count), free.size + after - 1)),
            ),
        ),
        shape=(count, free.size + count),
    )
    cost = np.concatenate((np.zeros(free.size), amount - below))
    return Reduced(free, cost, table, float(floor.sum()))


def solve(programme: Reduced, p: int, start: IntArray, seconds: float) -> Found:
    """Open at most `p` of the sites, starting from `start`, which are among them.

    `seconds`: a limit. The bound holds for the part solved: what was fixed stays so.
    """
    free, columns = programme.sites.size, programme.cost.size
    model = highspy.HighsLp()
    rows = csr_array((np.ones(free), (np.zeros(free, dtype=np.int64), np.arange(free))), shape=(1, columns))
    table = csr_array(vstack((programme.table, rows)))
    model.num_col_, model.num_row_ = columns, table.shape[0]
    model.col_cost_, model.offset_ = programme.cost, programme.constant
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_ = np.append(np.zeros(table.shape[0] - 1), -highspy.kHighsInf)
    model.row_upper_ = np.append(np.full(table.shape[0] - 1, highspy.kHighsInf), float(p))
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = (
        table.indptr, table.indices, table.data,
    )  # fmt: skip
    kinds = [highspy.HighsVarType.kInteger] * free + [highspy.HighsVarType.kContinuous] * (columns - free)
    model.integrality_ = kinds
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy has no types
    for name, value in (("output_flag", False), ("random_seed", SEED),
                        ("mip_rel_gap", 0.0), ("mip_abs_gap", 1e-6), ("time_limit", seconds)):  # fmt: skip
        solver.setOptionValue(name, value)
    solver.passModel(model)
    opening = np.isin(programme.sites, start).astype(np.float64)
    solver.setSolution(free, np.arange(free, dtype=np.int32), opening)
    solver.run()
    info = solver.getInfo()
    opened = start
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = np.array(solver.getSolution().col_value)[:free]
        opened = programme.sites[values > 0.5]
    bound = float(info.mip_dual_bound)
    return Found(opened, bound if np.isfinite(bound) else np.inf)
