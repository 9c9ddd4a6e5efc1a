"""Static maps: communes in five greys, the perimeter, towns, marks, flows, a scale and a legend."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from maillage.kernel.formats import NBSP, number
from maillage.web.drawing import labels
from maillage.web.drawing.geometry import Geometry, Projection, outline, rings
from maillage.web.drawing.legend import Entry, legend
from maillage.web.drawing.svg import (
    GREYS,
    INK,
    MUTED,
    RULE,
    Style,
    coordinate,
    document,
    hatch,
    tag,
    text,
)

MARK_RADIUS = 2.3
MARKS_IN_ROW = 3
BADGE_RADIUS = 6.0
SHAPES = ("disc", "square", "triangle", "diamond", "cross")


@dataclass(frozen=True, slots=True)
class Area:
    """A commune; `value` None is hatched « sans donnée ». `geometry` None is listed but not drawn."""

    code: str
    geometry: Geometry | None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """A name on the map, at a longitude and latitude; one outside the perimeter is written in italics."""

    name: str
    lon: float
    lat: float
    weight: float
    inside: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A structure; `kind` is its legend and decides its shape, `weight` its size (1 is usual)."""

    lon: float
    lat: float
    kind: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Badge:
    """A number on the map, that a list explains."""

    lon: float
    lat: float
    number: int


@dataclass(frozen=True, slots=True)
class Flow:
    """A line from one place to another; `share` (0 to 1) is its width relative to the widest."""

    start: tuple[float, float]
    end: tuple[float, float]
    share: float


@dataclass(frozen=True, slots=True)
class StaticMap:
    """What one map shows.

    `bounds` are the limits between classes, lowest first, each belonging to the class above it; without
    bounds the communes are left blank. `zones` are sets of commune codes outlined as `zone_label`.
    """

    name: str
    title: str
    description: str
    areas: Sequence[Area]
    around: Sequence[Geometry] = ()
    bounds: tuple[float, ...] = ()
    decimals: int = 0
    measure: str = ""
    towns: Sequence[Town] = ()
    zones: Sequence[frozenset[str]] = ()
    zone_label: str = ""
    badges: Sequence[Badge] = ()
    marks: Sequence[Mark] = ()
    flows: Sequence[Flow] = ()
    flow_label: str = ""
    width: float = 310.0
    tallest: float = 330.0


def class_of(value: float, bounds: Sequence[float]) -> int:
    """Return the class of `value`: 0 under the first bound, `len(bounds)` from the last one on."""
    return bisect_right(bounds, value)


def grey(index: int, count: int) -> str:
    """Return the grey of class `index` of `count`, spread over the five greys."""
    return GREYS[round(index * (len(GREYS) - 1) / max(count - 1, 1))]


def draw_map(spec: StaticMap) -> str:
    """Return the map as an SVG document: no script, no outside resource, the same bytes each time."""
    places = [place for area in spec.areas for ring in rings(area.geometry) for place in ring]
    places = places or [(town.lon, town.lat) for town in spec.towns]
    paper = Projection.fitting(places, spec.width, spec.tallest)
    foot, foot_height = legend(_entries(spec), spec.width)
    ground = tag("rect", width=paper.width, height=paper.height, fill="#ffffff")
    frame = tag("rect", width=paper.width, height=paper.height, fill="none", stroke=RULE, stroke_width=0.6)
    clip = f"{spec.name}-cadre"
    drawn = tag(
        "g",
        *_around(spec, paper),
        *_communes(spec, paper),
        *_outlines(spec, paper),
        *_flows(spec, paper),
        *_marks(spec, paper),
        *_towns(spec, paper),
        *_badges(spec, paper),
        clip_path=f"url(#{clip})",
    )
    return document(
        spec.name,
        spec.title,
        spec.description,
        spec.width,
        paper.height + foot_height,
        tag(
            "defs",
            hatch(f"{spec.name}-vide"),
            tag("clipPath", tag("rect", width=paper.width, height=paper.height), id=clip),
        ),
        ground,
        drawn,
        frame,
        _scale(paper),
        tag("g", foot, transform=f"translate(0 {coordinate(paper.height)})"),
    )


def _around(spec: StaticMap, paper: Projection) -> list[str]:
    shown = [geometry for geometry in spec.around if paper.shows(geometry)]
    path = paper.path(ring for geometry in shown for ring in rings(geometry))
    return (
        [tag("path", d=path, fill="none", stroke="#dcdcdc", stroke_width=0.4, klass="around")] if path else []
    )


