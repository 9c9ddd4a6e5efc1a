"""Drawing a perimeter, changing it, and seeing whom it overlaps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.access import may
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import actions, queries
from maillage.territory.models import Commune, Territory
from maillage.territory.pages.perimeter_forms import ChangeForm, NewTerritoryForm, with_group
from maillage.territory.pages.territories import OfTerritory


class Drawing(Endpoint):
    """What creating and changing share: each button of the form adds communes, shows a map, or saves."""

    permission = Permission.EDIT_TERRITORY
    template_name: str

    def draw(self, request: HttpRequest, form: Any, data: QueryDict | dict[str, Any]) -> HttpResponse:
        """Show the form, the groups found and the map of one département."""
        shown = queries.drawing(
            str(data.get("codes", "")),
            departement=str(data.get("departement", "")),
            group=str(data.get("group", "")),
        )
        context = {"form": form, **shown, **self.subject()}
        return render(request, self.template_name, context)

    def subject(self) -> dict[str, Any]:
        """Return what else the template shows."""
        return {}


class Create(Drawing):
    """A new territory."""

    template_name = "territory/territories/create.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.draw(request, NewTerritoryForm(), request.GET)

    def post(self, request: HttpRequest) -> HttpResponse:
        step = request.POST.get("step", "save")
        if step != "save":
            data = _after(step, request.POST)
            return self.draw(request, NewTerritoryForm(initial=data.dict()), data)
        form = NewTerritoryForm(request.POST)
        if not form.is_valid():
            return self.draw(request, form, request.POST)
        try:
            territory = actions.create_territory(by=self.person, **form.cleaned_data)
        except actions.PerimeterError as error:
            form.add_error(None, str(error))
            return self.draw(request, form, request.POST)
        _tell(request, form.warnings)
        messages.success(request, _("Le territoire « %s » est créé.") % territory.name)
        return redirect("territory:perimeter", territory.slug)


class Change(OfTerritory, Drawing):
    """Another name, note or perimeter for a territory."""

    template_name = "territory/territories/change.html"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG002 (read by `territory`)
        territory = self.territory
        codes = "\n".join([*queries.member_codes(territory), *queries.missing_codes(territory)])
        initial = {"name": territory.name, "note": territory.note, "codes": codes}
        return self.draw(request, ChangeForm(initial=initial), initial)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        step = request.POST.get("step", "save")
        if step != "save":
            data = _after(step, request.POST)
            return self.draw(request, ChangeForm(initial=data.dict()), data)
        form = ChangeForm(request.POST)
        if not form.is_valid():
            return self.draw(request, form, request.POST)
        asked = form.cleaned_data
        try:
            actions.rename(by=self.person, territory=self.territory, name=asked["name"], note=asked["note"])
            actions.change_perimeter(
                by=self.person, territory=self.territory, codes=asked["codes"], reason=asked["reason"]
            )
        except actions.PerimeterError as error:
            form.add_error(None, str(error))
            return self.draw(request, form, request.POST)
        _tell(request, form.warnings)
        messages.success(request, _("Le territoire est à jour."))
        return redirect("territory:perimeter", slug)

    def subject(self) -> dict[str, Any]:
        return {"territory": self.territory}


class Perimeter(OfTerritory, Page):
    """The communes of a territory, on the map and in the list, and the territories it overlaps."""

    template_name = "territory/territories/perimeter.html"
    permission = Permission.VIEW_DIAGNOSIS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        territory = self.territory
        table = communes_table(territory).sorted_by(self.request.GET.get("tri", "name"))
        overlaps = queries.overlaps(territory)
        return {
            **super().get_context_data(**kwargs),
            "territory": territory,
            "table": table,
            "population": sum(int(row.cells["population"] or 0) for row in table.rows),
            "missing": queries.missing_codes(territory),
            "overlap_count": len(overlaps),
            "overlaps": overlaps_table(overlaps),
            "may_change": may(self.person, Permission.EDIT_TERRITORY, territory.scope),
        }


class CommunesCsv(OfTerritory, Endpoint):
    """The communes of a territory as a file, which the form reads back."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, _request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG002 (read by `territory`)
        return csv_response(communes_table(self.territory))


def communes_table(territory: Territory) -> Table:
    """Return the communes of a territory with what groups them."""
    columns = [
        Column("name", _("Commune")),
        Column("population", _("Population"), "number", _("habitants")),
        Column("departement", _("Département")),
        Column("epci", _("EPCI")),
    ]
    communes = Commune.objects.active().filter(memberships__territory=territory).order_by("search_name")
    rows = [
        Row(
            cells={
                "name": commune.name,
                "population": commune.population,
                "departement": commune.departement_name,
                "epci": commune.epci_name or None,
            },
            code=commune.code,
            url=reverse("territory:commune", args=[commune.code]),
        )
        for commune in communes
    ]
    url = reverse("territory:perimeter_csv", args=[territory.slug])
    return Table(f"{territory.slug}-communes", _("Communes"), columns, rows, csv_url=url, sort="name")


def overlaps_table(overlaps: list[queries.Overlap]) -> Table:
    """Return the territories that share communes with one, and what they share."""
    columns = [
        Column("name", _("Territoire")),
        Column("kind", _("Nature")),
        Column("communes", _("Communes communes"), "number"),
        Column("population", _("Population concernée"), "number", _("habitants")),
    ]
    rows = [
        Row(
            cells={
                "name": overlap.territory.name,
                "kind": overlap.territory.get_kind_display(),
                "communes": len(overlap.codes),
                "population": overlap.population,
            },
            url=reverse("territory:perimeter", args=[overlap.territory.slug]),
        )
        for overlap in overlaps
    ]
    return Table("recouvrements", _("Recouvrements"), columns, rows)


def _after(step: str, data: QueryDict) -> QueryDict:
    """Return the form as it is once a button other than « save » was pressed."""
    return with_group(data, step.removeprefix("add:")) if step.startswith("add:") else data


def _tell(request: HttpRequest, warnings: list[str]) -> None:
    for warning in warnings:
        messages.warning(request, warning)
