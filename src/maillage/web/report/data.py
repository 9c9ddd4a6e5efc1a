"""A report as plain data, every number written in French: what both renderings read."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from maillage.kernel import formats
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.tables import Row, Table
from maillage.web.report.content import (
    Drawing,
    Figures,
    Grid,
    Heading,
    Notice,
    Paragraph,
    Points,
    Report,
    Section,
)

HIDDEN = "s"
ESTIMATE = "*"
WRITTEN_UNITS = {"%", "min"}
"""Units written after each value; any other is said once, in the label."""
READING = (
    ("*", "marque une estimation ; les limites disent pourquoi."),
    ("s", "remplace un effectif masqué par le secret statistique."),
    ("–", "signale une valeur inconnue."),
    (
        "Les cartes",
        "vont du gris clair (valeur basse) au gris foncé (valeur haute), avec les bornes écrites sous "
        "l’échelle ; les "
        "hachures signalent l’absence de donnée ; le nom des communes extérieures est en italique. La "
        "liste à côté de "
        "chaque carte en donne les valeurs.",
    ),
    (
        "Les comparaisons",
        "sont faites avec chaque département et chaque région du territoire, puis avec la France.",
    ),
    (
        "Les sources, formules et paramètres",
        "de chaque chiffre sont donnés à la fin, avec leur degré de certitude.",
    ),
)
"""How to read the signs of a report."""
FULL_WIDTH = 112
"""About how many characters of a table fit across a page."""
COLUMN_MARGIN = 3
LONGEST_CELL = 30
LONGEST_BESIDE = 16

Data = dict[str, Any]


def as_data(report: Report) -> Data:
    """Return `report` ready for JSON; call it with French active, texts come out as they are printed."""
    return {
        "subject": report.subject,
        "nature": typeset(report.nature),
        "notice": typeset(report.notice),
        "day": formats.date_long(report.day),
        "vintages": [typeset(vintage) for vintage in report.vintages],
        "reading": [_pair(*item) for item in READING],
        "cover": block_data(report.cover),
        "headline": block_data(report.headline),
        "summary": [_pair(*item) for item in report.summary],
        "sections": [_section(section) for section in report.sections],
    }


def fingerprint(data: Data) -> str:
    """Return the SHA-256 of what a report says: equal reports have equal files."""
    return hashlib.sha256(json.dumps(data, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


_JOINED = re.compile(r"\s;\s")
_WORD = re.compile(r"[\s-]+")
_SPACED = re.compile(r"[ \u00a0]+(?=[:;!?»%])")


def typeset(text: str) -> str:
    """Return `text` with the no-break spaces and the apostrophes of French typography."""
    spaced = _SPACED.sub(formats.NBSP, text).replace("«\x20", f"«{formats.NBSP}")
    return spaced.replace("'", "’")


def figure_text(figure: Figure, value: float | None) -> str:
    """Return a value of `figure` as it is printed in a column, its unit in the label beside it."""
    unit = figure.unit if figure.unit in WRITTEN_UNITS else ""
    return formats.quantity(value, unit, figure.decimals)


def figure_label(figure: Figure) -> str:
    """Return « Densité (habitants/km²) »: the label with the unit that its values do not carry."""
    said = not figure.unit or figure.unit in WRITTEN_UNITS or figure.unit.lower() == figure.label.lower()
    return figure.label if said else f"{figure.label} ({figure.unit})"


def source_text(provenances: Iterable[Provenance]) -> str:
    """Return « Source : INSEE, 2024. » for one source, names only for several, nothing for none."""
    known = {one.source: one.vintage for one in provenances if one.source}
    if len(known) == 1:
        source, vintage = next(iter(known.items()))
        return typeset(f"Source : {source}{', ' * bool(vintage)}{vintage}.")
    names = _distinct(name for source in known for name in _JOINED.split(source))
    return typeset(f"Source{'s' * (len(names) > 1)} : {' ; '.join(names)}.") if names else ""


def _distinct(sources: Iterable[str]) -> list[str]:
    """Return sources once each: one that is another and something more leaves only the something."""
    ordered = list(dict.fromkeys(sources))
    known: list[str] = []
    for source in sorted(ordered, key=len):
        rest = source
        for name in known:
            rest = rest.removeprefix(f"{name}, ").removesuffix(f", {name}")
        if rest not in known:
            known.append(rest)
    return sorted(known, key=lambda name: next(k for k, source in enumerate(ordered) if name in source))


@singledispatch
def block_data(block: object) -> Data:
    """Return one block of a section as plain data; `kind` says which one."""
    raise TypeError(type(block).__name__)


@block_data.register
def _paragraph(block: Paragraph) -> Data:
    return {"kind": "paragraph", "text": typeset(block.text)}


@block_data.register
def _heading(block: Heading) -> Data:
    return {"kind": "heading", "text": typeset(block.text)}


@block_data.register
def _notice(block: Notice) -> Data:
    return {"kind": "notice", "title": typeset(block.title), "text": typeset(block.text)}


@block_data.register
def _points(block: Points) -> Data:
    return {"kind": "points", "items": [_pair(*item) for item in block.items]}


@block_data.register
def _grid(block: Grid) -> Data:
    return {"kind": "table", **table_data(block.table)}


@block_data.register
def _drawing(block: Drawing) -> Data:
    return {
        "kind": "drawing",
        "title": typeset(block.title),
        "description": typeset(block.description),
        "svg": block.svg,
        "source": typeset(block.source),
        "beside": table_data(block.beside, LONGEST_BESIDE) if block.beside else None,
    }


@block_data.register
def _figures(block: Figures) -> Data:
    elsewhere = list(dict.fromkeys(one.label for figure in block.figures for one in figure.comparisons))
    heads = ["Indicateur", block.ours, *elsewhere]
    rows = [
        [
            figure_label(figure),
            (HIDDEN if figure.suppressed else figure_text(figure, figure.value))
            + ESTIMATE * figure.provenance.estimate,
            *(_elsewhere(figure, label) for label in elsewhere),
        ]
        for figure in block.figures
    ]
    notes = [_ESTIMATES] if any(figure.provenance.estimate for figure in block.figures) else []
    return {
        "kind": "table",
        "key": "",
        "caption": typeset(block.caption),
        "columns": _columns(heads, [""] * len(heads), [False, *[True] * (len(heads) - 1)], rows),
        "rows": rows,
        "notes": notes,
        "source": source_text(figure.provenance for figure in block.figures),
        "width": 1.0,
        "lines": len(rows),
        "strong": 1,
    }


_ESTIMATES = typeset(f"{ESTIMATE} estimation.")
_SECRETS = typeset(f"{HIDDEN} : secret statistique.")


def _elsewhere(figure: Figure, label: str) -> str:
    values = [one.value for one in figure.comparisons if one.label == label]
    return figure_text(figure, values[0]) if values else ""


def table_data(table: Table, longest: int = LONGEST_CELL) -> Data:
    """Return a table with its cells written, and how wide each column and the whole should be."""
    rows = [[_cell(table, row, index) for index in range(len(table.columns))] for row in table.rows]
    columns = _columns(
        [column.label for column in table.columns],
        [column.unit for column in table.columns],
        [column.is_numeric for column in table.columns],
        rows,
        longest,
    )
    keys = {column.key for column in table.columns}
    notes = [f"{column.label} : {column.note}" for column in table.columns if column.note]
    notes += [*table.notes]
    notes += [_ESTIMATES] if any(keys & row.estimated for row in table.rows) else []
    notes += [_SECRETS] if any(keys & row.suppressed for row in table.rows) else []
    return {
        "key": table.key,
        "caption": typeset(table.caption),
        "columns": columns,
        "rows": rows,
        "notes": [typeset(note) for note in notes],
        "source": source_text([table.provenance] if table.provenance else []),
        "width": min(sum(column["natural"] for column in columns) / FULL_WIDTH, 1.0),
        "lines": _lines(columns, rows),
        "strong": 0,
    }


def _cell(table: Table, row: Row, index: int) -> str:
    column = table.columns[index]
    if column.key in row.suppressed:
        return HIDDEN
    written = column.written(row.cells.get(column.key))
    return f"{written}{ESTIMATE}" if column.key in row.estimated and written != formats.UNKNOWN else written


def _columns(
    labels: list[str],
    units: list[str],
    numeric: list[bool],
    rows: list[list[str]],
    longest: int = LONGEST_CELL,
) -> list[Data]:
    """Return the columns; `natural` is about how many characters each needs, `weight` what it may claim.

    A long text is wrapped rather than let to squeeze the numbers beside it.
    """
    columns = []
    for rank, (label, unit, right) in enumerate(zip(labels, units, numeric, strict=True)):
        cells = max((len(row[rank]) for row in rows), default=0)
        head = max(
            max((len(word) for word in _WORD.split(label)), default=0), len(label) // 3, len(unit) // 2
        )
        columns.append(
            {
                "label": typeset(label),
                "unit": typeset(unit),
                "numeric": right,
                "natural": max(cells, head) + COLUMN_MARGIN,
                "weight": max(min(cells, longest), head) + COLUMN_MARGIN,
            }
        )
    return columns


def _lines(columns: list[Data], rows: list[list[str]]) -> int:
    """Return about how many lines of text the rows take, long cells being wrapped in their columns."""
    claimed = sum(column["weight"] for column in columns)
    rooms = [FULL_WIDTH * column["weight"] / claimed for column in columns]
    return sum(
        max((math.ceil(len(cell) / room) for cell, room in zip(row, rooms, strict=True)), default=1)
        for row in rows
    )


def _section(section: Section) -> Data:
    return {
        "anchor": section.anchor,
        "title": typeset(section.title),
        "starts_page": section.starts_page,
        "finding": typeset(section.finding),
        "blocks": [block_data(block) for block in section.blocks],
    }


def _pair(lead: str, text: str) -> Data:
    return {"lead": typeset(lead), "text": typeset(text)}
