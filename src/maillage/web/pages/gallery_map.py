"""A made-up country for the gallery's maps: irregular communes that share their borders point for point."""

from __future__ import annotations

import random
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from maillage.web.pages.specimens import TOWNS

COLUMNS, ROWS = 11, 8
WEST, SOUTH, WIDTH, HEIGHT = 3.78, 46.22, 0.085, 0.06
GEOJSON = "application/geo+json"
EMERGENCIES = ("Paray-le-Monial", "Mâcon", "Roanne")


def _corner(i: int, j: int) -> list[float]:
    noise = random.Random(f"{i}/{j}")  # noqa: S311 (a drawing, not a secret)
    return [
        round(WEST + WIDTH * (i + noise.uniform(-0.33, 0.33)), 5),
        round(SOUTH + HEIGHT * (j + noise.uniform(-0.33, 0.33)), 5),
    ]


def _side(a: tuple[int, int], b: tuple[int, int]) -> list[list[float]]:
    """Return the points of a border from `a` on, `b` left out: bent the same way for both neighbours."""
    first, last = min(a, b), max(a, b)
    noise = random.Random(f"{first}-{last}")  # noqa: S311
    (x1, y1), (x2, y2) = _corner(*first), _corner(*last)
    bends = [
        [
            round(x1 + (x2 - x1) * t + noise.uniform(-0.008, 0.008), 5),
            round(y1 + (y2 - y1) * t + noise.uniform(-0.006, 0.006), 5),
        ]
        for t in (0.3, 0.65)
    ]
    return [_corner(*a), *(bends if a == first else bends[::-1])]


def _commune(i: int, j: int) -> dict[str, Any]:
    noise = random.Random(f"commune {i}/{j}")  # noqa: S311
    rank = {(2, 6): 0, (3, 1): 1, (5, 4): 2, (2, 4): 3, (6, 3): 4, (7, 1): 5, (1, 5): 6}.get((i, j))
    code, name, population, access = (
        TOWNS[rank][:4]
        if rank is not None
        else (
            f"71{900 + i * ROWS + j}",
            _("Commune {rank}").format(rank=i * ROWS + j + 1),
            120 + noise.randrange(900),
            None,
        )
    )
    if access is None and noise.random() > 0.06:
        access = round(1.1 + 0.32 * abs(i - 3) + 0.22 * abs(j - 6) + noise.uniform(-0.25, 0.35), 2)
    ring = [
        *_side((i, j), (i + 1, j)),
        *_side((i + 1, j), (i + 1, j + 1)),
        *_side((i + 1, j + 1), (i, j + 1)),
        *_side((i, j + 1), (i, j)),
        _corner(i, j),
    ]
    inside = 0 < i < COLUMNS - 1 and 0 < j < ROWS - 1 and (i, j) not in {(1, 1), (9, 6), (9, 5), (8, 6)}
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {
            "code": code,
            "name": name,
            "population": population,
            "inside": inside,
            "apl": access,
            "gap": None if access is None else round(access - 2.6 + noise.uniform(-0.6, 0.6), 2),
            "white_zone": inside and access is not None and access < 1.9 and i < 6,
            "emergency": EMERGENCIES[0 if i < 6 else 1 if j > 2 else 2],
        },
    }


def communes(_request: HttpRequest) -> JsonResponse:
    """Return the made-up communes as GeoJSON."""
    features = [_commune(i, j) for i in range(COLUMNS) for j in range(ROWS)]
    return JsonResponse(
        {"type": "FeatureCollection", "estimate": True, "features": features}, content_type=GEOJSON
    )


def points(_request: HttpRequest) -> JsonResponse:
    """Return a few made-up structures as GeoJSON."""
    kinds = (
        ("hospital", _("Hôpital"), False),
        ("ehpad", _("EHPAD"), False),
        ("pharmacy", _("Pharmacie"), True),
    )
    places = ((5, 4), (2, 6), (6, 3), (3, 1), (7, 5), (4, 3), (8, 2))
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": _corner(i, j)},
            "properties": {
                "type": kind,
                "type_label": label,
                "name": f"{label} {rank + 1}",
                "centre": at_centre,
            },
        }
        for rank, (i, j) in enumerate(places)
        for kind, label, at_centre in [kinds[rank % len(kinds)]]
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features}, content_type=GEOJSON)
