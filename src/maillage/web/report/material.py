"""What a report is written from: one territory, and every computation on it, each made once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from maillage.kernel.tables import Table
from maillage.territory import api
from maillage.web.drawing import Area, Geometry, StaticMap, Town, draw_map

HALO_KM = 25.0
TOWNS_INSIDE = 9
TOWNS_AROUND = 10
MAP_WIDTH, MAP_HEIGHT = 310.0, 350.0


@dataclass(frozen=True)
class Material:
    """A territory opened for its report; `positions` are its communes in the atlas, at least one."""

    territory: api.Territory
    atlas: api.Atlas
    positions: NDArray[np.intp]
    day: dt.date

    @property
    def name(self) -> str:
        """The name of the territory."""
        return self.territory.name

    @cached_property
    def pack(self) -> api.DataPack | None:
        """The data in use."""
        return api.current_pack()

    @property
    def is_fictional(self) -> bool:
        """Whether the territory does not exist."""
        return self.pack is not None and self.pack.geography == api.FICTIONAL

    @cached_property
    def people(self) -> NDArray[np.float64]:
        """Inhabitants of every commune of the atlas."""
        return api.population(self.atlas)

    @property
    def population(self) -> float:
        """Inhabitants of the territory."""
        return float(self.people[self.positions].sum())

    @cached_property
    def portrait(self) -> api.Portrait:
        """Who lives there."""
        return api.portrait(self.atlas, self.positions, self.name)

    @cached_property
    def supply(self) -> api.TerritorySupply:
        """Who practises there."""
        return api.territory_supply(self.atlas, self.positions, self.name)

    @cached_property
    def access(self) -> api.Access:
        """Access to general practitioners, over all communes of the atlas."""
        return api.national_access(self.atlas)

    @cached_property
    def retirement(self) -> api.Retirement:
        """What the departure of the older GPs would leave."""
        return api.retirement(self.atlas, self.areas)

    @property
    def areas(self) -> tuple[api.ComparedArea, ...]:
        """The territory, then what it is compared with."""
        return self.portrait.areas

    @cached_property
    def reach(self) -> api.AccessDiagnosis:
        """Access and travel times over the territory and what it is compared with."""
        return api.diagnose_access(self.territory, self.atlas, self.access, self.areas, self.positions)

    @property
    def summaries(self) -> dict[str, api.Summary]:
        """The spread of access over the territory and what it is compared with, by label."""
        return {area.label: area.summary for area in self.reach.areas}

    @property
    def summary(self) -> api.Summary:
        """The spread of access over the territory."""
        return self.reach.territory.summary

    @cached_property
    def zones(self) -> list[api.WhiteZone]:
        """The white zones, most populated first."""
        return api.white_zones(self.atlas, self.access, self.positions)

    @cached_property
    def zone_codes(self) -> list[frozenset[str]]:
        """The communes of each white zone."""
        return [frozenset(self.atlas.codes[zone.members].tolist()) for zone in self.zones]

    @cached_property
    def halo(self) -> NDArray[np.intp]:
        """The communes around the territory."""
        return api.halo_positions(self.territory, HALO_KM)

    @cached_property
    def _geometries(self) -> dict[str, Geometry]:
        codes = self.atlas.codes[np.concatenate([self.positions, self.halo])].tolist()
        features = [json.loads(feature) for feature in api.contours(codes)]
        return {feature["id"]: feature["geometry"] for feature in features}

    @cached_property
    def towns(self) -> list[Town]:
        """The towns named on maps: the most populated inside, then around."""
        inside, around = (
            where[np.argsort(-self.people[where], kind="stable")][:limit]
            for where, limit in ((self.positions, TOWNS_INSIDE), (self.halo, TOWNS_AROUND))
        )
        return [self._town(int(k), True) for k in inside] + [self._town(int(k), False) for k in around]

    def _town(self, position: int, inside: bool) -> Town:
        atlas = self.atlas
        # A town of the territory is named before a larger one outside, which only helps to find one's way.
        weight = float(self.people[position]) * (1 if inside else 0.2)
        return Town(
            str(atlas.names[position]),
            float(atlas.lon[position]),
            float(atlas.lat[position]),
            weight,
            inside,
        )

    def place(self, position: int) -> tuple[float, float]:
        """Return the `(longitude, latitude)` of a commune."""
        return float(self.atlas.lon[position]), float(self.atlas.lat[position])

    def named(self, positions: NDArray[np.intp], limit: int = 0) -> list[str]:
        """Return the names of communes, of the first `limit` ones only where given."""
        return [str(name) for name in self.atlas.names[positions[: limit or None]]]

    def map_areas(self, values: Mapping[str, float | None] | None = None) -> list[Area]:
        """Return the communes of the territory with their outlines, and their value by code."""
        known = values or {}
        codes = [str(code) for code in self.atlas.codes[self.positions]]
        return [Area(code, self._geometries.get(code), known.get(code)) for code in codes]

    def by_code(self, values: NDArray[np.float64]) -> dict[str, float | None]:
        """Return the values of the territory's communes by code; None where not a number."""
        return {
            str(self.atlas.codes[k]): float(values[k]) if np.isfinite(values[k]) else None
            for k in self.positions
        }

    def draw(self, name: str, title: str, description: str, **shown: object) -> str:
        """Return a map of the territory as SVG; `shown` are fields of `StaticMap`."""
        around = [
            self._geometries[code]
            for code in self.atlas.codes[self.halo].tolist()
            if code in self._geometries
        ]
        fields: dict[str, object] = {
            "areas": self.map_areas(),
            "around": around,
            "towns": self.towns,
            "width": MAP_WIDTH,
            "tallest": MAP_HEIGHT,
            **shown,
        }
        return draw_map(StaticMap(name, title, description, **fields))  # type: ignore[arg-type]  # the fields of a map, by name


def open_material(slug: str, day: dt.date) -> Material:
    """Open the territory `slug`.

    Raises Territory.DoesNotExist, NoPackError, and EmptyTerritoryError where no commune is in the data.
    """
    territory = api.territory(slug)
    positions = api.member_positions(territory)
    if not len(positions):
        raise EmptyTerritoryError(
            f"Aucune commune de « {territory.name} » n’est dans le jeu de données en usage."
        )
    return Material(territory, api.current_atlas(), positions, day)


class EmptyTerritoryError(ValueError):
    """The territory has no commune in the data in use; the message (French) says so."""


def values_of(table: Table, key: str) -> dict[str, float | None]:
    """Return a numeric column of a table by commune code; None where unknown or under secrecy."""
    values = {}
    for row in table.rows:
        value = row.cells.get(key)
        values[row.code] = (
            float(value) if isinstance(value, int | float) and key not in row.suppressed else None
        )
    return values
