"""Where structures are: those counted by commune at its centre, hospitals and EHPAD at their address."""

from __future__ import annotations

from maillage.directory import api as directory
from maillage.directory.api import StructureKind
from maillage.kernel import formats
from maillage.kernel.figures import Provenance
from maillage.kernel.tables import Column, Row, Table
from maillage.web.drawing import Mark
from maillage.web.report.content import Block, Drawing, Grid, Paragraph
from maillage.web.report.data import source_text
from maillage.web.report.material import Material
from maillage.web.report.tables import cut
from maillage.web.report.wording import count

NEARBY = {
    "supply_commune.pharmacies": "pharmacie",
    "supply_commune.laboratoires": "laboratoire",
    "supply_commune.centres_sante": "centre de santé",
    "supply_commune.msp": "maison de santé",
}
INSTITUTIONS = {
    StructureKind.EHPAD: "EHPAD",
    StructureKind.HOSPITAL: "hôpital",
    StructureKind.MATERNITY: "maternité",
    StructureKind.EMERGENCY: "service d’urgences",
}
FILE = "structures.parquet"


def structures(material: Material) -> list[Block]:
    """Return the maps and lists of structures."""
    lacking = material.supply.without_pharmacy
    blocks: list[Block] = []
    if lacking.communes:
        share = formats.percent(lacking.share)
        verb = "n’a" if lacking.communes == 1 else "n’ont"
        said = f"{count(lacking.communes, 'commune')}, {share} de la population, {verb} pas de pharmacie."
        blocks.append(Paragraph(said))
    return [*blocks, _nearby(material), Grid(material.supply.establishments), *_institutions(material)]


def source(material: Material) -> Provenance:
    """Return where the positions of structures come from, as the data pack says it."""
    files: list[dict[str, object]] = material.pack.manifest.get("files", []) if material.pack else []
    entry = next((one for one in files if one.get("file") == FILE), dict[str, object]())
    return Provenance(str(entry.get("publisher", "")), str(entry.get("vintage", "")))


def _nearby(material: Material) -> Drawing:
    atlas = material.atlas
    marks = [
        Mark(*material.place(int(k)), kind)
        for column, kind in NEARBY.items()
        if atlas.has(column)
        for k in material.positions
        if atlas.column(column)[k] > 0
    ]
    title = "Soins de proximité"
    said = (
        "Chaque signe est placé au centre de la commune, qui peut compter plusieurs structures du même type."
    )
    table = material.supply.establishments
    return Drawing(
        title,
        said,
        material.draw("carte-proximite", title, said, marks=marks),
        f"{said} {source_text([table.provenance] if table.provenance else [])}",
        cut(table, ("name", "count", "communes"), "Nombre de structures"),
    )


def _institutions(material: Material) -> list[Block]:
    codes = [str(code) for code in material.atlas.codes[material.positions]]
    found = list(directory.structures_in(codes, INSTITUTIONS))
    if not found:
        return []
    order = list(INSTITUTIONS)
    found.sort(key=lambda one: (order.index(StructureKind(one.kind)), one.search_name, one.pk))
    title = "Hôpitaux et EHPAD"
    said = (
        "À leur adresse quand elle est connue ; urgences et maternités sont placées au centre de la commune."
    )
    marks = [Mark(one.lon, one.lat, INSTITUTIONS[StructureKind(one.kind)]) for one in found]
    columns = [
        Column("name", "Structure"),
        Column("kind", "Nature"),
        Column("commune", "Commune"),
        Column("where", "Localisation"),
    ]
    rows = [
        Row(
            {
                "name": one.title,
                "kind": one.category or str(one.get_kind_display()),
                "commune": one.commune.name if one.commune else None,
                "where": str(one.get_precision_display()),
            }
        )
        for one in found
        if not one.is_group
    ]
    totals = directory.counts_by_kind(codes)
    counted = Table(
        "structures-nombre",
        "Nombre de structures",
        [Column("kind", "Nature"), Column("count", "Nombre", "number")],
        [Row({"kind": label, "count": totals[kind]}) for kind, label in INSTITUTIONS.items()],
    )
    origin = source_text([source(material)])
    drawing = Drawing(
        title,
        said,
        material.draw("carte-etablissements", title, said, marks=marks),
        f"{said} {origin}",
        counted,
    )
    return [drawing, Grid(Table("structures", "Hôpitaux et EHPAD du territoire", columns, rows))]
