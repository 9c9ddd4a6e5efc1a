"""The portrait page: population, ages, income, vulnerability, on a map and in a list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maillage.kernel.tables import Table
from maillage.territory.computations.portrait import Portrait, portrait
from maillage.territory.computations.portrait_measures import MAPPED
from maillage.territory.pages import findings
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.measure_map import map_options, measure_views, with_files


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


def _portrait(diagnosis: Diagnosis) -> Portrait:
    return portrait(diagnosis.atlas, diagnosis.positions, diagnosis.territory.name)


def _tables(diagnosis: Diagnosis, found: Portrait) -> dict[str, Table]:
    named = {
        "communes": found.communes,
        "intercommunalites": found.groups,
        "ages": found.bands,
        "population": found.curve,
    }
    return with_files(diagnosis, "portrait", named)


layer, download = measure_views(MAPPED, lambda diagnosis: _tables(diagnosis, _portrait(diagnosis)))
