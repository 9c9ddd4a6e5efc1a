"""What the actions of the project cost, opened down to the operations."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.funding.models import OPERATION_LABELS, LedgerLine
from maillage.funding.pages.ledger_views import AccountNames
from maillage.funding.queries.spending import files_of_invoices, lines_of_actions
from maillage.funding.rules.vocabulary import AccountKind, OperationKind
from maillage.kernel import formats
from maillage.kernel.pages.base import Page, csv_response
from maillage.kernel.parameters import row_key
from maillage.kernel.tables import Column, Row, Table
from maillage.project import api as project

#: Lines on the page; the file has them all.
SHOWN = 100


class Spending(AccountNames, Page):
    """The operations that an action, an objective, a mission or a whole project cost, whatever their year.

    Asked by `action`, by `objectif`, or by `projet` with or without `mission`.
    """

    template_name = "funding/spending.html"

    @cached_property
    def actions(self) -> list[project.Action]:
        """The actions asked, of the projects of the territory. Raises Http404 for none of them."""
        asked = self.request.GET
        rows = project.Action.objects.in_scope(self.scope).select_related("project", "objective")
        if "action" in asked:
            rows = rows.filter(pk=row_key(asked["action"]))
        elif "objectif" in asked:
            rows = rows.filter(objective=row_key(asked["objectif"]))
        elif "projet" in asked:
            rows = rows.filter(project=row_key(asked["projet"]))
            if mission := asked.get("mission", "").replace("\x00", "")[:30]:
                rows = rows.filter(mission=mission)
        else:
            raise Http404
        found = list(rows.order_by("pk"))
        if not found:
            raise Http404
        return found

    @property
    def about(self) -> tuple[str, str]:
        """What is asked, and its page in the project."""
        asked, one = self.request.GET, self.actions[0]
        if "action" in asked:
            return one.title, reverse("project:action", args=[one.pk])
        if "objectif" in asked:
            return one.objective.title, reverse("project:objective", args=[one.objective_id])
        page = reverse("project:project", args=[one.project_id])
        if asked.get("mission"):
            return formats.told(one.project.title, str(project.MISSION_LABELS[one.of_mission])), page
        return one.project.title, page

    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the page, or with its file."""
        if request.GET.get("format") == "csv":
            return csv_response(self._table())
        return super().get(request, *args, **kwargs)

    @cached_property
    def _lines(self) -> list[LedgerLine]:
        return list(lines_of_actions(self.scope, [one.pk for one in self.actions]))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title, page = self.about
        lines = self._lines
        total = sum(cents(one) for one in lines)
        said = ngettext(
            "{total} dépensés, en {count} écriture.", "{total} dépensés, en {count} écritures.", len(lines)
        )
        asked = self.request.GET.copy()
        asked["format"] = "csv"
        files = files_of_invoices(self.scope, [one.operation_id for one in lines[:SHOWN]])
        return super().get_context_data(
            scope=self.scope,
            title=title,
            page=page,
            finding=said.format(total=formats.euros(total), count=formats.number(len(lines)))
            if lines
            else ngettext(
                "Aucune écriture ne nomme encore cette action.",
                "Aucune écriture ne nomme encore l’une de ces actions.",
                max(len(self.actions), 1),
            ),
            lines=[
                {
                    "operation": one.operation,
                    "kind": OPERATION_LABELS[OperationKind(one.operation.kind)],
                    "to": self._to(one),
                    "cents": cents(one),
                    "files": files.get(one.operation_id, []),
                    "reversed": getattr(one.operation, "reversed_by", None),
                }
                for one in lines[:SHOWN]
            ],
            is_one=len(self.actions) == 1,
            total=total,
            shown=SHOWN,
            is_cut=len(lines) > SHOWN,
            csv_url=f"{self.request.path}?{asked.urlencode()}",
            **context,
        )

    def _to(self, line: LedgerLine) -> str:
        return self.said(line.credit if line.debit.kind == AccountKind.MISSION.value else line.debit)

    def _table(self) -> Table:
        columns = (
            Column("number", _("Numéro"), "number"), Column("day", _("Jour")), Column("kind", _("Nature")),
            Column("label", _("Libellé")), Column("action", _("Action")), Column("to", _("À qui")),
            Column("cents", _("Montant"), "number", "€", decimals=2),
        )  # fmt: skip
        rows = [
            Row({
                "number": one.operation.number, "day": formats.date_short(one.operation.day),
                "kind": str(OPERATION_LABELS[OperationKind(one.operation.kind)]),
                "label": one.operation.label, "action": str(one.operation.action), "to": self._to(one),
                "cents": cents(one) / 100,
            })
            for one in self._lines
        ]  # fmt: skip
        return Table(f"depenses-{self.scope.pk}", _("Dépenses"), columns, rows)


def cents(line: LedgerLine) -> int:
    """Return what a line costs, in cents: less than nothing where it gives a cost back."""
    mission = AccountKind.MISSION.value
    return line.cents * ((line.debit.kind == mission) - (line.credit.kind == mission))
