"""What an administrator asks for a data pack from the web; a process of its own does it (`pack_running`)."""

from __future__ import annotations

import hashlib
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.downloads import FULL
from maillage.kernel.inside import refusal_of
from maillage.kernel.job_states import JobState
from maillage.kernel.jobs import ACTIVE_STATES, Queue
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.territory.models import DataPack, PackWork
from maillage.territory.queries.asked import Asked
from maillage.territory.rules.pack_works import LONGEST_SILENCE, PackPart, WorkKind

AUTOMATIC = "auto"
LARGEST = 1 << 30
"""Bytes of a file sent in place of a published one: beyond, its address is to be given."""
_GIVEN = ".given"
_SHORT = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
QUEUE: Queue[PackWork] = Queue(
    PackWork,
    silence=lambda _work: LONGEST_SILENCE,
    dead=lambda: _(
        "Le programme qui s’en chargeait s’est arrêté deux fois sans rien dire (machine redémarrée, mémoire "
        "pleine…). Ce qui est déjà téléchargé est gardé : reprenez quand vous voulez."
    ),
)


class WorkRefusedError(ValueError):
    """What is asked cannot be done; the message (French) says why and what to do."""


class BusyError(WorkRefusedError):
    """Another piece of work waits or runs: `work` is that one, None where it has just ended."""

    def __init__(self, work: PackWork | None) -> None:
        super().__init__(
            _(
                "« %(work)s » est en cours, à la demande de %(person)s : attendez la fin, ou "
                "arrêtez ce travail."
            )
            % {"work": work, "person": work.by}
            if work
            else _("Un autre travail vient de finir : recommencez.")
        )
        self.work = work


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody gives for a source: an address, a file that they send, or « auto »: that of the rule."""

    source: str
    address: str = ""
    file: UploadedFile[bytes] | None = None


def active_work() -> PackWork | None:
    """Return the work that waits or runs, None where there is none."""
    return PackWork.objects.filter(state__in=ACTIVE_STATES).select_related("by").first()


def works_wait() -> bool:
    """Whether a process should be started: something waits, and nothing runs."""
    return QUEUE.waits()


def recover_works(*, worker: str = "") -> int:
    """Take back what a dead process had: see `Queue.recover`."""
    return QUEUE.recover(worker=worker)


def ask_build(*, by: Person, asked: Asked, given: Sequence[Given] = ()) -> PackWork:
    """Ask for the pack of a territory; the same territory again makes it again, the old vintage beside.

    Raises PermissionDenied, BusyError, and WorkRefusedError for an address or a file that is not taken.
    """
    access.require_everywhere(by, Permission.IMPORT_DATA)
    for one in given:
        refuse_given(one)
    if (busy := active_work()) is not None:
        raise BusyError(busy)  # before a large file is copied; the database says so again below
    kept = _kept(given)
    try:
        return _ask(
            by,
            WorkKind.BUILD,
            asked=asked.words,
            names=asked.names,
            folder=folder_of(asked.words),
            given=[plain for plain, _path in kept],
        )
    except BaseException:
        for _plain, path in kept:
            if path is not None:
                shutil.rmtree(path.parent, ignore_errors=True)
        raise


def ask_update(*, by: Person, work: PackWork) -> PackWork:
    """Ask for a prepared pack to be made again from what is published now. Raises as `ask_build` does."""
    _refuse_unprepared(work)
    return _ask(by, WorkKind.UPDATE, **_of(work))


def ask_check(*, by: Person, work: PackWork) -> PackWork:
    """Ask for a prepared pack to be checked again, and compared with the one in use now."""
    _refuse_unprepared(work)
    return _ask(by, WorkKind.CHECK, **_of(work))


def ask_import(*, by: Person, work: PackWork, wanted: Iterable[str] = ()) -> PackWork:
    """Ask for a prepared pack to be put in use, with those of its parts that are `wanted`."""
    _refuse_unprepared(work)
    if work.answer["defects"]:
        raise WorkRefusedError(_("Le contrôle refuse ce jeu : rien n’en serait importé."))
    parts = [part.value for part in PackPart if part.value in set(wanted) & set(work.answer["parts"])]
    return _ask(by, WorkKind.IMPORT, wanted=parts, **_of(work))


def ask_back(*, by: Person, pack: DataPack) -> PackWork:
    """Ask for a pack that was in use to be so again: its folder is read anew."""
    if pack.is_current:
        raise WorkRefusedError(_("Ce jeu est déjà en service."))
    if not pack.folder:
        raise WorkRefusedError(
            _("Le dossier de ce jeu n’est pas connu : importez-le de nouveau sur la machine du serveur.")
        )
    return _ask(by, WorkKind.BACK, names=pack.title, fingerprint=pack.fingerprint, pack=pack)


def resume(*, by: Person, work: PackWork) -> PackWork:
    """Ask again for what was stopped, failed or died; what was downloaded is not fetched again."""
    if work.state != JobState.FAILED:
        raise WorkRefusedError(_("Ce travail n’est pas à reprendre : relisez la page."))
    return _ask(by, WorkKind(work.kind), **_of(work), wanted=work.wanted, pack=work.pack)


@transaction.atomic
def stop(*, by: Person, work: PackWork) -> PackWork:
    """Give work up: its process ends by itself, the pack in use stays as it is. Raises PermissionDenied."""
    access.require_everywhere(by, Permission.IMPORT_DATA)
    row = PackWork.objects.select_for_update().get(pk=work.pk)
    if row.is_active:
        row.stopped_by = by
        row.save(update_fields=["stopped_by"])
        QUEUE.end(row, JobState.FAILED, _("Arrêté. Ce qui est déjà téléchargé est gardé."))
        record_work(by, "territory.pack_work_stopped", row)
    return row


def folder_of(words: str) -> str:
    """Return the name of the folder of a territory: short, the same for the same territory.

    >>> folder_of("71,03"), folder_of("region:27"), len(folder_of(",".join(["200071884"] * 40)))
    ('71-03', 'region-27', 69)
    """
    name = _UNSAFE.sub("-", words.lower()).strip("-.")
    if len(name) <= _SHORT:
        return name
    return f"{name[:_SHORT]}-{hashlib.sha256(words.encode()).hexdigest()[:8]}"


def given_path(at: str, file: str) -> Path:
    """Return where a file that was sent is kept."""
    return Path(settings.PACKS) / _GIVEN / at / file


def _of(work: PackWork) -> dict[str, Any]:
    return {
        "asked": work.asked,
        "names": work.names,
        "given": work.given,
        "folder": work.folder,
        "fingerprint": work.fingerprint,
        "source": work.source if work.kind == WorkKind.IMPORT else work,
    }


def _refuse_unprepared(work: PackWork) -> None:
    if not work.prepares or work.state != JobState.DONE:
        raise WorkRefusedError(_("Ce jeu n’est pas prêt : relisez la page."))


def refuse_given(given: Given) -> None:
    """Raise WorkRefusedError for an address that is no public one to see it, a file too large or empty."""
    if given.file is not None:
        if (given.file.size or 0) > LARGEST:
            raise WorkRefusedError(
                _("%s : ce fichier dépasse 1 Go. Donnez plutôt son adresse.") % given.source
            )
        if not given.file.size:
            raise WorkRefusedError(_("%s : ce fichier est vide.") % given.source)
        return
    if given.address == AUTOMATIC:
        return
    why = refusal_of(given.address)
    if why == "inside" and not settings.PRIVATE_SOURCES:
        raise WorkRefusedError(
            _(
                "%(source)s : « %(address)s » mène à l’intérieur du réseau de ce serveur. Donnez une adresse "
                "publique, ou envoyez le fichier."
            )
            % {"source": given.source, "address": given.address[:200]}
        )
    if why in {"scheme", "host"}:
        raise WorkRefusedError(
            _("%(source)s : « %(address)s » n’est pas une adresse : écrivez https://… en entier.")
            % {"source": given.source, "address": given.address[:200]}
        )


def _kept(given: Sequence[Given]) -> list[tuple[Mapping[str, str], Path | None]]:
    """Write the files that were sent under names of ours; return each as plain values, and its place."""
    kept: list[tuple[Mapping[str, str], Path | None]] = []
    for one in given:
        if one.file is None:
            kept.append(({"source": one.source, "address": one.address}, None))
            continue
        name = _UNSAFE.sub("-", Path(one.file.name or one.source).name)[-80:].strip("-.") or one.source
        at = uuid.uuid4().hex
        path = given_path(at, name)
        try:
            path.parent.mkdir(parents=True)
            with path.open("wb") as copy:
                for chunk in one.file.chunks():
                    copy.write(chunk)
        except OSError as error:
            for place in [path, *(other for _plain, other in kept if other)]:
                shutil.rmtree(place.parent, ignore_errors=True)
            if error.errno not in FULL:
                raise
            raise WorkRefusedError(
                _("Le disque du serveur est plein : le fichier envoyé n’a pas pu être gardé.")
            ) from error
        kept.append(({"source": one.source, "file": name, "at": at}, path))
    return kept


def _ask(by: Person, kind: WorkKind, **values: Any) -> PackWork:
    access.require_everywhere(by, Permission.IMPORT_DATA)
    try:
        with transaction.atomic():
            work = PackWork.objects.create(by=by, kind=kind.value, **values)
            record_work(by, _ASKED[kind], work)
    except IntegrityError as error:
        raise BusyError(active_work()) from error
    return work


_ASKED = {
    WorkKind.BUILD: "territory.pack_build_asked",
    WorkKind.UPDATE: "territory.pack_update_asked",
    WorkKind.CHECK: "territory.pack_check_asked",
    WorkKind.IMPORT: "territory.pack_import_asked",
    WorkKind.BACK: "territory.pack_back_asked",
}


def record_work(by: Person | None, verb: str, work: PackWork) -> None:
    """Tell the journal what was asked for a pack, or what became of it."""
    changes = {
        "names": work.names,
        "given": [f"{one['source']} : {one.get('file') or one.get('address')}" for one in work.given],
        "wanted": work.wanted,
        "fingerprint": work.fingerprint,
        **({"said": work.said} if work.said else {}),
    }
    told = {name: value for name, value in changes.items() if value}
    journal.record(by=by, verb=verb, target=journal.target_of(work), changes=told, scope=None)
