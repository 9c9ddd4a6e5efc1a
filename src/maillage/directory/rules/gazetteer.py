"""The communes of the installation, found as registers name them: no framework, no database.

A register may say a commune by its code, by a code it had (merged since, renumbered), by an arrondissement
of Paris, Lyon or Marseille, or only by the postcode and town of an address.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maillage.directory.rules.nearness import metres_between
from maillage.kernel.names import place_name

_CEDEX = re.compile(r"\s+cedex\b.*$")
_ARRONDISSEMENT = re.compile(r"\s+\d+(?: arrondissement)?$")
_OVERSEAS = ("97", "98")
_CORSICA = {"20": ("2A", "2B")}
_FICTIONAL = "00"
_MARGIN = 0.5


@dataclass(frozen=True, slots=True)
class Town:
    """A commune: its code, its name, its postcodes, its centre in degrees, its area where known."""

    code: str
    name: str = ""
    postcodes: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    area_km2: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The code of a commune, empty where it is not known; `deduced` from the address, not from the code."""

    code: str
    deduced: bool = False


class Gazetteer:
    """The communes that an import may place something in."""

    def __init__(
        self, towns: Iterable[Town], successors: Mapping[str, str] | None = None, farthest_km: float = 50.0
    ) -> None:
        """Take the communes, the code that each former code became, how far from a centre a place may be."""
        self._towns = {town.code: town for town in towns}
        self._successors = successors or {}
        self._farthest = farthest_km
        self._by_postcode: dict[str, list[Town]] = {}
        self._by_name: dict[tuple[str, str], list[Town]] = {}
        for town in self._towns.values():
            for postcode in town.postcodes:
                self._by_postcode.setdefault(postcode, []).append(town)
            self._by_name.setdefault((departement_of(town.code), place_name(town.name)), []).append(town)
        self._departements = {departement_of(code) for code in self._towns}
        self._boxes = _boxes(self._towns.values())

    def find(self, code: str, postcode: str = "", town: str = "") -> Found:
        """Return the commune of an address: by its code, by what that code became, by its town."""
        if code in self._towns:
            return Found(code)
        current = self.successor(code)
        if current in self._towns:
            return Found(current)
        return Found(self._of_address(postcode, town), deduced=True)

    def successor(self, code: str) -> str:
        """Return the code that a former code became, itself where it is no former one."""
        return self._successors.get(code, code)

    def _of_address(self, postcode: str, town: str) -> str:
        """Return the commune that postcode and town name together, empty where they name none or several."""
        name = _CEDEX.sub("", place_name(town))
        there = self._by_postcode.get(postcode, [])
        for wanted in (name, _ARRONDISSEMENT.sub("", name)):
            named = [one for one in there if place_name(one.name) == wanted]
            if len(named) == 1:
                return named[0].code
        if len(there) == 1:
            return there[0].code
        wanted = _ARRONDISSEMENT.sub("", name)
        near = [
            one
            for part in departements_of_postcode(postcode)
            for one in self._by_name.get((part, wanted), [])
        ]
        return near[0].code if wanted and len(near) == 1 else ""

    def holds_departement(self, code: str, postcode: str = "") -> bool:
        """Return whether the installation has communes of the département of a code, or of a postcode.

        True where neither says a département: what is not known to be elsewhere is here, and is told.
        """
        parts = (
            [departement_of(self.successor(code))] if len(code) > 1 else departements_of_postcode(postcode)
        )
        return not parts or any(part in self._departements for part in parts)

    def is_near(self, code: str, lon: float, lat: float) -> bool:
        """Return whether a place may be in a commune, or in a département of ours where `code` is none.

        True where the installation does not say where its communes are.
        """
        if code not in self._towns:
            return not self._boxes or any(
                west <= lon <= east and south <= lat <= north for west, south, east, north in self._boxes
            )
        return not self._is_placed(self._towns[code]) or self.bears_out(code, lon, lat)

    def bears_out(self, code: str, lon: float, lat: float) -> bool:
        """Return whether a commune whose centre is known is near a place."""
        town = self._towns.get(code)
        if town is None or town.lon is None or town.lat is None or not self._is_placed(town):
            return False
        farthest = max(self._farthest, 2 * math.sqrt(town.area_km2 or 0.0)) * 1000
        return metres_between((town.lon, town.lat), (lon, lat)) <= farthest

    @staticmethod
    def _is_placed(town: Town) -> bool:
        return town.lon is not None and not town.code.startswith(_FICTIONAL)


def _boxes(towns: Iterable[Town]) -> list[tuple[float, float, float, float]]:
    """Return west, south, east, north of the centres of each département, half a degree added."""
    centres: dict[str, list[tuple[float, float]]] = {}
    for town in towns:
        if town.lon is not None and town.lat is not None and not town.code.startswith(_FICTIONAL):
            centres.setdefault(departement_of(town.code), []).append((town.lon, town.lat))
    boxes = []
    for points in centres.values():
        lons, lats = zip(*points, strict=True)
        boxes.append((min(lons) - _MARGIN, min(lats) - _MARGIN, max(lons) + _MARGIN, max(lats) + _MARGIN))
    return boxes


def departement_of(code: str) -> str:
    """Return the département of a commune's code, or what is there of it.

    >>> departement_of("71270"), departement_of("97411"), departement_of("2A004")
    ('71', '974', '2A')
    """
    return code[:3] if code.startswith(_OVERSEAS) else code[:2]


def departements_of_postcode(postcode: str) -> tuple[str, ...]:
    """Return the départements that a postcode may be of; none for what is no postcode.

    >>> departements_of_postcode("20000"), departements_of_postcode("97133"), departements_of_postcode("")
    (('2A', '2B'), ('971', '977', '978'), ())
    """
    if len(postcode) != 5 or not postcode.isdigit():
        return ()
    part = departement_of(postcode)
    return _CORSICA.get(part, (part, "977", "978") if part == "971" else (part,))
