"""Difference-in-differences on a million rows beside statsmodels on what pandas centred, in one run.

`python -m bench.evaluation` writes build/bench/evaluation.json.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import statsmodels.api as sm

from bench.harness import Row, best_of, row, write
from maillage.engines import evaluation
from maillage.engines.evaluation import Panel

UNITS, PERIODS = 20_000, 50


def made_up() -> Panel:
    """A million rows: levels, a common path, noise, half of the units treated from one of five dates."""
    rng = np.random.default_rng(20261130)
    outcome = rng.normal(size=(UNITS, 1)) * 3 + rng.normal(size=PERIODS).cumsum()
    first = np.where(np.arange(UNITS) % 2, 20.0 + rng.integers(0, 5, UNITS), np.nan)
    outcome = outcome + rng.normal(size=(UNITS, PERIODS))
    return Panel(outcome + 0.5 * Panel(outcome, first).treated, first)


def centred(rows: pd.DataFrame) -> tuple[float, float]:
    """The effect and its error: columns centred by unit and period, then least squares with clusters."""
    columns = rows[["outcome", "treated"]]
    left = (
        columns
        - columns.groupby(rows["unit"]).transform("mean")
        - columns.groupby(rows["period"]).transform("mean")
        + columns.mean()
    )
    fit = sm.OLS(left["outcome"].to_numpy(), left[["treated"]].to_numpy()).fit(
        cov_type="cluster", cov_kwds={"groups": rows["unit"].to_numpy()}
    )
    return float(fit.params[0]), float(fit.bse[0])


def run() -> list[Row]:
    """Time both, and check that they say the same."""
    panel = made_up()
    unit, period = np.indices(panel.outcome.shape)
    rows = pd.DataFrame(
        {
            "unit": unit.ravel(), "period": period.ravel(), "outcome": panel.outcome.ravel(),
            "treated": panel.treated.ravel().astype(float),
        }
    )  # fmt: skip
    ours, ours_ms = best_of(3, lambda: evaluation.difference_in_differences(panel))
    theirs, theirs_ms = best_of(3, lambda: centred(rows))
    if abs(ours.effect - theirs[0]) > 1e-9 or abs(ours.error / theirs[1] - 1) > 1e-3:
        raise AssertionError(f"{ours.effect} ± {ours.error} here, {theirs[0]} ± {theirs[1]} there")
    holes = Panel(
        np.where(np.random.default_rng(1).random(panel.outcome.shape) < 0.05, np.nan, panel.outcome),
        panel.first,
    )
    _missing, missing_ms = best_of(1, lambda: evaluation.difference_in_differences(holes))
    _apart, apart_ms = best_of(1, lambda: evaluation.staggered(panel))
    note = f"the same effect ({ours.effect:.4f}) and error ({ours.error:.5f})"
    return [
        row(
            "difference-in-differences, 1 M rows", ours_ms, "statsmodels, centred by pandas", theirs_ms, note
        ),
        row("the same with 5 % missing", missing_ms, "the same whole", theirs_ms, "alternating projections"),
        row(
            "five cohorts apart, 1 M rows",
            apart_ms,
            "one effect by statsmodels",
            theirs_ms,
            "no peer installed",
        ),
    ]


if __name__ == "__main__":
    write("evaluation", run())
