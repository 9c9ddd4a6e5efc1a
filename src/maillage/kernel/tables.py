"""A table once, for the page, the CSV and the report: columns know their unit, rows their place."""

from __future__ import annotations

import csv
import io
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from maillage.kernel import formats
from maillage.kernel.figures import Provenance
from maillage.kernel.names import normalise

Cell = str | float | int | None
Kind = Literal["text", "number", "share", "minutes", "change"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` decides alignment, sorting and writing; a share is stored 0 to 1.

    `note` defines the column in one sentence and is shown under the table.
    """

    key: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int = 0
    note: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether the column is right-aligned and sorted by value."""
        return self.kind != "text"

    @property
    def precision(self) -> int:
        """How many decimals the screen shows of the value as it is stored: a share has two more."""
        return {"share": self.decimals + 2, "minutes": 0}.get(self.kind, self.decimals)

    def written(self, value: Cell) -> str:
        """Return a cell as the reader's language writes it, without the unit of the heading."""
        if value is None:
            return formats.UNKNOWN
        if isinstance(value, str):
            return value
        writers = {"share": formats.percent, "change": formats.signed, "number": formats.number}
        if self.kind == "minutes":
            return formats.minutes(value)
        return writers.get(self.kind, formats.number)(value, self.decimals)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells by column key; `code` ties it to the feature of a map; `url` opens its page.

    Columns in `suppressed` are hidden for statistical secrecy, those in `estimated` are estimates.
    """

    cells: Mapping[str, Cell]
    code: str = ""
    url: str = ""
    suppressed: frozenset[str] = frozenset()
    estimated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows under a caption; the first column names the row.

    `key` is the element's id on the page and the file name of the export; `sort` is the column key the
    rows are in order of, with a leading minus when descending.
    """

    key: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    csv_url: str = ""
    sort: str = ""
    provenance: Provenance | None = None
    notes: Sequence[str] = field(default=())

    def sorted_by(self, sort: str) -> Table:
        """Return the table in order of `sort` (`-apl`: descending); unknown values stay last.

        A key that is not a column leaves the order as it is, so that a query string may be passed.
        """
        descending, key = sort.startswith("-"), sort.removeprefix("-")
        column = next((column for column in self.columns if column.key == key), None)
        if column is None:
            return self
        known = [row for row in self.rows if _is_known(row, key)]
        unknown = [row for row in self.rows if not _is_known(row, key)]
        if column.is_numeric:
            known.sort(key=lambda row: float(row.cells[key] or 0), reverse=descending)
        else:
            known.sort(key=lambda row: normalise(str(row.cells[key])), reverse=descending)
        return replace(self, rows=[*known, *unknown], sort=sort)

    def as_csv(self) -> str:
        """Return the table as the CSV that the reader's spreadsheet opens without a question.

        French: semicolons and decimal commas; English: commas and points. UTF-8 with its mark, « s »
        where secret; figures with the precision of the screen, which is what they are worth.
        """
        french = formats.is_french()
        out = io.StringIO("\ufeff", newline="")
        out.seek(0, io.SEEK_END)
        writer = csv.writer(out, delimiter=";" if french else ",")
        coded = any(row.code for row in self.rows)
        writer.writerow([*["code"] * coded, *(_heading(column) for column in self.columns)])
        for row in self.rows:
            cells = [
                "s"
                if column.key in row.suppressed
                else _raw(column, row.cells.get(column.key), french=french)
                for column in self.columns
            ]
            writer.writerow([*[row.code] * coded, *cells])
        return out.getvalue()


def _heading(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _is_known(row: Row, key: str) -> bool:
    value = row.cells.get(key)
    if value is None or key in row.suppressed:
        return False
    return isinstance(value, str) or math.isfinite(value)


def _raw(column: Column, value: Cell, *, french: bool) -> str:
    """Return a value a program reads back; text that a spreadsheet would run as a formula is quoted."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if not isinstance(value, str):
        text = formats.rounded_text(value, column.precision)
        return text.replace(".", ",") if french else text
    return f"'{value}" if _may_be_run(value) else value


def _may_be_run(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula (OWASP, « CSV injection »).

    By its first sign, wide ones as their usual forms; blanks and invisible marks before it, which some
    programs leave out, hide nothing, and a cell that begins with a tab or a line break is never plain text.
    """
    if text[:1] in {"\t", "\r", "\n"}:
        return True
    seen = (one for one in text if not one.isspace() and unicodedata.category(one) not in {"Cf", "Cc"})
    return unicodedata.normalize("NFKC", next(seen, "")) in {"=", "+", "-", "@"}
