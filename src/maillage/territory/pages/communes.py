"""One commune of France, the search for one, and the map of a département's communes."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.pages.base import Endpoint, Page, geojson_response, json_response
from maillage.kernel.rules import Permission
from maillage.territory import queries
from maillage.territory.atlas import Atlas, NoPackError, current
from maillage.territory.models import Commune
from maillage.territory.pages.commune_access import block
from maillage.territory.pages.territories import commune_properties
from maillage.territory.rules.kinds import FICTIONAL

POPULATION = "communes.pop_municipale"
EARLIER = "communes.pop_2012"


class CommunePage(Page):
    """Who a commune is, how many live there, and the territories that hold it."""

    template_name = "territory/territories/commune.html"
    permission = Permission.VIEW_DIAGNOSIS

    @cached_property
    def commune(self) -> Commune:
        """The commune of the address. Raises Http404."""
        found = queries.commune(self.kwargs["code"])
        if found is None:
            raise Http404(self.kwargs["code"])
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        commune = self.commune
        france = current() if commune.is_active else None
        return {
            **super().get_context_data(**kwargs),
            "commune": commune,
            "postcodes": ", ".join(commune.postcodes.split()),
            "territories": queries.territories_of(commune),
            "figures": figures(france, commune) if france else [],
            "access": block(france, commune.code) if france else None,
            "structures_url": _structures_url(commune),
        }


class Suggestions(Endpoint):
    """The communes whose name, code or postcode begins with what is typed."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, request: HttpRequest) -> HttpResponse:
        found = queries.search_communes(request.GET.get("q", ""), limit=10)
        return json_response(
            [
                {
                    "value": c.code,
                    "label": queries.distinct_name(c, found),
                    "detail": f"{c.departement_name} · {c.code}",
                }
                for c in found
            ]
        )


class DepartmentMap(Endpoint):
    """The communes of one département, for a map on which they are picked."""

    permission = Permission.VIEW_DIAGNOSIS

    def get(self, request: HttpRequest) -> HttpResponseBase:
        departement = request.GET.get("departement", "")
        try:
            france = current()
        except NoPackError as error:
            raise Http404(str(error)) from None
        return geojson_response(
            request,
            lambda: _collection(france, departement),
            version=f"{france.fingerprint[:32]}-{departement}",
        )


def _collection(france: Atlas, departement: str) -> bytes:
    codes = [str(code) for code in france.codes[france.departements == departement]]
    properties = commune_properties(france, codes, set(codes))
    return queries.feature_collection(queries.contours(properties, properties)).encode()


def figures(france: Atlas, commune: Commune) -> list[Figure]:
    """Return the population of a commune, its change since 2012 and its density, against wider areas."""
    here = france.positions([commune.code])
    areas = [
        (commune.departement_name, np.flatnonzero(france.departements == commune.departement)),
        (commune.region_name, np.flatnonzero(france.regions == commune.region)),
        (_whole(), np.arange(len(france))),
    ]
    variable = france.variable(POPULATION)
    source = Provenance(variable.source, variable.vintage, completeness=variable.completeness)
    told = [Figure("population", _("Population"), float(commune.population), source, unit=_("habitants"))]
    density = Provenance(variable.source, variable.vintage, formula=_("population ÷ superficie"))
    told.append(_figure("density", _("Densité"), _density, france, here, areas, density, unit=_("hab./km²")))
    if france.has(EARLIER):
        growth = Provenance(
            variable.source,
            f"2012 – {variable.vintage}",
            formula=_("(population − population de 2012) ÷ population de 2012"),
        )
        told.append(
            _figure(
                "growth",
                _("Évolution depuis 2012"),
                _growth,
                france,
                here,
                areas,
                growth,
                unit="%",
                decimals=1,
            )
        )
    return told


def _figure(
    key: str,
    label: str,
    compute: Any,
    france: Atlas,
    here: np.ndarray,
    areas: list[tuple[str, np.ndarray]],
    provenance: Provenance,
    *,
    unit: str,
    decimals: int = 0,
) -> Figure:
    comparisons = tuple(Comparison(name, compute(france, positions)) for name, positions in areas)
    value = compute(france, here)
    return Figure(key, label, value, provenance, unit=unit, decimals=decimals, comparisons=comparisons)


def _whole() -> str:
    """Return what all communes of the data make together."""
    pack = queries.current_pack()
    return _("Pays fictif") if pack and pack.geography == FICTIONAL else _("France")


def _density(france: Atlas, positions: np.ndarray) -> float | None:
    area, population = france.area_km2[positions], france.column(POPULATION)[positions]
    known = ~np.isnan(area)
    return float(population[known].sum() / area[known].sum()) if area[known].sum() > 0 else None


def _growth(france: Atlas, positions: np.ndarray) -> float | None:
    now, before = france.column(POPULATION)[positions], france.column(EARLIER)[positions]
    known = ~np.isnan(before) & ~np.isnan(now)
    return float(now[known].sum() / before[known].sum() - 1) if before[known].sum() > 0 else None


def _structures_url(commune: Commune) -> str:
    """Return the address of the commune's structures, empty where no directory is installed above us."""
    try:
        return f"{reverse('directory:structures')}?commune={commune.code}"
    except NoReverseMatch:
        return ""
