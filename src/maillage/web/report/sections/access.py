"""How accessible general practitioners are, how far other services are, and what the DREES says."""

from __future__ import annotations

import numpy as np

from maillage.kernel import formats
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.territory import api
from maillage.web.drawing import BarChart, Series, draw_bars
from maillage.web.report.content import Block, Drawing, Figures, Grid, Heading, Notice, Paragraph, Section
from maillage.web.report.data import source_text
from maillage.web.report.material import Material
from maillage.web.report.tables import rows_of
from maillage.web.report.wording import against, count, people

LISTED = 14
DIFFERENCES = 12
TIME_BOUNDS = (10.0, 15.0, 20.0, 30.0)
REASONS = {
    api.Reason.COUNTS_DIFFER: "l’INSEE et l’Assurance Maladie ne comptent pas les mêmes généralistes",
    api.Reason.LARGE_COMMUNE: "commune vaste, dont le centre peut être loin du bourg",
    api.Reason.TIME_BOUND: "lieu de soins à la limite d’une classe de temps",
    api.Reason.FAR_SUPPLY: "offre lointaine : relief ou rivière peuvent allonger la route",
    api.Reason.HEALTH_CENTRE: "centre de santé proche, dont les salariés ne sont pas comptés",
    api.Reason.OLDER_DOCTORS: "généralistes âgés, dont l’activité peut être moindre",
    api.Reason.SINGLE_PLACE: "accès qui vient surtout d’un seul lieu",
    api.Reason.UNEXPLAINED: "à examiner sur place",
}


def access_section(material: Material) -> Section:
    """Return « Accessibilité » : the APL, its spread, travel times, and the DREES beside it."""
    return Section(
        "accessibilite",
        "Accessibilité aux soins",
        finding(material),
        (
            Notice(
                "Estimation",
                f"{travel_sentence(material)} L’accessibilité (APL) rapporte l’offre des généralistes à la "
                "demande de "
                "tous ceux qui peuvent s’y rendre ; elle s’exprime en consultations accessibles par an et "
                "par "
                "habitant standardisé par l’âge.",
            ),
            _map(material),
            Figures("Répartition de l’accessibilité", material.name, figures(material)),
            _deciles(material),
            Heading("Temps de trajet vers les services"),
            _times(material),
            *_emergency_map(material),
            Heading("Comparaison avec la référence de la DREES"),
            *_reference(material),
        ),
    )


def finding(material: Material) -> str:
    """Return the sentence that answers: who lacks access."""
    ours, france = material.summary, material.summaries.get("France")
    text = f"{formats.percent(ours.below)} de la population vit sous le seuil de {_low(material)} "
    text += "consultations par an"
    if france and france.below is not None and france is not ours:
        word = against(ours.below, france.below, 0.005)
        text += f", {word} l’ensemble de la France ({formats.percent(france.below)})"
    text = f"{text} ; la moyenne est de {formats.number(ours.mean, 2)}."
    published = api.published_below(material.atlas, material.access, material.positions)
    if published is None:
        return f"{text} C’est une estimation."
    return (
        f"{text} C’est une estimation : la DREES, elle, en compte {formats.percent(published)} sous ce seuil."
    )


def travel_sentence(material: Material) -> str:
    """Return where travel times come from."""
    travel = material.access.travel
    if travel.sources_of(material.positions):
        return api.travel_sentence(travel, material.positions)
    return (
        "Les temps de trajet sont estimés à vol d’oiseau, de centre à centre de commune, par un modèle "
        "ajusté sur des "
        "trajets routiers réels ; ils ignorent le relief, les ponts et la circulation."
    )


def bounds(material: Material) -> tuple[float, ...]:
    """Return the limits between the classes of access, the thresholds among them."""
    low, high = material.access.low, material.access.high
    return (1.5, low, high, 5.0) if high is not None else (low / 2, low)


def source(material: Material) -> Provenance:
    """Return where our accessibility comes from."""
    said = api.access_formula(material.access)
    return api.access_provenance(material.atlas, material.access, material.positions, said)


