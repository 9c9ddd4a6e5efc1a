"""What a page of flows shows, whether the flows are modelled or observed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from maillage.kernel.figures import Figure
from maillage.kernel.formats import as_shown
from maillage.kernel.tables import Table
from maillage.territory import queries
from maillage.territory.atlas import Atlas

SHARE_DECIMALS = 2  # a share is stored 0 to 1 and read in whole percents


def share_shown(share: float | None) -> float | None:
    """Return a share (0 to 1) with the precision of the page, None where unknown."""
    return None if share is None or not math.isfinite(share) else as_shown(float(share), SHARE_DECIMALS)


@dataclass(frozen=True, slots=True)
class Source:
    """A source that can be read: `url` is a query string."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice that narrows observed flows: its query parameter, its values, the one asked for."""

    parameter: str
    label: str
    values: Sequence[str]
    asked: str


@dataclass(frozen=True, slots=True)
class Line:
    """A flow to draw, between two positions of the atlas; `weight` from 0 to 1 gives its width."""

    origin: int
    destination: int
    weight: float
    label: str


@dataclass(frozen=True, slots=True)
class FlowsPage:
    """One source of flows, ready to show.

    `kind` is « modelled » or « observed »: the two differ in style on the map and are named on every table.
    """

    kind: str
    title: str
    caution: str
    finding: str
    query: str
    figures: Sequence[Figure]
    tables: dict[str, Table]
    filters: Sequence[Filter]
    dataset: int | None
    estimate: bool
    atlas: Atlas
    lines: Sequence[Line]
    properties: Callable[[], dict[str, dict[str, Any]]]

    def communes_geojson(self) -> str:
        """Return the communes with `kept`, the share (0 to 1) of their care found at home."""
        properties = self.properties()
        features = queries.contours(properties, properties)
        return queries.feature_collection(features, estimate=self.estimate, credit=self.title)

    def lines_geojson(self) -> str:
        """Return the main flows as lines between centres of communes."""
        lon, lat = self.atlas.lon, self.atlas.lat
        features = [
            json.dumps(
                {
                    "type": "Feature",
                    "properties": {
                        "kind": self.kind,
                        "origin": str(self.atlas.codes[line.origin]),
                        "destination": str(self.atlas.codes[line.destination]),
                        "name": line.label,
                        "weight": share_shown(line.weight),
                    },
                    "geometry": {
                        "type": "LineString",
                        "coordinates": [
                            [round(float(lon[end]), 5), round(float(lat[end]), 5)]
                            for end in (line.origin, line.destination)
                        ],
                    },
                },
                ensure_ascii=False,
            )
            for line in self.lines
        ]
        return queries.feature_collection(features, estimate=self.estimate, credit=self.title)
