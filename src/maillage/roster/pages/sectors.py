"""Sectors: the map and the list of their communes, a new one, another shape for one."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.kernel import access, clock
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, csv_response, geojson_response
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Column, Row, Table
from maillage.roster.actions.sectors import change_sector, create_sector
from maillage.roster.models import Sector, SectorCommune
from maillage.roster.pages import wording
from maillage.roster.pages.forms import HOLIDAYS, SectorForm
from maillage.roster.pages.presenters import due_of
from maillage.roster.queries import sectors as reads
from maillage.roster.rules.errors import RosterError
from maillage.territory import api as territory

UNCOVERED = "0"
"""Category, on the map, of the communes that no sector covers."""


class OfSector(PermissionMixin):
    """A page of the sector in the address, for whoever reads the rosters of its territory."""

    permission = Permission.VIEW_ROSTER

    @cached_property
    def sector(self) -> Sector:
        """The sector. Raises Http404."""
        return get_object_or_404(Sector.objects.select_related("territory__scope"), pk=self.kwargs["pk"])

    def get_scope(self) -> Scope:
        return self.sector.territory.scope

    @property
    def manages(self) -> bool:
        """Whether the visitor keeps the rosters of this sector."""
        return access.may(self.person, Permission.MANAGE_ROSTER, self.get_scope())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the sector, and whether the visitor keeps its rosters."""
        return super().get_context_data(sector=self.sector, manages=self.manages, **context)  # type: ignore[misc, no-any-return]  # the page that this is mixed in with has it


class Sectors(Page):
    """Every sector one may read: on the map, in the list of communes, and one by one."""

    template_name = "roster/sectors.html"
    permission = Permission.VIEW_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(reads.sectors_in(self.person))
        area, sizes = reads.area(rows), reads.sizes(rows)
        return super().get_context_data(
            rows=[(one, *sizes[one.pk], wording.blocks_of(one), wording.calendar_of(one)) for one in rows],
            commune_count=len(area.members),
            population=sum(people for _communes, people in sizes.values()),
            uncovered=area.uncovered,
            table=_communes_table(area).sorted_by(self.request.GET.get("tri", "sector")),
            map_url=reverse("roster:sectors_map") if area.members and territory.current_pack() else "",
            may_create=access.may(self.person, Permission.MANAGE_ROSTER),
            **context,
        )


class SectorsMap(Endpoint):
    """The communes of every sector one may read, coloured by sector."""

    permission = Permission.VIEW_ROSTER

    def get(self, request: HttpRequest) -> HttpResponse:
        return _map_response(request, reads.area(list(reads.sectors_in(self.person))))


class SectorsCsv(Endpoint):
    """The communes of every sector one may read, as a file."""

    permission = Permission.VIEW_ROSTER

    def get(self, _request: HttpRequest) -> HttpResponse:
        return csv_response(_communes_table(reads.area(list(reads.sectors_in(self.person)))))


class SectorPage(OfSector, Page):
    """One sector: what it covers, its communes, its rosters."""

    template_name = "roster/sector.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sector = self.sector
        area = reads.area([sector])
        today = clock.today(sector.territory.scope)
        rosters = [(one, due_of(one, today)) for one in sector.rosters.select_related("sector")]
        people = reads.volunteers_of(sector).filter(is_active=True)
        communes, population = reads.sizes([sector])[sector.pk]
        return super().get_context_data(
            population=population,
            commune_count=communes,
            blocks=wording.blocks_of(sector),
            calendar=wording.calendar_of(sector),
            volunteer_count=people.count(),
            rosters=rosters,
            table=_members_table(area.members).sorted_by(self.request.GET.get("tri", "name")),
            has_map=territory.current_pack() is not None,
            **context,
        )


class SectorMap(OfSector, Endpoint):
    """The communes of a sector, and those of its territory that no sector covers."""

    def get(self, request: HttpRequest, **_address: int) -> HttpResponse:
        return _map_response(request, reads.area([self.sector]))


class _Drawing(Endpoint):
    """What creating and changing a sector share: each button adds communes, shows a map, or saves."""

    permission = Permission.MANAGE_ROSTER
    template_name: str

    def form(self, data: QueryDict | None = None, **options: Any) -> SectorForm:
        """Return the form of the page."""
        raise NotImplementedError

    def save(self, form: SectorForm) -> Sector:
        """Write what a valid form asks. Raises RosterError."""
        raise NotImplementedError

    def draw(self, form: SectorForm, data: dict[str, Any], status: int = 200) -> HttpResponse:
        """Show the form, the groups found and the map of one département."""
        shown = territory.drawing(
            str(data.get("codes", "")),
            departement=str(data.get("departement", "")),
            group=str(data.get("group", "")),
        )
        return render(
            self.request, self.template_name, {"form": form, **shown, **self.subject()}, status=status
        )

    def subject(self) -> dict[str, Any]:
        """Return what else the template shows."""
        return {}

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        step = request.POST.get("step", "save")
        if step != "save":
            data = request.POST.copy()
            if step.startswith("add:"):
                data["codes"] = territory.with_group(data.get("codes", ""), step.removeprefix("add:"))
            initial = data.dict() | {name: data.getlist(name) for name in ("options", "days")}
            return self.draw(self.form(initial=initial), initial)
        form = self.form(request.POST)
        if form.is_valid():
            try:
                sector = self.save(form)
            except RosterError as error:
                form.add_error(None, str(error))
            else:
                for warning in form.warnings:
                    messages.warning(request, warning)
                messages.success(request, _("Le secteur « {name} » est enregistré.").format(name=sector.name))
                return redirect("roster:sector", sector.pk)
        return self.draw(form, request.POST.dict(), status=422)


