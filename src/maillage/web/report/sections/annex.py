"""Every commune of the territory, one line each."""

from __future__ import annotations

import numpy as np

from maillage.kernel.tables import Column, Row, Table
from maillage.territory import api
from maillage.web.report.content import Grid, Paragraph, Section
from maillage.web.report.material import Material

MEASURES = ("population", "change_2012", "share_65p", "no_referring_doctor")


def annex_section(material: Material) -> Section:
    """Return « Annexe » : all communes, by name."""
    return Section(
        "annexe",
        "Annexe : toutes les communes",
        "",
        (
            Paragraph("Les fichiers CSV joints au rapport donnent les autres variables, non arrondies."),
            Grid(all_communes(material)),
        ),
    )


def all_communes(material: Material) -> Table:
    """Return the communes in alphabetical order, with what the report says of each."""
    portrait = {row.code: row for row in material.portrait.communes.rows}
    columns = {column.key: column for column in material.portrait.communes.columns}
    zone_of = {code: rank + 1 for rank, codes in enumerate(material.zone_codes) for code in codes}
    emergency = api.nearest_service(material.atlas, material.access.travel, "emergency").minutes
    access = material.access
    kept = [key for key in MEASURES if key in columns]
    heads = [
        Column("name", "Commune"),
        *(
            Column(key, LABELS[key], columns[key].kind, columns[key].unit, columns[key].decimals)
            for key in kept
        ),
        Column("gp", "Généralistes", "number"),
        Column("apl", "APL", "number", "", 2),
        Column("emergency", "Trajet urgences", "minutes"),
        Column("zone", "Zone blanche", "number"),
    ]
    rows = []
    for k in material.positions:
        code = str(material.atlas.codes[k])
        row = portrait[code]
        rows.append(
            Row(
                {
                    "name": str(material.atlas.names[k]),
                    **{key: row.cells.get(key) for key in kept},
                    "gp": float(access.heads[k]),
                    "apl": float(access.apl[k]) if material.people[k] > 0 else None,
                    "emergency": float(emergency[k]) if np.isfinite(emergency[k]) else None,
                    "zone": zone_of.get(code),
                },
                code=code,
                suppressed=row.suppressed & frozenset(kept),
                estimated=row.estimated & frozenset(kept) - {"share_65p"},
            )
        )
    table = Table("communes", f"Communes de {material.name}", heads, rows, notes=[NOTE])
    return table.sorted_by("name")


LABELS = {
    "population": "Population",
    "change_2012": "Depuis 2012",
    "share_65p": "65 ans et plus",
    "no_referring_doctor": "Sans médecin traitant",
}
NOTE = (
    "65 ans et plus et APL sont des estimations, les trajets aussi là où aucune route n’a été suivie. "
    "APL en consultations par an et par habitant standardisé."
)
