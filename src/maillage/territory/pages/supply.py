"""The supply page: professionals and structures, where they are, and what ageing would leave."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from maillage.kernel.tables import Table
from maillage.territory.computations.retirement import retirement
from maillage.territory.computations.supply import TerritorySupply, lacking_table, territory_supply
from maillage.territory.computations.supply_measures import MAPPED
from maillage.territory.pages import findings
from maillage.territory.pages.access_choice import csv_download, geojson, pick_table
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.measure_map import chosen_measure, map_options, measure_features


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


@diagnosis_page
def layer(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with the chosen count, as GeoJSON."""
    return geojson(measure_features(diagnosis, chosen_measure(request, MAPPED)))


@diagnosis_page
def download(_request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    tables = _tables(diagnosis, _supply(diagnosis))
    return csv_download(pick_table(tables, table), diagnosis.territory.slug)


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
    base = diagnosis.url("supply")
    return {name: replace(table, csv_url=f"{base}{name}.csv") for name, table in named.items()}
