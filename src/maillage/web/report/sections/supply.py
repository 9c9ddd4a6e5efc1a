"""Who practises there, in which structures, and what ageing would leave."""

from __future__ import annotations

from dataclasses import replace

from maillage.kernel import formats
from maillage.kernel.figures import Figure
from maillage.web.report.content import Block, Drawing, Figures, Grid, Heading, Paragraph, Points, Section
from maillage.web.report.data import source_text
from maillage.web.report.material import Material, values_of
from maillage.web.report.sections.structures import structures
from maillage.web.report.tables import cut
from maillage.web.report.wording import count, listed, people

GP_BOUNDS = (1.0, 2.0, 4.0, 8.0)
LISTED = 14
NAMED = 6


def supply_section(material: Material) -> Section:
    """Return « Offre » : professionals, structures, ageing."""
    supply = material.supply
    return Section(
        "offre",
        "Offre de soins",
        _finding(material, supply.figure("gp"), supply.figure("gp_density")),
        (
            Figures("Repères", material.name, (*supply.headline, *supply.ageing)),
            _gp_map(material),
            Heading("Ce que laisserait le départ des généralistes de 60 ans et plus"),
            *_ageing(material),
            Heading("Professionnels"),
            Grid(supply.professions),
            Heading("Structures et services"),
            *structures(material),
        ),
    )


def _finding(material: Material, gps: Figure, density: Figure) -> str:
    lacking = material.supply.without_gp
    text = f"{count(gps.value or 0, 'généraliste libéral', 'généralistes libéraux')}"
    text += f", soit {formats.number(density.value, 1)} pour 100 000 habitants"
    france = [one.value for one in density.comparisons if one.label == "France" and one.value is not None]
    text += f" ({formats.number(france[0], 1)} en France)" if france else ""
    if lacking.communes:
        verb = "n’en a aucun" if lacking.communes == 1 else "n’en ont aucun"
        text += f"{formats.NBSP}; {count(lacking.communes, 'commune')}, {people(lacking.people)}, {verb}"
    return f"{text}."


def _gp_map(material: Material) -> Drawing:
    table = material.supply.communes
    title = "Généralistes libéraux par commune d’exercice"
    said = f"{count(material.supply.without_gp.communes, 'commune')} sur {len(table.rows)} n’en ont aucun."
    return Drawing(
        title,
        said,
        material.draw(
            "carte-generalistes",
            title,
            said,
            areas=material.map_areas(values_of(table, "gp")),
            bounds=GP_BOUNDS,
            measure="Généralistes libéraux",
        ),
        source_text([material.supply.figure("gp").provenance]),
        cut(
            replace(table, rows=[row for row in table.rows if row.cells.get("gp")]),
            ("name", "gp", "gp_60"),
            "Communes qui ont le plus de généralistes",
            LISTED,
        ),
    )


def _ageing(material: Material) -> list[Block]:
    supply, retirement = material.supply, material.retirement
    older, share = supply.figure("gp_60").value, supply.figure("gp_60_share").value
    who = "Aucun généraliste libéral n’exerce dans le territoire."
    if supply.figure("gp").value:
        who = f"{count(older or 0, 'généraliste a', 'généralistes ont')} 60 ans ou plus, soit "
        who += f"{formats.percent(share)} de l’effectif."
    text = (
        f"{who} Si tous les généralistes de cet âge cessaient leur activité sans être remplacés, dans le "
        "territoire comme autour de lui, l’accessibilité moyenne passerait de "
        f"{formats.number(retirement.now.mean, 2)} à {formats.number(retirement.after.mean, 2)} "
        "consultations par "
        "an et par habitant, et la part de la population sous le seuil de "
        f"{formats.number(retirement.low, 1)} de "
        f"{formats.percent(retirement.now.below)} à {formats.percent(retirement.after.below)}."
    )
    losing = supply.losing_last_gp
    blocks: list[Block] = [
        Paragraph(text),
        Figures("Accessibilité après ces départs", material.name, retirement.figures),
        Paragraph("Ce n’est pas une prévision : les départs s’étalent, et certains seront remplacés."),
    ]
    if losing.communes:
        names = listed(material.named(losing.positions, NAMED), max(losing.communes - NAMED, 0))
        blocks.append(
            Points(
                (
                    (
                        "Communes qui perdraient leur dernier généraliste.",
                        f"{count(losing.communes, 'commune')}, {people(losing.people)} : {names}.",
                    ),
                )
            )
        )
    return blocks
