"""A data pack made of published files, or made again, from the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from maillage.config import directory_files
from maillage.config.installation import LOADERS
from maillage.config.progress import Report
from maillage.directory import api as directory
from maillage.kernel.models import Person
from maillage.territory import api as territory

_SHOWN_COLUMNS = 8
BEAT = 3.0
"""Seconds between two signs of life of the process that works for the web."""
_FORMATS = {"finess": directory.Format.FINESS, "annuaire_sante": directory.Format.ANNUAIRE}
_STATUSES = {"same": "inchangé", "changed": "modifié", "new": "nouveau", "gone": "absent cette fois"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a build did; `changes` what became of each source since the pack before, None on a first build."""

    built: territory.Built
    changes: Sequence[territory.SourceChange] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, for JSON."""
        manifest = self.built.manifest
        return {
            "folder": str(self.built.folder),
            "changed": self.built.changed,
            "previous": str(self.built.previous) if self.built.previous else None,
            **{
                name: manifest[name]
                for name in ("geography", "created", "territory", "sources", "missing", "remarks")
            },
            "kept": list(self.built.kept),
            "changes": None if self.changes is None else [asdict(one) for one in self.changes],
            "next": self.next_commands(),
        }

    def told(self) -> str:
        """Return the answer in words: what was made, what changed, what is missing, what to do next."""
        manifest, place = self.built.manifest, self.built.manifest["territory"]
        done = "Jeu de données écrit" if self.built.changed else "Rien n’a changé, le jeu reste tel quel"
        lines = [
            f"{done} : {self.built.folder}",
            f"{manifest['geography']} · {len(manifest['sources'])} sources, la plus récente du "
            f"{manifest['created']} · "
            f"territoire de {place['communes']} communes ({', '.join(place['departements'])}).",
        ]
        if self.built.previous:
            lines.append(f"L’ancien millésime reste lisible : {self.built.previous}")
        lines += [_told_change(one) for one in self.changes or () if one.status != "same"]
        lines += self.built.kept
        lines += [f"Manque : {one['title']}. {one['why']}" for one in self.built.missing]
        lines += [f"À savoir : {remark}" for remark in manifest["remarks"]]
        return "\n".join([*lines, "Ensuite :", *(f"  {command}" for command in self.next_commands())])

    def next_commands(self) -> list[str]:
        """Return the commands that take the pack in, then its files of the directory."""
        folder, place = self.built.folder, self.built.manifest["territory"]
        around = "".join(f" --departement {one}" for one in (*place["departements"], *place["around"]))
        files = {one["file"].partition(".")[0]: folder / one["file"] for one in self.built.manifest["files"]}
        commands = [f"maillage data import {folder}"]
        for key in ("finess", "annuaire_sante"):
            if key in files:
                commands.append(f"maillage data import-directory {key} {files[key]}{around}")
        if "roads" in files:
            halls = f" --places {files['mairies']}" if "mairies" in files else ""
            commands.append(f"maillage data roads {files['roads']}{halls}")
        return commands


def build(folder: Path, *, asked: str, given: Sequence[str], created: str, progress: Report) -> Answer:
    """Make the pack of a territory; it is checked whole before it takes its place. Raises
    `territory.BuildError`."""
    return Answer(
        territory.build_pack(
            folder, territory=asked, given=given, created=created, loaders=LOADERS, progress=progress
        )
    )


def update(folder: Path, *, given: Sequence[str], progress: Report) -> Answer:
    """Make the pack again from what is published now. Raises `territory.BuildError`."""
    done = territory.update_pack(folder, given=given, loaders=LOADERS, progress=progress)
    return Answer(done.built, done.changes)


def work(worker: str) -> int:
    """Do what was asked for packs from the web, as the process `worker`; return how many were done.

    Where the work is stopped, or given to another process, this one ends at once: whatever it is in the midst
    of is whole or undone.
    """
    tools = territory.PackTools(LOADERS, take_file)
    return territory.run_works(worker, tools=tools, beat=BEAT, gone=lambda: os._exit(0))


def take_file(
    key: str, file: Path, departements: Sequence[str], by: Person, progress: Report
) -> tuple[bool, str]:
    """Take in a register that a pack kept; whether it was, and what there is to say of it."""
    try:
        answer = directory_files.run(
            directory.Format(_FORMATS[key]),
            file,
            by=by,
            day=None,
            departements=departements,
            write=True,
            errors=None,
            progress=progress,
        )
    except directory_files.DirectoryFileError as error:
        return False, str(error)
    rest = "… et {count} autres : « Importer dans l’annuaire » les écrit tous, dans un fichier."
    return True, answer.told(of_the_rest=rest)


def _told_change(change: territory.SourceChange) -> str:
    told = [f"{change.title} : {_STATUSES[change.status]}"]
    before, after = change.rows
    if before is not None and after is not None and before != after:
        told.append(f"{before} lignes, puis {after}")
    if change.vintages[0] != change.vintages[1]:
        told.append(f"millésime {change.vintages[0]}, puis {change.vintages[1]}")
    for words, columns in (("colonnes nouvelles", change.added), ("colonnes disparues", change.removed)):
        if columns:
            more = "…" if len(columns) > _SHOWN_COLUMNS else ""
            told.append(f"{words} : {', '.join(columns[:_SHOWN_COLUMNS])}{more}")
    return " ; ".join(told) + "."
