"""Opening the files of a pack that nobody vouches for: bounded, inside the folder, never half-trusted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs.contract import Manifest, Origin, PackFile
from maillage.territory.packs.defects import Defects
from maillage.territory.packs.schema import Table

MANIFEST = "manifest.json"
MANIFEST_LIMIT = 1 << 20
FILE_LIMIT = 256 << 20
ROADS_LIMIT = 8 << 30
"""The road extract of a large region weighs hundreds of megabytes: an import does not open it."""
CELL_LIMIT = 50_000_000
"""A Parquet file of a few kilobytes can unfold into gigabytes: its declared size is read first."""

IMPORT_FORMAT = "1"
"""Changes when the same pack would be stored otherwise, so that it is imported again."""


def read_manifest(folder: Path, defects: Defects) -> Manifest | None:
    """Return the manifest of the pack in `folder`, None where it cannot be used."""
    path = folder / MANIFEST
    if not path.is_file():
        defects.add(
            "missing_manifest", MANIFEST, _("le manifeste manque."),
            _("Ajoutez au dossier un manifest.json qui décrit ses fichiers."),
        )  # fmt: skip
        return None
    mend = _("Reprenez la structure décrite dans docs/guides/data-pack.md : name, title, geography, files.")
    if path.stat().st_size > MANIFEST_LIMIT:
        defects.add("giant_file", MANIFEST, _("le manifeste dépasse 1 Mo."), mend)
        return None
    try:
        raw = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        defects.add("invalid_manifest", MANIFEST, _("JSON illisible (%s).") % error, mend)
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("files"), list) or not raw.get("geography"):
        defects.add(
            "invalid_manifest",
            MANIFEST,
            _("« files » ou « geography » manque ou n’a pas la forme voulue."),
            mend,
        )
        return None
    files = [_pack_file(entry, folder, defects) for entry in raw["files"]]
    name = str(raw.get("name") or folder.name)
    return Manifest(
        name=name[:80],
        title=str(raw.get("title") or name)[:200],
        geography=str(raw["geography"])[:40],
        created=str(raw.get("created", ""))[:40],
        files=tuple(file for file in files if file),
        raw=raw,
    )


def _pack_file(entry: Any, folder: Path, defects: Defects) -> PackFile | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
        defects.add(
            "invalid_manifest", MANIFEST, _("une entrée de « files » n’a pas de nom de fichier."),
            _("Donnez à chaque fichier une clé « file »."),
        )  # fmt: skip
        return None
    name = entry["file"]
    if not _stays_inside(name, folder):
        defects.add(
            "path_outside_pack", MANIFEST, _("le fichier « %s » sort du dossier du jeu.") % name[:120],
            _("Nommez les fichiers relativement au dossier, sans « .. » ni lien symbolique."),
        )  # fmt: skip
        return None
    columns = entry.get("columns")
    rows = entry.get("rows")
    return PackFile(
        name=name,
        title=str(entry.get("title", "")),
        publisher=str(entry.get("publisher", ""))[:300],
        vintage=str(entry.get("vintage", ""))[:80],
        licence=str(entry.get("licence", ""))[:120],
        rows=rows if isinstance(rows, int) else None,
        columns=columns if isinstance(columns, dict) else {},
        origins=_origins(entry.get("origins")),
    )


def _origins(said: Any) -> dict[str, Origin]:
    """Return the origins of columns; what is not of that form says nothing."""
    return {
        str(name): Origin(
            str(one.get("publisher", ""))[:300],
            str(one.get("vintage", ""))[:80],
            str(one.get("licence", ""))[:120],
        )
        for name, one in (said.items() if isinstance(said, dict) else ())
        if isinstance(one, dict)
    }


def _stays_inside(name: str, folder: Path) -> bool:
    path = PurePosixPath(name)
    if not name or "\x00" in name or "\\" in name or path.is_absolute() or ".." in path.parts:
        return False
    return (folder / path).resolve().is_relative_to(folder.resolve())


def check_files(folder: Path, manifest: Manifest, defects: Defects) -> set[str]:
    """Return the names of the manifest's files that are there and of a bearable size."""
    present = set()
    for file in manifest.files:
        path = folder / file.name
        if not path.is_file():
            defects.add(
                "missing_file", file.name, _("le fichier est dans le manifeste et pas dans le dossier."),
                _("Ajoutez-le, ou retirez-le du manifeste."),
            )  # fmt: skip
        elif path.stat().st_size > (limit := ROADS_LIMIT if file.name.endswith(".osm.pbf") else FILE_LIMIT):
            defects.add(
                "giant_file", file.name, _("le fichier dépasse %d Mo.") % (limit >> 20),
                _("Un jeu national tient en 30 Mo : vérifiez ce fichier."),
            )  # fmt: skip
        else:
            present.add(file.name)
    return present


