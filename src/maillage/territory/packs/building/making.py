"""The making of a pack: fetch what is published, read it, write the tables, take the place of the old pack.

Work is done in a hidden folder beside the pack: the files as published, and the pack until it is whole. A
process killed at any moment leaves the old pack as it was, and the next one goes on. The same files give the
same pack, byte for byte: nothing in it says when it was made.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.downloads import FULL, DownloadError, Downloads, Fetched, Patience
from maillage.kernel.later import polars as pl
from maillage.territory.packs.building import composing
from maillage.territory.packs.building.composing import Material
from maillage.territory.packs.building.perimeter import Extent, extent
from maillage.territory.packs.building.published import Published, WrongFileError
from maillage.territory.packs.building.sources import UNKNOWN_VINTAGE, Source, is_automatic, sources
from maillage.territory.packs.checking import check
from maillage.territory.packs.contract import PackLoader, Progress, silent

MANIFEST = "manifest.json"
TOWN_HALLS = "mairies.csv"
_STATE = "state.json"
_SHOWN = 8


class BuildError(RuntimeError):
    """A pack cannot be made; the message (French) says what is missing and how to go on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A source that is at hand: its file on this machine, and what the server said of it."""

    source: Source
    path: Path
    sha256: str
    size: int
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: the folder, whether the pack changed, where the old one is, what is missing and
    why."""

    folder: Path
    changed: bool
    previous: Path | None
    manifest: Mapping[str, Any]
    missing: Sequence[Mapping[str, str]] = field(default_factory=list)
    kept: Sequence[str] = field(default_factory=list)
    """Why a file could not be asked again, for the sources whose file that was there already served."""


def build(
    folder: Path,
    *,
    territory: str,
    given: Sequence[str] = (),
    created: str = "",
    again: bool = False,
    only_public: bool = False,
    patience: Patience | None = None,
    loaders: Sequence[PackLoader] = (),
    progress: Progress = silent,
) -> Built:
    """Make the pack of `territory` in `folder` (« 71,03 », EPCI, « region:27 », « france »).

    `given` are `source=FILE_OR_ADDRESS`; `created` the day that the manifest says, that of the newest source
    by default; with `again` each file that is there is asked whether it changed; with `only_public` no
    address is followed inside the network of this machine. `loaders` check the tables of other contexts.
    Raises BuildError, and ValueError for a territory or a source that does not exist.
    """
    try:
        return _build(
            folder.expanduser().resolve(),
            territory,
            given,
            created=created,
            again=again,
            only_public=only_public,
            patience=patience,
            loaders=loaders,
            progress=progress,
        )
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise BuildError(
            _(
                "Le disque du serveur est plein, ou une limite y est atteinte : le jeu n’a pas pu être "
                "écrit. Libérez de la place, puis relancez : ce qui est déjà téléchargé est gardé."
            )
        ) from error


def _build(
    folder: Path,
    territory: str,
    given: Sequence[str],
    *,
    created: str,
    again: bool,
    only_public: bool,
    patience: Patience | None,
    loaders: Sequence[PackLoader],
    progress: Progress,
) -> Built:
    _refuse_other_folder(folder)
    work = workshop(folder)
    work.mkdir(parents=True, exist_ok=True)
    state = read_state(folder)
    again = again or bool(state.get("complete"))
    _write_state(work, {"territory": territory, "given": list(given), "complete": False})
    downloads = Downloads(
        work / "sources",
        patience,
        told=lambda name, done, total: progress(_("Téléchargement de %s") % name, done, total or done + 1),
        only_public=only_public,
    )
    failures: dict[str, str] = {}
    kept: list[str] = []
    known = sources(one for one in given if not is_automatic(one))
    taken = _take(known, downloads, again, failures, kept)
    material = _read(taken, downloads, failures, kept, progress)
    _refuse_missing(known, taken, failures)
    if material is None:
        raise BuildError(_("Un fichier indispensable n’a pas pu être lu : relancez la même commande."))
    reached = extent(material.communes, territory)
    automatic = [one for one in given if is_automatic(one)]
    if automatic:
        wanted = {one.partition("=")[0] for one in automatic}
        more = [one for one in sources(automatic, reached.own) if one.key in wanted]
        taken |= _take(more, downloads, again, failures, kept)
        known = tuple(one for one in known if one.key not in wanted) + tuple(more)
    pack = work / "pack"
    shutil.rmtree(pack, ignore_errors=True)
    pack.mkdir()
    manifest = _write_pack(pack, territory, reached, material, known, taken, failures, created, progress)
    _refuse_unsound(pack, loaders, progress)
    changed, previous = _put_in_place(pack, folder)
    for one in taken.values():
        if one.source.file is None:
            downloads.keep(one.source.key)
    _write_state(work, {"territory": territory, "given": list(given), "complete": True})
    return Built(folder, changed, previous, manifest, manifest["missing"], kept)


