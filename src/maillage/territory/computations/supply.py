"""The supply of a territory: who practises where, how densely, and what ageing would leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.territory.computations.commune_tables import commune_table
from maillage.territory.computations.comparisons import Area, areas_of, population, references
from maillage.territory.computations.measure_figures import figure, provenance, variable
from maillage.territory.computations.measures import Measure, parts, read
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.portrait_measures import POPULATION
from maillage.territory.computations.supply_measures import (
    DENSITY_WITHOUT_OLDER_GPS,
    ESTABLISHMENTS,
    GP,
    MAPPED,
    OLDER_GPS,
    PHARMACY,
    PROFESSIONS,
    SHARE_OLDER_GPS,
    Supply,
)

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas


@dataclass(frozen=True, slots=True)
class Lacking:
    """Communes without something: their positions, largest first, and their inhabitants."""

    positions: NDArray[np.intp]
    people: int
    share: float | None

    @property
    def communes(self) -> int:
        """How many communes lack it."""
        return len(self.positions)


@dataclass(frozen=True, slots=True)
class TerritorySupply:
    """All that the supply page and the report show, in the language it was computed in.

    `without_gp` and `without_pharmacy` are communes that have none today; `losing_last_gp` those whose
    GPs are all 60 or over.
    """

    areas: tuple[Area, ...]
    headline: tuple[Figure, ...]
    ageing: tuple[Figure, ...]
    absence: tuple[Figure, ...]
    without_gp: Lacking
    without_pharmacy: Lacking
    losing_last_gp: Lacking
    professions: Table
    establishments: Table
    communes: Table

    def figure(self, key: str) -> Figure:
        """Return the figure `key`. Raises KeyError for another."""
        return {one.key: one for one in (*self.headline, *self.ageing, *self.absence)}[key]


_supplies: Memo[TerritorySupply] = Memo(64)


def territory_supply(atlas: Atlas, positions: NDArray[np.intp], name: str) -> TerritorySupply:
    """Return the supply of the communes `positions` (at least one), kept in the process."""
    key = (atlas.fingerprint, perimeter_key(positions), name, get_language())
    return _supplies.get(key, lambda: _compute(atlas, positions, name))


def _compute(atlas: Atlas, positions: NDArray[np.intp], name: str) -> TerritorySupply:
    areas = areas_of(atlas, positions, name)
    gps, older = parts(atlas, GP.count).low, parts(atlas, OLDER_GPS).low
    no_gp, no_pharmacy, last_gp = gps == 0, parts(atlas, PHARMACY.count).low == 0, (gps > 0) & (older >= gps)
    return TerritorySupply(
        areas=areas,
        headline=(
            figure(atlas, GP.count, areas, compared=False),
            figure(atlas, GP.density, areas),
            figure(atlas, SHARE_OLDER_GPS, areas),
            figure(atlas, PHARMACY.density, areas),
        ),
        ageing=(
            figure(atlas, OLDER_GPS, areas, compared=False),
            figure(atlas, DENSITY_WITHOUT_OLDER_GPS, areas),
        ),
        absence=tuple(
            _absence(atlas, areas, key, label, lacks, measure)
            for key, label, lacks, measure in (
                ("without_gp", _("Habitants d’une commune sans généraliste"), no_gp, GP.count),
                ("without_pharmacy", _("Habitants d’une commune sans pharmacie"), no_pharmacy,
                 PHARMACY.count),
                ("losing_last_gp", _("Habitants dont la commune peut perdre ses généralistes"), last_gp,
                 OLDER_GPS),
            )
        ),
        without_gp=_lacking(atlas, positions, no_gp),
        without_pharmacy=_lacking(atlas, positions, no_pharmacy),
        losing_last_gp=_lacking(atlas, positions, last_gp),
        professions=_table(atlas, areas, PROFESSIONS, "supply-professions", _("Professionnels de santé")),
        establishments=_table(
            atlas, areas, ESTABLISHMENTS, "supply-establishments", _("Structures et services")
        ),
        communes=commune_table(
            atlas, positions, (POPULATION, *MAPPED), key="supply-communes", caption=_("Offre des communes"),
            sort="-gp",
        ),
    )  # fmt: skip


def lacking_table(atlas: Atlas, supply: TerritorySupply) -> Table:
    """Return the communes that have no GP, no pharmacy, or GPs who are all 60 or over, and what each has."""
    people = population(atlas)
    words = {True: _("oui"), False: _("non")}
    concerned = (supply.without_gp, supply.without_pharmacy, supply.losing_last_gp)
    positions = np.unique(np.concatenate([lacking.positions for lacking in concerned]))
    flags = [np.isin(positions, lacking.positions) for lacking in concerned]
    rows = [
        Row(
            {
                "name": str(atlas.names[position]),
                "population": int(people[position]),
                "gp": words[bool(flags[0][index])],
                "pharmacy": words[bool(flags[1][index])],
                "last": words[bool(flags[2][index])],
            },
            code=str(atlas.codes[position]),
        )
        for index, position in enumerate(positions)
    ]
    columns = [
        Column("name", _("Commune")),
        Column("population", _("Habitants"), "number"),
        Column("gp", _("Sans généraliste")),
        Column("pharmacy", _("Sans pharmacie")),
        Column("last", _("Généralistes tous de 60 ans et plus")),
    ]
    table = Table("supply-lacking", _("Communes dépourvues, ou qui peuvent le devenir"), columns, rows)
    return table.sorted_by("-population")


def _absence(
    atlas: Atlas, areas: tuple[Area, ...], key: str, label: str, lacks: NDArray[np.bool_], measure: Measure
) -> Figure:
    """Return the share of inhabitants who live in communes that lack something, here and elsewhere."""
    people = population(atlas)
    shares = []
    for area in areas:
        whole = people[area.members].sum()
        shares.append(float(people[area.members][lacks[area.members]].sum() / whole) if whole else None)
    counted = provenance(atlas, measure)
    source = Provenance(
        counted.source, counted.vintage, _("population de ces communes ÷ population"),
        note=_("Ne pas avoir de cabinet ou d’officine dans sa commune n’est pas ne pas y avoir accès."),
    )  # fmt: skip
    others = tuple(Comparison(area.label, share) for area, share in zip(areas[1:], shares[1:], strict=True))
    return Figure(key, label, shares[0], source, unit="%", comparisons=others)


def _lacking(atlas: Atlas, positions: NDArray[np.intp], lacks: NDArray[np.bool_]) -> Lacking:
    people = population(atlas)
    found = positions[lacks[positions]]
    found = found[np.argsort(-people[found], kind="stable")]
    whole = people[positions].sum()
    concerned = people[found].sum()
    return Lacking(found, int(concerned), float(concerned / whole) if whole else None)


def _table(
    atlas: Atlas, areas: tuple[Area, ...], supplies: Sequence[Supply], key: str, caption: str
) -> Table:
    """Return one row per kind of supply: how many, in how many communes, how densely here and elsewhere."""
    known = [supply for supply in supplies if variable(atlas, supply.column) is not None]
    columns = [
        Column("name", caption),
        Column("count", _("Nombre"), "number"),
        Column("communes", _("Communes pourvues"), "number"),
        Column("territory", _("Densité ici"), "number", _("pour 100 000 hab."), 1),
        *(Column(_slot(area), area.label, "number", "", 1) for area in references(areas)),
    ]
    notes = list(dict.fromkeys(str(supply.note) for supply in known if supply.note))
    return Table(
        key, caption, columns, [_row(atlas, areas, supply) for supply in known],
        provenance=provenance(atlas, known[0].density) if known else None, notes=notes,
    )  # fmt: skip


def _row(atlas: Atlas, areas: tuple[Area, ...], supply: Supply) -> Row:
    members = areas[0].members
    counts = parts(atlas, supply.count).low[members]
    cells: dict[str, Cell] = {
        "name": str(supply.label),
        "count": round(float(counts.sum())),
        "communes": int(np.count_nonzero(counts)),
    }
    for area in areas:
        value = read(atlas, supply.density, area.members).value
        cells[_slot(area)] = None if value is None else round(value, 1)
    return Row(cells)


def _slot(area: Area) -> str:
    """Return the column key of an area: unique where a région and a département share a code."""
    return "territory" if area.level == "territory" else f"{area.level}-{area.code}"
