"""Bars as on paper: one group of thin bars per row, the value written at the end of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maillage.kernel.formats import number, percent
from maillage.web.drawing.svg import (
    GREYS,
    INK,
    RULE,
    Style,
    coordinate,
    document,
    hatch,
    tag,
    text,
    width_of,
    wrapped,
)


@dataclass(frozen=True, slots=True)
class Series:
    """One value per group, in the order of the groups; None is written « – »."""

    label: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars; the first series is the territory's, darker and thicker than what it is compared with.

    `unit` « % » takes shares stored 0 to 1.
    """

    name: str
    title: str
    description: str
    groups: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    decimals: int = 0
    width: float = 482.0
    label_width: float = 120.0


FIRST, OTHER, GAP, ROOM_FOR_VALUE = 8.0, 5.5, 7.0, 42.0
FILLS = (GREYS[4], GREYS[2], GREYS[1], "hatch")


@dataclass(frozen=True, slots=True)
class _Axis:
    """Where zero stands, and how many units of drawing a unit of value is."""

    zero: float
    scale: float


def draw_bars(chart: BarChart) -> str:
    """Return the chart as an SVG document; bars of negative values go left from zero."""
    axis = _axis(chart)
    foot, top = _key(chart)
    parts, y = [foot], top
    for group, label in enumerate(chart.groups):
        y += GAP
        lines = wrapped(label, 8.5, chart.label_width - 8)
        for rank, line in enumerate(lines):
            parts.append(text(line, chart.label_width - 7, y + 7 + 9.5 * rank, text_anchor="end"))
        first = y
        for rank, series in enumerate(chart.series):
            parts.append(_bar(chart, rank, series.values[group], y, axis))
            y += (FIRST if rank == 0 else OTHER) + 1
        y = max(y, first + 9.5 * len(lines))
    upright = f"M{coordinate(axis.zero)} {coordinate(top + 3)}V{coordinate(y + 3)}"
    line = tag("path", d=upright, stroke=INK, stroke_width=0.6, klass="line")
    pattern = tag("defs", hatch(f"{chart.name}-h", 3))
    return document(chart.name, chart.title, chart.description, chart.width, y + 6, pattern, *parts, line)


def _axis(chart: BarChart) -> _Axis:
    known = [value for series in chart.series for value in series.values if value is not None]
    lowest, highest = min([*known, 0]), max([*known, 0])
    room = chart.width - chart.label_width - ROOM_FOR_VALUE * (2 if lowest < 0 else 1)
    scale = room / ((highest - lowest) or 1)
    return _Axis(chart.label_width + (ROOM_FOR_VALUE if lowest < 0 else 0) - lowest * scale, scale)


def _bar(chart: BarChart, rank: int, value: float | None, y: float, axis: _Axis) -> str:
    thick, size = (FIRST, 8.5) if rank == 0 else (OTHER, 7)
    written = percent(value, chart.decimals) if chart.unit == "%" else number(value, chart.decimals)
    length = (value or 0) * axis.scale
    left, right = sorted((axis.zero, axis.zero + length))
    style: Style = {"stroke": RULE if rank else "none", "stroke_width": 0.4, "klass": f"s{rank}"}
    bar = tag("rect", x=left, y=y, width=right - left, height=thick, fill=_fill(chart, rank), **style)
    side: Style = {"x": left - 3.5, "text_anchor": "end"} if length < 0 else {"x": right + 3.5}
    weight: Style = {"font_weight": 600} if rank == 0 else {}
    x = float(side.pop("x"))
    return bar + text(written, x, y + thick - (0.9 if rank == 0 else 0.2), size, **side, **weight)


def _fill(chart: BarChart, rank: int) -> str:
    fill = FILLS[rank % len(FILLS)]
    return f"url(#{chart.name}-h)" if fill == "hatch" else fill


def _key(chart: BarChart) -> tuple[str, float]:
    """Return the key `(markup, height)`; one series needs none."""
    if len(chart.series) < 2:
        return "", 0.0
    parts, x = [], chart.label_width
    for rank, series in enumerate(chart.series):
        parts.append(
            tag(
                "rect",
                x=x,
                y=1,
                width=12,
                height=7,
                fill=_fill(chart, rank),
                stroke=RULE,
                stroke_width=0.4,
                klass=f"s{rank}",
            )
        )
        parts.append(text(series.label, x + 16, 7.6, 8))
        x += 16 + width_of(series.label, 8) + 14
    return "".join(parts), 12.0
