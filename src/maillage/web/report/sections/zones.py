"""Where access is lacking in one piece, what would lift it, and where supply stands beyond the usual need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from maillage.kernel import formats
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import api
from maillage.web.drawing import Badge
from maillage.web.report.content import Block, Drawing, Grid, Heading, Paragraph, Points, Section
from maillage.web.report.data import source_text
from maillage.web.report.material import Material
from maillage.web.report.sections.access import bounds, source
from maillage.web.report.tables import cut
from maillage.web.report.wording import count, listed, people

NAMED, SITES_NAMED, OVERLAPS, MANY_OUTSIDE = 4, 4, 8, 20


def zones_section(material: Material) -> Section:
    """Return « Zones blanches et pistes »."""
    return Section(
        "zones-blanches",
        "Zones blanches et pistes",
        finding(material),
        (*_zones(material), Heading("Recouvrements"), *_overlaps(material)),
    )


def finding(material: Material) -> str:
    """Return the sentence that says how many zones there are and who lives there."""
    low = formats.number(material.access.low, 1)
    if not material.zones:
        return (
            f"Aucune commune du territoire n’est sous le seuil de {low} consultations par an et par habitant."
        )
    total = sum(zone.people for zone in material.zones)
    text = (
        f"{count(len(material.zones), 'zone')} d’un seul tenant sous le seuil de {low} "
        f"{'regroupe' if len(material.zones) < 2 else 'regroupent'} {people(total)}"
    )
    largest = material.zones[0]
    return f"{text} ; la plus grande commune concernée : {material.named(largest.members, 1)[0]}."


def _zones(material: Material) -> list[Block]:
    if not material.zones:
        return [
            Paragraph(
                "Il n’y a donc pas de zone blanche à décrire ; l’accès reste inégal d’une commune à l’autre."
            )
        ]
    title = "Zones blanches du territoire"
    said = "Ensembles de communes contiguës sous le seuil, numérotés par population décroissante."
    svg = material.draw(
        "carte-zones",
        title,
        said,
        areas=material.map_areas(material.by_code(material.access.apl)),
        bounds=bounds(material),
        measure="Consultations accessibles par an et par habitant (estimation)",
        zones=material.zone_codes,
        zone_label="zone blanche",
        badges=[Badge(*material.place(int(zone.members[0])), zone.number + 1) for zone in material.zones],
    )
    return [
        Paragraph(
            "Une zone blanche est un ensemble de communes contiguës où l’accessibilité est inférieure au "
            "seuil. Les "
            "communes hors du périmètre n’y sont pas comptées, même quand la zone s’y prolonge."
        ),
        Drawing(
            title,
            said,
            svg,
            source_text([source(material)]),
            cut(_table(material), ("number", "people", "mean"), title),
        ),
        Grid(_table(material)),
        Heading("Ce qui lèverait chaque zone"),
        Paragraph(
            "Le nombre de généralistes est le plus petit qui atteigne le seuil dans le modèle, toutes "
            "choses égales par "
            "ailleurs, pour un généraliste d’activité moyenne. C’est un ordre de grandeur pour comparer "
            "des pistes "
            "(installation, consultations avancées, bus santé, télésanté accompagnée), pas un objectif."
        ),
        Points(tuple(_lead(material, zone) for zone in material.zones)),
    ]


def _table(material: Material) -> Table:
    columns = [
        Column("number", "Zone"),
        Column("communes", "Communes", "number"),
        Column("people", "Habitants", "number"),
        Column("mean", "APL", "number", "", 2),
        Column("gp", "Généralistes", "number"),
    ]
    rows = [
        Row(
            {
                "number": f"{zone.number + 1}. {material.named(zone.members, 1)[0]}",
                "communes": len(zone.members),
                "people": zone.people,
                "mean": zone.mean,
                "gp": zone.heads,
            }
        )
        for zone in material.zones
    ]
    return Table("zones-blanches", "Zones blanches", columns, rows)


def _lead(material: Material, zone: api.WhiteZone) -> tuple[str, str]:
    names = listed(material.named(zone.members, NAMED), max(len(zone.members) - NAMED, 0))
    text = (
        f"{names} : {people(zone.people)}, {formats.number(zone.mean, 2)} consultations par an en moyenne. "
    )
    if zone.outside > MANY_OUTSIDE:
        text += "La zone se prolonge largement hors du territoire. "
    elif zone.outside:
        text += f"La zone se prolonge sur {count(zone.outside, 'commune')} hors du territoire. "
    text += _lift(material, zone)
    if zone.alternative:
        where = material.named(np.array([zone.alternative.position]))[0]
        text += f" Offre suffisante la plus proche : {where}, à {formats.minutes(zone.alternative.minutes)}."
    return f"Zone {zone.number + 1}.", text


def _lift(material: Material, zone: api.WhiteZone) -> str:
    if zone.mean_lift is None:
        return "Aucune installation dans la zone ne suffirait à elle seule."
    text = (
        f"Pour porter la moyenne au seuil : {_units(material, zone.mean_lift.sites, zone.mean_lift.units)}."
    )
    total = int(zone.full_lift.units.sum()) if zone.full_lift is not None else 0
    if zone.full_lift is None:
        return f"{text} Aucune combinaison examinée ne porte chaque commune au seuil."
    if len(zone.members) > 1:
        text += f" Pour que chaque commune l’atteigne : {count(total, 'généraliste')} en tout."
    return text


def _units(material: Material, sites: NDArray[np.int32], units: NDArray[np.int64]) -> str:
    """Return « 4 généralistes (Marcigny : 3, Melay : 1) »."""
    order = np.argsort(-units, kind="stable")[:SITES_NAMED]
    names = material.named(sites[order].astype(np.intp))
    if len(sites) > 1:
        names = [f"{name} : {int(number)}" for name, number in zip(names, units[order], strict=True)]
    where = ", ".join([*names, *["…"] * (len(sites) > SITES_NAMED)])
    return f"{count(int(units.sum()), 'généraliste')} ({where})"


def _overlaps(material: Material) -> list[Block]:
    found = api.supply_overlaps(material.access, material.positions)
    blocks: list[Block] = [
        Paragraph(
            "La question inverse : où des généralistes proches de quelques minutes rendent-ils l’offre "
            "plus accessible "
            "que pour trois habitants de France sur quatre ? Cela ne dit pas qu’il y a trop de "
            "professionnels, mais où "
            "une coopération (consultations avancées, remplacements) pourrait partir."
        )
    ]
    if not found:
        return [*blocks, Paragraph("Aucun recouvrement de ce type n’est trouvé dans le territoire.")]
    columns = [
        Column("places", "Communes"),
        Column("gp", "Généralistes", "number"),
        Column("minutes", "À moins de", "minutes"),
        Column("access", "APL la plus basse alentour", "number", "", 2),
    ]
    rows = [
        Row(
            {
                "places": listed(material.named(one.members, NAMED), max(len(one.members) - NAMED, 0)),
                "gp": one.heads,
                "minutes": one.minutes,
                "access": one.access,
            }
        )
        for one in found[:OVERLAPS]
    ]
    table = Table("recouvrements", "Offre de généralistes au-delà du besoin courant", columns, rows,
                  provenance=source(material))  # fmt: skip
    return [*blocks, Grid(table)]
