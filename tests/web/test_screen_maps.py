"""Maps that the server draws: right colours, closed borders, few bytes, a sentence where there is none."""

from __future__ import annotations

import gzip
import math
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from maillage.web import maps
from maillage.web.drawing import screen
from maillage.web.drawing.screen import Options
from tests.web.report_samples import HOSTILE, square

SVG = "{http://www.w3.org/2000/svg}"
ACCESS = Options("Accès", field="apl", bounds=(1.5, 2.5, 3.25, 4.0), unit="C/an")


def commune(column: int, row: int, **properties: Any) -> dict[str, Any]:
    code = f"{column:02}{row:03}"
    return {
        "type": "Feature",
        "properties": {"code": code, "name": f"Commune {code}", "population": 100 + column, **properties},
        "geometry": square(column, row),
    }


def collection(*features: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def drawn(
    options: Options, *features: dict[str, Any], **parts: Any
) -> tuple[ElementTree.Element, screen.Drawing]:
    made = screen.draw("m", options, collection(*features), **parts)
    assert made is not None
    return ElementTree.fromstring(
        made.svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    ), made


def classes(root: ElementTree.Element) -> dict[str, str]:
    """Return the class of each commune by the name in its tip."""
    return {
        str(path.findtext(f"{SVG}title")).split("\N{NO-BREAK SPACE}:")[0]: path.get("class") or ""
        for path in root.iter(f"{SVG}path")
        if path.find(f"{SVG}title") is not None
    }


def test_each_commune_has_the_colour_of_its_class() -> None:
    values = {"A": 1.49, "B": 1.5, "C": 2.5, "D": 3.25, "E": 4.0}
    root, made = drawn(
        ACCESS, *(commune(n, 0, name=name, apl=v) for n, (name, v) in enumerate(values.items()))
    )
    assert classes(root) == {name: f"access-{n}" for n, name in enumerate(values, start=1)}
    assert [sign.label for sign in made.signs] == [
        "moins de 1,5", "de 1,5 à 2,5", "de 2,5 à 3,25", "de 3,25 à 4", "4 et plus",
    ]  # fmt: skip
    assert made.unit == "C/an"


def test_what_is_not_known_is_hatched_and_said() -> None:
    root, made = drawn(ACCESS, commune(0, 0, name="A", apl=3.0), commune(1, 0, name="B", apl=None))
    assert classes(root)["B"] == ""
    assert [path.get("fill") for path in root.iter(f"{SVG}path")].count("url(#m-none)") == 1
    assert "no-data" in {sign.swatch for sign in made.signs}
    assert "B\N{NO-BREAK SPACE}: Pas de donnée" in {title.text for title in root.iter(f"{SVG}title")}


def test_gains_and_losses_take_opposite_colours() -> None:
    gains = Options("Gain", field="gain", scale="difference", bounds=(-0.5, -0.2, -0.05, 0.05, 0.2, 0.5))
    root, _made = drawn(
        gains,
        commune(0, 0, name="perd", gain=-1.0),
        commune(1, 0, name="rien", gain=0.0),
        commune(2, 0, name="gagne", gain=1.0),
    )
    assert classes(root) == {"perd": "difference-1", "rien": "difference-4", "gagne": "difference-7"}


def test_more_categories_than_colours_share_the_last() -> None:
    sectors = [commune(n, 0, name=f"c{n}", sector=f"s{n}") for n in range(10)]
    root, made = drawn(Options("Secteurs", field="sector", scale="category"), *sectors)
    assert classes(root)["c0"] == "category-1"
    assert {classes(root)[name] for name in ("c7", "c8", "c9")} == {"category-8"}
    assert made.signs[-1].label == "Autres"
    assert len(made.signs) == screen.SIZES["category"]


def test_the_territory_is_outlined_among_its_neighbours() -> None:
    inside, outside = commune(0, 0, inside=True, apl=2.0), commune(1, 0, inside=False, apl=2.0)
    root, made = drawn(ACCESS, inside, outside)
    lines = [path for path in root.iter(f"{SVG}path") if path.get("class") == "perimeter-line"]
    assert len(lines) == 1
    assert "perimeter" in {sign.swatch for sign in made.signs}
    _root, alone = drawn(ACCESS, inside)
    assert "perimeter" not in {sign.swatch for sign in alone.signs}


def test_neighbours_keep_their_border_in_common() -> None:
    """Points fall on whole units, and those of a straight line are left out on both sides alike."""
    root, _made = drawn(ACCESS, commune(0, 0, apl=2.0, name="A"), commune(1, 0, apl=2.0, name="B"))
    paths = [
        path.get("d") or ""
        for path in root.iter(f"{SVG}path")
        if (path.get("class") or "").startswith("access")
    ]
    corners = [points_of(path) for path in paths]
    assert len(corners[0] & corners[1]) == 2


def points_of(path: str) -> set[tuple[int, int]]:
    numbers = [int(one) for one in re.findall(r"-?\d+", path)]
    x, y = numbers[:2]
    found = {(x, y)}
    for dx, dy in zip(numbers[2::2], numbers[3::2], strict=True):
        x, y = x + dx, y + dy
        found.add((x, y))
    return found


def test_hostile_names_stay_text() -> None:
    features = [commune(n, 0, name=name, apl=2.0, detail=name) for n, name in enumerate(HOSTILE)]
    root, _made = drawn(Options(HOSTILE[3], field="apl"), *features)
    assert root.findtext(f"{SVG}title") == HOSTILE[3]
    assert not list(root.iter(f"{SVG}script"))


def wavy(column: int, row: int, steps: int) -> dict[str, Any]:
    """Return a commune whose four sides have `steps` points each, like a river would draw them."""
    feature = commune(column, row, apl=2.0 + math.sin(column))
    west, south, size = 4.0 + column * 0.05, 46.0 + row * 0.05, 0.05
    bend = [(n / steps, 0.004 * math.sin(n * 1.7)) for n in range(steps)]
    ring = [(west + t * size, south + w) for t, w in bend] + [
        (west + size + w, south + t * size) for t, w in bend
    ]
    ring += [(west + size - t * size, south + size + w) for t, w in bend]
    ring += [(west + w, south + size - t * size) for t, w in bend]
    return {**feature, "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}


@pytest.mark.parametrize(("across", "kilobytes"), [(8, 60), (18, 80), (36, 100)])
def test_a_drawing_is_light_whatever_the_territory(across: int, kilobytes: int) -> None:
    """64, 324 and 1,296 communes of 400 points each."""
    features = [wavy(column, row, 100) for column in range(across) for row in range(across)]
    made = screen.draw("m", ACCESS, collection(*features))
    assert made is not None
    assert len(gzip.compress(made.svg.encode(), 6)) < kilobytes * 1000


def test_the_description_counts_the_communes_of_each_colour() -> None:
    root, _made = drawn(ACCESS, commune(0, 0, apl=1.0), commune(1, 0, apl=1.0), commune(2, 0, apl=None))
    said = root.findtext(f"{SVG}desc") or ""
    assert "3 communes dessinées" in said
    assert "moins de 1,5\N{NO-BREAK SPACE}: 2" in said
    assert "Pas de donnée\N{NO-BREAK SPACE}: 1" in said
    assert root.get("role") == "img"


def test_points_and_flows_are_drawn_over_the_communes() -> None:
    points = collection(
        {"properties": {"type": "p", "type_label": "Pharmacie", "name": "P", "centre": True},
         "geometry": {"type": "Point", "coordinates": [4.02, 46.02]}},
    )  # fmt: skip
    lines = collection(
        {"properties": {"kind": "modelled", "weight": 0.5, "name": "A vers B"},
         "geometry": {"type": "LineString", "coordinates": [[4.02, 46.02], [4.07, 46.02]]}},
    )  # fmt: skip
    root, made = drawn(ACCESS, commune(0, 0, apl=2.0), commune(1, 0, apl=2.0), points=points, lines=lines)
    kinds = [path.get("class") for path in root.iter(f"{SVG}path")]
    assert "symbol hollow" in kinds
    assert "flow" in kinds
    assert "Pharmacie" in {sign.label for sign in made.signs}


def test_a_territory_overseas_is_drawn_where_it_is() -> None:
    reunion = commune(0, 0, apl=2.0)
    reunion["geometry"] = {
        "type": "Polygon",
        "coordinates": [[[55.2, -21.4], [55.8, -21.4], [55.8, -20.9], [55.2, -20.9], [55.2, -21.4]]],
    }
    root, _made = drawn(ACCESS, reunion)
    assert (
        root.get("viewBox")
        == f"0 0 {screen.GRIDS[0]} {round(screen.GRIDS[0] * 0.5 / 0.6 / math.cos(math.radians(21.15)))}"
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "importez un jeu de données"),
        (collection(), "ne donnent pas le contour"),
        (collection(commune(0, 0, inside=False)), "Aucune commune du territoire"),
    ],
)
def test_where_nothing_can_be_drawn_a_sentence_says_why(found: Any, said: str) -> None:
    assert screen.draw("m", ACCESS, found or collection()) is None
    assert said in maps.reason(found)


@pytest.mark.django_db
def test_a_map_that_the_visitor_may_not_read_is_not_drawn(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.user = AnonymousUser()
    assert maps.read(request, "/territoires/nulle-part/contours.geojson") is None
    assert maps.read(request, "/nulle-part/") is None
    assert maps.read(request, "") is None
