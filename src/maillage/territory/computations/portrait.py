"""The portrait of a territory: who lives there, how that changes, and what makes them vulnerable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.figures import Figure
from maillage.kernel.tables import Table
from maillage.territory.computations.commune_tables import commune_table
from maillage.territory.computations.comparisons import Area, areas_of
from maillage.territory.computations.measure_figures import figure
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.portrait_measures import (
    ALD,
    BIRTHS,
    CHANGE_2012,
    CHANGE_2017,
    DEATHS,
    DENSITY,
    INCOME,
    MAPPED,
    NATURAL_BALANCE,
    NO_REFERRING_DOCTOR,
    POPULATION,
    POVERTY,
    SHARE_65,
    SHARE_UNDER_16,
    VULNERABILITIES,
)
from maillage.territory.computations.portrait_tables import band_table, curve_table, epci_table

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that the portrait page and the report show, in the language it was computed in.

    `areas` are the territory and what it is compared with; the tables of `bands` and `curve` are also what
    the charts are drawn from; `communes` and `groups` (one row per EPCI) obey the same secrecy.
    """

    areas: tuple[Area, ...]
    headline: tuple[Figure, ...]
    movement: tuple[Figure, ...]
    wealth: tuple[Figure, ...]
    vulnerability: tuple[Figure, ...]
    bands: Table
    curve: Table
    groups: Table
    communes: Table

    def figure(self, key: str) -> Figure:
        """Return the figure `key`. Raises KeyError for another."""
        every = (*self.headline, *self.movement, *self.wealth, *self.vulnerability)
        return {one.key: one for one in every}[key]


_portraits: Memo[Portrait] = Memo(64)


def portrait(atlas: Atlas, positions: NDArray[np.intp], name: str) -> Portrait:
    """Return the portrait of the communes `positions` (at least one), kept in the process."""
    key = (atlas.fingerprint, perimeter_key(positions), name, get_language())
    return _portraits.get(key, lambda: _compute(atlas, positions, name))


def _compute(atlas: Atlas, positions: NDArray[np.intp], name: str) -> Portrait:
    areas = areas_of(atlas, positions, name)
    return Portrait(
        areas=areas,
        headline=(
            figure(atlas, POPULATION, areas, compared=False),
            figure(atlas, CHANGE_2012, areas),
            figure(atlas, SHARE_65, areas),
            figure(atlas, ALD, areas),
            figure(atlas, NO_REFERRING_DOCTOR, areas),
        ),
        movement=(
            figure(atlas, CHANGE_2017, areas),
            figure(atlas, DENSITY, areas),
            figure(atlas, SHARE_UNDER_16, areas),
            figure(atlas, BIRTHS, areas, compared=False),
            figure(atlas, DEATHS, areas, compared=False),
            figure(atlas, NATURAL_BALANCE, areas),
        ),
        wealth=(figure(atlas, INCOME, areas), figure(atlas, POVERTY, areas)),
        vulnerability=tuple(figure(atlas, measure, areas) for measure in VULNERABILITIES),
        bands=band_table(atlas, areas),
        curve=curve_table(atlas, areas),
        groups=epci_table(atlas, positions),
        communes=commune_table(
            atlas,
            positions,
            MAPPED,
            key="portrait-communes",
            caption=_("Portrait des communes"),
            sort="-population",
        ),
    )
