"""Travel times written as literally as they read; slow on purpose, the judge of `compute`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from maillage.engines.traveltime.model import EARTH_RADIUS_KM, CrowFlyModel


def great_circle_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Haversine distance between two points in degrees, kilometres (Sinnott, 1984)."""
    north1, north2 = math.radians(lat1), math.radians(lat2)
    half_north, half_east = (north2 - north1) / 2, math.radians(lon2 - lon1) / 2
    h = math.sin(half_north) ** 2 + math.cos(north1) * math.cos(north2) * math.sin(half_east) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h)))


def crow_fly_minutes(lon: Sequence[float], lat: Sequence[float], model: CrowFlyModel) -> list[list[float]]:
    """Minutes from every point to every point: n lists of n."""
    n = len(lon)
    return [
        [
            model.intra_minutes
            if i == j
            else model.coefficient * great_circle_km(lon[i], lat[i], lon[j], lat[j]) ** model.exponent
            for j in range(n)
        ]
        for i in range(n)
    ]


def road_minutes(
    n: int, links: Sequence[tuple[int, int, float]], origin: int, limit: float = math.inf
) -> list[float]:
    """Minutes from `origin` to each of n nodes along links (tail, head, minutes), infinite beyond `limit`.

    Bellman's rule, until nothing changes: a node is as far as its nearest way in (Bellman, 1958).
    """
    far = [0.0 if node == origin else math.inf for node in range(n)]
    changed = True
    while changed:
        changed = False
        for tail, head, minutes in links:
            if far[tail] + minutes < far[head]:
                far[head] = far[tail] + minutes
                changed = True
    return [minutes if minutes <= limit else math.inf for minutes in far]
