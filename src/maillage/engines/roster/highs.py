"""HiGHS on a formulation, whole or in part."""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from maillage.engines.roster.formulation import Formulation
from maillage.engines.roster.model import FloatArray

TOLERANCE = 1e-6
FEASIBLE = highspy.SolutionStatus.kSolutionStatusFeasible


class Answer(NamedTuple):
    """What a run of the solver gave: columns (None where it found none), bound, seconds, whether it is final.

    `final` with no `values` means that there is no solution.
    """

    values: FloatArray | None
    bound: float
    seconds: float
    final: bool


def relax(form: Formulation, seconds: float = np.inf) -> tuple[float, FloatArray]:
    """The linear relaxation: its value, a bound for every roster, and columns.

    ∞ and none where it is infeasible; −∞ and none where it takes longer.
    """
    solver = load(form, form.rows, form.row_low, form.row_high, np.ones(form.cost.size, bool), None)
    solver.setOptionValue("time_limit", seconds)
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        return float(-np.inf if status == highspy.HighsModelStatus.kTimeLimit else np.inf), np.empty(0)
    return float(solver.getInfo().objective_function_value), np.array(solver.getSolution().col_value)


def run(
    form: Formulation,
    values: FloatArray | None,
    free: NDArray[np.bool_] | None = None,
    relaxed: NDArray[np.bool_] | None = None,
    *,
    seconds: float,
    gap: float = 0.0,
    seed: int = 0,
) -> Answer:
    """Solve for the `free` columns (all when None), the others held at `values`, starting from `values`.

    `relaxed`: rows to leave out. The bound holds for the part solved only.
    """
    everything = np.ones(form.cost.size, dtype=bool) if free is None else free
    held = np.where(everything, 0.0, values) if values is not None else np.zeros(form.cost.size)
    shift = form.rows @ held
    rows, low, high = form.rows[:, everything], form.row_low - shift, form.row_high - shift
    kept = np.diff(rows.indptr) > 0
    asked = np.ones(kept.size, dtype=bool) if relaxed is None else ~relaxed
    if (asked & ~kept & ((low > TOLERANCE) | (high < -TOLERANCE))).any():
        return Answer(None, float(np.inf), 0.0, True)
    kept &= asked
    solver = load(form, rows[kept], low[kept], high[kept], everything, form.integral[everything])
    solver.setOptionValue("time_limit", float(max(seconds, 0.0)))
    solver.setOptionValue("mip_rel_gap", gap)
    solver.setOptionValue("random_seed", seed)
    if values is not None:
        start = values[everything]
        solver.setSolution(start.size, np.arange(start.size, dtype=np.int32), start)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    final = status in {highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible}
    found = None
    if info.primal_solution_status == FEASIBLE:
        found = held
        found[everything] = np.array(solver.getSolution().col_value)
    return Answer(
        found,
        float(info.mip_dual_bound + form.cost @ np.where(everything, 0.0, held)),
        solver.getRunTime(),
        final,
    )


def load(
    form: Formulation,
    rows: csr_array,
    low: FloatArray,
    high: FloatArray,
    columns: NDArray[np.bool_],
    integral: NDArray[np.bool_] | None,
) -> highspy.Highs:
    """A solver with some rows and columns of a programme; the linear one where `integral` is None."""
    programme = highspy.HighsLp()
    programme.num_col_, programme.num_row_ = rows.shape[1], rows.shape[0]
    programme.col_cost_, programme.offset_ = form.cost[columns], form.constant
    programme.col_lower_, programme.col_upper_ = form.low[columns], form.high[columns]
    programme.row_lower_, programme.row_upper_ = low, high
    programme.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    programme.a_matrix_.start_, programme.a_matrix_.index_ = rows.indptr, rows.indices
    programme.a_matrix_.value_ = rows.data
    if integral is not None:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        programme.integrality_ = [kinds[int(one)] for one in integral]
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy has no types
    solver.setOptionValue("output_flag", False)
    solver.passModel(programme)
    return solver
