"""Territories and communes."""

import json
from typing import Any

from maillage.kernel.models import Scope
from maillage.territory.api import Commune, Territory
from maillage.territory.models import CommuneContour, TerritoryCommune


def make_territory(time_zone: str = "Europe/Paris") -> Territory:
    """A CPTS with a scope of its own and no commune."""
    scope = Scope.objects.create(kind="territory", label="Val-de-Brume", time_zone=time_zone)
    return Territory.objects.create(
        kind="cpts",
        name="Val-de-Brume",
        search_name=" val de brume",
        slug=f"val-de-brume-{scope.pk}",
        scope=scope,
    )


def make_commune(code: str = "71230", *, place: Territory | None = None, **values: Any) -> Commune:
    """A commune, in the département that its code says; one of `place`'s where it is given."""
    own: dict[str, Any] = {
        "name": "Brumeval",
        "search_name": " brumeval",
        "postcodes": f" {code}",
        "departement": code[:3] if code.startswith("97") else code[:2],
        "region": "27",
        "lon": 4.0,
        "lat": 46.4,
        "area_km2": 12.0,
        "population": 800,
    }
    commune = Commune.objects.create(code=code, **own | values)
    if place is not None:
        TerritoryCommune.objects.create(territory=place, commune=commune)
    return commune


def draw_commune(commune: Commune, size: float = 0.05) -> None:
    """Give a commune a square outline around its centre, `size` degrees wide."""
    west, south = commune.lon - size / 2, commune.lat - size / 2
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    geometry = json.dumps({"type": "Polygon", "coordinates": [ring]})
    CommuneContour.objects.create(
        commune=commune, geometry=geometry, west=west, south=south, east=east, north=north
    )
