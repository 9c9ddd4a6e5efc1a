"""Bars as on paper: one group of thin bars per row, the value written at the end of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maillage.kernel.formats import number, percent
from maillage.web.report.drawing.svg import GREYS, INK, RULE, document, hatch, tag, text, width_of, wrapped


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


FIRST, OTHER, GAP = 8.0, 5.5, 7.0
FILLS = (GREYS[4], GREYS[2], GREYS[1], "hatch")


def draw_bars(chart: BarChart) -> str:
    """Return the chart as an SVG document."""
    known = [abs(value) for series in chart.series for value in series.values if value is not None]
    largest = max(known, default=0) or 1
    room = chart.width - chart.label_width - 46
    foot, y = _key(chart)
    parts = [foot]
    for group, label in enumerate(chart.groups):
        y += GAP
        lines = wrapped(label, 8.5, chart.label_width - 8)
        for rank, line in enumerate(lines):
            parts.append(text(line, chart.label_width - 7, y + 7 + 9.5 * rank, text_anchor="end"))
        top = y
        for rank, series in enumerate(chart.series):
            parts.append(_bar(chart, rank, series.values[group], y, room / largest))
            y += (FIRST if rank == 0 else OTHER) + 1
        y = max(y, top + 9.5 * len(lines))
    axis = tag(
        "path",
        d=f"M{chart.label_width:g} {_key(chart)[1] + 3:g}V{y + 3:g}",
        stroke=INK,
        stroke_width=0.6,
        klass="line",
    )
    return document(
        chart.name,
        chart.title,
        chart.description,
        chart.width,
        y + 6,
        tag("defs", hatch(f"{chart.name}-h", 3)),
        *parts,
        axis,
    )


def _bar(chart: BarChart, rank: int, value: float | None, y: float, scale: float) -> str:
    thick = FIRST if rank == 0 else OTHER
    size = 8.5 if rank == 0 else 7
    written = percent(value, chart.decimals) if chart.unit == "%" else number(value, chart.decimals)
    length = abs(value or 0) * scale
    bar = tag(
        "rect",
        x=chart.label_width,
        y=y,
        width=length,
        height=thick,
        fill=_fill(chart, rank),
        stroke=RULE if rank else "none",
        stroke_width=0.4,
        klass=f"s{rank}",
    )
    weight: dict[str, str | float] = {"font_weight": 600} if rank == 0 else {}
    return bar + text(
        written, chart.label_width + length + 3.5, y + thick - (0.9 if rank == 0 else 0.2), size, **weight
    )


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