def communes(material: Material) -> Table:
    """Return the communes by accessibility, the least served first."""
    access = material.access
    emergency = api.nearest_service(material.atlas, access.travel, "emergency").minutes
    positions = material.positions[np.argsort(access.apl[material.positions], kind="stable")]
    rows = [
        Row(
            {
                "name": str(material.atlas.names[k]),
                "apl": float(access.apl[k]) if material.people[k] > 0 else None,
                "population": float(material.people[k]),
                "gp": float(access.heads[k]),
                "emergency": float(emergency[k]) if np.isfinite(emergency[k]) else None,
            },
            code=str(material.atlas.codes[k]),
        )
        for k in positions
    ]
    columns = [
        Column("name", "Commune"),
        Column("apl", "APL", "number", "C/an/hab.", 2),
        Column("population", "Population", "number"),
        Column("gp", "Généralistes", "number"),
        Column("emergency", "Trajet", "minutes"),
    ]
    return Table("acces-communes", "Accessibilité des communes", columns, rows, provenance=source(material))


def _low(material: Material) -> str:
    low = material.access.low
    return formats.number(low, 0 if float(low).is_integer() else 1)


def _map(material: Material) -> Drawing:
    title = "Accessibilité aux médecins généralistes (APL)"
    said = (
        f"{count(len(material.zones), 'zone')} sous le seuil de {_low(material)}, entourées d’un trait épais."
    )
    table = communes(material)
    short = Table(
        table.key,
        "Communes les moins bien desservies",
        [table.columns[i] for i in (0, 1, 2)],
        table.rows[:LISTED],
    )
    return Drawing(
        title,
        said,
        material.draw(
            "carte-apl",
            title,
            said,
            areas=material.map_areas(material.by_code(material.access.apl)),
            bounds=bounds(material),
            measure="Consultations accessibles par an et par habitant (estimation)",
            zones=material.zone_codes,
            zone_label=f"sous le seuil de {_low(material)}",
        ),
        source_text([source(material)]),
        short,
    )


def figures(material: Material) -> tuple[Figure, ...]:
    """Return the mean, the shares under and over the thresholds, and the inequality."""
    return tuple(api.access_figures(material.atlas, material.access, material.reach, material.positions))


def _deciles(material: Material) -> Drawing:
    series = [
        Series(label, summary.deciles)
        for label, summary in material.summaries.items()
        if label in {material.areas[0].label, "France"}
    ]
    names = ["Le moins bien desservi", *(f"{rank}ᵉ dixième" for rank in range(2, 10)), "Le mieux desservi"]
    title = "Accessibilité moyenne de chaque dixième de la population"
    said = "Dixièmes de la population, du moins bien au mieux desservi, ici et en France."
    chart = BarChart("graphique-dixiemes", title, said, names, series, decimals=2)
    return Drawing(title, said, draw_bars(chart), source_text([source(material)]))


def _times(material: Material) -> Grid:
    reach, limits = material.reach, api.travel_bounds()
    columns = [
        Column("name", "Service le plus proche"),
        Column("mean", "Trajet moyen", "minutes"),
        *(Column(f"beyond-{b}", f"Population à plus de {b} min", "share") for b in limits),
        Column("france", f"En France, à plus de {limits[-1]} min", "share"),
    ]
    lines: list[list[Cell]] = []
    for key, service in api.SERVICES.items():
        here, france = reach.territory.remoteness[key], reach.areas[-1].remoteness[key]
        shares = [here.share_over[b] for b in limits]
        lines.append([str(service.label), here.mean, *shares, france.share_over[limits[-1]]])
    table = Table(
        "acces-trajets",
        f"Temps de trajet vers le service le plus proche{_estimated(material)}",
        columns,
        rows_of(columns, lines),
        provenance=_travel_source(material),
    )
    return Grid(table)


def _estimated(material: Material) -> str:
    """Return the words that mark minutes of which some are as the crow flies."""
    return " (estimation)" if material.access.travel.is_estimate(material.positions) else ""


