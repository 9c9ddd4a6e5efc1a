"""The list of people to call, pasted or typed: a line each, read whole or refused with each defect."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from maillage.kernel.identifiers import IdentifierError
from maillage.kernel.names import normalise
from maillage.kernel.phones import read_phone

MOST_LINES = 5_000
MOST_CHARACTERS = 1_000_000
#: Columns by the beginning of their heading, without accents; a list without headings has them in this order.
_COLUMNS = {"nom": "name", "tel": "phone", "commune": "commune", "adresse": "address", "a savoir": "note"}
_SPACES = str.maketrans("\u00a0\u202f", "  ")
#: A line longer than all its cells together may be is read no further: `csv` refuses a cell of 131 073.
_LONGEST = 5_000
_LENGTHS = {"name": 120, "commune": 80, "address": 200, "note": 300}


class Wrong(StrEnum):
    """What is wrong with a line."""

    EMPTY = "empty"
    TOO_MANY = "too_many"
    NO_NAME = "no_name"
    NO_PHONE = "no_phone"
    BAD_PHONE = "bad_phone"
    NO_COMMUNE = "no_commune"
    TOO_LONG = "too_long"
    HIDDEN_CHARACTER = "hidden_character"
    MANY_CELLS = "many_cells"


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong, at which line (from 1, headings included), with what was read there."""

    what: Wrong
    line: int
    read: str = ""


class ListError(ValueError):
    """A list that is not taken: `found` has every defect."""

    def __init__(self, found: list[Defect]) -> None:
        super().__init__(f"{len(found)} defects")
        self.found = found


@dataclass(frozen=True, slots=True)
class Line:
    """One person to call; the phone is as it is stored."""

    name: str
    phone: str
    commune: str
    address: str = ""
    note: str = ""

    @property
    def same(self) -> tuple[str, str]:
        """What tells that two lines are of one person: the name without accents, and the number."""
        return normalise(self.name), self.phone


def read_list(text: str) -> list[Line]:
    """Return the people of a list; the second of two lines alike is left out.

    Cells are parted by a tab, a semicolon or a comma, the first that the first line has. Raises ListError.
    """
    lines = [(place, line) for place, line in enumerate(text.splitlines(), start=1) if line.strip(" \t;,")]
    if not lines:
        raise ListError([Defect(Wrong.EMPTY, 1)])
    if len(first := lines[0][1]) > _LONGEST:
        raise ListError([Defect(Wrong.TOO_LONG, lines[0][0], first[:30])])
    mark = next((one for one in "\t;," if one in first), ";")
    columns = _headings(_cells(first, mark))
    body = lines[1:] if columns else lines
    if not body:
        raise ListError([Defect(Wrong.EMPTY, lines[0][0])])
    if len(body) > MOST_LINES:
        raise ListError([Defect(Wrong.TOO_MANY, body[MOST_LINES][0], str(len(body)))])
    defects: list[Defect] = []
    kept: dict[tuple[str, str], Line] = {}
    for place, line in body:
        if len(line) > _LONGEST:
            defects.append(Defect(Wrong.TOO_LONG, place, line[:30]))
            continue
        made = _line(place, _cells(line, mark), columns or list(_COLUMNS.values()), defects)
        if made is not None:
            kept.setdefault(made.same, made)
    if defects:
        raise ListError(defects)
    return list(kept.values())


def _cells(line: str, mark: str) -> list[str]:
    # A spreadsheet writes « 03 85 » with spaces that do not break: they are spaces.
    return [
        cell.translate(_SPACES).strip() for cell in next(csv.reader(io.StringIO(line), delimiter=mark), [])
    ]


def _headings(cells: Iterable[str]) -> list[str]:
    """Return the column of each cell where the line is one of headings, else nothing."""
    named = [normalise(cell) for cell in cells]
    found = [
        next((name for start, name in _COLUMNS.items() if words.startswith(start)), "") for words in named
    ]
    return found if "name" in found and "phone" in found else []


def _line(place: int, cells: list[str], columns: list[str], defects: list[Defect]) -> Line | None:
    before = len(defects)
    if len(cells) > len(columns):
        defects.append(Defect(Wrong.MANY_CELLS, place, str(len(cells))))
    said = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    if any(not one.isprintable() for one in said.values()):
        defects.append(Defect(Wrong.HIDDEN_CHARACTER, place))
    for name, missing in (("name", Wrong.NO_NAME), ("phone", Wrong.NO_PHONE), ("commune", Wrong.NO_COMMUNE)):
        if not said.get(name):
            defects.append(Defect(missing, place))
    for name, longest in _LENGTHS.items():
        if len(said.get(name, "")) > longest:
            defects.append(Defect(Wrong.TOO_LONG, place, said[name][:30]))
    phone = ""
    if typed := said.get("phone"):
        try:
            phone = read_phone(typed)
        except IdentifierError:
            defects.append(Defect(Wrong.BAD_PHONE, place, typed[:30]))
    if len(defects) > before:
        return None
    return Line(said["name"], phone, said["commune"], said.get("address", ""), said.get("note", ""))