def _read(
    taken: dict[str, Taken],
    downloads: Downloads,
    failures: dict[str, str],
    kept: list[str],
    progress: Progress,
) -> Material | None:
    """Read every file; those that a wrong one had replaced are read in its place, the others are failures."""
    while True:
        found: dict[str, str] = {}
        published = {
            key: Published(one.path, one.source.label) for key, one in taken.items() if not one.source.kept_as
        }
        material = composing.read(published, found, progress)
        before = {
            key: _given_back(taken[key].source, downloads, why, kept)
            for key, why in found.items()
            if taken[key].source.file is None and key not in failures
        }
        failures |= {key: why for key, why in found.items() if before.get(key) is None}
        if not any(before.values()):
            return material
        taken |= {key: one for key, one in before.items() if one is not None}


def _given_back(source: Source, downloads: Downloads, why: str, kept: list[str]) -> Taken | None:
    """Give up a wrong file; return the one that it replaced, where it came from the same address."""
    before = downloads.refuse(source.key)
    if before is None or before.address != source.address:
        return None
    kept.append(_("%s Le fichier d’avant sert encore.") % why)
    return _downloaded(source, downloads, before)


def workshop(folder: Path) -> Path:
    """Return the hidden folder beside a pack where it is made."""
    return folder.with_name(f".{folder.name}.build")


def read_state(folder: Path) -> dict[str, Any]:
    """Return what the last build of `folder` was asked, and whether it ended; empty where there was none."""
    try:
        state = json.loads((workshop(folder.expanduser().resolve()) / _STATE).read_bytes())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _write_state(work: Path, state: Mapping[str, Any]) -> None:
    draft = work / f"{_STATE}.draft"
    draft.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
    draft.replace(work / _STATE)


def _refuse_other_folder(folder: Path) -> None:
    if folder.exists() and (
        not folder.is_dir() or (any(folder.iterdir()) and not (folder / MANIFEST).is_file())
    ):
        raise BuildError(
            _(
                "%s existe et n’est pas un jeu de données : rien n’y a été écrit. Donnez un dossier neuf, "
                "ou vide."
            )
            % folder
        )


def _refuse_unsound(pack: Path, loaders: Sequence[PackLoader], progress: Progress) -> None:
    """Check the pack as an import would: one that would be refused does not take the place of another."""
    report = check(pack, loaders=loaders, progress=progress)
    if not report.is_sound:
        raise BuildError(
            "\n".join(
                [
                    _("Les fichiers publiés ne font pas un jeu sain ; le jeu en place reste tel quel."),
                    *map(str, report.defects[:_SHOWN]),
                ]
            )
        )


