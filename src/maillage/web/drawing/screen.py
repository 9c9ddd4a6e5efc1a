"""Maps of the pages: the communes in the colours of the screen, drawn by the server with the page.

The script draws the same communes with MapLibre in the same frame later. Both use Web Mercator and leave
the same margins (assets/css/components/map.css), so that nothing moves when one takes the other's place.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.web import wording
from maillage.web.drawing.geometry import Geometry, Place, outline, rings
from maillage.web.drawing.labels import Box, overlap
from maillage.web.drawing.svg import tag, text, width_of

SIZES = {"access": 5, "difference": 7, "count": 5, "category": 8}
"""How many colours each scale has (assets/css/tokens.css)."""
GRIDS = (1200, 800, 500, 320)
"""Width of the drawing in units, finest first: about half a pixel on a wide screen."""
MOST_CHARACTERS = 150_000
"""Length of the outlines in one drawing: under 60 kB once compressed."""
MOST_NAMES, MAJOR_NAMES = 40, 4
MOST_TOOLTIPS = 400
SYMBOLS = (
    "M10 3a7 7 0 1 0 .01 0Z",
    "M3.5 3.5h13v13h-13Z",
    "M10 2.5 18 17H2Z",
    "M10 1.5 18.5 10 10 18.5 1.5 10Z",
    "M7 2.5h6V7h4.5v6H13v4.5H7V13H2.5V7H7Z",
    "M5.5 2.5h9L19 10l-4.5 7.5h-9L1 10Z",
    "M10 2a8 8 0 1 0 .01 0ZM10 6.5a3.5 3.5 0 1 1-.01 0Z",
    "M1.5 6h17v8h-17Z",
)
"""Outlines of the signs of points in a square of 20, told apart by shape and not by colour."""

Collection = Mapping[str, Any]
"""A GeoJSON FeatureCollection: properties as assets/js/map/index.js says them."""
Feature = Mapping[str, Any]
Path = list[tuple[int, int]]
EMPTY: Collection = {"features": []}


@dataclass(frozen=True, slots=True)
class Options:
    """What a map shows: the property `field` on a `scale`, whose classes are cut at `bounds`, lowest first.

    `fit` is « points » where the view holds the points rather than the whole territory.
    """

    label: str
    field: str = ""
    scale: str = "access"
    bounds: tuple[float, ...] = ()
    unit: str = ""
    decimals: int | None = None
    fit: str = ""

    @property
    def places(self) -> int:
        """The decimals of a written value."""
        if self.decimals is not None:
            return self.decimals
        return 0 if self.unit == "%" or self.scale == "count" else 2


@dataclass(frozen=True, slots=True)
class Sign:
    """One line of the legend: a swatch by its CSS class, or the outline of the symbol of a type of point."""

    label: str
    swatch: str = ""
    type: str = ""
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A map ready for its page: the SVG, and its legend in words."""

    svg: str
    unit: str
    signs: Sequence[Sign]
    note: str
    credit: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a longitude and latitude fall, in whole units; `width` and `height` are those of the frame."""

    west: float
    north: float
    scale: float
    width: int
    height: int

    @classmethod
    def fitting(cls, places: Sequence[Place], width: int, least: float) -> Sheet:
        """Return the sheet that holds `places`, `least` wide at the least (in turns of the Earth)."""
        points = [_mercator(place) for place in places]
        west, east = min(x for x, _y in points), max(x for x, _y in points)
        north, south = min(y for _x, y in points), max(y for _x, y in points)
        across, down = max(east - west, least), max(south - north, least / 2)
        scale = width / max(across, down)
        return cls(
            (west + east - across) / 2, (north + south - down) / 2, scale,
            round(across * scale), round(down * scale),
        )  # fmt: skip

    def point(self, place: Place) -> tuple[int, int]:
        """Return where `place` falls."""
        x, y = _mercator(place)
        return round((x - self.west) * self.scale), round((y - self.north) * self.scale)

    @property
    def seen(self) -> tuple[float, float, float, float]:
        """What a frame of any usual proportions shows of the sheet: left, top, right, bottom."""
        across = max(1.15 * self.width, 1.7 * self.height)
        down = max(1.15 * self.height, 1.4 * self.width)
        x, y = self.width / 2, self.height / 2
        return x - across / 2, y - down / 2, x + across / 2, y + down / 2


def _mercator(place: Place) -> Place:
    """Return a longitude and latitude in turns of the Earth, from its north-west corner down."""
    latitude = math.radians(max(-85.0, min(85.0, place[1])))
    return place[0] / 360 + 0.5, 0.5 - math.asinh(math.tan(latitude)) / (2 * math.pi)


def palette_rank(index: int, count: int, size: int) -> int:
    """Return which of `size` colours class `index` of `count` takes: few classes take colours far apart."""
    return size if count <= 1 else 1 + math.floor(index * (size - 1) / (count - 1) + 0.5)


def is_inside(feature: Feature) -> bool:
    """Return whether a commune belongs to the territory that the map is about."""
    return feature["properties"].get("inside") is not False


def draw(
    name: str, options: Options, communes: Collection, points: Collection = EMPTY, lines: Collection = EMPTY
) -> Drawing | None:
    """Return the map of `communes`; None where not one commune of the territory has an outline.

    `name` is a prefix of identifiers that no other drawing of the page has.
    """
    shown = [feature for feature in communes["features"] if any(rings(feature["geometry"]))]
    inside = [feature for feature in shown if is_inside(feature)]
    if not shown or not (inside or options.fit == "points"):
        return None
    classes = _Classes(options, communes)
    held = _held(options, shown, inside, points)
    for width in GRIDS:
        sheet = Sheet.fitting(held, width, 2e-4 if options.fit == "points" else 2e-5)
        paths = [(feature, _paths(sheet, feature["geometry"])) for feature in shown]
        seen = [(feature, path) for feature, path in paths if is_inside(feature) or _is_seen(sheet, path)]
        if width == GRIDS[-1] or sum(len(_written(path)) for _one, path in seen) <= MOST_CHARACTERS:
            break
    marked = [one["properties"] for one in inside if one["properties"].get("estimate")]
    some = 0 < len(marked) < len(inside)
    body = [
        *_communes(name, seen, classes, some, options),
        *_outlines(sheet, shown, inside),
        *_lines(sheet, lines),
        *_points(sheet, points),
        *_names(sheet, inside, above=bool(points["features"])),
    ]
    svg = tag(
        "svg",
        tag("title", escape(options.label), id=f"{name}-title"),
        tag("desc", escape(_description(communes, inside, classes)), id=f"{name}-text"),
        tag("defs", *_patterns(name, width)),
        *body,
        role="img",
        klass="map-drawing",
        aria_labelledby=f"{name}-title {name}-text",
        viewBox=f"0 0 {sheet.width} {sheet.height}",
    )
    note = (
        ""
        if some or not (marked or communes.get("estimate"))
        else _("Toutes les valeurs sont des estimations")
    )
    signs = _signs(options, classes, shown, inside, points, some)
    unit = "" if options.unit == "%" else options.unit
    return Drawing(svg, unit, signs, note, communes.get("credit") or "")


def _held(options: Options, shown: list[Feature], inside: list[Feature], points: Collection) -> list[Place]:
    """Return the places that the view must hold."""
    if options.fit == "points" and points["features"]:
        return [_place(point["geometry"]["coordinates"]) for point in points["features"]]
    held = inside if len(inside) < len(shown) else shown
    return [place for feature in held for ring in rings(feature["geometry"]) for place in ring]


def _place(coordinates: Sequence[float]) -> Place:
    return float(coordinates[0]), float(coordinates[1])


class _Classes:
    """Which colour each commune takes, and what each colour is called."""

    def __init__(self, options: Options, communes: Collection) -> None:
        self.options = options
        self.scale = options.scale if options.scale in SIZES else "access"
        self.size = SIZES[self.scale]
        self.categories = self._categories(communes) if self.scale == "category" else {}

    def _categories(self, communes: Collection) -> dict[str, str]:
        if given := communes.get("categories"):
            return {str(one["key"]): str(one["label"]) for one in given}
        values = (feature["properties"].get(self.options.field) for feature in communes["features"])
        counted = Counter(str(value) for value in values if value is not None)
        return {key: key for key, _count in counted.most_common()}

    def rank(self, properties: Mapping[str, Any]) -> int:
        """Return the colour of a commune, counted from 1; 0 where there is no data."""
        value = properties.get(self.options.field)
        if value is None or value == "":
            return 0
        if self.scale == "category":
            keys = list(self.categories)
            return min(keys.index(str(value)) + 1, self.size) if str(value) in keys else 0
        bounds = self.options.bounds
        return palette_rank(bisect_right(bounds, value), len(bounds) + 1, self.size)

    def css(self, rank: int) -> str:
        """Return the CSS class of a colour."""
        return f"{self.scale}-{rank}"

    def named(self) -> dict[int, str]:
        """Return what each colour of the scale is called, by its rank."""
        if not self.options.field:
            return {}
        if self.scale == "category":
            labels = list(self.categories.values())
            few = len(labels) <= self.size
            kept = dict(enumerate(labels[: self.size if few else self.size - 1], start=1))
            return kept if few else {**kept, self.size: _("Autres")}
        bounds = self.options.bounds
        if not bounds:
            return {self.size: self.options.label}
        edges = (None, *bounds, None)
        return {
            palette_rank(index, len(bounds) + 1, self.size): wording.between(low, high, self.options.unit)
            for index, (low, high) in enumerate(pairwise(edges))
        }

    def written(self, properties: Mapping[str, Any]) -> str:
        """Return the value of a commune as its page writes it, empty where the map shows none."""
        value = properties.get(self.options.field)
        if not self.options.field:
            return ""
        if value is None or value == "":
            return _("Pas de donnée")
        if self.scale == "category":
            return str(self.categories.get(str(value), value))
        return formats.quantity(value, self.options.unit, self.options.places)


def _paths(sheet: Sheet, geometry: Geometry) -> list[Path]:
    """Return the rings of a commune in whole units, without the points that change nothing.

    Two neighbours round a shared border to the same points, so that no gap opens between them.
    """
    found = []
    for ring in rings(geometry):
        steps: Path = []
        for place in ring:
            point = sheet.point(place)
            if steps and steps[-1] == point:
                continue
            if len(steps) > 1 and _in_line(steps[-2], steps[-1], point):
                steps.pop()
            steps.append(point)
        if len(steps) > 2:
            found.append(steps)
    return found or [[sheet.point(place) for place in next(rings(geometry))[:3]]]


def _in_line(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    (x1, y1), (x2, y2), (x3, y3) = first, middle, last
    crossed = (x2 - x1) * (y3 - y2) == (x3 - x2) * (y2 - y1)
    return crossed and (x2 - x1) * (x3 - x2) + (y2 - y1) * (y3 - y2) > 0


def _written(paths: Iterable[Path], *, closed: bool = True) -> str:
    """Return the `d` of paths, each step relative to the one before."""
    parts = []
    for path in paths:
        (x, y), steps = path[0], []
        for next_x, next_y in path[1:]:
            steps.append(f"{next_x - x} {next_y - y}")
            x, y = next_x, next_y
        joined = "".join(
            step if step[0] == "-" or not rank else f" {step}" for rank, step in enumerate(steps)
        )
        parts.append(f"M{path[0][0]} {path[0][1]}l{joined}{'z' if closed else ''}")
    return "".join(parts)


def _is_seen(sheet: Sheet, paths: Iterable[Path]) -> bool:
    points = [point for path in paths for point in path]
    left, top, right, bottom = sheet.seen
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return max(xs) > left and min(xs) < right and max(ys) > top and min(ys) < bottom


def _communes(
    name: str, seen: list[tuple[Feature, list[Path]]], classes: _Classes, some: bool, options: Options
) -> Iterator[str]:
    """Yield the communes, those around first and pale, then the marks of estimates."""
    told = sum(is_inside(feature) for feature, _path in seen) <= MOST_TOOLTIPS
    for inside in (False, True):
        drawn = []
        for feature, paths in seen:
            if is_inside(feature) is not inside:
                continue
            properties = feature["properties"]
            rank = classes.rank(properties)
            style = {"klass": classes.css(rank)} if rank else {"klass": "land"}
            if not rank and options.field:
                style = {"fill": f"url(#{name}-none)"}
            tip = tag("title", escape(_tip(properties, classes))) if inside and told else ""
            drawn.append(tag("path", tip, d=_written(paths), **style))
        if drawn:
            yield tag("g", *drawn, klass="communes" if inside else "communes around")
    if some:
        marked = [
            paths for feature, paths in seen if feature["properties"].get("estimate") and is_inside(feature)
        ]
        yield tag("path", d="".join(map(_written, marked)), fill=f"url(#{name}-estimate)", klass="marks")


def _tip(properties: Mapping[str, Any], classes: _Classes) -> str:
    name = str(properties.get("name") or properties.get("code") or "")
    said = [classes.written(properties), str(properties.get("detail") or "")]
    said = list(dict.fromkeys(one for one in said if one))
    return f"{name}{formats.NBSP}: {', '.join(said)}" if said else name


def _patterns(name: str, width: int) -> Iterator[str]:
    """Yield the hatching of « no data » and the dots of « estimate », at one size on screen."""
    gap = width / 75
    for kind, drawn in (
        ("none", tag("path", d=f"M0 {gap:g}L{gap:g} 0", klass="hatch")),
        ("estimate", tag("circle", cx=gap / 2, cy=gap / 2, r=gap / 9, klass="dot")),
    ):
        ground = tag("rect", width=gap, height=gap, klass="land") if kind == "none" else ""
        yield tag(
            "pattern",
            ground,
            drawn,
            id=f"{name}-{kind}",
            width=gap,
            height=gap,
            patternUnits="userSpaceOnUse",
        )


def _outlines(sheet: Sheet, shown: list[Feature], inside: list[Feature]) -> Iterator[str]:
    """Yield the perimeter where the map shows more than the territory, and the white zones."""
    zones = [feature["geometry"] for feature in shown if feature["properties"].get("white_zone")]
    around = [feature["geometry"] for feature in inside] if len(inside) < len(shown) else []
    for kind, geometries in (("perimeter", around), ("white-zone", zones)):
        if path := _written(_open(sheet, outline(geometries)), closed=False):
            if kind == "perimeter":
                yield tag("path", d=path, klass="perimeter-halo")
            yield tag("path", d=path, klass=f"{kind}-line")


def _open(sheet: Sheet, chains: Iterable[list[Place]]) -> Iterator[Path]:
    for chain in chains:
        steps: Path = []
        for place in chain:
            if not steps or steps[-1] != sheet.point(place):
                steps.append(sheet.point(place))
        if len(steps) > 1:
            yield steps


def _lines(sheet: Sheet, lines: Collection) -> Iterator[str]:
    """Yield the flows, the widest over the others: dashed where they are modelled."""
    for line in sorted(lines["features"], key=lambda one: float(one["properties"]["weight"])):
        properties = line["properties"]
        width = 0.8 + 8.2 * float(properties["weight"])
        path = [sheet.point(_place(place)) for place in line["geometry"]["coordinates"]]
        dashes = (
            {"stroke_dasharray": f"{1.6 * width:.1f} {1.1 * width:.1f}"}
            if properties["kind"] == "modelled"
            else {"stroke_linecap": "round"}
        )
        yield tag(
            "path", tag("title", escape(str(properties.get("name") or ""))), d=_written([path], closed=False),
            stroke_width=width, klass="flow", **dashes,
        )  # fmt: skip


def point_types(points: Collection) -> dict[str, Sign]:
    """Return the types of the points that are there, each with its symbol, in order of name."""
    labels = {
        str(point["properties"]["type"]): str(
            point["properties"].get("type_label") or point["properties"]["type"]
        )
        for point in points["features"]
    }
    ordered = sorted(labels.items(), key=lambda one: one[1])
    return {
        key: Sign(label, type=key, symbol=SYMBOLS[rank % len(SYMBOLS)])
        for rank, (key, label) in enumerate(ordered)
    }


def _points(sheet: Sheet, points: Collection) -> Iterator[str]:
    types = point_types(points)
    size = max(sheet.width, sheet.height) / 40
    for point in points["features"]:
        properties = point["properties"]
        x, y = sheet.point(_place(point["geometry"]["coordinates"]))
        yield tag(
            "g",
            tag(
                "path",
                tag("title", escape(_point_tip(properties))),
                d=types[str(properties["type"])].symbol,
                fill_rule="evenodd",
                klass="symbol hollow" if properties.get("centre") else "symbol",
            ),
            transform=f"translate({x - size / 2:.1f} {y - size / 2:.1f}) scale({size / 20:.2f})",
        )


def _point_tip(properties: Mapping[str, Any]) -> str:
    said = [properties.get("name"), properties.get("type_label"), properties.get("detail")]
    return ", ".join(str(one) for one in said if one)


def _names(sheet: Sheet, inside: list[Feature], *, above: bool) -> Iterator[str]:
    """Yield the names of the main communes, none over another: the larger one wins the place.

    `above` leaves the middle of the communes to the symbols drawn there.
    """
    unit = max(sheet.width, sheet.height) / 540  # about a pixel of a wide screen
    peopled = [one for one in inside if one["properties"].get("population") and one["properties"].get("name")]
    peopled.sort(key=lambda one: -int(one["properties"]["population"]))
    taken: list[Box] = []
    for rank, feature in enumerate(peopled[:MOST_NAMES]):
        name, size = str(feature["properties"]["name"]), (15 if rank < MAJOR_NAMES else 13) * unit
        x, y = sheet.point(middle(feature["geometry"]))
        y -= round(9 * unit + size / 2) if above else 0
        across = width_of(name, size) / 2 + 3 * unit
        box = (x - across, y - size / 2 - 1.5 * unit, x + across, y + size / 2 + 1.5 * unit)
        left, top, right, bottom = -20 * unit, -20 * unit, sheet.width + 20 * unit, sheet.height + 20 * unit
        cut = box[0] < left or box[1] < top or box[2] > right or box[3] > bottom
        if cut or any(overlap(box, other) for other in taken):
            continue
        taken.append(box)
        css = "map-name major" if rank < MAJOR_NAMES else "map-name"
        yield text(name, x, y + 0.35 * size, size, klass=css, fill="currentColor", text_anchor="middle")


def middle(geometry: Geometry) -> Place:
    """Return the centre of gravity of the largest ring: where a name is written."""
    best, largest = (0.0, 0.0), -1.0
    for ring in rings(geometry):
        area = x = y = 0.0
        (x0, y0) = ring[0]  # areas are small beside longitudes: counted from a corner of the ring
        for (x1, y1), (x2, y2) in pairwise((px - x0, py - y0) for px, py in ring):
            cross = x1 * y2 - x2 * y1
            area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
        if abs(area) > largest:
            largest = abs(area)
            best = (x0 + x / (3 * area), y0 + y / (3 * area)) if area else ring[0]
    return best


def _description(communes: Collection, inside: list[Feature], classes: _Classes) -> str:
    """Return how many communes have each colour, in words; of `areas`, which ones there are."""
    if communes.get("areas"):
        return ", ".join(str(one["properties"].get("name", "")) for one in inside)
    said = ngettext("%(count)s commune dessinée.", "%(count)s communes dessinées.", len(inside)) % {
        "count": formats.number(len(inside))
    }
    counted = Counter(classes.rank(feature["properties"]) for feature in inside)
    named = {**classes.named(), **({0: _("Pas de donnée")} if classes.options.field else {})}
    told = [
        f"{label}{formats.NBSP}: {formats.number(counted[rank])}"
        for rank, label in named.items()
        if counted[rank]
    ]
    return f"{said} {'; '.join(told)}." if told and len(named) > 1 else said


def _signs(
    options: Options,
    classes: _Classes,
    shown: list[Feature],
    inside: list[Feature],
    points: Collection,
    some: bool,
) -> list[Sign]:
    signs = [Sign(label, classes.css(rank)) for rank, label in classes.named().items()]
    if options.field and any(classes.rank(one["properties"]) == 0 for one in shown):
        signs.append(Sign(_("Pas de donnée"), "no-data"))
    if some:
        signs.append(Sign(_("Estimation"), "estimate"))
    if len(inside) < len(shown):
        signs.append(Sign(_("Périmètre du territoire"), "perimeter"))
    if any(one["properties"].get("white_zone") for one in shown):
        signs.append(Sign(_("Zone blanche"), "white-zone"))
    signs += point_types(points).values()
    if any(one["properties"].get("centre") for one in points["features"]):
        signs.append(Sign(_("Symbole creux : placé au centre de la commune"), "centre"))
    return signs
