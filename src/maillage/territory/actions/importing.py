"""The import of a data pack: all of it or nothing, once, and told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import access, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import atlas, packs
from maillage.territory.actions.import_report import ImportReport, Stored, column_changes
from maillage.territory.actions.store_arrays import store_arrays, stored_as
from maillage.territory.actions.store_communes import (
    compare_communes,
    store_communes,
    store_contours,
    store_workforce,
)
from maillage.territory.models import DataPack, PackArray
from maillage.territory.queries import check_pack, current_pack

_SHOWN = 5
Then: TypeAlias = Callable[[DataPack, ImportReport], None]
"""Told, in the transaction of an import, of the pack that is in use from now on and of what changed."""


class PackRefusedError(ValueError):
    """The pack has defects; `report` holds them all and the message says the first."""

    def __init__(self, report: packs.Report) -> None:
        count = sum(report.counts().values())
        first = [str(defect) for defect in report.defects[:_SHOWN]]
        heading = ngettext(
            "Jeu refusé : %(count)d défaut. Rien n’a été importé.",
            "Jeu refusé : %(count)d défauts. Rien n’a été importé.",
            count,
        ) % {"count": count}
        super().__init__("\n".join([heading, *first]))
        self.report = report


def import_pack(
    *,
    by: Person | None,
    folder: Path,
    extra_loaders: Sequence[packs.PackLoader] = (),
    progress: packs.Progress = packs.silent,
    then: Then = lambda _pack, _report: None,
) -> ImportReport:
    """Check the pack in `folder` and make it the one in use; return what changed.

    `by` is None for the operator at the command line. `extra_loaders` load other contexts' tables in the
    same transaction, in which `then` is told of the pack and of the report. Importing again the pack in use
    does nothing. Raises PackRefusedError and
    PermissionDenied; in both cases, and whenever anything fails, the database is as it was.
    """
    if by is not None:
        access.require(by, Permission.IMPORT_DATA)
    previous = current_pack()
    if previous and _holds(previous, packs.fingerprint_of(folder), extra_loaders):
        return _unchanged(previous, then)
    checked = check_pack(folder, loaders=extra_loaders, progress=progress)
    if checked.pack is None:
        raise PackRefusedError(checked)
    return _store(by, checked, checked.pack, extra_loaders, progress, then)


def preview_pack(pack: packs.OpenPack, remarks: Sequence[packs.Defect] = ()) -> ImportReport:
    """Return what importing a pack would change, by what is stored now; nothing is written, or locked."""
    previous = current_pack()
    if previous and previous.fingerprint == pack.fingerprint:
        return ImportReport.unchanged(previous)
    communes = compare_communes(pack)
    return ImportReport(
        title=pack.manifest.title,
        geography=pack.manifest.geography,
        fingerprint=pack.fingerprint,
        communes=pack.communes.height,
        is_first=previous is None,
        added=communes.added,
        removed=communes.removed,
        renamed=communes.renamed,
        columns=column_changes(Stored.of(previous), stored_as(pack)),
        remarks=[remark.as_dict() for remark in remarks],
    )


@transaction.atomic
def _unchanged(pack: DataPack, then: Then) -> ImportReport:
    report = ImportReport.unchanged(pack)
    then(pack, report)
    return report


@transaction.atomic
def _store(
    by: Person | None,
    checked: packs.Report,
    pack: packs.OpenPack,
    loaders: Sequence[packs.PackLoader],
    progress: packs.Progress,
    then: Then,
) -> ImportReport:
    previous = current_pack()
    if previous and _holds(previous, pack.fingerprint, loaders):
        return _unchanged(previous, then)
    before = Stored.of(previous)
    row = _new_pack(by, pack, previous, loaders)
    progress(_("Communes"), 0, 1)
    communes = store_communes(pack)
    store_arrays(row, pack, progress)
    progress(_("Contours"), 0, 1)
    store_contours(pack)
    store_workforce(pack)
    loaded = _load_others(pack, loaders, progress)
    report = ImportReport(
        title=row.title,
        geography=row.geography,
        fingerprint=row.fingerprint,
        communes=row.commune_count,
        is_first=previous is None,
        added=communes.added,
        removed=communes.removed,
        renamed=communes.renamed,
        columns=column_changes(before, Stored.of(row)),
        loaded=loaded,
        remarks=[remark.as_dict() for remark in checked.remarks],
    )
    then(row, report)
    _finish(by, row, previous, report)
    return report


def _holds(pack: DataPack, fingerprint: str | None, loaders: Sequence[packs.PackLoader]) -> bool:
    """Return whether `pack` is the one of that fingerprint, imported with at least those loaders."""
    return pack.fingerprint == fingerprint and {loader.name for loader in loaders} <= set(pack.loaders)


def _new_pack(
    by: Person | None, pack: packs.OpenPack, previous: DataPack | None, loaders: Sequence[packs.PackLoader]
) -> DataPack:
    if previous:
        DataPack.objects.filter(pk=previous.pk).update(is_current=False)
    manifest = pack.manifest
    return DataPack.objects.create(
        name=manifest.name,
        title=manifest.title,
        geography=manifest.geography,
        created=manifest.created,
        fingerprint=pack.fingerprint,
        folder=str(pack.folder.resolve()),
        loaders=sorted(loader.name for loader in loaders),
        manifest=dict(manifest.raw),
        report={},
        commune_count=pack.communes.height,
        is_current=True,
        imported_at=timezone.now(),
        imported_by=by,
    )


def _load_others(
    pack: packs.OpenPack, loaders: Sequence[packs.PackLoader], progress: packs.Progress
) -> dict[str, Mapping[str, int]]:
    loaded = {}
    for loader in loaders:
        if loader.table.stem in pack.tables:
            progress(loader.table.file, 0, 1)
            loaded[loader.name] = loader.load(pack, progress)
    return loaded


def _finish(by: Person | None, row: DataPack, previous: DataPack | None, report: ImportReport) -> None:
    row.report = report.as_dict()
    row.save(update_fields=["report"])
    if previous:
        PackArray.objects.filter(pack=previous).delete()
        if previous.fingerprint != row.fingerprint:
            transaction.on_commit(lambda: atlas.forget(previous.fingerprint))
    journal.record(
        by=by,
        verb="territory.pack_imported",
        target=journal.target_of(row),
        scope=None,
        changes={
            "fingerprint": [previous.fingerprint if previous else None, row.fingerprint],
            "communes": [previous.commune_count if previous else 0, row.commune_count],
            "loaded": {name: dict(counts) for name, counts in report.loaded.items()},
        },
    )
