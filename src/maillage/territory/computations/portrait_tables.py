"""The tables of the portrait that are not lists of communes: ages, population over time, EPCI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.figures import Provenance
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.territory.computations.commune_tables import cell, measure_column, notes
from maillage.territory.computations.comparisons import Area
from maillage.territory.computations.measure_figures import provenance, variable
from maillage.territory.computations.measures import Measure, Values, read
from maillage.territory.computations.portrait_measures import (
    AGE_NOTE,
    BANDS,
    CHANGE_2012,
    CURVE_COLUMNS,
    INCOME,
    POPULATION,
    SHARE_65,
    VULNERABILITIES,
)

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas


def shown(areas: Sequence[Area]) -> list[Area]:
    """Return the territory, the département and the région where most of it lives, and France."""
    levels: dict[str, Area] = {}
    for area in areas:
        levels.setdefault(area.level, area)
    return list(levels.values())


def band_table(atlas: Atlas, areas: tuple[Area, ...]) -> Table:
    """Return one row per age band: its share of the population, here and elsewhere."""
    compared = shown(areas)
    return Table(
        "portrait-bands",
        _("Population par âge (estimation)"),
        [Column("band", _("Âge")), *(Column(area.level, area.label, "share") for area in compared)],
        [_band_row(atlas, band, compared) for band in BANDS],
        provenance=provenance(atlas, SHARE_65),
        notes=[str(AGE_NOTE)],
    )


def _band_row(atlas: Atlas, band: Measure, areas: Sequence[Area]) -> Row:
    shares = {area.level: cell(band, read(atlas, band, area.members).value) for area in areas}
    return Row({"band": str(band.label), **shares}, estimated=frozenset(shares))


def curve_table(atlas: Atlas, areas: tuple[Area, ...]) -> Table:
    """Return one row per area and date: inhabitants, and index 100 at the first date.

    Only communes with a population at every date are counted, so that the line compares like with like.
    """
    columns = [
        (str(label), np.asarray(atlas.column(name), dtype=np.float64))
        for name, label in CURVE_COLUMNS
        if variable(atlas, name) is not None
    ]
    known = ~np.any([np.isnan(column) for _label, column in columns], axis=0)
    rows = [row for area in shown(areas) for row in _curve_rows(area, columns, known)]
    left_out = int(np.count_nonzero(~known[areas[0].members]))
    said = [_("La dernière valeur est la population légale en vigueur.")]
    if left_out:
        said.append(_("Communes laissées de côté, sans population connue à chaque date : %d.") % left_out)
    first = columns[0][0]
    source = provenance(atlas, CHANGE_2012)
    formula = _("population ÷ population %(first)s × 100") % {"first": first}
    return Table(
        "portrait-curve",
        _("Population, indice 100 en %(first)s") % {"first": first},
        [Column("area", _("Territoire")), Column("date", _("Date")),
         Column("people", _("Habitants"), "number"), Column("index", _("Indice"), "number", "", 1)],
        rows,
        provenance=Provenance(source.source, source.vintage, formula),
        notes=said,
    )  # fmt: skip


def _curve_rows(area: Area, columns: Sequence[tuple[str, Values]], known: NDArray[np.bool_]) -> list[Row]:
    inside = known[area.members]
    counts = [(label, float(column[area.members][inside].sum())) for label, column in columns]
    base = counts[0][1]
    return [
        Row({"area": area.label, "date": label, "people": round(people),
             "index": round(100 * people / base, 1) if base else None})
        for label, people in counts
    ]  # fmt: skip


def epci_table(atlas: Atlas, positions: NDArray[np.intp]) -> Table:
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
