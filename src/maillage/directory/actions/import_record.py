"""Writes the rows of an import and keeps what each was before, so that the import can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet, RestrictedError
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.models import (
    DirectoryImport,
    FactDate,
    ImportChange,
    Membership,
    PracticePlace,
    Professional,
    Structure,
)
from maillage.kernel import access, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission

BATCH = 400
#: The tables that an import writes, each before those that its rows name.
TABLES: dict[str, type[Model]] = {
    one.__name__.lower(): one for one in (FactDate, Membership, PracticePlace, Professional, Structure)
}


class Record:
    """The rows written, in order, and what they were before."""

    def __init__(self) -> None:
        self._changes: list[ImportChange] = []

    def create(self, rows: Sequence[Model]) -> None:
        """Add rows of one table."""
        if not rows:
            return
        type(rows[0])._base_manager.bulk_create(rows, batch_size=BATCH)
        names = columns_of(type(rows[0]))
        self._changes += [_change(one, names, None) for one in rows]

    def update(self, rows: Sequence[Model], names: Sequence[str]) -> None:
        """Write the columns `names` of rows of one table that are there, changed in memory only so far."""
        if not rows:
            return
        model = type(rows[0])
        before: dict[Any, dict[str, Any]] = {}
        for batch in _batches([one.pk for one in rows]):
            for found in model._base_manager.filter(pk__in=batch).values("pk", *names):
                before[found.pop("pk")] = found
        fields = [name.removesuffix("_id") for name in names]
        model._base_manager.bulk_update(rows, fields, batch_size=BATCH)
        self._changes += [_change(one, names, before[one.pk]) for one in rows]

    def end(self, rows: QuerySet[Membership], **values: Any) -> None:
        """Write the same values in all the rows of a query."""
        found = list(rows)
        for one in found:
            for name, value in values.items():
                setattr(one, name, value)
        self.update(found, list(values))

    def keep(self, done: DirectoryImport) -> None:
        """Store what was written under its import, in the place of what earlier ones of its format wrote."""
        ImportChange.objects.filter(done__format=done.format).exclude(done=done).delete()
        for one in self._changes:
            one.done = done
        ImportChange.objects.bulk_create(self._changes, batch_size=BATCH)


@transaction.atomic
def undo_import(*, by: Person, done: DirectoryImport, reason: str) -> dict[str, int]:
    """Give back what the last import of a format wrote; count the rows `restored`, `removed`, `kept`.

    What was changed since, or serves elsewhere (an agenda, a request, an account), is kept as it is. Raises
    PermissionDenied, ValidationError where it was undone already, is not the last of its format, was made
    before imports could be undone, or without a reason.
    """
    access.require(by, Permission.IMPORT_DATA)
    locked = DirectoryImport.objects.select_for_update().get(pk=done.pk)
    if not reason.strip():
        raise ValidationError(_("Dites pourquoi : le motif est gardé au journal."))
    if locked.undone_at is not None:
        raise ValidationError(_("Cet import a déjà été défait."))
    changes = list(locked.changes.all())
    if not changes:
        raise ValidationError(_("Seul le dernier import d’un format peut être défait."))
    counts = _give_back(changes)
    locked.undone_by, locked.undone_at = by, timezone.now()
    locked.save(update_fields=["undone_by", "undone_at"])
    locked.changes.all().delete()
    told = {"format": locked.format, "file": locked.file_name, **counts}
    target = journal.target_of(locked)
    journal.record(
        by=by, verb="directory.import_undone", target=target, changes=told, reason=reason, scope=None
    )
    return counts


def columns_of(model: type[Model]) -> list[str]:
    """Return the columns of a table but its key and the hour at which a row was made."""
    fields = model._meta.concrete_fields
    return [one.attname for one in fields if not one.primary_key and one.name != "created_at"]


def _change(one: Model, names: Iterable[str], before: dict[str, Any] | None) -> ImportChange:
    after = {name: getattr(one, name) for name in names}
    return ImportChange(table=type(one).__name__.lower(), row=str(one.pk), before=before, after=after)


def _give_back(changes: Sequence[ImportChange]) -> dict[str, int]:
    counts = {"restored": 0, "removed": 0, "kept": 0}
    for table, model in TABLES.items():
        columns = {one.attname: one for one in model._meta.concrete_fields}
        # The last change of a row first: each gives back what the one before it had written.
        mine = [one for one in reversed(changes) if one.table == table]
        present = {
            str(one.pk): one
            for batch in _batches(list({one.row for one in mine}))
            for one in model._base_manager.select_for_update().filter(pk__in=batch)
        }
        restored: dict[str, Model] = {}
        added: list[Model] = []
        kept: set[str] = set()
        for change in mine:
            one = present.get(change.row)
            if one is None:
                continue  # erased since, at its owner's wish
            if any(_written(one, name) != value for name, value in change.after.items()):
                kept.add(change.row)
            elif change.before is None:
                restored.pop(change.row, None)
                added.append(one)
            else:
                for name, value in change.before.items():
                    setattr(one, name, columns[name].to_python(value))
                restored[change.row] = one
        names = sorted({name for one in mine if one.before for name in one.before})
        if restored:
            fields = [name.removesuffix("_id") for name in names]
            model._base_manager.bulk_update(restored.values(), fields, batch_size=BATCH)
        removed = sum(_remove(model, [one.pk for one in batch]) for batch in _batches(added))
        counts["restored"] += len(restored)
        counts["removed"] += removed
        counts["kept"] += len(kept) + len(added) - removed
    return counts


def _written(one: Model, name: str) -> Any:
    """Return a column as a change holds it."""
    value = getattr(one, name)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _remove(model: type[Model], keys: Sequence[Any]) -> int:
    """Delete rows; those that others name stay. Return how many are gone."""
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=keys).delete()
    except (ProtectedError, RestrictedError):
        if len(keys) == 1:
            return 0
        return sum(_remove(model, [key]) for key in keys)
    return len(keys)


def _batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
