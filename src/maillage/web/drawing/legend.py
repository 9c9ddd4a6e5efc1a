"""The foot of a map: the classes with their bounds, then each sign with its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from maillage.web.drawing.svg import INK, RULE, tag, text, width_of

SWATCH = 34.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of legend: a scale (`greys` with the `limits` between them), a fill, a stroke or a drawing."""

    label: str
    greys: Sequence[str] = ()
    limits: Sequence[str] = ()
    fill: str = ""
    stroke: str = ""
    drawing: str = ""


def legend(entries: Sequence[Entry], width: float) -> tuple[str, float]:
    """Return the legend `(markup, height)`: scales first on their own line, signs flowing below."""
    drawn, y = [], 4.0
    for entry in entries:
        if entry.greys:
            drawn.append(_scale(entry, y))
            y += 35.0
    x = 0.0
    signs = [entry for entry in entries if not entry.greys]
    for entry in signs:
        needed = 18 + width_of(entry.label, 8) + 12
        if x and x + needed > width:
            x, y = 0.0, y + 13
        drawn.append(
            tag("g", _sign(entry), text(entry.label, 18, 7.4, 8), transform=f"translate({x:g} {y:g})")
        )
        x += needed
    return "".join(drawn), y + (14 if signs else 0)


def _scale(entry: Entry, y: float) -> str:
    parts = [text(entry.label, 0, y + 8, 8)]
    for rank, colour in enumerate(entry.greys):
        parts.append(
            tag(
                "rect",
                x=rank * SWATCH,
                y=y + 12,
                width=SWATCH,
                height=8.5,
                fill=colour,
                stroke=RULE,
                stroke_width=0.4,
                klass=f"k{round(rank * 4 / max(len(entry.greys) - 1, 1))}",
            )
        )
    for rank, limit in enumerate(entry.limits, start=1):
        parts.append(
            tag("path", d=f"M{rank * SWATCH:g} {y + 12:g}v10.5", stroke=INK, stroke_width=0.5, klass="line")
        )
        parts.append(text(limit, rank * SWATCH, y + 30, 7.5, text_anchor="middle"))
    return "".join(parts)


def _sign(entry: Entry) -> str:
    if entry.drawing:
        return entry.drawing
    if entry.stroke:
        return tag(
            "rect",
            x=1,
            y=1,
            width=12,
            height=7,
            fill="none",
            stroke=entry.stroke,
            stroke_width=2,
            klass="zone",
        )
    return tag("rect", x=0, y=0.5, width=14, height=8, fill=entry.fill, stroke=RULE, stroke_width=0.4)
