"""How accessible general practitioners are, how far other services are, and what the DREES says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from maillage.kernel import formats
from maillage.kernel.figures import Provenance
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.territory import api
from maillage.web.report.content import Block, Drawing, Grid, Heading, Notice, Paragraph, Section
from maillage.web.report.data import source_text
from maillage.web.report.drawing import BarChart, Series, draw_bars
from maillage.web.report.material import Material
from maillage.web.report.tables import rows_of
from maillage.web.report.wording import against, count, people

LISTED = 14
DIFFERENCES = 12
TIME_BOUNDS = (10.0, 15.0, 20.0, 30.0)
REASONS = {
    api.Reason.COUNTS_DIFFER: "les deux sources ne comptent pas les mêmes généralistes",
    api.Reason.LARGE_COMMUNE: "commune étendue, dont le centre peut être loin du bourg",
    api.Reason.FAR_SUPPLY: "offre lointaine, où le vol d’oiseau ignore relief et rivières",
    api.Reason.HEALTH_CENTRE: "centre de santé à portée, non compté ici",
    api.Reason.OLDER_DOCTORS: "la DREES écarte les médecins de plus de 65 ans",
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
                "tous ceux qui peuvent s’y rendre ; elle s’exprime en consultations accessibles par an et "
                "par "
                "habitant standardisé par l’âge.",
            ),
            _map(material),
            _spread(material),
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
    return f"{text} ; la moyenne est de {formats.number(ours.mean, 2)}."


def travel_sentence(material: Material) -> str:
    """Return where travel times come from."""
    pairs = material.access.travel.pairs
    if not pairs.estimate:
        return f"Les temps de trajet sont ceux de {pairs.provider} ({pairs.vintage})."
    return (
        "Les temps de trajet sont estimés à vol d’oiseau, de centre à centre de commune, par un modèle "
        "ajusté sur des "
        "trajets routiers réels ; ils ignorent le relief, les ponts et la circulation."
    )


def bounds(material: Material) -> tuple[float, ...]:
    """Return the limits between the classes of access, the thresholds among them."""
    low, high = material.access.low, material.access.high
    return (1.5, low, high, 5.0) if high is not None else (low / 2, low)


def source(material: Material) -> Provenance:
    """Return where our accessibility comes from."""
    parameters = material.access.parameters
    return Provenance(
        "calcul Maillage (E2SFCA) d’après l’Assurance Maladie, l’INSEE et la DREES",
        parameters.label,
        formula="APL = Σ w(t) · offre ÷ Σ w(t) · population standardisée",
        estimate=material.access.travel.pairs.estimate,
        rules=(*parameters.rules, "territory.apl.threshold_low", "territory.apl.threshold_high"),
    )


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


def _spread(material: Material) -> Grid:
    low = _low(material)
    lines: tuple[tuple[str, str, int, Callable[[api.Summary], float | None]], ...] = (
        ("Moyenne", "number", 2, lambda one: one.mean),
        (f"Part de la population sous {low}", "share", 0, lambda one: one.below),
        ("Part de la population au-dessus de 4", "share", 0, lambda one: one.above),
        ("Un dixième de la population a moins de (P10)", "number", 2, lambda one: one.p10),
        ("Un dixième de la population a plus de (P90)", "number", 2, lambda one: one.p90),
        ("Rapport P90/P10", "number", 1, lambda one: one.interdecile),
        ("Indice de Gini", "number", 2, lambda one: one.gini),
    )
    areas = list(material.summaries.items())
    columns = [
        Column("name", "APL"),
        *(Column(f"area-{k}", label, "number") for k, (label, _) in enumerate(areas)),
    ]
    rows = [
        [name, *(_written(kind, decimals, read(summary)) for _, summary in areas)]
        for name, kind, decimals, read in lines
    ]
    return Grid(
        Table(
            "acces-repartition",
            "Répartition de l’accessibilité",
            columns,
            rows_of(columns, rows),
            provenance=source(material),
        )
    )


def _written(kind: str, decimals: int, value: float | None) -> str:
    return formats.percent(value, decimals) if kind == "share" else formats.number(value, decimals)


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
    bounds_ = api.travel_bounds()
    columns = [
        Column("name", "Service le plus proche"),
        Column("mean", "Trajet moyen", "minutes"),
        *(Column(f"beyond-{b}", f"Population à plus de {b} min", "share") for b in bounds_),
        *(Column(f"france-{b}", f"En France, à plus de {b} min", "share") for b in bounds_[-1:]),
    ]
    lines: list[list[Cell]] = []
    for key, service in api.SERVICES.items():
        minutes = api.nearest_service(material.atlas, material.access.travel, key).minutes
        here = api.remoteness(material.atlas, minutes, material.positions)
        france = api.remoteness(material.atlas, minutes, slice(None))
        lines.append(
            [str(service.label), here.mean, *(here.beyond[b] for b in bounds_), france.beyond[bounds_[-1]]]
        )
    table = Table(
        "acces-trajets",
        "Temps de trajet vers le service le plus proche (estimation)",
        columns,
        rows_of(columns, lines),
        provenance=Provenance("calcul Maillage d’après la BPE de l’INSEE", "2024", estimate=True),
    )
    return Grid(table)


def _emergency_map(material: Material) -> list[Block]:
    minutes = api.nearest_service(material.atlas, material.access.travel, "emergency").minutes
    if not np.isfinite(minutes[material.positions]).any():
        return []
    far = api.remoteness(material.atlas, minutes, material.positions).people_beyond
    title = "Temps de trajet vers le service d’urgences le plus proche"
    bound = api.travel_bounds()[-1]
    said = f"{people(far[bound] or 0)} à plus de {bound} minutes (estimation)."
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
        measure="Minutes de trajet (estimation)",
    )
    return [Drawing(title, said, svg, "Source : calcul Maillage d’après la BPE de l’INSEE, 2024.", short)]


def _reference(material: Material) -> list[Block]:
    compared = api.ranks(material.atlas, material.access)
    here = api.agreement(compared, material.access, material.positions)
    france = api.agreement(compared, material.access, slice(None))
    published = material.by_code(compared.published)
    if not any(value is not None for value in published.values()):
        return [Paragraph("La DREES ne publie pas d’APL pour ces communes dans le jeu de données en usage.")]
    found = api.differences(material.atlas, material.access, material.positions)
    text = (
        "La DREES calcule son APL avec l’activité réelle de chaque médecin et des distances routières, que "
        "l’on n’a pas "
        "ici : les niveaux diffèrent, le classement des communes devrait se ressembler. La corrélation des "
        "rangs, "
        f"pondérée par la population, est de {formats.number(france, 2)} sur la France entière et de "
        f"{formats.number(here, 2)} sur le territoire."
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
                "why": " ; ".join(REASONS[reason] for reason in one.reasons),
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
            "Écart de rang : part de la population française qui sépare les deux classements, en points ; "
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
    return [Paragraph(text), Drawing(title, said, svg, "Source : DREES, APL 2023.", least), Grid(table)]
