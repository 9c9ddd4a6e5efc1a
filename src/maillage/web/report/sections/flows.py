"""Who goes where: what the model implies, never mixed with what was observed."""

from __future__ import annotations

import numpy as np

from maillage.kernel import formats
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import api
from maillage.web.drawing import Flow
from maillage.web.report.content import Block, Drawing, Grid, Heading, Notice, Paragraph, Section
from maillage.web.report.data import source_text
from maillage.web.report.material import Material
from maillage.web.report.sections.access import source
from maillage.web.report.wording import people

LINES, LISTED, OBSERVED = 40, 14, 30


def flows_section(material: Material) -> Section:
    """Return « Flux »."""
    return Section(
        "flux",
        "Flux",
        finding(material),
        (
            Notice(
                "Flux modélisés",
                "Ces flux sont déduits des poids du calcul d’accessibilité : ils disent où les habitants "
                "peuvent se "
                "soigner, pas où ils vont. Les flux observés (Assurance Maladie, urgences) s’importent à "
                "part et ne "
                "sont jamais mélangés à ceux-ci.",
            ),
            *_lines(material),
            Heading("Services d’urgences dont dépend chaque commune"),
            *_emergencies(material),
            *_observed(material),
        ),
    )


def finding(material: Material) -> str:
    """Return the sentence that says what the territory keeps."""
    balance = api.balance(material.access, material.positions)
    if not np.isfinite(balance.kept):
        return "Aucun généraliste n’est à portée : il n’y a pas de flux à décrire."
    text = (
        f"Selon le modèle, {formats.percent(balance.kept)} du recours aux généralistes des habitants reste "
        "dans le "
        "territoire"
    )
    if np.isfinite(balance.gained):
        gained = formats.percent(balance.gained)
        text += f", et {gained} de l’activité de ses généralistes va à des habitants d’ailleurs"
    return f"{text}."


def _lines(material: Material) -> list[Block]:
    lines = api.main_lines(material.access, material.positions, LINES)
    if not lines:
        return [
            Paragraph("Aucun flux entre deux communes : tout le recours reste dans la commune de résidence.")
        ]
    widest = lines[0].volume
    title = "Principaux flux modélisés vers les généralistes"
    said = "Le trait va de la commune de résidence au point, commune d’exercice ; sa largeur suit le volume."
    svg = material.draw(
        "carte-flux",
        title,
        said,
        flows=[
            Flow(material.place(one.origin), material.place(one.destination), one.volume / widest)
            for one in lines
        ],
        flow_label="résidence – commune d’exercice",
    )
    columns = [
        Column("origin", "De"),
        Column("destination", "Vers"),
        Column("share", "Part du recours", "share"),
    ]
    rows = [
        Row(
            {
                "origin": str(material.atlas.names[one.origin]),
                "destination": str(material.atlas.names[one.destination]),
                "share": one.share,
            }
        )
        for one in lines[:LISTED]
    ]
    table = Table("flux-principaux", "Les plus importants", columns, rows)
    return [Drawing(title, said, svg, f"{said} {source_text([source(material)])}", table)]


def _emergencies(material: Material) -> list[Block]:
    found = api.emergency_catchments(material.atlas, material.access, material.positions)
    if not found:
        return [Paragraph("Aucun service d’urgences n’est connu dans le jeu de données en usage.")]
    inside = set(material.positions.tolist())
    outside = sum(one.people for one in found if one.position not in inside)
    columns = [
        Column("name", "Service le plus proche"),
        Column("communes", "Communes", "number"),
        Column("people", "Habitants", "number"),
        Column("mean", "Trajet moyen", "minutes"),
        Column("longest", "Trajet le plus long", "minutes"),
    ]
    atlas = material.atlas
    rows = [
        Row(
            {
                "name": f"{atlas.names[one.position]} ({atlas.departement_names[one.position]})",
                "communes": len(one.members),
                "people": one.people,
                "mean": one.mean_minutes,
                "longest": one.longest_minutes,
            }
        )
        for one in found
    ]
    table = Table("flux-urgences", "Bassins des services d’urgences (estimation)", columns, rows)
    text = f"{people(outside)} dépendent d’un service d’urgences situé hors du territoire."
    return [*([Paragraph(text)] if outside else []), Grid(table)]


def _observed(material: Material) -> list[Block]:
    """Return the imported flows, one table per dataset, under their own heading."""
    blocks: list[Block] = []
    for dataset in material.territory.flow_datasets.all():
        found = api.observed_flows(dataset)
        hidden = (
            f" Lignes de moins de {found.threshold} écartées par le secret statistique : "
            f"{formats.number(found.hidden)}."
        )
        blocks += [
            Heading(f"Flux observés : {dataset.name}"),
            Paragraph(
                f"{formats.number(found.total)} recours comptés par {dataset.source}, importés le "
                f"{formats.date_short(dataset.imported_at)}.{hidden if found.hidden else ''}"
            ),
            Grid(_observed_table(material, dataset.pk, found)),
        ]
    return blocks


def _observed_table(material: Material, number: int, found: api.Observed) -> Table:
    names = dict(zip(material.atlas.codes.tolist(), material.atlas.names.tolist(), strict=True))
    columns = [
        Column("origin", "De"),
        Column("destination", "Vers"),
        Column("count", "Recours", "number"),
        Column("share", "Part des recours de l’origine", "share"),
    ]
    rows = [
        Row(
            {
                "origin": names.get(one.origin, one.origin),
                "destination": names.get(one.destination, one.destination),
                "count": one.count,
                "share": one.share,
            }
        )
        for one in found.lines[:OBSERVED]
    ]
    return Table(f"flux-observes-{number}", "Flux observés les plus importants", columns, rows)
