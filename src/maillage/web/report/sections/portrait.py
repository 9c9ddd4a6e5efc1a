"""Who lives there, how that changes, and what makes them vulnerable."""

from __future__ import annotations

from maillage.kernel import formats
from maillage.kernel.figures import Figure
from maillage.web.drawing import BarChart, Series, draw_bars
from maillage.web.report.content import Block, Drawing, Figures, Grid, Heading, Paragraph, Section
from maillage.web.report.data import source_text
from maillage.web.report.material import Material, values_of
from maillage.web.report.tables import cut
from maillage.web.report.wording import count

CHANGE_BOUNDS = (-10.0, -5.0, 0.0, 5.0)
LISTED = 14


def portrait_section(material: Material) -> Section:
    """Return « Portrait » : population, age, income, vulnerability."""
    portrait = material.portrait
    return Section(
        "portrait",
        "Portrait de la population",
        _finding(portrait.figure("population"), portrait.figure("change_2012"), portrait.figure("share_65p")),
        (
            Figures("Population et mouvement", material.name, _movement(material)),
            _change_map(material),
            Heading("Âges"),
            _ages(material),
            Heading("Ressources et fragilités"),
            *_fragilities(material),
            Grid(cut(portrait.groups, GROUP_COLUMNS)),
        ),
    )


GROUP_COLUMNS = ("name", "communes", "population", "change_2012", "share_65p", "income", "ald", "c2s")


def _finding(population: Figure, change: Figure, older: Figure) -> str:
    text = f"{formats.number(population.value)} habitants"
    if change.value is not None:
        text += f", {formats.signed_percent(change.value, 1)} depuis 2012"
    if older.value is not None:
        text += f"{formats.NBSP}; {formats.percent(older.value)} ont 65 ans ou plus (estimation)"
        france = [one.value for one in older.comparisons if one.label == "France" and one.value is not None]
        text += f", contre {formats.percent(france[0])} en France" if france else ""
    return f"{text}."


def _movement(material: Material) -> tuple[Figure, ...]:
    portrait = material.portrait
    return (*portrait.headline[:2], *(one for one in portrait.movement if one.key != "share_0_15"))


def _change_map(material: Material) -> Drawing:
    table = material.portrait.communes
    values = values_of(table, "change_2012")
    title = "Évolution de la population depuis 2012"
    known = [value for value in values.values() if value is not None]
    falling = sum(value < 0 for value in known)
    said = f"{count(falling, 'commune')} sur {len(known)} ont perdu des habitants."
    return Drawing(
        title,
        said,
        material.draw(
            "carte-evolution",
            title,
            said,
            areas=material.map_areas(values),
            bounds=CHANGE_BOUNDS,
            measure="Évolution de 2012 à la population en vigueur, en %",
        ),
        source_text([material.portrait.figure("change_2012").provenance]),
        cut(table, ("name", "population", "change_2012"), "Communes les plus peuplées", LISTED),
    )


def _ages(material: Material) -> Drawing:
    bands = material.portrait.bands
    areas = bands.columns[1:]
    series = [
        Series(
            area.label,
            [value if isinstance(value := row.cells.get(area.key), float) else None for row in bands.rows],
        )
        for area in areas
    ]
    groups = [str(row.cells["band"]) for row in bands.rows]
    said = (
        "Part de chaque tranche d’âge dans la population ; les mêmes valeurs sont écrites au bout des barres."
    )
    chart = BarChart("graphique-ages", bands.caption, said, groups, series, unit="%")
    note = " ".join(bands.notes)
    return Drawing(
        bands.caption,
        said,
        draw_bars(chart),
        f"{note} {source_text([bands.provenance] if bands.provenance else [])}".strip(),
    )


def _fragilities(material: Material) -> list[Block]:
    portrait = material.portrait
    shown = (*portrait.wealth, *portrait.vulnerability)
    return [
        Paragraph(
            "Les fragilités sont comptées parmi les bénéficiaires du régime général. Les effectifs "
            "inférieurs à 11 "
            "sont sous secret statistique : les totaux les comptent par leur intervalle et ne permettent "
            "pas de "
            "les retrouver par soustraction."
        ),
        Figures("Ressources et fragilités", material.name, shown),
    ]
