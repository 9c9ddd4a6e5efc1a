"""From a territory to the whole report: the cover, the summary, the parts in order, the tables to export."""

from __future__ import annotations

from maillage.kernel import formats
from maillage.kernel.tables import Table
from maillage.web.report.content import Drawing, Report
from maillage.web.report.material import Material
from maillage.web.report.sections.access import access_section, communes, travel_sentence
from maillage.web.report.sections.annex import annex_section
from maillage.web.report.sections.flows import flows_section
from maillage.web.report.sections.limits import limits_section, perimeter_notice
from maillage.web.report.sections.needs import needs_section
from maillage.web.report.sections.portrait import portrait_section
from maillage.web.report.sections.sources import (
    method_section,
    parameters_section,
    sources_section,
    used_variables,
)
from maillage.web.report.sections.summary import headline, summary
from maillage.web.report.sections.supply import supply_section
from maillage.web.report.sections.zones import zones_section
from maillage.web.report.wording import count, listed, people


def compose(material: Material) -> Report:
    """Return the report of a territory; French must be the active language."""
    findings = (
        portrait_section(material),
        supply_section(material),
        access_section(material),
        zones_section(material),
        flows_section(material),
        needs_section(material),
    )
    first = headline(material)
    blocks = [first, *(block for section in findings for block in section.blocks)]
    return Report(
        slug=material.territory.slug,
        subject=material.name,
        nature=_nature(material),
        notice=_notice(material),
        day=material.day,
        vintages=_vintages(material),
        cover=cover(material),
        headline=first,
        summary=summary(material),
        sections=(
            *findings,
            sources_section(material),
            method_section(material, blocks),
            parameters_section(material, blocks),
            limits_section(material),
            annex_section(material),
        ),
        exports=_exports(material),
    )


def _nature(material: Material) -> str:
    kind = (
        "Périmètre construit" if material.territory.is_constructed else material.territory.get_kind_display()
    )
    return f"{kind}, {count(len(material.positions), 'commune')}, {people(material.population)}"


def _notice(material: Material) -> str:
    perimeter = perimeter_notice(material)
    if material.is_fictional and "fictif" not in perimeter.lower():
        return f"Territoire fictif, engendré par un programme. {perimeter}".strip()
    return perimeter


def _vintages(material: Material) -> tuple[str, ...]:
    by_source: dict[str, dict[str, None]] = {}
    for variable in used_variables(material):
        by_source.setdefault(variable.source, {})[variable.vintage] = None
    lines = [
        f"{source} : {listed([one for one in vintages if one])}" for source, vintages in by_source.items()
    ]
    return (*lines, travel_sentence(material))


def cover(material: Material) -> Drawing:
    """Return the map of the cover: the communes, their outline, the main towns."""
    title = f"Les communes de {material.name}"
    area = float(material.atlas.area_km2[material.positions].sum())
    said = f"{count(len(material.positions), 'commune')}, {formats.number(area)} km²."
    return Drawing(title, said, material.draw("carte-couverture", title, said, width=420.0, tallest=380.0))


def _exports(material: Material) -> tuple[Table, ...]:
    portrait, supply = material.portrait, material.supply
    return (portrait.communes, portrait.groups, supply.communes, communes(material))