def fingerprint(folder: Path, names: Sequence[str]) -> str:
    """Return the SHA-256 of the manifest and of the files `names`, with the import format."""
    digest = hashlib.sha256(IMPORT_FORMAT.encode())
    for name in (MANIFEST, *sorted(names)):
        with (folder / name).open("rb") as file:
            digest.update(f"\0{name}\0".encode())
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def read_table(folder: Path, file: PackFile, table: Table, defects: Defects) -> pl.DataFrame | None:
    """Return the Parquet `file` as a frame, None where it cannot be read.

    NaN becomes null, so that a missing value is said one way.
    """
    path = folder / file.name
    try:
        lazy = pl.scan_parquet(path)
        schema = lazy.collect_schema()
        rows = lazy.select(pl.len()).collect().item()
        if rows * len(schema) > CELL_LIMIT:
            defects.add(
                "giant_file", file.name, _("la table annonce %d lignes.") % rows,
                _("Un jeu national en compte 35 000 : vérifiez ce fichier."),
            )  # fmt: skip
            return None
        frame = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        defects.add(
            "unreadable_file", file.name, _("le fichier Parquet est illisible (%s).") % _first_line(error),
            _("Écrivez-le de nouveau : il est tronqué, corrompu ou d’un autre format."),
        )  # fmt: skip
        return None
    _check_row_count(file, frame, defects)
    _check_columns(file, frame, table, defects)
    return frame.with_columns(pl.selectors.float().fill_nan(None))


def fits(frame: pl.DataFrame, table: Table) -> bool:
    """Return whether the columns that `table` requires are there and of their type: rows can be compared."""
    required = {name: column for name, column in table.columns.items() if column.required}
    return table.key in frame.columns and all(
        name in frame.columns and column.kind.is_numeric == frame.schema[name].is_numeric()
        for name, column in required.items()
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _check_row_count(file: PackFile, frame: pl.DataFrame, defects: Defects) -> None:
    if file.rows is not None and file.rows != frame.height:
        defects.add(
            "row_count", file.name,
            _("le manifeste annonce %(declared)d lignes, le fichier en a %(found)d.")
            % {"declared": file.rows, "found": frame.height},
            _("Le fichier est tronqué ou le manifeste est ancien : refaites l’un ou l’autre."),
        )  # fmt: skip


def _check_columns(file: PackFile, frame: pl.DataFrame, table: Table, defects: Defects) -> None:
    wanted = [name for name, column in table.columns.items() if column.required or name == table.key]
    for name in dict.fromkeys([*wanted, *file.columns]):
        if name not in frame.columns:
            defects.add(
                "missing_column", file.name, _("la colonne manque."),
                _("Ajoutez-la au fichier, ou retirez-la du manifeste si elle est facultative."), column=name,
            )  # fmt: skip
    for name, dtype in frame.schema.items():
        known = table.columns.get(name)
        numeric = known.kind.is_numeric if known else _declared_numeric(file.columns, name)
        if numeric is None or numeric == dtype.is_numeric() or dtype == pl.Null:
            continue
        kind = known.kind.value if known else file.columns[name]
        defects.add(
            "wrong_type", file.name,
            _("le type est %(found)s ; il faut : %(wanted)s.") % {"found": dtype, "wanted": kind},
            _("Convertissez la colonne avant d’écrire le fichier."), column=name,
        )  # fmt: skip


def _declared_numeric(columns: Mapping[str, Any], name: str) -> bool | None:
    declared = str(columns.get(name, "")).lower()
    if declared.startswith(("int", "uint", "float")):
        return True
    return False if declared in {"str", "string"} else None
