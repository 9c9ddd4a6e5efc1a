"""The portrait page: population, ages, income, vulnerability, on a map and in a list."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maillage.kernel.tables import Table
from maillage.territory.computations.portrait import Portrait, portrait
from maillage.territory.computations.portrait_measures import MAPPED
from maillage.territory.pages import findings
from maillage.territory.pages.access_choice import csv_download, geojson, pick_table
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.measure_map import chosen_measure, map_options, measure_features


@diagnosis_page
def show(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show who lives in the territory and what makes them vulnerable."""
    found = _portrait(diagnosis)
    sort = request.GET.get("tri", "")
    tables = _tables(diagnosis, found)
    context = {
        "diagnosis": diagnosis,
        "page_url": diagnosis.url("portrait"),
        "points": "",
        "portrait": found,
        "finding": findings.portrait(found),
        "map": map_options(request, diagnosis, MAPPED, "portrait"),
        "groups": tables["intercommunalites"].sorted_by(sort),
        "communes": tables["communes"].sorted_by(sort),
        "bands": tables["ages"],
        "curve": tables["population"],
    }
    return render(request, "territory/diagnosis/portrait.html", context)


@diagnosis_page
def layer(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with the chosen variable, as GeoJSON."""
    return geojson(measure_features(diagnosis, chosen_measure(request, MAPPED)))


@diagnosis_page
def download(_request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    tables = _tables(diagnosis, _portrait(diagnosis))
    return csv_download(pick_table(tables, table), diagnosis.territory.slug)


def _portrait(diagnosis: Diagnosis) -> Portrait:
    return portrait(diagnosis.atlas, diagnosis.positions, diagnosis.territory.name)


def _tables(diagnosis: Diagnosis, found: Portrait) -> dict[str, Table]:
    named = {
        "communes": found.communes,
        "intercommunalites": found.groups,
        "ages": found.bands,
        "population": found.curve,
    }
    base = diagnosis.url("portrait")
    return {name: replace(table, csv_url=f"{base}{name}.csv") for name, table in named.items()}