def _travel_source(material: Material) -> Provenance:
    return api.travel_provenance(material.atlas, material.access, material.positions, "emergency")


def _emergency_map(material: Material) -> list[Block]:
    minutes = api.nearest_service(material.atlas, material.access.travel, "emergency").minutes
    if not np.isfinite(minutes[material.positions]).any():
        return []
    far = material.reach.territory.remoteness["emergency"].people_over
    title = "Temps de trajet vers le service d’urgences le plus proche"
    bound = api.travel_bounds()[-1]
    said = f"{people(far[bound] or 0)} à plus de {bound} minutes{_estimated(material)}."
    table = communes(material).sorted_by("-emergency")
    short = Table(
        "acces-urgences",
        "Communes les plus éloignées",
        [table.columns[i] for i in (0, 4, 2)],
        table.rows[:LISTED],
    )
    svg = material.draw(
        "carte-urgences",
        title,
        said,
        areas=material.map_areas(material.by_code(minutes)),
        bounds=TIME_BOUNDS,
        measure=f"Minutes de trajet{_estimated(material)}",
    )
    return [Drawing(title, said, svg, source_text([_travel_source(material)]), short)]


def _reference(material: Material) -> list[Block]:
    compared = api.ranks(material.atlas, material.access)
    agreed = api.agreement_figure(material.atlas, material.access, material.reach)
    published = material.by_code(compared.published)
    if not any(value is not None for value in published.values()):
        return [Paragraph("La DREES ne publie pas d’APL pour ces communes dans le jeu de données en usage.")]
    found = api.differences(material.atlas, material.access, material.positions)
    text = (
        "La DREES calcule son APL avec l’activité réelle de chaque médecin et des distances routières, que "
        "l’on "
        "n’a pas ici : les niveaux diffèrent, mais le classement des communes devrait se ressembler. "
        "L’accord "
        "des rangs vaut 1 quand l’ordre est le même, 0 quand il n’y a pas de rapport."
    )
    title = "APL publiée par la DREES (2023)"
    said = "La même échelle que la carte précédente, sur les valeurs publiées."
    columns = [
        Column("name", "Commune"),
        Column("ours", "APL calculée", "number", "", 2),
        Column("theirs", "APL de la DREES", "number", "", 2),
        Column("gap", "Écart de rang", "change", "points", 0),
        Column("why", "Ce qui peut l’expliquer (hypothèses)"),
    ]
    rows = [
        Row(
            {
                "name": str(material.atlas.names[one.position]),
                "ours": float(compared.ours[one.position]),
                "theirs": float(compared.published[one.position]),
                "gap": 100 * one.gap,
                "why": formats.listed(str(REASONS[reason]) for reason in one.reasons),
            },
            code=str(material.atlas.codes[one.position]),
        )
        for one in found[:DIFFERENCES]
    ]
    table = Table(
        "acces-ecarts-drees",
        "Communes où notre classement s’écarte le plus de celui de la DREES",
        columns,
        rows,
        notes=[
            "Écart de rang : part de la population française qui sépare les deux classements, en points ; "
            "positif où "
            "nous voyons un meilleur accès que la DREES."
        ],
    )
    order = sorted((value, code) for code, value in published.items() if value is not None)[:LISTED]
    names = dict(
        zip(
            material.atlas.codes[material.positions].tolist(), material.named(material.positions), strict=True
        )
    )
    least = Table(
        "acces-drees",
        "Communes les moins bien desservies selon la DREES",
        [columns[0], columns[2]],
        [Row({"name": names[code], "theirs": value}, code=code) for value, code in order],
    )
    svg = material.draw(
        "carte-drees",
        title,
        said,
        areas=material.map_areas(published),
        bounds=bounds(material),
        measure="APL de la DREES, consultations par an et par habitant",
    )
    return [
        Paragraph(text),
        Figures("Accord avec la référence de la DREES", material.name, (agreed,)),
        Drawing(title, said, svg, "Source : DREES, APL 2023.", least),
        Grid(table),
    ]
