"""Backups that any Maillage of the same version restores, whichever of the two databases it runs on.

One zip file: `manifest.json` (schema, and for each table its rows and SHA-256) and one JSON line per row,
values written as the models' fields write them. Not kept: sessions (everybody signs in again), the secret
key, and the caches under MAILLAGE_HOME, which are rebuilt.

The digest that `backup` returns seals the whole file: noted elsewhere, it shows a file that was changed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import Error, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.duration import duration_iso_string
from django.utils.translation import gettext as _

from maillage import __version__
from maillage.kernel import anchors, databases, journal

FORMAT = 1
_MANIFEST = "manifest.json"
_NOT_KEPT = {"sessions.session"}

#: Called with the table, its place and the number of tables.
Progress = Callable[[str, int, int], None]


class BackupError(ValueError):
    """The file cannot be restored here; the message says why and what to do. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """One table of a backup: model, columns in order, number of rows, SHA-256 of its lines."""

    model: str
    columns: list[str]
    rows: int
    sha256: str

    @property
    def name(self) -> str:
        """The name of the file inside the zip."""
        return f"tables/{self.model}.jsonl"


@dataclass(frozen=True, slots=True)
class Backup:
    """What was written or restored: the file, its digest, when it was made and how many rows it holds."""

    path: Path
    digest: str
    created_at: str
    rows: int


def backup(path: Path, *, progress: Progress | None = None) -> Backup:
    """Write all the data, as it is at one moment, to a new file at `path`. Others may go on writing.

    Raises FileExistsError where the file is already there.
    """
    models = _models()
    part = path.with_name(path.name + ".part")
    with open(path, "xb"):
        pass  # reserves the name; the file itself appears whole or not at all
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file, databases.snapshot():
            tables = []
            for place, model in enumerate(models):
                _tell(progress, model, place, len(models))
                tables.append(_write_table(file, model))
            manifest = _manifest(tables)
            file.writestr(_MANIFEST, manifest)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        path.unlink()
        raise
    return _described(path, manifest)


def note(made: Backup) -> None:
    """Say in the journal that a backup was made, with its digest: the archive does not hold the line."""
    changes = {"created_at": made.created_at, "digest": made.digest, "rows": made.rows}
    journal.record(by=None, verb="kernel.backup_made", target=made.path.name, changes=changes, scope=None)


def restore(path: Path, *, digest: str | None = None, progress: Progress | None = None) -> Backup:
    """Replace all the data by that of the file at `path`, wholly or not at all. Stop the server first.

    `digest`, where it was noted, must be that of the file. Raises BackupError where the file is damaged or
    changed, or comes from another schema.
    """
    try:
        with zipfile.ZipFile(path) as file:
            manifest = file.read(_MANIFEST)
            described = _described(path, manifest)
            if digest is not None and digest != described.digest:
                raise BackupError(_("Le fichier n’est pas celui dont l’empreinte a été notée."))
            tables = _checked(file, json.loads(manifest))
            _replace_all(file, tables, described, progress)
            anchors.take(restored=True)
    except (
        OSError,
        zipfile.BadZipFile,
        LookupError,
        TypeError,
        ValidationError,
        json.JSONDecodeError,
    ) as error:
        raise BackupError(
            _("{file} n’est pas une sauvegarde de Maillage lisible ({error}).").format(
                file=path.name, error=error
            )
        ) from error
    except Error as error:
        raise BackupError(
            _("La base refuse le contenu de cette sauvegarde ({error}). Rien n’a été changé.").format(
                error=error
            )
        ) from error
    return described


@transaction.atomic
def _replace_all(
    file: zipfile.ZipFile, tables: list[TableFile], described: Backup, progress: Progress | None
) -> None:
    with databases.append_only_lifted():
        _empty()
        for place, table in enumerate(tables):
            model = apps.get_model(table.model)
            _tell(progress, model, place, len(tables))
            databases.bulk_load(model, table.columns, _rows(file, table, model))
        connection.check_constraints()
        _reset_sequences()
    ContentType.objects.clear_cache()
    changes = {"created_at": described.created_at, "digest": described.digest, "rows": described.rows}
    journal.record(
        by=None, verb="kernel.backup_restored", target=described.path.name, changes=changes, scope=None
    )


def _models() -> list[type[Model]]:
    every = apps.get_models(include_auto_created=True)
    return [model for model in every if model._meta.managed and model._meta.label_lower not in _NOT_KEPT]


def _write_table(file: zipfile.ZipFile, model: type[Model]) -> TableFile:
    columns = [field.name for field in model._meta.concrete_fields]
    table = TableFile(model._meta.label_lower, columns, 0, "")
    seal, count = hashlib.sha256(), 0
    values = model._base_manager.order_by("pk").values_list(*(f.attname for f in model._meta.concrete_fields))
    with file.open(table.name, "w", force_zip64=True) as lines:
        for row in values.iterator(chunk_size=500):
            line = (json.dumps(row, default=_as_json, ensure_ascii=False) + "\n").encode()
            seal.update(line)
            lines.write(line)
            count += 1
    return TableFile(table.model, columns, count, seal.hexdigest())


def _manifest(tables: list[TableFile]) -> bytes:
    content = {
        "format": FORMAT,
        "maillage": __version__,
        "created_at": timezone.now().isoformat(),
        "schema": _schema(),
        "tables": [asdict(table) for table in tables],
    }
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _schema() -> list[str]:
    """Return the migrations in force, of the installed applications only."""
    labels = {config.label for config in apps.get_app_configs()}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in labels)


def _described(path: Path, manifest: bytes) -> Backup:
    content = json.loads(manifest)
    rows = sum(table["rows"] for table in content["tables"])
    return Backup(path, hashlib.sha256(manifest).hexdigest(), content["created_at"], rows)


def _checked(file: zipfile.ZipFile, manifest: dict[str, Any]) -> list[TableFile]:
    """Return the tables of a backup that may be restored here, after reading every line once."""
    if manifest["format"] != FORMAT or manifest["schema"] != _schema():
        raise BackupError(
            _(
                "Cette sauvegarde a été faite par Maillage {theirs} avec un autre schéma que celui d’ici "
                "(Maillage {ours}). Installez la version {theirs}, restaurez, puis mettez à jour."
            ).format(theirs=manifest["maillage"], ours=__version__)
        )
    tables = [TableFile(**table) for table in manifest["tables"]]
    for table in tables:
        seal, count = hashlib.sha256(), 0
        with file.open(table.name) as lines:
            for line in lines:
                seal.update(line)
                count += 1
        if (count, seal.hexdigest()) != (table.rows, table.sha256):
            raise BackupError(
                _("La table {table} de cette sauvegarde est abîmée ou a été modifiée.").format(
                    table=table.model
                )
            )
    return tables


def _rows(file: zipfile.ZipFile, table: TableFile, model: type[Model]) -> Iterator[list[Any]]:
    fields = {field.name: field for field in model._meta.concrete_fields}
    columns = [fields[name] for name in table.columns]
    with file.open(table.name) as lines:
        for line in lines:
            yield [_read(column, raw) for column, raw in zip(columns, json.loads(line), strict=True)]


def _read(column: Field[Any, Any], raw: Any) -> Any:
    return None if raw is None else column.to_python(raw)


def _as_json(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written in a backup")


def _empty() -> None:
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed:
                cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608


def _reset_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)


def _tell(progress: Progress | None, model: type[Model], place: int, total: int) -> None:
    if progress is not None:
        progress(str(model._meta.verbose_name_plural), place, total)
