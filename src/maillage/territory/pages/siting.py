"""Where to open: one question, its answer on the map with its proof, who gains, and the choices as good."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from maillage.territory.computations import siting_words as words
from maillage.territory.computations.siting import Siting, where_to_open
from maillage.territory.computations.travel_words import travel_sentence
from maillage.territory.pages import siting_presenter as present
from maillage.territory.pages.access_choice import csv_download, geojson, pick_table
from maillage.territory.pages.access_map import around
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.siting_form import read_question
from maillage.territory.pages.siting_tables import tables


@diagnosis_page
def siting(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Answer the question of the address, the first one where it asks none or one that cannot be answered."""
    form, question = read_question(diagnosis.atlas, request.GET)
    found = where_to_open(diagnosis.atlas, diagnosis.positions, around(diagnosis), question)
    context = {
        "diagnosis": diagnosis,
        "form": form,
        "found": found,
        "finding": words.finding(diagnosis.atlas, found),
        "figures": present.figures(diagnosis.atlas, found),
        "sites": present.cards(diagnosis, found),
        "equity": words.equity(found),
        "caveats": words.caveats(diagnosis.atlas, found),
        "tables": {key.replace("-", "_"): table for key, table in tables(diagnosis, found).items()},
        "travel": travel_sentence(found.travel, found.members),
        "is_measured": bool(found.travel.sources_of(found.members)),
        "map": present.map_options(diagnosis, found),
    }
    return render(request, "territory/diagnosis/siting.html", context)


@diagnosis_page
def siting_map(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with what becomes of each, as GeoJSON."""
    return geojson(present.features(diagnosis, _asked(request, diagnosis)))


@diagnosis_page
def siting_points(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes to open in as points, as GeoJSON."""
    points = present.points(diagnosis, _asked(request, diagnosis))
    return JsonResponse(points, content_type="application/geo+json")


@diagnosis_page
def siting_csv(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    found = _asked(request, diagnosis)
    return csv_download(pick_table(tables(diagnosis, found), table), diagnosis.territory.slug)


def _asked(request: HttpRequest, diagnosis: Diagnosis) -> Siting:
    """Return the answer to the question of the address; 404 where it cannot be: a file says no more."""
    form, question = read_question(diagnosis.atlas, request.GET)
    if not form.is_valid():
        raise Http404("question")
    return where_to_open(diagnosis.atlas, diagnosis.positions, around(diagnosis), question)
