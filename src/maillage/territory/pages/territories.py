"""The list of territories, and the outlines of one."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.kernel.access import may, may_everywhere
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, csv_response, geojson_response
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import queries
from maillage.territory.atlas import Atlas, NoPackError, current
from maillage.territory.models import Territory


class OfTerritory(PermissionMixin):
    """A page of the territory whose slug is in the address; the permission is asked in its scope."""

    @cached_property
    def territory(self) -> Territory:
        """The territory. Raises Http404."""
        return queries.territory_or_404(self.kwargs["slug"])

    def get_scope(self) -> Scope | None:
        return self.territory.scope


class Index(Page):
    """Every territory, with what it is and how many live there."""

    template_name = "territory/territories/index.html"
    permission = Permission.VIEW_DIAGNOSIS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "table": index_table().sorted_by(self.request.GET.get("tri", "name")),
            "pack": queries.current_pack(),
            "may_create": may(self.person, Permission.EDIT_TERRITORY),
            "may_prepare": may_everywhere(self.person, Permission.IMPORT_DATA),
        }


class IndexCsv(Endpoint):
    """The list of territories as a file."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, _request: HttpRequest) -> HttpResponse:
        return csv_response(index_table())


class Show(OfTerritory, Endpoint):
    """The address of a territory leads to the first page of its diagnosis."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, _request: HttpRequest, slug: str) -> HttpResponse:
        return redirect("territory:portrait", slug)


class Contours(OfTerritory, Endpoint):
    """The outlines of the territory's communes and of those around, for a map."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, request: HttpRequest, slug: str) -> HttpResponseBase:  # noqa: ARG002 (read by `territory`)
        try:
            france = current()
        except NoPackError as error:
            raise Http404(str(error)) from None
        inside = queries.member_codes(self.territory)
        around = "" if request.GET.get("autour") == "0" else "halo"
        content = "|".join([france.fingerprint, around, get_language() or "", *inside])
        version = hashlib.sha256(content.encode()).hexdigest()[:32]
        return geojson_response(
            request, lambda: self._collection(france, inside, bool(around)), version=version
        )

    def _collection(self, france: Atlas, inside: list[str], halo: bool) -> bytes:
        near = queries.halo_positions(self.territory) if halo else ()
        outside = [str(france.codes[position]) for position in near]
        properties = commune_properties(france, [*inside, *outside], set(inside))
        return queries.feature_collection(queries.contours(properties, properties)).encode()


def commune_properties(france: Atlas, codes: list[str], inside: set[str]) -> dict[str, dict[str, Any]]:
    """Return what a map says of each commune: name, inhabitants, whether it is inside, its page."""
    population = france.column("communes.pop_municipale")
    return {
        code: {
            "name": str(france.names[position]),
            "population": int(population[position]),
            "inside": code in inside,
            "url": reverse("territory:commune", args=[code]),
        }
        for code, position in zip(codes, france.positions(codes).tolist(), strict=True)
    }


def index_table() -> Table:
    """Return the territories as a table."""
    columns = [
        Column("name", _("Territoire")),
        Column("kind", _("Nature")),
        Column("communes", _("Communes"), "number"),
        Column("population", _("Population"), "number", _("habitants")),
        Column("parent", _("Territoire parent")),
    ]
    rows = [
        Row(
            cells={
                "name": territory.name,
                "kind": territory.get_kind_display(),
                "communes": territory.commune_count,
                "population": territory.population,
                "parent": territory.parent.name if territory.parent else None,
            },
            url=reverse("territory:show", args=[territory.slug]),
        )
        for territory in queries.territories()
    ]
    return Table(
        "territoires", _("Territoires"), columns, rows, csv_url=reverse("territory:index_csv"), sort="name"
    )
