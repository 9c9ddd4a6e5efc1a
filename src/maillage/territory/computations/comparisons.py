"""The areas that a territory is compared with: its départements, its régions, France.

A territory that lies across several départements is compared with each of them, not with their union: the
coordinator negotiates with each ARS delegation and each CPAM, and a union is nobody's reference. Each area
is named, with the share of the territory's population that lives in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas

Members = NDArray[np.intp] | slice
SHOWN_PER_LEVEL = 3
"""A territory that spans more départements than this is compared with those where most of it lives."""


@dataclass(frozen=True, slots=True)
class Area:
    """A set of communes: `members` are positions, `share` the part of the territory's population there.

    `level` is « territory », « departement », « region » or « france »; `share` is 1 for the territory and
    for France.
    """

    level: str
    code: str
    label: str
    members: Members
    share: float


def areas_of(atlas: Atlas, positions: NDArray[np.intp], name: str) -> tuple[Area, ...]:
    """Return the territory itself, then what it is compared with, nearest level first.

    An area with exactly the same communes as the territory is left out.
    """
    levels = (
        ("departement", atlas.departements, atlas.departement_names),
        ("region", atlas.regions, atlas.region_names),
    )
    around = [area for level in levels for area in _groups(atlas, positions, *level)]
    france = Area("france", "france", _("France"), slice(None), 1.0)
    return (Area("territory", "territory", name, positions, 1.0), *around, france)


def population(atlas: Atlas) -> NDArray[np.float64]:
    """Return the legal population of each commune, zero where unknown."""
    return np.nan_to_num(atlas.column("communes.pop_municipale"))


def _groups(
    atlas: Atlas, positions: NDArray[np.intp], level: str, codes: NDArray[np.str_], names: NDArray[np.str_]
) -> list[Area]:
    weights = population(atlas)[positions]
    whole = weights.sum()
    found = []
    for code in np.unique(codes[positions]):
        inside = codes[positions] == code
        members = np.flatnonzero(codes == code)
        if len(members) == len(positions) and inside.all():
            continue
        share = float(weights[inside].sum() / whole) if whole else 0.0
        found.append(Area(level, str(code), str(names[members[0]]), members, share))
    found.sort(key=lambda area: (-area.share, area.code))
    return found[:SHOWN_PER_LEVEL]


def references(areas: Sequence[Area]) -> list[Area]:
    """Return the areas without the territory itself."""
    return [area for area in areas if area.level != "territory"]
