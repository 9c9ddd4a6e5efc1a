"""Checks a whole pack and tells every defect at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs import geometry, reading
from maillage.territory.packs.cells import check_cells
from maillage.territory.packs.contract import (
    Manifest,
    OpenPack,
    PackFile,
    PackLoader,
    Progress,
    Report,
    silent,
)
from maillage.territory.packs.defects import Defects
from maillage.territory.packs.geography import check_codes, check_communes, check_contours
from maillage.territory.packs.schema import Table
from maillage.territory.packs.variables import COMMUNES, TABLES, WORKFORCE

_WITHOUT_FOREIGN_CODES = {COMMUNES.stem, WORKFORCE.stem}


def check(
    folder: Path,
    *,
    loaders: Sequence[PackLoader] = (),
    earlier: Mapping[str, str] | None = None,
    progress: Progress = silent,
) -> Report:
    """Read the pack in `folder` and return all that is wrong with it, and the open pack if nothing is.

    `earlier` maps the codes of communes known from earlier packs to their names: it tells a stale code
    from a mistyped one. `loaders` bring the tables of other contexts.
    """
    defects = Defects()
    manifest = reading.read_manifest(folder, defects)
    pack = _open(folder, manifest, loaders, earlier or {}, defects, progress) if manifest else None
    found = tuple(defects)
    return Report(
        folder=str(folder),
        title=manifest.title if manifest else folder.name,
        fingerprint=pack.fingerprint if pack else "",
        defects=tuple(defect for defect in found if defect.blocks),
        remarks=tuple(defect for defect in found if not defect.blocks),
        pack=None if defects.blocking else pack,
    )


def fingerprint_of(folder: Path) -> str | None:
    """Return the fingerprint of the pack in `folder` without checking it, None where it has defects at sight.

    A pack with the fingerprint of one that was found sound is that one: there is nothing to check again.
    """
    defects = Defects()
    manifest = reading.read_manifest(folder, defects)
    if manifest is None or defects.blocking:
        return None
    return reading.fingerprint(folder, sorted(reading.check_files(folder, manifest, defects)))


def _open(
    folder: Path,
    manifest: Manifest,
    loaders: Sequence[PackLoader],
    earlier: Mapping[str, str],
    defects: Defects,
    progress: Progress,
) -> OpenPack | None:
    schema = {table.stem: table for table in (*TABLES, *(loader.table for loader in loaders))}
    present = reading.check_files(folder, manifest, defects)
    _check_required(manifest, schema, defects)
    tables = _read_tables(folder, manifest, schema, present, defects, progress)
    communes = tables.get(COMMUNES.stem)
    if communes is None or not reading.fits(communes, COMMUNES):
        return None
    known = check_communes(communes, manifest, defects)
    for stem, table in tables.items():
        if stem not in _WITHOUT_FOREIGN_CODES and reading.fits(table, schema[stem]):
            check_codes(table, schema[stem], known, earlier, defects)
    for loader in loaders:
        brought = tables.get(loader.table.stem)
        if brought is not None and reading.fits(brought, loader.table):
            loader.check(brought, manifest, defects)
    progress(_("Contours"), 0, 1)
    contours = _read_contours(folder, manifest, present, communes, defects)
    if defects.blocking:
        return None
    progress(_("Empreinte"), 0, 1)
    return OpenPack(
        folder=folder,
        manifest=manifest,
        fingerprint=reading.fingerprint(folder, sorted(present)),
        communes=communes.sort("code"),
        tables=tables,
        schema=schema,
        contours=contours,
    )


def _check_required(manifest: Manifest, schema: Mapping[str, Table], defects: Defects) -> None:
    for table in schema.values():
        if table.required and manifest.file(table.stem) is None:
            defects.add(
                "missing_file", table.file, _("ce fichier indispensable n’est pas dans le manifeste."),
                _("Ajoutez-le au dossier et au manifeste."),
            )  # fmt: skip

    if _contour_file(manifest) is None:
        defects.add(
            "missing_file", "communes_france.topojson", _("aucun contour de communes dans le manifeste."),
            _("Ajoutez un TopoJSON des communes : cartes et contiguïté en dépendent."),
        )  # fmt: skip


def _contour_file(manifest: Manifest) -> PackFile | None:
    """Return the outlines: the first TopoJSON of the manifest whose name begins with « communes »."""
    outlines = (file for file in manifest.files if file.name.endswith(".topojson"))
    return next((file for file in outlines if file.stem.startswith("communes")), None)


def _read_tables(
    folder: Path,
    manifest: Manifest,
    schema: Mapping[str, Table],
    present: set[str],
    defects: Defects,
    progress: Progress,
) -> dict[str, pl.DataFrame]:
    files = [file for file in manifest.files if file.stem in schema and file.name in present]
    tables = {}
    for done, file in enumerate(files):
        progress(_("Lecture de %s") % file.name, done, len(files))
        table = schema[file.stem]
        frame = reading.read_table(folder, file, table, defects)
        if frame is None:
            continue
        check_cells(frame, table, file.name, defects)
        tables[file.stem] = frame.filter(pl.col(table.keep[0]) == table.keep[1]) if table.keep else frame
    return tables


def _read_contours(
    folder: Path, manifest: Manifest, present: set[str], communes: pl.DataFrame, defects: Defects
) -> geometry.Contours:
    file = next(
        (f for f in manifest.files if f.stem.startswith("communes") and f.name.endswith(".topojson")), None
    )
    if file is None or file.name not in present:
        return geometry.EMPTY
    try:
        contours = geometry.contours((folder / file.name).read_bytes(), _centres(communes))
    except geometry.InvalidTopologyError as error:
        defects.add(
            "invalid_topology", file.name, _("TopoJSON invalide : %s.") % error,
            _("Produisez-le de nouveau avec topojson ou mapshaper, une géométrie par commune."),
        )  # fmt: skip
        return geometry.EMPTY
    check_contours(contours, file.name, set(communes["code"].drop_nulls()), manifest, defects)
    return contours


def _centres(communes: pl.DataFrame) -> dict[str, tuple[float, float]]:
    return {
        code: (lon, lat) for code, lon, lat in communes.select("code", "lon", "lat").drop_nulls().iter_rows()
    }