def _communes(spec: StaticMap, paper: Projection) -> list[str]:
    count = len(spec.bounds) + 1
    drawn = []
    for area in spec.areas:
        path = paper.path(rings(area.geometry))
        if not path:
            continue
        if not spec.bounds:
            fill, klass = "#f4f4f4", "blank"
        elif area.value is None:
            fill, klass = f"url(#{spec.name}-vide)", "nodata"
        else:
            index = class_of(area.value, spec.bounds)
            fill, klass = grey(index, count), f"k{round(index * 4 / max(count - 1, 1))}"
        drawn.append(tag("path", d=path, fill=fill, klass=klass, stroke="#ffffff", stroke_width=0.5))
    if not spec.bounds or any(area.value is None for area in spec.areas):
        lines = paper.path(ring for area in spec.areas for ring in rings(area.geometry))
        drawn.append(tag("path", d=lines, fill="none", stroke=RULE, stroke_width=0.4))
    return drawn


def _outlines(spec: StaticMap, paper: Projection) -> list[str]:
    around = paper.path(outline(area.geometry for area in spec.areas))
    drawn = [tag("path", d=around, fill="none", stroke=INK, stroke_width=1.1, klass="line")] if around else []
    for zone in spec.zones:
        path = paper.path(outline(area.geometry for area in spec.areas if area.code in zone))
        common: Style = {"d": path, "fill": "none", "stroke_linejoin": "round"}
        drawn.append(tag("path", **common, stroke="#ffffff", stroke_width=4.2))
        drawn.append(tag("path", **common, stroke="#000000", stroke_width=2.2, klass="zone"))
    return drawn


def _flows(spec: StaticMap, paper: Projection) -> list[str]:
    drawn = []
    for flow in sorted(spec.flows, key=lambda one: one.share):
        (x1, y1), (x2, y2) = paper.point(flow.start), paper.point(flow.end)
        width = 0.5 + 3.0 * flow.share
        drawn.append(
            tag(
                "line",
                x1=x1,
                y1=y1,
                x2=x2,
                y2=y2,
                stroke=INK,
                stroke_width=width,
                stroke_linecap="round",
                stroke_opacity=0.62,
                klass="line",
            )
        )
        drawn.append(tag("circle", cx=x2, cy=y2, r=1.4 + width / 2, fill=INK, klass="dot"))
    return drawn


def _marks(spec: StaticMap, paper: Projection) -> list[str]:
    kinds = list(dict.fromkeys(mark.kind for mark in spec.marks))
    return [
        shape(kinds.index(mark.kind), x, y, MARK_RADIUS * mark.weight**0.5)
        for mark, (x, y) in zip(spec.marks, _spread(spec.marks, paper), strict=True)
    ]


def _spread(marks: Sequence[Mark], paper: Projection) -> list[tuple[float, float]]:
    """Return where each mark is drawn: those of one place stand side by side in rows of three."""
    places = [paper.point((mark.lon, mark.lat)) for mark in marks]
    together = Counter(places)
    seen: Counter[tuple[float, float]] = Counter()
    spread = []
    for x, y in places:
        rank, row_length = seen[x, y], min(together[x, y], MARKS_IN_ROW)
        seen[x, y] += 1
        row, column = divmod(rank, MARKS_IN_ROW)
        step = 2.7 * MARK_RADIUS
        spread.append((x + (column - (row_length - 1) / 2) * step, y + row * step))
    return spread


def shape(kind: int, x: float, y: float, r: float) -> str:
    """Return the mark of the `kind`-th sort of structure, filled black with a white edge."""
    style: Style = {"fill": INK, "stroke": "#ffffff", "stroke_width": 0.6, "klass": "mark"}
    if SHAPES[kind % len(SHAPES)] == "disc":
        return tag("circle", cx=x, cy=y, r=r, **style)
    corners = {
        "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
        "triangle": ((0, -1.25), (1.2, 0.9), (-1.2, 0.9)),
        "diamond": ((0, -1.4), (1.4, 0), (0, 1.4), (-1.4, 0)),
        "cross": (
            (-0.5, -1.4),
            (0.5, -1.4),
            (0.5, -0.5),
            (1.4, -0.5),
            (1.4, 0.5),
            (0.5, 0.5),
            (0.5, 1.4),
            (-0.5, 1.4),
            (-0.5, 0.5),
            (-1.4, 0.5),
            (-1.4, -0.5),
            (-0.5, -0.5),
        ),
    }[SHAPES[kind % len(SHAPES)]]
    points = " ".join(f"{coordinate(x + dx * r)},{coordinate(y + dy * r)}" for dx, dy in corners)
    return tag("polygon", points=points, **style)


