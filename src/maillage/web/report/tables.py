"""Tables of the report: what is kept of a page's table, and how a new one is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maillage.kernel.tables import Cell, Column, Row, Table

SHORT_LABELS = {
    "population": "Habitants",
    "change_2012": "Depuis 2012",
    "share_65p": "65 ans et plus",
    "gp": "Généralistes",
    "gp_60": "Dont 60 ans et plus",
    "count": "Nombre",
    "communes": "Communes",
}
"""Labels of columns where room is short; the caption and the whole table say the rest."""


def cut(table: Table, columns: Sequence[str], caption: str = "", rows: int = 0) -> Table:
    """Return `table` with some of its columns, in that order, and its first `rows` rows (0: all).

    A column that the table does not have is left out; notes stay with the whole table.
    """
    known = {column.key: column for column in table.columns}
    kept = [
        replace(
            known[key],
            note="",
            label=SHORT_LABELS.get(key, known[key].label) if caption else known[key].label,
        )
        for key in columns
        if key in known
    ]
    if caption:
        kept = [replace(column, unit="" if column.unit == "habitants" else column.unit) for column in kept]
    return replace(
        table,
        caption=caption or table.caption,
        columns=kept,
        rows=table.rows[: rows or None],
        notes=(),
        provenance=None if caption else table.provenance,
    )


def rows_of(columns: Sequence[Column], lines: Sequence[Sequence[Cell]]) -> list[Row]:
    """Return rows from lines of cells in the order of `columns`."""
    return [Row({column.key: cell for column, cell in zip(columns, line, strict=True)}) for line in lines]
