"""The register of processings (GDPR, article 30), made from what the program itself declares.

Fields and their categories come from the models (`privacy`), purposes, people and recipients from each
context, the time for which something is kept from the rule that its tables name: it cannot be out of date.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel import formats, printing, privacy
from maillage.kernel.contributions import Processing, contributions
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.kernel.tables import Column, Row, Table

TEMPLATE = files("maillage.kernel.printing") / "register.typ"


@dataclass(frozen=True, slots=True)
class Held:
    """The fields of one table: the personal ones and those of health, by their names."""

    table: str
    personal: tuple[str, ...]
    health: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One processing: what it is for, its tables with their fields, how long it keeps them."""

    context: str
    processing: Processing
    tables: tuple[Held, ...]
    kept: tuple[SourcedRule, ...]

    @property
    def personal(self) -> int:
        """How many personal fields."""
        return sum(len(one.personal) for one in self.tables)

    @property
    def health(self) -> int:
        """How many fields of health."""
        return sum(len(one.health) for one in self.tables)


def lines() -> list[Line]:
    """Return the register, the processings of patients first where they keep most of health."""
    fields: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(dict)
    for row in privacy.register():
        if row.category != "neither":
            table = fields[row.context].setdefault(row.table, {"personal": [], "health": []})
            table[row.category].append(row.field)
    found = []
    for one in contributions():
        if one.processing is None:
            continue
        tables = tuple(
            Held(name, tuple(held["personal"]), tuple(held["health"]))
            for name, held in sorted(fields[one.context].items())
        )
        keys = Counter(record.keeps for record in one.records)
        found.append(Line(one.context, one.processing, tables, tuple(rule(key) for key in sorted(keys))))
    return sorted(found, key=lambda line: -line.health)


def as_table(found: Sequence[Line]) -> Table:
    """Return the register for a spreadsheet: one row a processing and a table of it."""
    columns = [
        Column("processing", _("Traitement")),
        Column("purpose", _("Finalité")),
        Column("about", _("Personnes concernées")),
        Column("recipients", _("Destinataires")),
        Column("kept", _("Conservation")),
        Column("table", _("Table")),
        Column("personal", _("Champs personnels")),
        Column("health", _("Champs de santé")),
    ]
    rows = [
        Row(
            {
                "processing": str(line.processing.label),
                "purpose": str(line.processing.purpose),
                "about": str(line.processing.about),
                "recipients": str(line.processing.recipients),
                "kept": formats.listed(kept_said(line)),
                "table": held.table,
                "personal": ", ".join(held.personal),
                "health": ", ".join(held.health),
            }
        )
        for line in found
        for held in line.tables
    ]
    return Table("registre-des-traitements", _("Registre des traitements"), columns, rows)


def kept_said(line: Line) -> list[str]:
    """Return how long a processing keeps what it holds, in words; what no rule says is said not to be."""
    if not line.kept:
        return [_("non établie : à décider par le responsable du traitement")]
    return [
        *(one.said for one in line.kept),
        _("au terme, effacé sur confirmation du DPO, sauf conservation légale"),
    ]


def as_pdf(found: Sequence[Line], day: date) -> bytes:
    """Return the register as a paper, in the reader's language."""
    content: dict[str, Any] = {
        "title": _("Registre des traitements"),
        "vintage": _("Fait le {day} par Maillage, d’après le programme lui-même.").format(
            day=formats.date_long(day)
        ),
        "lang": "fr" if formats.is_french() else "en",
        "lines": [
            {
                "title": str(line.processing.label),
                "facts": [
                    [_("Finalité"), str(line.processing.purpose)],
                    [_("Personnes concernées"), str(line.processing.about)],
                    [_("Destinataires"), str(line.processing.recipients)],
                    [_("Conservation"), formats.listed(kept_said(line))],
                ],
                "tables": [
                    [held.table, ", ".join(held.personal), ", ".join(held.health)] for held in line.tables
                ],
            }
            for line in found
        ],
        "columns": [_("Table"), _("Champs personnels"), _("Champs de santé")],
    }
    return printing.pdf(TEMPLATE, content, day)