class CreateSector(_Drawing):
    """A new sector."""

    template_name = "roster/sector_create.html"

    def form(self, data: QueryDict | None = None, **options: Any) -> SectorForm:
        places = reads.territories_in(self.person, Permission.MANAGE_ROSTER)
        return SectorForm(data, places=places, **options)

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.draw(self.form(), {})

    def save(self, form: SectorForm) -> Sector:
        return create_sector(by=self.person, **form.asked())


class ChangeSector(OfSector, _Drawing):
    """Another name, other communes, other blocks for a sector."""

    permission = Permission.MANAGE_ROSTER
    template_name = "roster/sector_change.html"

    def form(self, data: QueryDict | None = None, **options: Any) -> SectorForm:
        places = territory.Territory.objects.none()
        return SectorForm(data, places=places, sector=self.sector, **options)

    def get(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        sector = self.sector
        codes = sector.members.order_by("commune__search_name").values_list("commune", flat=True)
        initial = {
            "name": sector.name,
            "seats": sector.seats,
            "options": sector.options,
            "calendar": sector.calendar,
            "codes": "\n".join(codes),
        }
        for period in sector.own_periods[:1]:
            days = [str(one) for one in sorted(period.weekdays)]
            initial |= {
                "days": [*days, HOLIDAYS] if period.on_holidays else days,
                "starts": period.hours.starts,
                "ends": period.hours.ends,
            }
        return self.draw(self.form(initial=initial), initial)

    def save(self, form: SectorForm) -> Sector:
        return change_sector(by=self.person, sector=self.sector, **form.asked())

    def subject(self) -> dict[str, Any]:
        return {"sector": self.sector}


def _members_table(members: list[SectorCommune]) -> Table:
    """Return the communes of one sector."""
    columns = (
        Column("name", _("Commune")),
        Column("population", _("Population"), "number", _("habitants")),
    )
    rows = [
        Row(
            {"name": one.commune.name, "population": one.commune.population},
            code=one.commune_id,
            url=reverse("territory:commune", args=[one.commune_id]),
        )
        for one in members
    ]
    return Table("communes", _("Communes du secteur"), columns, rows, sort="name")


def _communes_table(area: reads.Area) -> Table:
    """Return the communes with the sector that covers each."""
    columns = (
        Column("name", _("Commune")),
        Column("sector", _("Secteur")),
        Column("population", _("Population"), "number", _("habitants")),
    )
    found = [(one.commune, one.sector.name) for one in area.members]
    found += [(commune, _("aucun secteur")) for commune in area.uncovered]
    rows = [
        Row(
            {"name": commune.name, "sector": sector, "population": commune.population},
            code=commune.pk,
            url=reverse("territory:commune", args=[commune.pk]),
        )
        for commune, sector in found
    ]
    csv_url = reverse("roster:sectors_csv")
    return Table("communes", _("Communes des secteurs"), columns, rows, csv_url=csv_url, sort="sector")


def _map_response(request: HttpRequest, area: reads.Area) -> HttpResponse:
    pack = territory.current_pack()
    shown = [f"{one.sector_id} {one.sector} {one.commune_id}" for one in area.members]
    shown += [one.pk for one in area.uncovered]
    content = "|".join([get_language() or "", str(pack and pack.pk), *shown])
    version = hashlib.sha256(content.encode()).hexdigest()[:32]
    return geojson_response(request, lambda: _geojson(area), version=version)


def _geojson(area: reads.Area) -> bytes:
    nobody = _("aucun secteur")
    named = {str(one.sector_id): one.sector.name for one in area.members}
    features = {
        one.commune_id: _feature(one.commune, str(one.sector_id), one.sector.name) for one in area.members
    }
    if area.uncovered:
        named[UNCOVERED] = nobody
        features |= {one.pk: _feature(one, UNCOVERED, nobody) for one in area.uncovered}
    categories = [{"key": key, "label": label} for key, label in named.items()]
    collection = territory.feature_collection(territory.contours(features, features), categories=categories)
    return collection.encode()


def _feature(commune: territory.Commune, key: str, label: str) -> dict[str, Any]:
    return {
        "name": commune.name,
        "population": commune.population,
        "sector": key,
        "detail": label,
        "url": reverse("territory:commune", args=[commune.pk]),
    }
