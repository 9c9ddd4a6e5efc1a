"""The supply page: professionals and structures, where they are, and what ageing would leave."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from maillage.kernel.tables import Table
from maillage.territory.computations.retirement import retirement
from maillage.territory.computations.supply import TerritorySupply, lacking_table, territory_supply
from maillage.territory.computations.supply_measures import MAPPED
from maillage.territory.pages import findings
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.measure_map import map_options, measure_views, with_files


@diagnosis_page
def show(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show who practises in the territory, and which structures are there."""
    found = _supply(diagnosis)
    ageing = retirement(diagnosis.atlas, diagnosis.areas)
    sort = request.GET.get("tri", "")
    tables = {name: table.sorted_by(sort) for name, table in _tables(diagnosis, found).items()}
    context = {
        "diagnosis": diagnosis,
        "page_url": diagnosis.url("supply"),
        "supply": found,
        "ageing": ageing,
        "finding": findings.supply(found, ageing),
        "map": map_options(request, diagnosis, MAPPED, "supply"),
        "points": structures_url(diagnosis.territory.slug),
        "professions": tables["professionnels"],
        "establishments": tables["structures"],
        "lacking": tables["communes-depourvues"],
        "communes": tables["communes"],
    }
    return render(request, "territory/diagnosis/supply.html", context)


def structures_url(slug: str) -> str:
    """Return the address of the structures to draw: the directory, above us, is known by its address only."""
    return f"{reverse('directory:structures_geojson')}?territory={slug}"


def _supply(diagnosis: Diagnosis) -> TerritorySupply:
    return territory_supply(diagnosis.atlas, diagnosis.positions, diagnosis.territory.name)


def _tables(diagnosis: Diagnosis, found: TerritorySupply) -> dict[str, Table]:
    named = {
        "communes": found.communes,
        "professionnels": found.professions,
        "structures": found.establishments,
        "communes-depourvues": lacking_table(diagnosis.atlas, found),
    }
    return with_files(diagnosis, "supply", named)


layer, download = measure_views(MAPPED, lambda diagnosis: _tables(diagnosis, _supply(diagnosis)))
