"""The portrait of a territory: who lives there, how that changes, and what makes them vulnerable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.territory.computations.commune_tables import cell, commune_table, measure_column, notes
from maillage.territory.computations.comparisons import Area, areas_of
from maillage.territory.computations.measure_figures import figure, provenance, variable
from maillage.territory.computations.measures import Measure, read
from maillage.territory.computations.memo import Memo, perimeter_key
from maillage.territory.computations.portrait_measures import (
    AGE_NOTE,
    ALD,
    BAND_COLUMNS,
    BIRTHS,
    CHANGE_2012,
    CHANGE_2017,
    CURVE_COLUMNS,
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
        bands=_bands(atlas, areas),
        curve=_curve(atlas, areas),
        groups=_groups(atlas, positions),
        communes=commune_table(
            atlas,
            positions,
            MAPPED,
            key="portrait-communes",
            caption=_("Portrait des communes"),
            sort="-population",
        ),
    )


def _shown(areas: tuple[Area, ...]) -> list[Area]:
    """Return the territory, the département and the région where most of it lives, and France."""
    levels: dict[str, Area] = {}
    for area in areas:
        levels.setdefault(area.level, area)
    return list(levels.values())


def _bands(atlas: Atlas, areas: tuple[Area, ...]) -> Table:
    shown = _shown(areas)
    shares = [
        [read(atlas, _band_share(column), area.members).value for area in shown]
        for column, _label in BAND_COLUMNS
    ]
    rows = [
        Row(
            {
                "band": str(label),
                **{area.level: _rounded(share, 3) for area, share in zip(shown, line, strict=True)},
            }
        )
        for (_column, label), line in zip(BAND_COLUMNS, shares, strict=True)
    ]
    columns = [Column("band", _("Âge")), *(Column(area.level, area.label, "share") for area in shown)]
    source = provenance(atlas, SHARE_65)
    return Table(
        "portrait-bands",
        _("Population par âge (estimation)"),
        columns,
        rows,
        provenance=source,
        notes=[str(AGE_NOTE)],
    )


def _band_share(column: str) -> Measure:
    return Measure(f"share:{column}", "", "", ((1.0, column),), ((1.0, "communes.pop_municipale"),), unit="%")


def _curve(atlas: Atlas, areas: tuple[Area, ...]) -> Table:
    """Return the population at each date: inhabitants of the territory, then index 100 at the first date."""
    shown = _shown(areas)
    columns = [
        np.asarray(atlas.column(name), dtype=np.float64)
        for name, _label in CURVE_COLUMNS if variable(atlas, name) is not None
    ]  # fmt: skip
    labels = [str(label) for name, label in CURVE_COLUMNS if variable(atlas, name) is not None]
    known = ~np.any([np.isnan(column) for column in columns], axis=0)
    counts = [
        [float(column[area.members][known[area.members]].sum()) for area in shown] for column in columns
    ]
    rows = [
        Row({"date": label, "people": round(line[0]) or None,
             **{area.level: _rounded(100 * now / first, 1) if first else None
                for area, now, first in zip(shown, line, counts[0], strict=True)}})
        for label, line in zip(labels, counts, strict=True)
    ]  # fmt: skip
    left_out = int(np.count_nonzero(~known[areas[0].members]))
    said = [_("Indice 100 en 2012. La dernière valeur est la population légale en vigueur.")]
    if left_out:
        said.append(_("Communes laissées de côté, sans population connue aux quatre dates : %d.") % left_out)
    head = [Column("date", _("Date")), Column("people", _("Habitants"), "number")]
    columns_of_index = [Column(area.level, area.label, "number", _("indice"), 1) for area in shown]
    source = provenance(atlas, CHANGE_2012)
    where = Provenance(source.source, source.vintage, _("population ÷ population 2012 × 100"))
    return Table(
        "portrait-curve",
        _("Population depuis 2012"),
        [*head, *columns_of_index],
        rows,
        provenance=where,
        notes=said,
    )


def _groups(atlas: Atlas, positions: NDArray[np.intp]) -> Table:
    """Return the same measures for each EPCI, inside the territory only."""
    measures = (POPULATION, CHANGE_2012, SHARE_65, INCOME, *VULNERABILITIES)
    columns = [
        Column("name", _("Intercommunalité")),
        Column("communes", _("Communes du territoire"), "number"),
        *(measure_column(measure) for measure in measures),
    ]
    rows = [
        _group_row(atlas, str(code), positions[atlas.epcis[positions] == code], measures)
        for code in np.unique(atlas.epcis[positions])
    ]
    table = Table("portrait-epci", _("Portrait par intercommunalité"), columns, rows, notes=notes(measures))
    return table.sorted_by("-population")


def _group_row(atlas: Atlas, code: str, members: NDArray[np.intp], measures: Sequence[Measure]) -> Row:
    readings = [(measure, read(atlas, measure, members)) for measure in measures]
    cells: dict[str, Cell] = {
        "name": str(atlas.epci_names[members[0]]) or _("Sans intercommunalité"),
        "communes": len(members),
    }
    for measure, reading in readings:
        cells[measure.key] = cell(measure, reading.value)
    return Row(
        cells,
        code=code,
        suppressed=frozenset(measure.key for measure, reading in readings if reading.suppressed),
        estimated=frozenset(
            measure.key for measure, reading in readings if provenance(atlas, measure, reading).estimate
        ),
    )


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)
