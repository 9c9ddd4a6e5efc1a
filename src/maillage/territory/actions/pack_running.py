"""The process that does what was asked for a data pack: it tells how far it is, and ends where stopped."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.downloads import FULL, Patience
from maillage.kernel.job_states import JobState
from maillage.kernel.jobs import LostJobError
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory import packs
from maillage.territory.actions.import_report import ImportReport
from maillage.territory.actions.importing import PackRefusedError, import_pack, preview_pack
from maillage.territory.actions.pack_works import QUEUE, given_path, record_work
from maillage.territory.actions.roads import RoadsRefusedError, import_roads
from maillage.territory.computations.line_checks import TableError
from maillage.territory.computations.preparation import warm
from maillage.territory.computations.road_words import told_roads
from maillage.territory.models import DataPack, PackWork
from maillage.territory.packs.building import (
    BuildError,
    UnknownSourceError,
    UnknownTerritoryError,
    build,
    update,
)
from maillage.territory.packs.building.making import read_state
from maillage.territory.packs.building.updating import changes as source_changes
from maillage.territory.queries import check_pack, current_pack
from maillage.territory.queries.packs import located
from maillage.territory.rules.pack_works import PackPart, WorkKind

logger = logging.getLogger("maillage.territory")

SHOWN_DEFECTS, SHOWN_COMMUNES = 100, 50
_REFUSALS = (BuildError, UnknownSourceError, UnknownTerritoryError, PackRefusedError, PermissionDenied)

TakeFile = Callable[[str, Path, Sequence[str], Person, packs.Progress], tuple[bool, str]]
"""Takes in a register of the directory: its key, its file, the départements to keep, for whom. Returns
whether it was taken in, and what there is to say of it."""


class GoneFolderError(RuntimeError):
    """The folder of a pack is not there any more, or holds another one; the message (French) says so."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What contexts above bring: the tables that they load with a pack, and the reading of registers.

    `patience` is how long a server is insisted on, that of the builder by default.
    """

    loaders: Sequence[packs.PackLoader]
    take_file: TakeFile
    patience: Patience | None = None


class Pulse:
    """Tells the row how far its work is, every `seconds` and in a thread of its own, until the block ends.

    Where the row is no longer ours, `gone` is called, and the next step raises LostJobError. With 0 seconds
    nothing is told.
    """

    def __init__(self, work: PackWork, seconds: float, gone: Callable[[], None]) -> None:
        self._work, self._seconds, self._gone = work, seconds, gone
        self._said: tuple[str, int, int] = ("", 0, 0)
        self._over, self._lost = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    def __enter__(self) -> Pulse:
        if self._seconds:
            self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._over.set()
        if self._seconds:
            self._thread.join()

    def tell(self, step: str, done: int, total: int) -> None:
        """Note a step. Raises LostJobError where the work was stopped, or given to another process."""
        if self._lost.is_set():
            raise LostJobError
        self._said = (step[:200], done, total)

    def _beat(self) -> None:
        while not self._over.wait(self._seconds):
            step, done, total = self._said
            try:
                if not QUEUE.ours(self._work).update(
                    seen_at=timezone.now(), step=step, done=done, total=total
                ):
                    self._lost.set()
                    self._gone()
                    return
            except DatabaseError:  # SQLite has one writer: an import holds it for a while
                logger.info("work %s could not tell how far it is", self._work.pk)
            finally:
                connection.close()


def run_works(
    worker: str, *, tools: Tools, beat: float = 0.0, gone: Callable[[], None] = lambda: None
) -> int:
    """Do what waits, one after the other, as the process `worker`; return how many were done.

    A sign of life is given every `beat` seconds; `gone` is called where the work was taken away.
    """
    count = 0
    while (work := QUEUE.claim(worker)) is not None:
        with Pulse(work, beat, gone) as pulse:
            _run(work, tools, pulse.tell)
        count += 1
    return count


def _run(work: PackWork, tools: Tools, tell: packs.Progress) -> None:
    """Do one piece of work; a failure becomes a sentence."""
    try:
        access.require_everywhere(work.by, Permission.IMPORT_DATA)
        _DOES[WorkKind(work.kind)](work, tools, tell)
        _finish(work)
    except LostJobError:
        logger.info("work %s was stopped", work.pk)
    except (*_REFUSALS, GoneFolderError) as error:
        _fail(work, str(error))
    except OSError as error:
        logger.exception("work %s could not read or write", work.pk)
        _fail(work, f"{_told_system(error)} {_standing(work)}")
    except Exception:
        logger.exception("work %s failed", work.pk)
        _fail(work, f"{_('Une erreur imprévue est notée au journal du serveur.')} {_standing(work)}")


def _standing(work: PackWork) -> str:
    """Return which pack is in use after a failure: an import may have done its first step."""
    if work.answer.get("report"):
        return _("Le jeu de données est en service ; seule la suite manque.")
    return _("Le jeu en service n’a pas changé.")


def _told_system(error: OSError) -> str:
    if error.errno in FULL:
        return _("Le disque du serveur est plein : libérez de la place, puis reprenez.")
    return _(
        "Le serveur ne peut pas lire ou écrire ses fichiers (%s) : qui l’administre doit vérifier les droits "
        "du dossier « packs »."
    ) % (error.strerror or type(error).__name__)


def _make(work: PackWork, tools: Tools, tell: packs.Progress) -> None:
    """Make a pack, or make it again, then say what an import would do."""
    folder = Path(settings.PACKS) / work.folder
    before = _manifest(folder)
    options: dict[str, Any] = {
        "given": _given(work),
        "only_public": not settings.PRIVATE_SOURCES,
        "loaders": tools.loaders,
        "patience": tools.patience,
        "progress": tell,
    }
    if work.kind == WorkKind.UPDATE and read_state(folder):
        built = update(folder, **options).built
    else:
        built = build(folder, territory=work.asked, **options)
    work.answer = {
        "changed": built.changed,
        "kept": list(built.kept),
        "changes": None if before is None else _plain_changes(before, built.manifest),
    }
    _look(work, folder, tools, tell)


def _check(work: PackWork, tools: Tools, tell: packs.Progress) -> None:
    work.answer = {"changed": False, "kept": [], "changes": None}
    _look(work, _found(Path(settings.PACKS) / work.folder, work.fingerprint, tell), tools, tell)


def _look(work: PackWork, folder: Path, tools: Tools, tell: packs.Progress) -> None:
    """Check a pack whole; note what it is made of, its defects, and what importing it would change."""
    report = check_pack(folder, loaders=tools.loaders, progress=tell)
    manifest = _manifest(folder) or {}
    files = {str(one.get("file", "")) for one in manifest.get("files", ())}
    preview = None
    if report.pack is not None:
        tell(_("Comparaison au jeu en service"), 0, 1)
        preview = _shortened(preview_pack(report.pack, report.remarks))
    in_use = current_pack()
    work.fingerprint = report.fingerprint
    work.answer |= {
        **{
            key: manifest.get(key)
            for key in ("geography", "created", "territory", "sources", "missing", "remarks")
        },
        "parts": [part.value for part in PackPart if any(one.startswith(_STEMS[part]) for one in files)],
        "size": sum(one.stat().st_size for one in folder.iterdir() if one.is_file()),
        "defects": [one.as_dict() for one in report.defects[:SHOWN_DEFECTS]],
        "preview": preview,
        "against": in_use.fingerprint if in_use else "",
        "against_title": in_use.title if in_use else "",
        "against_changes": _plain_changes(in_use.manifest, manifest) if in_use else None,
    }


def _shortened(report: ImportReport) -> dict[str, Any]:
    """Return a report as plain values, its lists of communes cut: another country changes them all."""
    plain = report.as_dict()
    plain["counts"] = {name: len(plain[name]) for name in ("added", "removed", "renamed")}
    return plain | {name: plain[name][:SHOWN_COMMUNES] for name in plain["counts"]}


def _import(work: PackWork, tools: Tools, tell: packs.Progress) -> None:
    folder = _found(Path(settings.PACKS) / work.folder, work.fingerprint, tell)
    _take_in(work, folder, tools, tell)
    manifest = _manifest(folder) or {}
    files = {str(one["file"]).partition(".")[0]: folder / str(one["file"]) for one in manifest["files"]}
    place = manifest.get("territory") or {}
    around = [*place.get("departements", ()), *place.get("around", ())]
    for part in (PackPart(one) for one in work.wanted):
        file = files.get(_STEMS[part])
        if file is None:
            _step(work, part.value, ok=False, said=_("Ce fichier n’est plus dans le jeu."))
        elif part is PackPart.ROADS:
            _take_roads(work, file, files.get("mairies"), tell)
        else:
            ok, said = tools.take_file(part.value, file, around, work.by, tell)
            _step(work, part.value, ok=ok, said=said)
    warm(progress=tell)


def _take_roads(work: PackWork, file: Path, halls: Path | None, tell: packs.Progress) -> None:
    try:
        matrix = import_roads(by=work.by, extract=file, places=halls, progress=tell)
    except (RoadsRefusedError, TableError) as error:
        _step(work, PackPart.ROADS.value, ok=False, said=str(error))
    else:
        _step(work, PackPart.ROADS.value, ok=True, said=told_roads(matrix))


def _back(work: PackWork, tools: Tools, tell: packs.Progress) -> None:
    if work.pack is None:
        raise GoneFolderError(_("Le jeu auquel revenir n’est plus connu."))
    _take_in(work, _found(Path(work.pack.folder), work.pack.fingerprint, tell), tools, tell)
    warm(progress=tell)


def _take_in(work: PackWork, folder: Path, tools: Tools, tell: packs.Progress) -> None:
    """Put a pack in use; what it did is noted in the same transaction, unless the work was stopped."""

    def note(pack: DataPack, report: ImportReport) -> None:
        if QUEUE.ours(work).select_for_update().first() is None:
            raise LostJobError
        work.answer = {"report": _shortened(report), "steps": []}
        if work.kind == WorkKind.IMPORT:
            work.pack = pack
        work.save(update_fields=["answer", "pack"])

    import_pack(by=work.by, folder=folder, extra_loaders=tools.loaders, progress=tell, then=note)


_STEMS = {PackPart.FINESS: "finess", PackPart.ANNUAIRE: "annuaire_sante", PackPart.ROADS: "roads"}
_DOES: Mapping[WorkKind, Callable[[PackWork, Tools, packs.Progress], None]] = {
    WorkKind.BUILD: _make,
    WorkKind.UPDATE: _make,
    WorkKind.CHECK: _check,
    WorkKind.IMPORT: _import,
    WorkKind.BACK: _back,
}


def _step(work: PackWork, key: str, *, ok: bool, said: str) -> None:
    """Note what one part of an import did. Raises LostJobError where the work was stopped."""
    work.answer["steps"].append({"part": key, "ok": ok, "said": said})
    if not QUEUE.ours(work).update(answer=work.answer):
        raise LostJobError


def _found(folder: Path, fingerprint: str, tell: packs.Progress) -> Path:
    """Return where the pack of a fingerprint is: in its folder, or beside where another took its place."""
    tell(_("Lecture du jeu"), 0, 1)
    found = located(folder, fingerprint)
    if found is None:
        raise GoneFolderError(
            _(
                "Ce jeu n’est plus sur le disque du serveur, ou ses fichiers ont changé depuis : rien n’a "
                "été importé. Préparez-le de nouveau."
            )
        )
    return found


def _given(work: PackWork) -> list[str]:
    """Return what was given as `build` reads it. Raises GoneFolderError where a file sent is lost."""
    words = []
    for one in work.given:
        value = one.get("address") or str(given_path(one["at"], one["file"]))
        if "file" in one and not Path(value).is_file():
            raise GoneFolderError(
                _(
                    "Le fichier « %(file)s », envoyé pour la source %(source)s, n’est plus sur le serveur : "
                    "préparez de nouveau le jeu en le donnant."
                )
                % one
            )
        words.append(f"{one['source']}={value}")
    return words


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _plain_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return what became of each source between two packs, None where one does not say its sources."""
    if not before.get("sources") or not after.get("sources"):
        return None
    return [asdict(one) for one in source_changes(before, after)]


@transaction.atomic
def _finish(work: PackWork) -> None:
    row = QUEUE.ours(work).select_for_update().first()
    if row is None:
        raise LostJobError
    row.answer, row.fingerprint = work.answer, work.fingerprint
    row.save(update_fields=["answer", "fingerprint"])
    QUEUE.end(row, JobState.DONE, "")


@transaction.atomic
def _fail(work: PackWork, words: str) -> None:
    row = QUEUE.ours(work).select_for_update().first()
    if row is not None:
        QUEUE.end(row, JobState.FAILED, words)
        record_work(None, "territory.pack_work_failed", row)