def _towns(spec: StaticMap, paper: Projection) -> list[str]:
    named = {town.name: town for town in spec.towns}
    candidates = [
        labels.Candidate(town.name, *paper.point((town.lon, town.lat)), weight=town.weight)
        for town in named.values()
    ]
    drawn = []
    for name in labels.place(candidates, (paper.width, paper.height), _taken(spec, paper)):
        one, town = name.candidate, named[name.candidate.name]
        if not spec.marks:
            style: Style = {"fill": INK, "stroke": "#ffffff", "stroke_width": 0.6, "klass": "dot"}
            drawn.append(tag("circle", cx=one.x, cy=one.y, r=1.5, **style))
        drawn.append(_name(one.name, name.x, name.y, one.size, name.anchor, town.inside))
    return drawn


def _taken(spec: StaticMap, paper: Projection) -> list[labels.Box]:
    """Return the boxes where no name may stand: the scale, the marks, the badges."""
    signs = [(point, 2.8) for point in _spread(spec.marks, paper)]
    signs += [(paper.point((badge.lon, badge.lat)), BADGE_RADIUS) for badge in spec.badges]
    boxes = [(x - r, y - r, x + r, y + r) for (x, y), r in signs]
    return [(paper.width - 92, paper.height - 22, paper.width, paper.height), *boxes]


def _badges(spec: StaticMap, paper: Projection) -> list[str]:
    drawn = []
    for badge in spec.badges:
        x, y = paper.point((badge.lon, badge.lat))
        drawn.append(
            tag("circle", cx=x, cy=y, r=BADGE_RADIUS, fill="#000000", stroke="#ffffff", stroke_width=1)
        )
        style: Style = {"text_anchor": "middle", "fill": "#ffffff", "font_weight": 600, "klass": "badge"}
        drawn.append(text(str(badge.number), x, y + 3, 8.5, **style))
    return drawn


def _name(name: str, x: float, y: float, size: float, anchor: str, inside: bool) -> str:
    """Return a name over its own white halo, in two texts: not every reader of SVG knows `paint-order`."""
    style: Style = {
        "x": x,
        "y": y,
        "font_size": size,
        "text_anchor": anchor,
        **({} if inside else {"font_style": "italic"}),
    }
    halo = tag(
        "text",
        escape(name),
        **style,
        fill="#ffffff",
        stroke="#ffffff",
        stroke_width=2.4,
        stroke_linejoin="round",
        klass="halo",
        aria_hidden="true",
    )
    return halo + tag("text", escape(name), **style, fill=INK if inside else MUTED, klass="ink")


def _scale(paper: Projection) -> str:
    longest = 80 / paper.scale
    km = max(step for step in (1, 2, 5, 10, 20, 50, 100) if step <= max(longest, 1))
    right, y = paper.width - 6, paper.height - 6
    left = right - km * paper.scale
    bar = tag(
        "path",
        d=f"M{coordinate(left)} {coordinate(y - 3)}v3H{coordinate(right)}v-3",
        fill="none",
        stroke=INK,
        stroke_width=0.8,
        klass="line",
    )
    label = text(f"{number(km)}{NBSP}km", (left + right) / 2, y - 5, 7.5, text_anchor="middle")
    box = tag(
        "rect",
        x=left - 4,
        y=y - 13,
        width=right - left + 8,
        height=17,
        fill="#ffffff",
        fill_opacity=0.85,
        klass="halo-box",
    )
    return box + bar + label


def _entries(spec: StaticMap) -> list[Entry]:
    entries = []
    if spec.bounds:
        greys = [grey(index, len(spec.bounds) + 1) for index in range(len(spec.bounds) + 1)]
        entries.append(
            Entry(spec.measure, greys=greys, limits=[number(b, _decimals(b, spec)) for b in spec.bounds])
        )
        if any(area.value is None for area in spec.areas):
            entries.append(Entry("sans donnée", fill=f"url(#{spec.name}-vide)"))
    if spec.zones:
        entries.append(Entry(spec.zone_label, stroke="#000000"))
    if spec.flows:
        entries.append(
            Entry(
                spec.flow_label,
                drawing=tag(
                    "path", d="M0 4.5H14", stroke=INK, stroke_width=2, stroke_linecap="round", klass="line"
                ),
            )
        )
    for rank, kind in enumerate(dict.fromkeys(mark.kind for mark in spec.marks)):
        entries.append(Entry(kind, drawing=shape(rank, 7, 4.5, 2.8)))
    return entries


def _decimals(bound: float, spec: StaticMap) -> int:
    return 0 if float(bound).is_integer() else max(spec.decimals, 1)
