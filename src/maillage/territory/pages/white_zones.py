"""The page of white zones and of overlaps: outlined on the map, listed beside, with what would lift them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maillage.territory.pages import white_zones_presenter as present
from maillage.territory.pages.access_choice import choose, csv_download, geojson, pick_table
from maillage.territory.pages.access_map import access_features
from maillage.territory.pages.access_presenter import map_options
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page


@diagnosis_page
def white_zones(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show where access is under the threshold, what would lift it, and where supply overlaps."""
    chosen = choose(request, diagnosis)
    findings = present.find(diagnosis, chosen)
    context = {
        "diagnosis": diagnosis,
        "chosen": chosen,
        "finding": present.finding(diagnosis, chosen, findings),
        "figures": present.figures(diagnosis, chosen, findings),
        "zones": present.zone_cards(diagnosis, chosen, findings),
        "tables": present.tables(diagnosis, chosen, findings),
        "map": {**map_options(diagnosis, chosen), "url": present.map_url(diagnosis, chosen)},
    }
    return render(request, "territory/diagnosis/white_zones.html", context)


@diagnosis_page
def white_zones_csv(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    chosen = choose(request, diagnosis)
    tables = present.tables(diagnosis, chosen, present.find(diagnosis, chosen))
    return csv_download(pick_table(tables, table), diagnosis.territory.slug)


@diagnosis_page
def white_zones_map(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with their accessibility and their white zone, as GeoJSON."""
    return geojson(access_features(diagnosis, choose(request, diagnosis).access))
