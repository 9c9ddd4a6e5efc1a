"""The needs page: communes ranked by need against access, and the territories most like this one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maillage.kernel.formats import as_shown
from maillage.kernel.tables import Table
from maillage.territory import queries
from maillage.territory.computations.access import national_access
from maillage.territory.computations.comparable import profile
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.needs import rank
from maillage.territory.computations.needs_tables import (
    DECIMALS,
    alike_table,
    needs_source,
    needs_table,
    profile_table,
)
from maillage.territory.pages import needs_presenter as present
from maillage.territory.pages.access_choice import csv_download, geojson, pick_table
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.measure_map import around
from maillage.territory.pages.needs_form import read_weights, weights_query

BOUNDS = (-0.5, 0.0, 0.5, 1.0)
"""Classes of the index on the map: the same everywhere, so that two territories may be set side by side."""


@diagnosis_page
def show(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show which communes come first with the weights given, and what sets the territory apart."""
    atlas = diagnosis.atlas
    form, weights = read_weights(request.GET)
    ranking = rank(atlas, diagnosis.positions, weights)
    found = profile(atlas, diagnosis.positions, diagnosis.territory.kind)
    access = national_access(atlas)
    tables = _tables(diagnosis, weights)
    rows = present.distinctions(found)
    context = {
        "diagnosis": diagnosis,
        "page_url": diagnosis.url("needs"),
        "form": form,
        "finding": present.finding(atlas, ranking),
        "source": needs_source(atlas),
        "communes": present.ranked_communes(atlas, ranking, access.apl),
        "apl_unit": access.profession.short_unit,
        "map_url": f"{diagnosis.url('needs_map')}?{weights_query(weights)}",
        "bounds": ",".join(f"{bound:g}" for bound in BOUNDS),
        "detail": tables["communes"].sorted_by(request.GET.get("tri", "")),
        "alike": tables["semblables"].sorted_by(request.GET.get("tri", "")),
        "distinctions": rows,
        "apart": present.distinctions_sentence(rows),
    }
    return render(request, "territory/diagnosis/needs.html", context)


@diagnosis_page
def layer(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the index of the communes of the territory and around it, as GeoJSON."""
    atlas, members = diagnosis.atlas, diagnosis.positions
    ranking = rank(atlas, around(diagnosis), read_weights(request.GET)[1])
    inside = np.isin(ranking.positions, members)
    people = population(atlas)
    properties = {
        str(atlas.codes[position]): {
            "name": str(atlas.names[position]),
            "inside": bool(within),
            "population": int(people[position]),
            "index": as_shown(float(index), DECIMALS),
        }
        for position, index, within in zip(ranking.positions, ranking.index, inside, strict=True)
    }
    features = queries.contours(properties, properties)
    return geojson(queries.feature_collection(features, estimate=True))


@diagnosis_page
def download(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the page as CSV, with the weights of the address."""
    tables = _tables(diagnosis, read_weights(request.GET)[1])
    return csv_download(pick_table(tables, table), diagnosis.territory.slug)


def _tables(diagnosis: Diagnosis, weights: dict[str, float]) -> dict[str, Table]:
    atlas = diagnosis.atlas
    found = profile(atlas, diagnosis.positions, diagnosis.territory.kind)
    named = {
        "communes": needs_table(atlas, rank(atlas, diagnosis.positions, weights)),
        "semblables": alike_table(atlas, found),
        "profil": profile_table(atlas, found),
    }
    base, query = diagnosis.url("needs"), weights_query(weights)
    return {name: replace(table, csv_url=f"{base}{name}.csv?{query}") for name, table in named.items()}
