"""Geometry of the small inline drawings, as SVG attributes: no style, so no exception to the CSP."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from maillage.kernel import formats
from maillage.kernel.figures import Figure

SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 96.0, 24.0, 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, where it begins and how long it is as SVG percentages, whether it is ours.

    `zero` is where the scale has its zero, empty where that is the left edge.
    """

    label: str
    written: str
    start: str
    width: str
    zero: str
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Point lists of each unbroken stretch, and the last known point."""

    stretches: list[str]
    last: tuple[str, str] | None


def comparison_bars(figure: Figure) -> list[Bar]:
    """Return the figure and its known comparisons on one scale from zero, nothing where none is known.

    Negative values go left from zero and positive ones right, on the same scale: a change of −3 % is as long
    as one of +3 %, on the other side.
    """
    entries = [
        (figure.ours, figure.value, True),
        *((other.label, other.value, False) for other in figure.comparisons),
    ]
    known = [
        (label, value, own) for label, value, own in entries if value is not None and math.isfinite(value)
    ]
    if figure.suppressed or len(known) < 2 or not known[0][2]:
        return []
    lowest = min(0.0, *(value for _label, value, _mine in known))
    span = (max(0.0, *(value for _label, value, _mine in known)) - lowest) or 1.0
    return [
        Bar(
            label,
            formats.quantity(value, figure.unit if figure.unit in {"%", "min"} else "", figure.decimals),
            f"{100 * (min(value, 0.0) - lowest) / span:.1f}%",
            f"{100 * abs(value) / span:.1f}%",
            f"{-100 * lowest / span:.1f}%" if lowest < 0 else "",
            own,
        )
        for label, value, own in known
    ]


def sparkline(values: Sequence[float | None]) -> Sparkline:
    """Return the points of `values`, equally spaced, scaled to the drawing; a gap cuts the line."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return Sparkline([], None)
    low, span = min(known), (max(known) - min(known)) or 1.0
    step = (SPARK_WIDTH - 2 * SPARK_MARGIN) / max(len(values) - 1, 1)
    stretches: list[list[str]] = [[]]
    last = None
    for rank, value in enumerate(values):
        if value is None or not math.isfinite(value):
            stretches.append([])
            continue
        x = f"{SPARK_MARGIN + rank * step:.1f}"
        y = f"{SPARK_HEIGHT - SPARK_MARGIN - (value - low) / span * (SPARK_HEIGHT - 2 * SPARK_MARGIN):.1f}"
        stretches[-1].append(f"{x},{y}")
        last = (x, y)
    return Sparkline([" ".join(points) for points in stretches if points], last)
