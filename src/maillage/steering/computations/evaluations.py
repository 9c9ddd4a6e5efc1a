"""Measures → engine → what they say: the surest comparison that they allow, its grade, its doubts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from maillage.engines import evaluation as engine
from maillage.kernel.sourced_rules import rule
from maillage.steering.rules.designs import Design, Doubt, Facts, Grade, design_of, doubts_of, grade_of
from maillage.steering.rules.panels import Measures

RULES = ("steering.evaluations.needs", "steering.evaluations.diverging", "steering.evaluations.fit")
Curve = tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What an evaluation found.

    `effect`: None for a measure still to come. `is_certain`: its interval can be told. `chance`: for a
    synthetic control, the share of the units whose gap is as large when each is taken for the treated one.
    `detectable`: the smallest effect that the data would show 80 % of the time, None where none can be told.
    `level`: mean of the treated units before. `curves`: by period, the treated units, then those compared or
    what was expected without the measure. `weights`: of a synthetic control, the heaviest first.
    """

    facts: Facts
    design: Design
    grade: Grade | None
    doubts: tuple[Doubt, ...]
    effect: engine.Estimate | None
    chance: float | None
    detectable: float | None
    level: float | None
    curves: tuple[Curve, Curve]
    leads: engine.Leads | None
    weights: tuple[tuple[str, float], ...]

    @property
    def is_certain(self) -> bool:
        """Whether the interval of the effect can be told."""
        return self.effect is not None and self.effect.error == self.effect.error


def evaluate(measures: Measures) -> Result:
    """Return what measures say, by the surest comparison that they allow."""
    outcome = np.array([[np.nan if one is None else one for one in line] for line in measures.values])
    first = np.array([np.nan if one is None else one for one in measures.starts], np.float64)
    panel = engine.Panel(outcome, first)
    facts, needs = _facts(panel), rule("steering.evaluations.needs").value
    design = design_of(facts, needs)
    leads, diverges, fits, chance = None, False, True, None
    effect: engine.Estimate | None = None
    weights: tuple[tuple[str, float], ...] = ()
    others = _mean(outcome[~panel.ever])
    try:
        if design in {Design.DIFFERENCES, Design.STAGGERED}:
            effect, leads = _compared(panel, design)
            if min(facts.treated, facts.compared) < 2:
                # One unit alone on a side: its own errors say nothing of another's.
                effect, leads = _without_interval(effect), None
            else:
                diverges = _diverges(panel)
        elif design is Design.SYNTHETIC:
            control = engine.synthetic_control(panel)
            nan = float("nan")
            effect = engine.Estimate(
                control.effect, nan, nan, nan, nan, nan, outcome.size, facts.compared + 1
            )
            chance = control.p
            own = outcome[panel.ever][0]
            start = int(first[panel.ever][0])
            fits = control.fit <= rule("steering.evaluations.fit").value * float(own[:start].std())
            others = _known(own - control.gap)
            names = [unit for unit, is_ever in zip(measures.units, panel.ever, strict=True) if not is_ever]
            ranked = sorted(zip(names, control.weights.tolist(), strict=True), key=lambda one: -one[1])
            weights = tuple(one for one in ranked if one[1] >= 0.005)
        elif design is Design.SERIES:
            found = _interrupted(panel, measures.a_year)
            effect, others = found.mean, _known(found.expected)
        elif design is Design.BEFORE_AFTER:
            effect = engine.before_and_after(panel)
    except ValueError:
        # Too much is missing for that comparison: what changed is still told, as what it is.
        design, effect, leads, diverges = Design.BEFORE_AFTER, _changed(panel), None, False
    doubts = doubts_of(design, facts, needs, diverges=diverges, fits=fits)
    grade = grade_of(design, doubts) if effect is not None or design is Design.PLANNED else None
    followed = panel.ever if facts.treated else ~np.isnan(first)
    before = np.where(panel.treated, np.nan, outcome)[followed]
    return Result(
        facts, design, grade, tuple(doubts), effect, chance, _detectable(panel, facts),
        float(np.nanmean(before)) if (~np.isnan(before)).any() else None,
        (_mean(outcome[followed]), others), leads, weights,
    )  # fmt: skip


def _facts(panel: engine.Panel) -> Facts:
    starts = panel.first[panel.ever]
    periods = panel.outcome.shape[1]
    return Facts(
        treated=int(panel.ever.sum()),
        compared=int((~panel.ever).sum()),
        dates=int(np.unique(starts).size),
        before=int(starts.min()) if starts.size else periods,
        after=periods - int(starts.max()) if starts.size else 0,
        is_whole=not bool(np.isnan(panel.outcome).any()),
    )


def _compared(panel: engine.Panel, design: Design) -> tuple[engine.Estimate, engine.Leads | None]:
    if design is Design.STAGGERED:
        found = engine.staggered(panel, not_yet=True)
        return found.average, found.since
    effect = engine.difference_in_differences(panel)
    try:
        return effect, engine.event_study(panel)
    except ValueError:
        return effect, None


def _without_interval(found: engine.Estimate) -> engine.Estimate:
    nan = float("nan")
    return replace(found, error=nan, low=nan, high=nan, p=nan)


def _diverges(panel: engine.Panel) -> bool:
    """Return whether the two sides moved apart before the measure, as far as that can be told."""
    try:
        return bool(engine.trend_before(panel).p < rule("steering.evaluations.diverging").value)
    except ValueError:
        return False


def _interrupted(panel: engine.Panel, a_year: int) -> engine.Break:
    """Return the break of the mean of the treated units, with seasons where two years came before."""
    start = int(panel.first[panel.ever][0])
    series = np.array([np.nan if one is None else one for one in _mean(panel.outcome[panel.ever])])
    harmonics = min(2, a_year // 2) if a_year > 1 and start >= 2 * a_year else 0
    return engine.interrupted_series(series, start=start, season=a_year, harmonics=harmonics)


def _changed(panel: engine.Panel) -> engine.Estimate | None:
    try:
        return engine.before_and_after(panel)
    except ValueError:
        return None


def _detectable(panel: engine.Panel, facts: Facts) -> float | None:
    """Return the smallest effect that a comparison would show, as far as what came before tells the noise.

    For a measure still to come, the units announced are counted as treated, over as many periods as before.
    """
    announced = int((~np.isnan(panel.first)).sum())
    treated = facts.treated or announced
    compared = facts.compared if facts.treated else panel.first.size - announced
    if not treated or not compared:
        return None
    try:
        spread, correlation = engine.spread_and_correlation(panel)
        return engine.detectable(
            spread=spread, correlation=correlation, treated=treated, compared=compared,
            before=facts.before, after=facts.after or facts.before,
        )  # fmt: skip
    except ValueError:
        return None


def _mean(lines: np.ndarray) -> Curve:
    known = ~np.isnan(lines)
    counted = known.sum(axis=0)
    sums = np.where(known, lines, 0.0).sum(axis=0)
    return tuple(float(total / count) if count else None for total, count in zip(sums, counted, strict=True))


def _known(values: np.ndarray) -> Curve:
    return tuple(None if one != one else float(one) for one in values)
