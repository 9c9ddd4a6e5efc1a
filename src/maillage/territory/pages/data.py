"""The data in use: where each variable comes from, how complete it is, and what the last import changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from maillage.kernel.access import may, may_everywhere
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import queries
from maillage.territory.atlas import NoPackError, Variable, current
from maillage.territory.models import DataPack


class Data(Page):
    """The packs that were imported and the variables of the one in use."""

    template_name = "territory/territories/data.html"
    permission = Permission.VIEW_DIAGNOSIS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pack = queries.current_pack()
        may_import = may(self.person, Permission.IMPORT_DATA)
        return {
            **super().get_context_data(**kwargs),
            "pack": pack,
            "packs": queries.list_packs(),
            "table": _on_screen(variables_table()).sorted_by(self.request.GET.get("tri", "")),
            "may_import": may_import,
            "may_prepare": may_everywhere(self.person, Permission.IMPORT_DATA),
            "report": pack.report if pack and may_import else None,
            "changes": _last_changes(pack) if pack and may_import else None,
            "missing": _missing(pack) if pack else [],
            "remarks": _remarks(pack) if pack else [],
        }


def _missing(pack: DataPack) -> list[tuple[str, str]]:
    """Return the title of each source that the pack was made without, and why; in French, as the manifest."""
    said = pack.manifest.get("missing")
    entries = said if isinstance(said, list) else []
    return [(str(one.get("title", "")), str(one.get("why", ""))) for one in entries if isinstance(one, dict)]


def _remarks(pack: DataPack) -> list[str]:
    """Return what whoever made the pack remarks on it."""
    said = pack.manifest.get("remarks")
    return [str(one) for one in said] if isinstance(said, list) else []


class VariablesCsv(Endpoint):
    """The variables of the pack in use as a file."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, _request: HttpRequest) -> HttpResponse:
        return csv_response(variables_table())


def variables_table() -> Table:
    """Return the variables of the pack in use, with source, vintage, licence and completeness."""
    columns = [
        Column("label", _("Variable")),
        Column("unit", _("Unité")),
        Column("completeness", _("Complétude"), "share", decimals=1, note=_("part des communes renseignées")),
        Column("vintage", _("Millésime")),
        Column("estimate", _("Nature")),
        Column("source", _("Source")),
        Column("licence", _("Licence")),
        Column("key", _("Colonne")),
    ]
    try:
        variables = current().variables()
    except NoPackError:
        variables = []
    rows = [Row(cells=_cells(variable)) for variable in variables]
    return Table("variables", _("Variables"), columns, rows, csv_url=reverse("territory:variables_csv"))


def _on_screen(table: Table) -> Table:
    """Return the table without the names of columns, which serve those who work on the file."""
    return replace(table, columns=[column for column in table.columns if column.key != "key"])


def _cells(variable: Variable) -> dict[str, str | float]:
    return {
        "label": variable.label,
        "unit": variable.unit,
        "completeness": variable.completeness,
        "vintage": variable.vintage,
        "estimate": _("estimation") if variable.estimate else _("mesure"),
        "source": variable.source,
        "licence": variable.licence,
        "key": variable.key,
    }


def _last_changes(pack: DataPack) -> Table:
    return changes_table(pack.report["columns"], _("Colonnes modifiées par le dernier import"))


def changes_table(columns_changed: list[dict[str, Any]], title: str) -> Table:
    """Return what an import changed, or would, column by column (`ImportReport.columns` as plain values)."""
    statuses = {"added": _("nouvelle"), "removed": pgettext("une ligne", "retirée"), "changed": _("modifiée")}
    columns = [
        Column("label", _("Variable")),
        Column("status", _("Changement")),
        Column("communes", _("Communes modifiées"), "number"),
        Column("biggest", _("Plus grand changement")),
    ]
    rows = [
        Row(
            cells={
                "label": _(change["label"]) if change["label"] else change["key"],
                "status": statuses[change["status"]],
                "communes": change["communes"] if change["status"] == "changed" else None,
                "biggest": _biggest(change["biggest"]),
            }
        )
        for change in columns_changed
    ]
    return Table("changements", title, columns, rows)


def _biggest(changes: list[dict[str, Any]]) -> str | None:
    if not changes:
        return None
    number = Column("", "", "number", decimals=1)
    before, after = (number.written(changes[0][side]) for side in ("before", "after"))
    return _("%(code)s : %(before)s → %(after)s") % {
        "code": changes[0]["code"],
        "before": before,
        "after": after,
    }
