"""The accessibility page: figures, map and list, travel times, agreement with the DREES reference."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from maillage.territory.computations.access_diagnosis import diagnose
from maillage.territory.computations.access_figures import access_figures, agreement_figure, travel_figures
from maillage.territory.pages import access_presenter as present
from maillage.territory.pages.access_choice import choose, csv_download, geojson, pick_table
from maillage.territory.pages.access_map import access_features
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page


@diagnosis_page
def access(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show how accessible care is in the territory."""
    chosen = choose(request, diagnosis)
    atlas, positions = diagnosis.atlas, diagnosis.positions
    found = diagnose(diagnosis.territory, atlas, chosen.access, diagnosis.areas, positions)
    tables = present.tables(diagnosis, chosen, found)
    sort = request.GET.get("tri", "")
    context = {
        "diagnosis": diagnosis,
        "chosen": chosen,
        "saved": found.row,
        "finding": present.finding(diagnosis, chosen.access, found),
        "figures": access_figures(atlas, chosen.access, found, positions),
        "travel": travel_figures(atlas, chosen.access, found, positions),
        "agreement": agreement_figure(atlas, chosen.access, found),
        "communes": tables["communes"].sorted_by(sort) if sort else tables["communes"],
        "deciles": tables["deciles"],
        "services": tables["services"],
        "areas": tables["zones-de-comparaison"],
        "differences": tables["ecarts"],
        "reference_missing": present.reference_missing(diagnosis, chosen.access),
        "map": present.map_options(diagnosis, chosen),
    }
    return render(request, "territory/diagnosis/access.html", context)


@diagnosis_page
def access_csv(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the accessibility page as CSV."""
    chosen = choose(request, diagnosis)
    found = diagnose(
        diagnosis.territory, diagnosis.atlas, chosen.access, diagnosis.areas, diagnosis.positions
    )
    tables = present.tables(diagnosis, chosen, found)
    return csv_download(pick_table(tables, table), diagnosis.territory.slug)


@diagnosis_page
def access_map(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes of the territory and around it with their accessibility, as GeoJSON."""
    return geojson(access_features(diagnosis, choose(request, diagnosis).access))
