"""The national files of professionals and establishments, taken in from the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel.models import Person

SHOWN_DEFECTS = 20
_HEADED_DAY = re.compile(r"^finess;[^;]*;[^;]*;(\d{4}-\d{2}-\d{2})")
_NAMED_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")


class DirectoryFileError(ValueError):
    """A file that cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What reading or taking in a file did; `defects` are the cells of each line of the error file."""

    file: str
    extracted_on: date
    written: bool
    already: bool
    lines: int
    passed_over: int
    left_out: int
    counts: dict[str, int]
    outcome: list[tuple[str, int]]
    defects: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return the answer as plain values, for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}

    def told(self, *, of_the_rest: str = "… et {count} autres : --errors FICHIER les écrit tous.") -> str:
        """Return the answer in words, the first defects in full; `of_the_rest` says where the others are."""
        done = "Importé" if self.written else "Lu sans rien écrire"
        if self.already:
            done = "Déjà importé, rien n’a changé"
        lines = [
            f"{done} : {self.file}, extrait le {self.extracted_on:%d/%m/%Y}.",
            *(f"{label} : {count}" for label, count in self.outcome),
        ]
        lines += [
            f"Ligne {one['line']}{', ' + one['column'] if one['column'] else ''} : {one['what']} {one['how']}"
            for one in self.defects[:SHOWN_DEFECTS]
        ]
        if len(self.defects) > SHOWN_DEFECTS:
            lines.append(of_the_rest.format(count=len(self.defects) - SHOWN_DEFECTS))
        return "\n".join(lines)


def run(
    format: directory.Format,
    file: Path,
    *,
    by: Person | None = None,
    day: date | None,
    departements: Collection[str],
    write: bool,
    errors: Path | None,
    progress: Callable[[str, int, int], None],
) -> Answer:
    """Read `file` and, with `write`, take it in: all its right lines or none.

    `by` is None for the operator at the command line; `day` is that of the extraction, read in the file or
    its name where None. Raises DirectoryFileError.
    """
    content = file.read_bytes()
    extracted_on = day or extraction_day(file.name, content)
    progress("Lecture", 0, 1)
    try:
        seen = directory.preview(
            by=by, format=format, content=content, departements=departements, extracted_on=extracted_on
        )
        progress("Lecture", 1, 1)
        table = directory.defects_table(seen.reading.defects)
        if errors is not None:
            errors.write_text(table.as_csv(), encoding="utf-8")
        counts = seen.counts
        if write and seen.already is None:
            counts = directory.take_in(
                by=by,
                format=format,
                content=content,
                file_name=file.name,
                extracted_on=extracted_on,
                departements=departements,
            ).counts
    except (directory.WrongFileError, directory.NothingToTakeError) as error:
        raise DirectoryFileError(f"{file.name} : {directory.refusal(error)}") from error
    return Answer(
        file=file.name,
        extracted_on=extracted_on,
        written=write,
        already=seen.already is not None,
        lines=seen.reading.lines,
        passed_over=seen.reading.passed_over,
        left_out=seen.reading.left_out,
        counts=counts,
        outcome=directory.outcome(seen.reading, counts),
        defects=[dict(row.cells) for row in table.rows],
    )


def extraction_day(name: str, content: bytes) -> date:
    """Return the day a file was extracted: FINESS says it in its first line, both say it in their names.

    Today where neither does, or says a day that does not exist or is still to come.
    """
    today = timezone.localdate()
    headed = _HEADED_DAY.match(content[:200].decode("ascii", "replace").lstrip("\ufeff"))
    named = _NAMED_DAY.search(name)
    written = headed.group(1) if headed else "-".join(named.groups()) if named else ""
    try:
        return min(date.fromisoformat(written), today)
    except ValueError:
        return today