def _take(
    wanted: Iterable[Source],
    downloads: Downloads,
    again: bool,
    failures: dict[str, str],
    kept: list[str],
) -> dict[str, Taken]:
    """Return the sources that are at hand; add to `failures` why the others are not."""
    taken: dict[str, Taken] = {}
    for source in wanted:
        if source.on_request:
            continue
        try:
            taken_one = _take_one(source, downloads, again, kept)
            if taken_one is None:
                failures[source.key] = _("aucune adresse connue ; donnez --source %s=FICHIER") % source.key
                continue
            Published(taken_one.path, source.label).refuse_page()
            taken[source.key] = taken_one
        except DownloadError as error:
            advice = _(
                "Donnez un fichier, ou l’adresse du jour, par --source %(key)s=… ; l’adresse connue est dans "
                "la règle territory.sources.%(key)s."
            )
            failures[source.key] = f"{error} {advice % {'key': source.key}}"
        except WrongFileError as error:
            before = None if source.file else _given_back(source, downloads, str(error), kept)
            if before is None:
                failures[source.key] = str(error)
            else:
                taken[source.key] = before
    return taken


def _take_one(source: Source, downloads: Downloads, again: bool, kept: list[str]) -> Taken | None:
    if source.file is not None:
        return Taken(source, source.file, _digest(source.file), source.file.stat().st_size)
    if not source.address:
        return None
    return _downloaded(source, downloads, _fetched(source, downloads, again, kept))


def _downloaded(source: Source, downloads: Downloads, fetched: Fetched) -> Taken:
    return Taken(
        source, downloads.path(source.key), fetched.sha256, fetched.size, fetched.etag, fetched.modified
    )


def _fetched(source: Source, downloads: Downloads, again: bool, kept: list[str]) -> Fetched:
    """Return the file of a source; the one that is there already where it cannot be asked again."""
    try:
        return downloads.fetch(source.key, source.address, again=again)
    except DownloadError as error:
        there = downloads.known(source.key)
        if there is None or there.address != source.address:
            raise
        kept.append(_("%s Le fichier déjà téléchargé sert encore.") % error)
        return there


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_missing(known: Sequence[Source], taken: Mapping[str, Taken], failures: Mapping[str, str]) -> None:
    missing = [one for one in known if one.required and (one.key in failures or one.key not in taken)]
    if missing:
        lines = [failures.get(one.key) or _("%s : fichier absent.") % one.label for one in missing]
        raise BuildError(
            "\n".join(
                [
                    _("Le jeu ne peut pas être fait sans : %s.") % ", ".join(one.label for one in missing),
                    *lines,
                    _("Ce qui est déjà téléchargé est gardé : relancez la même commande."),
                ]
            )
        )


