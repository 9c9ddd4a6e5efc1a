"""The directory's pages: structures of a place, on the map and in a list, and each structure."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.directory.actions import may_edit
from maillage.directory.models import COUNTED, KIND_LABELS, PRECISION_LABELS, Structure
from maillage.directory.pages import presenters
from maillage.directory.pages.filters import LIMIT, Asked, read, read_or_own
from maillage.directory.queries import counts_by_kind, levels, structure, structure_facts, team_of
from maillage.directory.rules import Origin, Precision, StructureKind
from maillage.kernel.pages.base import Endpoint, Page, csv_response, geojson_response
from maillage.kernel.rules import Permission
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import api as territory


class Structures(Page):
    """The structures of a territory, a commune or a search."""

    template_name = "directory/structures.html"
    permission = Permission.VIEW_DIAGNOSIS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = read_or_own(self.request.GET, self.person)
        found = asked.answer()
        counts = counts_by_kind(asked.codes, every_origin=True)
        return {
            **super().get_context_data(**kwargs),
            "asked": asked,
            "found": found,
            "is_cut": len(found) == LIMIT,
            "limit": LIMIT,
            "table": _beside_the_map(structures_table(asked, found), asked).sorted_by(
                self.request.GET.get("tri", "kind")
            ),
            "total": sum(one.count for one in found),
            "breakdown": _breakdown(found),
            "kinds": [
                (kind.value, label, counts[kind], kind in asked.kinds) for kind, label in KIND_LABELS.items()
            ],
            "territories": territory.territories(),
            "map_url": reverse("territory:contours", args=[asked.territory.slug]) if asked.territory else "",
            "points_url": f"{reverse('directory:structures_geojson')}?{asked.query()}",
        }


class StructuresCsv(Endpoint):
    """The same list as a file."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = read(request.GET)
        return csv_response(structures_table(asked, asked.answer()))


class StructuresMap(Endpoint):
    """The structures of `?territory=`, `?commune=` or `?bbox=w,s,e,n` as GeoJSON points, by `?type=`."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, request: HttpRequest) -> HttpResponseBase:
        asked = read(request.GET)
        pack = territory.current_pack()
        content = f"{pack and (pack.pk, pack.fingerprint)}|{asked.query()}|{asked.codes}|{get_language()}"
        version = hashlib.sha256(content.encode()).hexdigest()[:32]
        return geojson_response(request, lambda: _collection(asked.answer()), version=version)


class StructureAreas(Endpoint):
    """What is reached by road from a structure, in bands of minutes, as GeoJSON; 404 without roads."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, _request: HttpRequest, identifier: str) -> HttpResponse:
        try:
            one = structure(identifier)
        except Structure.DoesNotExist:
            raise Http404(identifier) from None
        areas = territory.road_areas(one.lon, one.lat)
        if areas is None:
            raise Http404(identifier)
        return HttpResponse(_areas(areas), content_type="application/geo+json")


class StructurePage(Page):
    """One structure: what it is, where, and how sure its place is."""

    template_name = "directory/structure.html"
    permission = Permission.VIEW_DIAGNOSIS

    @cached_property
    def structure(self) -> Structure:
        """The structure of the address. Raises Http404."""
        try:
            return structure(self.kwargs["identifier"])
        except Structure.DoesNotExist:
            raise Http404(self.kwargs["identifier"]) from None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.structure
        places = list(territory.territories_of(one.commune)) if one.commune else []
        source, vintage = _source(one)
        points = reverse("directory:structures_geojson")
        areas = territory.road_areas(one.lon, one.lat)
        return {
            **super().get_context_data(**kwargs),
            "structure": one,
            "territories": places,
            "team": presenters.team(team_of(one)),
            "levels": levels(one),
            "facts": presenters.facts(structure_facts(one)),
            "may_edit": may_edit(self.person, one),
            "point_url": f"{points}?commune={one.commune_id}&type={one.kind}" if one.commune else "",
            "map_url": _around(one, places),
            "source": source,
            "vintage": vintage,
            "areas": areas,
            "areas_url": reverse("directory:structure_areas", args=[one.pk]) if areas else "",
            "bands": [(territory.band_label(band), band.km2) for band in areas.bands] if areas else [],
            "has_roads": areas is not None or territory.has_roads(),
        }


