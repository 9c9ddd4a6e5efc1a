"""Positions of registers: every projection that is published, by number and by name.

The expected degrees were computed apart, by PROJ 9, from the EPSG register.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maillage.directory.rules.projections import (
    LAMBERT_93,
    Degrees,
    Utm,
    projection_of,
    projection_of_departement,
)

PROJ = [
    ("EPSG:2154 RGF93 / Lambert-93 (Métropole)", 870262.2, 6571540.8, 5.2091811311, 46.2222857150),
    ("EPSG:5490 RGAF09 / UTM zone 20N (Guadeloupe)", 655000, 1796000, -61.5496773761, 16.2397121941),
    ("EPSG:4559 RRAF 1991 / UTM zone 20N", 690000, 1620000, -61.2357887009, 14.6467915434),
    ("EPSG:2972 RGFG95 / UTM zone 22N (Guyane)", 350000, 545000, -52.3528581147, 4.9292871365),
    ("EPSG:2975 RGR92/UTM zone 40S (La Réunion)", 338961.4, 7688591.2, 55.4517033089, -20.8959535177),
    ("EPSG:4471 RGM04 / UTM zone 38S (Mayotte)", 520000, 8590000, 45.1842517973, -12.7545528465),
    ("EPSG:4467 RGSPM06 / UTM zone 21N", 540000, 5185000, -56.4756451145, 46.8173439768),
    ("EPSG:8903 RGWF96 / UTM zone 1S", 590000, 8530000, -176.1690894176, -13.2958217434),
]


@pytest.mark.parametrize(("name", "x", "y", "lon", "lat"), PROJ)
def test_each_territory_is_placed_as_by_proj(name: str, x: float, y: float, lon: float, lat: float) -> None:
    projection = projection_of(f"1,ATLASANTE,96,BAN,{name}")
    assert projection is not None
    assert projection.is_inside(x, y)
    assert projection.to_degrees(x, y) == pytest.approx((lon, lat), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("1,ATLASANTE,100,IGN,BD_ADRESSE,V2.2,LAMBERT_93", LAMBERT_93),
        ("L93_METROPOLE", LAMBERT_93),
        ("rgf93 lambert 93", LAMBERT_93),
        ("METROPOLE", LAMBERT_93),
        ("UTM_N20", Utm(20)),
        ("UTM20_ANTILLES", Utm(20)),
        ("utm 22 n", Utm(22)),
        ("RGM04_UTM38S", Utm(38, south=True)),
        ("UTM_S40", Utm(40, south=True)),
        ("UTM 38", Utm(38, south=True)),
        ("UTM_REUNION", Utm(40, south=True)),
        ("RGSPM06 Saint-Pierre-et-Miquelon", Utm(21)),
        ("EPSG:32740", Utm(40, south=True)),
        ("EPSG:25832", Utm(32)),
        ("epsg 4326", Degrees()),
        ("EPSG:27572 NTF / Lambert 93 ?", None),
        ("EPSG:32661", None),
        ("UTM 12", None),
        ("UTM 61N", None),
        ("NTF Lambert II étendu", None),
        ("", None),
    ],
)
def test_a_projection_is_known_by_its_name(name: str, expected: object) -> None:
    assert projection_of(name) == expected


def test_numbers_elsewhere_are_not_read() -> None:
    assert not LAMBERT_93.is_inside(0, 0)
    assert not Utm(20).is_inside(5, 46)
    assert not Degrees().is_inside(0, 0)
    assert not any(one.is_inside(math.nan, 1.0) for one in (LAMBERT_93, Utm(20), Degrees()))
    assert Degrees().to_degrees(4.0, 46.0) == (4.0, 46.0)


@given(some.floats(100_001, 899_999), some.floats(1, 9_999_999), some.integers(1, 60), some.booleans())
def test_a_zone_gives_degrees_of_its_own(x: float, y: float, zone: int, south: bool) -> None:
    lon, lat = Utm(zone, south).to_degrees(x, y)
    mirrored, _lat = Utm(zone, south).to_degrees(1_000_000 - x, y)
    meridian = zone * 6 - 183
    assert lon - meridian == pytest.approx(meridian - mirrored)
    assert (lat < 0) == south


@pytest.mark.parametrize("code", ["01", "2A", "971", "972", "973", "974", "975", "976", "977", "978", "986"])
def test_each_departement_has_its_projection(code: str) -> None:
    assert (projection_of_departement(code) == LAMBERT_93) == (len(code) == 2)
