"""Lambert 93 to longitude and latitude (RGF93, equal to WGS84 within a metre).

Source: IGN, note technique NTG_71 (conical conformal projection, algorithm 0004) with the constants of
Lambert 93: parallels 44° and 49°, meridian 3° E, false origin (700 000, 6 600 000) at 46° 30′ N.
"""

from __future__ import annotations

import math

_EXCENTRICITY = 0.0818191910428158
_N = 0.7256077650532670
_C = 11754255.4261
_XS = 700000.0
_YS = 12655612.0499
_MERIDIAN = math.radians(3.0)
_PRECISION = 1e-11


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """Return (longitude, latitude) in degrees of Lambert 93 metres.

    >>> lon, lat = to_degrees(700_000, 6_600_000)
    >>> round(lon, 6), round(lat, 6)
    (3.0, 46.5)
    """
    radius = math.hypot(x - _XS, y - _YS)
    angle = math.atan2(x - _XS, _YS - y)
    isometric = -math.log(radius / _C) / _N
    return math.degrees(_MERIDIAN + angle / _N), math.degrees(_latitude(isometric))


def is_inside(x: float, y: float) -> bool:
    """Return whether metres are within the box where Lambert 93 is used (metropolitan France)."""
    return 0 < x < 1_300_000 and 6_000_000 < y < 7_200_000


def _latitude(isometric: float) -> float:
    """Invert the isometric latitude by iteration (NTG_71, algorithm 0002)."""
    growth = math.exp(isometric)
    latitude = 2 * math.atan(growth) - math.pi / 2
    while True:
        sine = _EXCENTRICITY * math.sin(latitude)
        better = 2 * math.atan(((1 + sine) / (1 - sine)) ** (_EXCENTRICITY / 2) * growth) - math.pi / 2
        if abs(better - latitude) < _PRECISION:
            return better
        latitude = better