def structures_table(asked: Asked, found: list[Structure]) -> Table:
    """Return structures as a table; `code` ties each row to its commune on the map."""
    columns = [
        Column("name", _("Structure")),
        Column("kind", _("Type")),
        Column("commune", _("Commune")),
        Column("count", _("Nombre"), "number"),
        Column("status", _("Statut")),
        Column("place", _("Position"), note=_("« centre » : au centre de la commune, non à l’adresse")),
        Column("finess", _("FINESS")),
    ]
    rows = [
        Row(
            cells={
                "name": one.title,
                "kind": str(one.get_kind_display()),
                "commune": one.commune.name if one.commune else None,
                "count": one.count,
                "status": str(one.get_status_display()) or None,
                "place": str(presenters.PLACE_LABELS[Precision(one.precision)]),
                "finess": one.finess or None,
            },
            code=one.commune_id or "",
            url=reverse("directory:structure", args=[one.pk]),
        )
        for one in found
    ]
    url = f"{reverse('directory:structures_csv')}?{asked.query()}"
    return Table("structures", _("Structures"), columns, rows, csv_url=url, sort="kind")


def _beside_the_map(table: Table, asked: Asked) -> Table:
    """Return the table with the columns that fit beside a map; the file keeps them all."""
    if asked.territory is None:
        return table
    return replace(
        table, columns=[column for column in table.columns if column.key not in {"status", "finess"}]
    )


def _breakdown(found: list[Structure]) -> str:
    """Return how many of each kind in words: « 2 hôpitaux, 14 EHPAD », the most numerous first."""
    counts: Counter[StructureKind] = Counter()
    for one in found:
        counts[StructureKind(one.kind)] += one.count
    return ", ".join(str(COUNTED[kind] % {"count": count}) for kind, count in counts.most_common())


def _collection(found: list[Structure]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [_feature(one) for one in found]}


def _feature(one: Structure) -> dict[str, Any]:
    precision = Precision(one.precision)
    place = one.commune.name if one.commune else one.city
    detail = place if precision is Precision.ADDRESS else f"{place} · {PRECISION_LABELS[precision]}"
    return {
        "type": "Feature",
        "id": one.pk,
        "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
        "properties": {
            "id": one.pk,
            "code": one.commune_id,
            "name": one.title,
            "type": one.kind,
            "type_label": str(KIND_LABELS[StructureKind(one.kind)]),
            "count": one.count,
            "detail": detail,
            "centre": precision is Precision.COMMUNE,
            "url": reverse("directory:structure", args=[one.pk]),
        },
    }


def _areas(areas: territory.RoadAreas) -> str:
    """Return the bands as a GeoJSON text, each a category of the map."""
    shown = [band for band in areas.bands if band.geometry]
    labels = {f"{band.within:g}": territory.band_label(band) for band in shown}
    collection = {
        "type": "FeatureCollection",
        "areas": True,
        "credit": areas.source,
        "categories": [{"key": key, "label": label} for key, label in labels.items()],
        "features": [
            {
                "type": "Feature",
                "id": key,
                "geometry": band.geometry,
                "properties": {
                    "code": key,
                    "name": label,
                    "band": key,
                    "minutes": band.within,
                    "above": band.above,
                    "km2": round(band.km2, 1),
                },
            }
            for band, (key, label) in zip(shown, labels.items(), strict=True)
        ],
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _around(one: Structure, places: list[territory.Territory]) -> str:
    """Return the outlines around a structure: those of a territory that holds it, else of its département."""
    if one.commune is None:
        return ""
    if places:
        return reverse("territory:contours", args=[places[0].slug])
    return f"{reverse('territory:department_map')}?departement={one.commune.departement}"


def _source(one: Structure) -> tuple[str, str]:
    """Return who publishes a structure and of when: the pack's manifest, else what its own row says."""
    if one.origin != Origin.PACK:
        return one.source, ""
    pack = territory.current_pack()
    files = pack.manifest["files"] if pack else []
    file: dict[str, str] = next((file for file in files if file["file"] == "structures.parquet"), {})
    return file.get("publisher", ""), file.get("vintage", "")
