"""Plane coordinates of the French national registers to longitude and latitude.

Metropolitan France is published in Lambert 93, each overseas territory in the UTM zone of its own. Their
reference frames (RGF93, RGAF09, RRAF91, RGFG95, RGR92, RGM04, RGSPM06, RGWF96) are one with WGS84 within a
metre, and share the ellipsoid GRS80: nothing but the projection has to be undone.

Sources: IGN, note technique NTG_71 (Lambert 93: algorithms 0002 and 0004); L. Krüger 1912 in the form of
C. Karney, « Transverse Mercator with an accuracy of a few nanometers », 2011, equations 12 and 36 (UTM);
EPSG register for the numbers.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import Protocol

_EXCENTRICITY = 0.0818191910428158
_N = 0.7256077650532670
_C = 11754255.4261
_XS = 700000.0
_YS = 12655612.0499
_MERIDIAN = math.radians(3.0)
_PRECISION = 1e-11

_SEMI_MAJOR = 6_378_137.0
_FLATTENING = 1 / 298.257222101
_THIRD = _FLATTENING / (2 - _FLATTENING)
"""The third flattening of GRS80, in which the series are written."""
_RECTIFYING = _SEMI_MAJOR / (1 + _THIRD) * (1 + _THIRD**2 / 4 + _THIRD**4 / 64)
_SCALE, _FALSE_EAST, _FALSE_SOUTH = 0.9996, 500_000.0, 10_000_000.0
_BETAS = (
    _THIRD / 2 - 2 * _THIRD**2 / 3 + 37 * _THIRD**3 / 96 - _THIRD**4 / 360,
    _THIRD**2 / 48 + _THIRD**3 / 15 - 437 * _THIRD**4 / 1440,
    17 * _THIRD**3 / 480 - 37 * _THIRD**4 / 840,
    4397 * _THIRD**4 / 161280,
)
_WIDEST = 400_000.0
"""How far from its meridian, in metres, a UTM zone is read: a little beyond the three degrees of its own."""


class Projection(Protocol):
    """A way from metres to degrees."""

    def is_inside(self, x: float, y: float) -> bool:
        """Return whether metres are where this projection is used."""
        ...

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return (longitude, latitude) in degrees."""
        ...


@dataclass(frozen=True, slots=True)
class Lambert93:
    """Conical conformal: parallels 44° and 49°, meridian 3° E; (700 000, 6 600 000) is at 46° 30′ N.

    >>> lon, lat = Lambert93().to_degrees(700_000, 6_600_000)
    >>> round(lon, 6), round(lat, 6)
    (3.0, 46.5)
    """

    def is_inside(self, x: float, y: float) -> bool:
        """Return whether metres are within the box of metropolitan France."""
        return 0 < x < 1_300_000 and 6_000_000 < y < 7_200_000

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return (longitude, latitude) in degrees."""
        radius = math.hypot(x - _XS, y - _YS)
        angle = math.atan2(x - _XS, _YS - y)
        isometric = -math.log(radius / _C) / _N
        return math.degrees(_MERIDIAN + angle / _N), math.degrees(_latitude(math.exp(isometric)))


@dataclass(frozen=True, slots=True)
class Utm:
    """One zone of the universal transverse Mercator, on GRS80, north or south of the equator.

    >>> lon, lat = Utm(40, south=True).to_degrees(500_000, 10_000_000)
    >>> round(lon, 6), round(lat, 6)
    (57.0, 0.0)
    """

    zone: int
    south: bool = False

    def is_inside(self, x: float, y: float) -> bool:
        """Return whether metres are in the zone, in its hemisphere."""
        return abs(x - _FALSE_EAST) < _WIDEST and 0 < y < _FALSE_SOUTH

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return (longitude, latitude) in degrees."""
        north = (y - (_FALSE_SOUTH if self.south else 0.0)) / (_SCALE * _RECTIFYING)
        east = (x - _FALSE_EAST) / (_SCALE * _RECTIFYING)
        xi, eta = north, east
        for order, beta in enumerate(_BETAS, start=1):
            xi -= beta * math.sin(2 * order * north) * math.cosh(2 * order * east)
            eta -= beta * math.cos(2 * order * north) * math.sinh(2 * order * east)
        sine = math.sin(xi) / math.cosh(eta)
        longitude = math.atan2(math.sinh(eta), math.cos(xi))
        latitude = _latitude(math.sqrt((1 + sine) / (1 - sine)))
        return self.zone * 6 - 183 + math.degrees(longitude), math.degrees(latitude)


@dataclass(frozen=True, slots=True)
class Degrees:
    """No projection: longitude, then latitude."""

    def is_inside(self, x: float, y: float) -> bool:
        """Return whether both are on Earth."""
        return abs(x) <= 180 and abs(y) <= 90 and (x, y) != (0, 0)

    def to_degrees(self, x: float, y: float) -> tuple[float, float]:
        """Return them as they are."""
        return x, y