def _write_pack(
    pack: Path,
    territory: str,
    reached: Extent,
    material: Material,
    known: Sequence[Source],
    taken: Mapping[str, Taken],
    failures: Mapping[str, str],
    created: str,
    progress: Progress,
) -> dict[str, Any]:
    """Write every file of the pack, the manifest last; return the manifest."""
    by_key = {one.key: one for one in known}
    entries: list[dict[str, Any]] = []
    tables = composing.tables(material)
    for done, (stem, (table, origins)) in enumerate(tables.items()):
        progress(_("Écriture des tables"), done, len(tables))
        table.write_parquet(pack / f"{stem}.parquet")
        entries.append(_table_entry(stem, table, origins, by_key))
    progress(_("Contours"), 0, 1)
    (pack / "communes_france.topojson").write_text(
        composing.outlines(material, reached.departements), encoding="utf-8"
    )
    entries.append(
        {
            "file": "communes_france.topojson",
            "title": "Contours des communes",
            **_provenance(["contours"], by_key),
        }
    )
    halls = composing.town_halls(material, reached.departements)
    if halls is not None:
        halls.write_csv(pack / TOWN_HALLS)
        entries.append({"file": TOWN_HALLS, "title": "Mairies", **_provenance(["places"], by_key)})
    for one in taken.values():
        if one.source.kept_as:
            shutil.copyfile(one.path, pack / one.source.kept_as)
            entries.append(
                {
                    "file": one.source.kept_as,
                    "title": one.source.rule.label,
                    "bytes": one.size,
                    **_provenance([one.source.key], by_key),
                }
            )
    manifest = {
        "name": f"territoire-{territory.lower().replace(',', '-').replace(':', '-')}"[:80],
        "title": f"Territoire {territory}",
        "geography": _geography(by_key["cog"]),
        "created": created or _newest(taken.values()),
        "territory": {
            "asked": territory,
            "communes": len(reached.codes),
            "departements": sorted(reached.own),
            "around": sorted(reached.departements - reached.own),
        },
        "files": entries,
        "sources": [_said(one, material) for _key, one in sorted(taken.items())],
        "missing": [
            {"source": key, "title": by_key[key].rule.label, "why": why}
            for key, why in sorted(failures.items())
        ],
        "remarks": list(material.remarks),
    }
    (pack / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    progress(_("Écriture des tables"), 1, 1)
    return manifest


def _geography(cog: Source) -> str:
    return "COG, millésime non dit" if cog.vintage == UNKNOWN_VINTAGE else f"COG {cog.vintage}"


def _table_entry(
    stem: str, table: pl.DataFrame, origins: Mapping[str, Sequence[str]], by_key: Mapping[str, Source]
) -> dict[str, Any]:
    columns = {
        name: "str" if dtype == pl.String else str(dtype).lower() for name, dtype in table.schema.items()
    }
    every = list(dict.fromkeys(key for keys in origins.values() for key in keys))
    entry = {
        "file": f"{stem}.parquet",
        "title": str(composing.TITLES[stem]),
        **_provenance(every, by_key),
        "rows": table.height,
        "columns": columns,
    }
    own = {
        name: _provenance(keys, by_key)
        for name, keys in origins.items()
        if name in columns and len(every) > 1
    }
    return entry | ({"origins": own} if own else {})


def _provenance(keys: Sequence[str], by_key: Mapping[str, Source]) -> dict[str, str]:
    """Return publisher, vintage and licence of what is made of the sources `keys`."""
    found = [by_key[key] for key in keys]
    return {
        "publisher": " ; ".join(dict.fromkeys(one.rule.source for one in found)),
        "vintage": ", ".join(dict.fromkeys(one.vintage for one in found)),
        "licence": " ; ".join(dict.fromkeys(one.licence for one in found)),
    }


def _said(one: Taken, material: Material) -> dict[str, Any]:
    read = material.seen.get(one.source.key)
    return {
        "source": one.source.key,
        "title": one.source.rule.label,
        "publisher": one.source.rule.source,
        "page": one.source.rule.source_url,
        "address": one.source.origin,
        "licence": one.source.licence,
        "vintage": one.source.vintage,
        "certainty": one.source.rule.certainty,
        "sha256": one.sha256,
        "bytes": one.size,
        "etag": one.etag,
        "modified": one.modified,
        **({"rows": read.rows, "columns": list(read.titles)} if read else {}),
    }


def _newest(taken: Iterable[Taken]) -> str:
    """Return the day of the newest source: what its server says, else since when its rule holds."""
    return max(one.modified or one.source.rule.valid_from.isoformat() for one in taken)


def _put_in_place(pack: Path, folder: Path) -> tuple[bool, Path | None]:
    """Give a whole pack its place; return whether it differs from the one there, and where that one is
    now."""
    previous = None
    if (folder / MANIFEST).is_file():
        if _same(pack, folder):
            shutil.rmtree(pack)
            return False, None
        previous = _beside(folder)
        folder.rename(previous)
    elif folder.is_dir():
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    pack.rename(folder)
    return True, previous


def _same(one: Path, other: Path) -> bool:
    names = sorted(path.name for path in one.iterdir())
    return names == sorted(path.name for path in other.iterdir()) and all(
        _digest(one / name) == _digest(other / name) for name in names
    )


def _beside(folder: Path) -> Path:
    """Return the name that an old vintage takes beside the new one: its day, and a number where it is
    taken."""
    try:
        created = str(json.loads((folder / MANIFEST).read_bytes()).get("created", ""))[:10]
    except (OSError, ValueError, AttributeError):
        created = ""
    base = f"{folder.name}-{created or 'ancien'}"
    names: Callable[[int], str] = lambda number: base if number == 1 else f"{base}-{number}"  # noqa: E731
    return next(path for number in range(1, 10_000) if not (path := folder.with_name(names(number))).exists())
