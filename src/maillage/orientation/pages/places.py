"""The map beside the proposals: where the person is, where they would go, by commune and no nearer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import Endpoint, Page, geojson_response
from maillage.orientation.models import Proposal
from maillage.orientation.pages import presenters
from maillage.orientation.pages.base import OfRequest
from maillage.orientation.rules.vocabulary import ProposalState
from maillage.territory import api as territory
from maillage.territory.api import Commune

_SHOWN = (ProposalState.OFFERED.value, ProposalState.HELD.value, ProposalState.ACCEPTED.value)


class OfMap(OfRequest, Endpoint):
    """Data of the map of a request: only what the list beside it says, drawn at the centre of communes."""

    def proposals(self) -> list[Proposal]:
        """The proposals of the latest search that stand, best first."""
        rows = Proposal.objects.of_request(self.asked).filter(state__in=_SHOWN)
        rows = rows.select_related("schedule__commune", "professional", "structure__commune")
        known = list(rows.order_by("-search_id", "rank"))
        return [one for one in known if one.search_id == known[0].search_id]

    def answer(self, request: HttpRequest, collection: str) -> HttpResponse:
        """Answer with a collection; the browser asks about it by its content."""
        version = hashlib.sha256(f"{get_language()}|{collection}".encode()).hexdigest()[:32]
        return geojson_response(request, lambda: collection.encode(), version=version)


class Map(OfRequest, Page):
    """The map drawn by the server: inside the desk when it unfolds it, on a page of its own otherwise."""

    def get_template_names(self) -> list[str]:
        """Return the drawing alone where the desk asks for it."""
        return [f"orientation/{'_map_drawing' if getattr(self.request, 'htmx', False) else 'map'}.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(asked=self.asked, **context)


class Communes(OfMap):
    """The communes of the desk's territory, with those of the person and of the places."""

    def get(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Answer with outlines and names."""
        named = {commune.code for one in self.proposals() if (commune := _commune(one))}
        if self.asked.commune_id:
            named.add(self.asked.commune_id)
        place = territory.territories().filter(scope=self.asked.scope).first()
        inside = set(territory.member_codes(place)) if place else set()
        rows = Commune.objects.filter(code__in=inside | named).values_list("code", "name", "population")
        properties = {
            code: {"name": name, "population": population, "inside": code in inside}
            for code, name, population in rows
        }
        codes = sorted(properties)
        return self.answer(request, territory.feature_collection(territory.contours(codes, properties)))


class Places(OfMap):
    """One point for the person, one for each commune where somebody may receive them."""

    def get(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Answer with the points."""
        now, here = timezone.now(), self.asked.commune
        by_commune: dict[str, list[str]] = {}
        communes: dict[str, Commune] = {here.code: here} if here else {}
        for one in self.proposals():
            commune = _commune(one)
            if commune is not None:
                communes[commune.code] = commune
                shown = presenters.card(one, [], now)
                by_commune.setdefault(commune.code, []).append(f"{shown.when}, {shown.who}")
        points = [
            _point(commune, by_commune.get(code, []), is_here=here is not None and code == here.code)
            for code, commune in communes.items()
        ]
        return self.answer(request, _collection(points))


def _commune(proposal: Proposal) -> Commune | None:
    """Return the commune of a proposal; the doctor on call and the 15 have none."""
    where = proposal.schedule or proposal.structure
    return where.commune if where is not None else None


def _point(commune: Commune, offers: list[str], *, is_here: bool) -> dict[str, Any]:
    kind, label = "place", _("Lieu proposé")
    if is_here:
        kind, label = "person", _("La personne")
    if is_here and offers:
        kind, label = "both", _("La personne, et un lieu proposé")
    return {
        "type": "Feature",
        "properties": {
            "type": kind, "type_label": label, "name": commune.name, "code": commune.code, "centre": True,
            "detail": " ; ".join(offers),
        },
        "geometry": {"type": "Point", "coordinates": [commune.lon, commune.lat]},
    }  # fmt: skip


def _collection(points: Iterable[dict[str, Any]]) -> str:
    collection = {"type": "FeatureCollection", "features": list(points)}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))
