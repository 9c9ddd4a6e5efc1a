"""Where need is greatest against access, and how the territory differs from those like it."""

from __future__ import annotations

import math

import numpy as np

from maillage.kernel import formats
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import api
from maillage.web.drawing import BarChart, Series, draw_bars
from maillage.web.report.content import Block, Drawing, Grid, Heading, Paragraph, Section
from maillage.web.report.material import Material
from maillage.web.report.wording import listed

INDEX_BOUNDS = (-0.5, 0.0, 0.5, 1.0)
LISTED, FIRST, MARKED_GAP, GAPS_SAID = 14, 3, 0.3, 3
SOURCE = (
    "Source : calcul Maillage d’après l’INSEE, l’Assurance Maladie et la DREES ; poids proposés, à débattre."
)


def needs_section(material: Material) -> Section:
    """Return « Besoins et territoires comparables »."""
    ranking = api.rank(material.atlas, material.positions, api.default_weights())
    return Section(
        "besoins",
        "Besoins et territoires comparables",
        finding(material),
        (
            Paragraph(
                "L’indice de priorité additionne, pour chaque commune, l’écart à la moyenne française de "
                "sept critères "
                "de besoin et de l’accès aux généralistes, en écarts-types et avec les poids ci-dessous. "
                "Zéro est la "
                "commune française moyenne ; plus l’indice est haut, plus le besoin dépasse l’accès."
            ),
            _map(material, ranking),
            Grid(_weights()),
            Heading("Territoires comparables"),
            *_comparable(material),
        ),
    )


def finding(material: Material) -> str:
    """Return the sentence that names the communes where need is greatest against access."""
    ranking = api.rank(material.atlas, material.positions, api.default_weights())
    names = material.named(ranking.positions, FIRST)
    if len(material.positions) == 1:
        return f"L’indice de priorité de la commune est de {formats.signed(float(ranking.index[0]), 2)}."
    return f"Communes où les besoins dépassent le plus l’accès : {listed(names)}."


def _map(material: Material, ranking: api.Ranking) -> Drawing:
    codes = [str(code) for code in material.atlas.codes[ranking.positions]]
    values = {code: float(value) for code, value in zip(codes, ranking.index, strict=True)}
    title = "Indice de priorité des communes"
    said = f"Les plus prioritaires : {listed(material.named(ranking.positions, FIRST))}."
    columns = [
        Column("name", "Commune"),
        Column("index", "Indice", "change", "", 2),
        Column("people", "Population", "number"),
    ]
    rows = [
        Row(
            {
                "name": str(material.atlas.names[k]),
                "index": float(index),
                "people": float(material.people[k]),
            },
            code=code,
        )
        for k, index, code in zip(ranking.positions, ranking.index, codes, strict=True)
    ]
    table = Table("besoins-communes", "Communes prioritaires", columns, rows[:LISTED])
    svg = material.draw(
        "carte-besoins",
        title,
        said,
        areas=material.map_areas(values),
        bounds=INDEX_BOUNDS,
        decimals=1,
        measure="Indice (écarts-types ; plus haut : plus de besoin, moins d’accès)",
    )
    return Drawing(title, said, svg, SOURCE, table)


def _weights() -> Table:
    weights = api.default_weights()
    columns = [Column("name", "Critère"), Column("weight", "Poids", "number", "", 1), Column("sign", "Sens")]
    rows = [
        Row(
            {
                "name": str(criterion.label),
                "weight": weights[criterion.key],
                "sign": "plus haut : plus de besoin" if criterion.sign > 0 else "plus bas : plus de besoin",
            }
        )
        for criterion in api.CRITERIA
    ]
    return Table("besoins-poids", "Poids de l’indice de priorité", columns, rows)


def _comparable(material: Material) -> list[Block]:
    profile = api.profile(material.atlas, material.positions, material.territory.kind)
    if not profile.alike:
        return [Paragraph("Le jeu de données ne contient pas d’autre territoire à comparer.")]
    gaps = [
        (str(trait.label), gap)
        for trait, gap in zip(api.TRAITS, profile.gap, strict=True)
        if math.isfinite(gap)
    ]
    marked = sorted((one for one in gaps if abs(one[1]) >= MARKED_GAP), key=lambda one: -abs(one[1]))
    said = [f"{label} ({formats.signed(gap, 1)})" for label, gap in marked[:GAPS_SAID]]
    alike = len(profile.alike)
    text = f"Il ne s’écarte nettement d’aucun trait des {alike} territoires les plus semblables."
    if said:
        text = f"Comparé aux {alike} territoires les plus semblables, il s’en écarte par : {listed(said)}."
    chart = BarChart(
        "graphique-ecarts",
        "Écart aux territoires comparables",
        "Différence avec la moyenne des territoires comparables, en écarts-types.",
        [label for label, _ in gaps],
        [Series("Écart", [gap for _, gap in gaps])],
        decimals=1,
        label_width=170,
    )
    columns = [
        Column("name", "Territoire comparable"),
        Column("departement", "Département"),
        Column("population", "Population", "number"),
        Column("older", "65 ans et plus", "share"),
        Column("access", "APL", "number", "", 2),
        Column("distance", "Distance", "number", "", 2),
    ]
    keys = [trait.key for trait in api.TRAITS]
    rows = [
        Row(
            {
                "name": one.name,
                "departement": one.departement,
                "population": _known(one.values[keys.index("population")]),
                "older": _known(one.values[keys.index("share_65p")]),
                "access": _known(one.values[keys.index("access")]),
                "distance": one.distance,
            }
        )
        for one in profile.alike
    ]
    table = Table(
        "territoires-comparables",
        "Territoires les plus semblables",
        columns,
        rows,
        notes=["Distance : écart moyen sur dix traits, en écarts-types ; plus petit, plus semblable."],
    )
    return [
        Paragraph(text),
        Drawing(chart.title, chart.description, draw_bars(chart), chart.description),
        Grid(table),
    ]


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None
