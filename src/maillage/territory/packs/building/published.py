"""Opens a published table, whatever its wrapping: CSV, XLSX, Parquet, in a ZIP or a GZ or bare.

Nothing is guessed from the name of a file: what it is is read in its first bytes. Cells come as texts, under
the names that the program uses; a file that lacks what is asked is refused, with what it has instead.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.rules.text import decoded

HEADING_LINES = 40
"""A title is looked for in so many lines: INSEE and DREES write up to a dozen above the names of columns."""
UNPACKED_LIMIT = 6 << 30
"""Bytes that a compressed file may unfold into."""

_ZIP, _GZ, _PARQUET, _OLD_EXCEL = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0"
_SEVEN_ZIP, _PDF = b"7z\xbc\xaf\x27\x1c", b"%PDF"
_MARK = b"\xef\xbb\xbf"
_PAGE = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)


class WrongFileError(ValueError):
    """A file that is not the expected one; the message (French) says what, where and how to mend."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What is looked for in a file.

    `columns` gives, by our name, the names under which it was published (regular expressions, whole, without
    regard to case; the first that is found wins); `optional` are those that may be missing. `members` are
    patterns of names inside a ZIP, `sheets` of sheets in a workbook: the first pattern that fits any is kept.
    """

    columns: Mapping[str, Sequence[str]]
    optional: frozenset[str] = frozenset()
    members: tuple[str, ...] = ("*",)
    sheets: tuple[str, ...] = ("*",)

    def found(self, titles: Sequence[str]) -> dict[str, str]:
        """Return the published name of each of our columns that `titles` hold."""
        plain = {_plain(title): title for title in reversed(titles)}
        found = {}
        for ours, aliases in self.columns.items():
            hits = (
                title
                for alias in aliases
                for name, title in plain.items()
                if re.fullmatch(alias, name, re.IGNORECASE)
            )
            if (first := next(hits, None)) is not None:
                found[ours] = first
        return found

    def missing(self, found: Mapping[str, str]) -> list[str]:
        """Return our names of the columns that must be there and are not."""
        return [ours for ours in self.columns if ours not in found and ours not in self.optional]


@dataclass(frozen=True, slots=True)
class Content:
    """A table as published: `frame` has our columns (texts), `titles` all the names that the file has."""

    frame: pl.DataFrame
    titles: tuple[str, ...]
    where: str
    renamed: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Published:
    """A published file on this machine; `label` names its source in messages, `rows` and `titles` are what
    was read of it last."""

    path: Path
    label: str
    rows: int = 0
    titles: tuple[str, ...] = ()

    def read(self, shape: Shape) -> Content:
        """Return the table that has the columns of `shape`.

        Where several members or sheets have them, the one that has most wins, then the last by name, which is
        the latest vintage. Raises WrongFileError.
        """
        tried: list[tuple[str, Sequence[str]]] = []
        candidates: list[Content] = []
        for where, content in _members(self.path, self.label, shape.members):
            for sheet, table in _tables(content, where, self.label, shape):
                if isinstance(table, Content):
                    candidates.append(table)
                else:
                    tried.append((sheet, table))
        if not candidates:
            raise WrongFileError(_not_there(self.label, shape, tried))
        best = max(candidates, key=lambda one: (len(one.renamed), one.where))
        if best.frame.is_empty():
            raise WrongFileError(
                _("%(label)s (%(where)s) : la table n’a aucune ligne. Téléchargez le fichier de nouveau.")
                % {"label": self.label, "where": best.where}
            )
        self.rows, self.titles = best.frame.height, best.titles
        return best

    def json(self) -> Any:
        """Return what a JSON file says, bare or compressed. Raises WrongFileError."""
        for _where, content in _members(self.path, self.label, ("*.json", "*.geojson")):
            try:
                return json.loads(content.removeprefix(_MARK))
            except (ValueError, RecursionError) as error:
                raise WrongFileError(
                    _(
                        "%(label)s : le JSON est illisible (%(why)s). Téléchargez le fichier de nouveau, il "
                        "est tronqué "
                        "ou d’un autre format."
                    )
                    % {"label": self.label, "why": str(error)[:120]}
                ) from error
        raise WrongFileError(
            _("%(label)s : l’archive ne contient pas de JSON. Donnez le fichier attendu.")
            % {"label": self.label}
        )

    def refuse_page(self) -> None:
        """Raise WrongFileError where the file is empty, a web page or a document: it is not a file of
        data."""
        with self.path.open("rb") as file:
            _refuse_page(file.read(512), self.label)


def _members(path: Path, label: str, patterns: Sequence[str]) -> Iterable[tuple[str, bytes]]:
    """Yield (name, bytes) of each file that `path` wraps, the file itself where it wraps none."""
    with path.open("rb") as file:
        head = file.read(512)
    _refuse_page(head, label)
    try:
        if head.startswith(_GZ):
            with gzip.open(path) as file:
                yield path.name, _bounded(file.read(UNPACKED_LIMIT + 1), label)
        elif head.startswith(_ZIP) and not _is_workbook(path):
            yield from _zipped(path, label, patterns)
        else:
            yield path.name, path.read_bytes()
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise WrongFileError(
            _("%(label)s : l’archive est illisible (%(why)s). Elle est tronquée : téléchargez-la de nouveau.")
            % {"label": label, "why": str(error)[:120]}
        ) from error


def _refuse_page(head: bytes, label: str) -> None:
    if not head:
        raise WrongFileError(_("%s : le fichier est vide. Téléchargez-le de nouveau.") % label)
    if head.startswith((_SEVEN_ZIP, _PDF)) or _PAGE.match(head.removeprefix(_MARK)):
        kind = "7z" if head.startswith(_SEVEN_ZIP) else "PDF" if head.startswith(_PDF) else "HTML"
        raise WrongFileError(
            _(
                "%(label)s : le fichier est un %(kind)s, ce n’est pas une table. L’adresse mène sans doute à "
                "une page "
                "ou le fichier a bougé : donnez l’adresse du fichier lui-même."
            )
            % {"label": label, "kind": kind}
        )


def _zipped(path: Path, label: str, patterns: Sequence[str]) -> Iterable[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        names = [one.filename for one in archive.infolist() if not one.is_dir()]
        wanted = _first_fitting(sorted(names), patterns)
        if not wanted:
            raise WrongFileError(
                _("%(label)s : l’archive ne contient pas %(wanted)s ; elle contient %(found)s.")
                % {"label": label, "wanted": ", ".join(patterns), "found": ", ".join(sorted(names)[:8])}
            )
        for name in wanted:
            _bounded_size(archive.getinfo(name).file_size, label)
            content = archive.read(name)
            if content.startswith(_GZ):
                content = gzip.decompress(content)
            yield name, content


def _first_fitting(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """Return the names that fit the first pattern that any fits, without regard to case or folder."""
    plain = {name: name.rsplit("/", 1)[-1].lower() for name in names}
    fitting = ([name for name in names if fnmatch(plain[name], pattern.lower())] for pattern in patterns)
    return next((found for found in fitting if found), [])


def _is_workbook(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        return "[Content_Types].xml" in archive.namelist()


def _bounded(content: bytes, label: str) -> bytes:
    _bounded_size(len(content), label)
    return content


def _bounded_size(size: int, label: str) -> None:
    if size > UNPACKED_LIMIT:
        raise WrongFileError(
            _(
                "%(label)s : le fichier décompressé dépasse %(largest)d Mo. Vérifiez que c’est le fichier "
                "attendu."
            )
            % {"label": label, "largest": UNPACKED_LIMIT >> 20}
        )


def _tables(
    content: bytes, where: str, label: str, shape: Shape
) -> Iterable[tuple[str, Content | list[str]]]:
    """Yield, for each table of a file, its content where it has the columns, else the titles that it has."""
    if content.startswith(_PARQUET):
        yield where, _parquet(content, where, label, shape)
    elif content.startswith((_ZIP, _OLD_EXCEL)):
        yield from _workbook(content, where, label, shape)
    else:
        yield where, _csv(content, where, label, shape)


def _parquet(content: bytes, where: str, label: str, shape: Shape) -> Content | list[str]:
    try:
        titles = list(pl.read_parquet_schema(io.BytesIO(content)))
        found = shape.found(titles)
        if shape.missing(found):
            return titles
        frame = pl.read_parquet(io.BytesIO(content), columns=list(found.values()))
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise WrongFileError(
            _("%(label)s (%(where)s) : le Parquet est illisible (%(why)s). Téléchargez-le de nouveau.")
            % {"label": label, "where": where, "why": str(error).splitlines()[0][:120]}
        ) from error
    return _content(frame.select(pl.all().cast(pl.String)), titles, where, found)


def _workbook(
    content: bytes, where: str, label: str, shape: Shape
) -> Iterable[tuple[str, Content | list[str]]]:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in _first_fitting(book.sheet_names, shape.sheets) or book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python()
            yield (
                f"{where}, {name}",
                _of_rows([[_text(cell) for cell in row] for row in rows], f"{where}, {name}", shape),
            )
    except python_calamine.CalamineError as error:
        raise WrongFileError(
            _("%(label)s (%(where)s) : le classeur est illisible (%(why)s). Téléchargez-le de nouveau.")
            % {"label": label, "where": where, "why": str(error)[:120]}
        ) from error


def _of_rows(rows: list[list[str]], where: str, shape: Shape) -> Content | list[str]:
    at, found = _heading(rows, shape)
    titles = rows[at] if rows else []
    if shape.missing(found):
        return [title for title in titles if title]
    places = {ours: titles.index(title) for ours, title in found.items()}
    body = [row for row in rows[at + 1 :] if any(row)]
    frame = pl.DataFrame(
        {ours: [row[place] if place < len(row) else "" for row in body] for ours, place in places.items()},
        schema=dict.fromkeys(places, pl.String),
    )
    return Content(frame, tuple(title for title in titles if title), where, found)


def _heading(rows: Sequence[Sequence[str]], shape: Shape) -> tuple[int, dict[str, str]]:
    """Return which row holds the names of columns: the one that has most of ours; the first of equals."""
    scored = [(shape.found(row), at) for at, row in enumerate(rows[:HEADING_LINES])]
    if not scored:
        return 0, {}
    found, at = max(scored, key=lambda one: (len(one[0]), -one[1]))
    return at, found


def _csv(content: bytes, where: str, label: str, shape: Shape) -> Content | list[str]:
    text = decoded(content)
    lines = text.split("\n", HEADING_LINES)[:HEADING_LINES]
    best: tuple[int, int, str, dict[str, str]] = (0, 0, ";", {})
    for at, line in enumerate(lines):
        for separator in ";,\t|":
            found = shape.found(_cells(line, separator))
            if len(found) > best[0]:
                best = (len(found), at, separator, found)
    _count, at, separator, found = best
    titles = _cells(lines[at], separator)
    if shape.missing(found):
        return titles
    wanted = sorted({titles.index(title) for title in found.values()})
    if not "".join(text.split("\n", at + 1)[at + 1 :]).strip():
        return Content(pl.DataFrame(schema=dict.fromkeys(found, pl.String)), tuple(titles), where, found)
    try:
        frame = pl.read_csv(
            io.BytesIO(text.encode()),
            separator=separator,
            infer_schema=False,
            has_header=False,
            columns=wanted,
            skip_lines=at + 1,
        )
    except pl.exceptions.PolarsError as error:
        raise WrongFileError(
            _(
                "%(label)s (%(where)s) : le CSV est illisible (%(why)s). Il est tronqué ou ses guillemets "
                "sont dépareillés : téléchargez-le de nouveau."
            )
            % {"label": label, "where": where, "why": str(error).splitlines()[0][:160]}
        ) from error
    place = dict(zip(wanted, frame.columns, strict=True))
    frame = frame.select(pl.col(place[titles.index(title)]).alias(ours) for ours, title in found.items())
    return Content(frame.with_columns(pl.all().fill_null("").str.strip_chars()), tuple(titles), where, found)


def _content(frame: pl.DataFrame, titles: Sequence[str], where: str, found: Mapping[str, str]) -> Content:
    ours = frame.select(
        pl.col(title).fill_null("").str.strip_chars().alias(name) for name, title in found.items()
    )
    return Content(ours, tuple(titles), where, found)


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"').strip() for cell in line.rstrip("\r").split(separator)]


def _text(cell: Any) -> str:
    """Return a cell of a workbook as text: a whole number without its decimals."""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _plain(title: str) -> str:
    return " ".join(title.split())


def _not_there(label: str, shape: Shape, tried: Sequence[tuple[str, Sequence[str]]]) -> str:
    if not tried:
        return _("%s : le fichier ne contient aucune table. Téléchargez-le de nouveau.") % label
    where, titles = max(tried, key=lambda one: len(shape.found(one[1])))
    wanted = [shape.columns[ours][0] for ours in shape.missing(shape.found(titles))]
    return _(
        "%(label)s (%(where)s) : il manque %(wanted)s ; le fichier a %(titles)s. Ce n’est pas le fichier "
        "attendu, ou "
        "ses colonnes ont changé de nom : donnez un autre millésime."
    ) % {
        "label": label,
        "where": where,
        "wanted": ", ".join(wanted),
        "titles": ", ".join(titles[:12]) or _("aucun titre"),
    }