def _latitude(growth: float) -> float:
    """Return the latitude whose isometric latitude has the exponential `growth` (NTG_71, algorithm 0002)."""
    latitude = 2 * math.atan(growth) - math.pi / 2
    while True:
        sine = _EXCENTRICITY * math.sin(latitude)
        better = 2 * math.atan(((1 + sine) / (1 - sine)) ** (_EXCENTRICITY / 2) * growth) - math.pi / 2
        if abs(better - latitude) < _PRECISION:
            return better
        latitude = better


LAMBERT_93, DEGREES = Lambert93(), Degrees()
ANTILLES, GUYANE, SAINT_PIERRE = Utm(20), Utm(22), Utm(21)
REUNION, MAYOTTE, WALLIS = Utm(40, south=True), Utm(38, south=True), Utm(1, south=True)
_BY_EPSG: dict[int, Projection] = {
    2154: LAMBERT_93, 9794: LAMBERT_93, 5490: ANTILLES, 4559: ANTILLES, 2972: GUYANE, 2975: REUNION,
    4471: MAYOTTE, 4467: SAINT_PIERRE, 8903: WALLIS, 4326: DEGREES, 4171: DEGREES,
}  # fmt: skip
_BY_DEPARTEMENT: dict[str, Projection] = {
    "971": ANTILLES, "972": ANTILLES, "973": GUYANE, "974": REUNION, "975": SAINT_PIERRE, "976": MAYOTTE,
    "977": ANTILLES, "978": ANTILLES, "986": WALLIS,
}  # fmt: skip
_UTM_EPSG = {326: False, 327: True, 258: False}
"""WGS84 north, WGS84 south, ETRS89: the two last figures are the zone."""
_BY_NAME: dict[str, Projection] = {
    "METROPOLE": LAMBERT_93, "GUADELOUPE": ANTILLES, "MARTINIQUE": ANTILLES, "ANTILLES": ANTILLES,
    "GUYANE": GUYANE, "REUNION": REUNION, "MAYOTTE": MAYOTTE, "MIQUELON": SAINT_PIERRE, "WALLIS": WALLIS,
}  # fmt: skip
_SOUTHERN = {WALLIS.zone, MAYOTTE.zone, REUNION.zone}
_NORTHERN = {ANTILLES.zone, SAINT_PIERRE.zone, GUYANE.zone, 30, 31, 32}
_EPSG = re.compile(r"EPSG\W*(\d{4,5})")
_LAMBERT = re.compile(r"LAMBERT\W?93|(?<![A-Z0-9])L93(?![0-9])")
_UTM = re.compile(r"UTM\W*(?:ZONE|FUSEAU)?\W*([NS]?)\W*(\d{1,2})\W*([NS]?)(?![A-Z0-9])")


def projection_of(name: str) -> Projection | None:
    """Return the projection that a register names, None where no name is known.

    FINESS ends the source of a position with it: « …,LAMBERT_93 » until 2024, « …,L93_METROPOLE » in 2025,
    « …,EPSG:2154 RGF93 / Lambert-93 (Métropole) » since. A number of the EPSG register decides alone: one
    that is not known here is not guessed from the words after it.

    >>> projection_of("1,ATLASANTE,96,BAN,EPSG:2154 RGF93 / Lambert-93 (Métropole)")
    Lambert93()
    >>> projection_of("UTM_N20"), projection_of("Lambert II étendu")
    (Utm(zone=20, south=False), None)
    """
    decomposed = unicodedata.normalize("NFKD", name.upper())
    plain = "".join(mark for mark in decomposed if not unicodedata.combining(mark)).replace("_", " ")
    numbered = _EPSG.search(plain)
    if numbered is not None:
        return _of_epsg(int(numbered.group(1)))
    if _LAMBERT.search(plain):
        return LAMBERT_93
    zoned = _UTM.search(plain)
    if zoned is not None:
        return _of_zone(int(zoned.group(2)), zoned.group(1) or zoned.group(3))
    return next((one for word, one in _BY_NAME.items() if word in plain), None)


def projection_of_departement(code: str) -> Projection:
    """Return the projection in which a département is published.

    >>> projection_of_departement("71"), projection_of_departement("978")
    (Lambert93(), Utm(zone=20, south=False))
    """
    return _BY_DEPARTEMENT.get(code, LAMBERT_93)


def _of_epsg(number: int) -> Projection | None:
    family, zone = divmod(number, 100)
    if number not in _BY_EPSG and family in _UTM_EPSG and 1 <= zone <= 60:
        return Utm(zone, south=_UTM_EPSG[family])
    return _BY_EPSG.get(number)


def _of_zone(zone: int, letter: str) -> Projection | None:
    """Return the zone; without a letter, the hemisphere of the French territory that lies in it."""
    if not letter and zone not in _NORTHERN | _SOUTHERN:
        return None
    return Utm(zone, south=letter == "S" or (not letter and zone in _SOUTHERN)) if 1 <= zone <= 60 else None
