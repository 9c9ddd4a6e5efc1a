"""What measured minutes change in a territory, beside the crow-fly estimate: sentence, map, short table."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.formats import number, percent
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.computations import access_figures as figures
from maillage.territory.computations.access_summary import known
from maillage.territory.computations.reference_comparison import ranks
from maillage.territory.computations.travel_comparison import Comparison, compare
from maillage.territory.computations.travel_times import nearest_service
from maillage.territory.pages.access_choice import Chosen, choose, csv_download, geojson, pick_table
from maillage.territory.pages.access_map import access_features
from maillage.territory.pages.access_presenter import gain_options
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page

SHOWN = 15


@diagnosis_page
def travel_compare(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show where the minutes in use differ most from the estimate, and what it changes."""
    chosen = choose(request, diagnosis)
    found = compare(diagnosis.atlas, chosen.access, diagnosis.positions)
    context: dict[str, Any] = {"diagnosis": diagnosis, "chosen": chosen, "found": found}
    if found is not None:
        context |= {
            "finding": _finding(found),
            "agreement": _agreement(found),
            "communes": _communes(diagnosis, chosen, found),
            "map": {
                **gain_options(chosen),
                "url": diagnosis.url("access_travel_map") + chosen.query.rstrip("?"),
                "unit": chosen.access.profession.short_unit,
                "decimals": chosen.access.profession.decimals,
            },
        }
    return render(request, "territory/diagnosis/travel_compare.html", context)


@diagnosis_page
def travel_compare_map(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with what the minutes in use change in their accessibility, as GeoJSON."""
    found = _found(request, diagnosis)
    return geojson(
        access_features(diagnosis, found.estimated, found.measured.apl, travel=found.measured.travel)
    )


@diagnosis_page
def travel_compare_csv(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give the table of the page as CSV, all communes in it."""
    found = _found(request, diagnosis)
    whole = _communes(diagnosis, choose(request, diagnosis), found, len(diagnosis.positions))
    return csv_download(pick_table({whole.key: whole}, table), diagnosis.territory.slug)


def _found(request: HttpRequest, diagnosis: Diagnosis) -> Comparison:
    found = compare(diagnosis.atlas, choose(request, diagnosis).access, diagnosis.positions)
    if found is None:
        raise Http404(diagnosis.territory.slug)
    return found


def _finding(found: Comparison) -> str:
    """Return how many pairs stay near, and how many people it puts under the threshold or over it."""
    first = _nearness(found)
    more = found.people_under(found.measured) - found.people_under(found.estimated)
    values = {
        "count": number(abs(more)),
        "low": number(found.measured.low, found.measured.profession.decimals),
        "unit": found.measured.profession.unit,
    }
    if more >= 1:
        second = _("%(count)s habitants de plus sont sous %(low)s %(unit)s.")
    elif more <= -1:
        second = _("%(count)s habitants de moins sont sous %(low)s %(unit)s.")
    else:
        second = _("Autant d’habitants sont sous %(low)s %(unit)s.")
    return f"{first} {second % values}"


def _nearness(found: Comparison) -> str:
    horizon = number(found.measured.travel.pairs.max_minutes)
    if not found.pairs:
        return _("À vol d’oiseau, aucune commune n’en a une autre à %(horizon)s min.") % {"horizon": horizon}
    said = _(
        "Des trajets que le vol d’oiseau met à %(horizon)s min au plus, %(share)s y sont par les temps "
        "mesurés"
    ) % {"horizon": horizon, "share": percent(found.kept / found.pairs)}
    if found.ratio is None:
        return f"{said}."
    return said + _(" ; ceux-là durent %(ratio)s fois l’estimation (médiane).") % {
        "ratio": number(found.ratio, 2)
    }


def _agreement(found: Comparison) -> str:
    """Return how far each agrees with the published ranks, empty where nothing is published."""
    if found.agreement is None or found.agreement_before is None:
        return _(
            "La DREES ne publie pas d’APL pour ces communes : rien ne dit lequel des deux est plus juste."
        )
    return _(
        "Accord des rangs avec la référence de la DREES, dans ce territoire : %(now)s par les temps mesurés, "
        "%(before)s à vol d’oiseau."
    ) % {"now": number(found.agreement, 2), "before": number(found.agreement_before, 2)}


def _communes(diagnosis: Diagnosis, chosen: Chosen, found: Comparison, most: int = SHOWN) -> Table:
    atlas, access, trade = diagnosis.atlas, chosen.access, chosen.access.profession
    published = ranks(atlas, access).published
    minutes, before = (
        nearest_service(atlas, one.travel, "gp").minutes for one in (found.measured, found.estimated)
    )
    rows = [
        Row(
            {
                "name": str(atlas.names[k]),
                "before": float(found.estimated.apl[k]),
                "apl": float(found.measured.apl[k]),
                "change": float(found.gain[k]),
                "published": known(published[k]),
                "minutes_before": known(before[k]),
                "minutes": known(minutes[k]),
            },
            code=str(atlas.codes[k]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[k])]),
            estimated=frozenset({"before", "minutes_before"}),
        )
        for k in found.most_changed(most)
    ]
    places = trade.decimals
    is_published = any(row.cells["published"] is not None for row in rows)
    reference = [Column("published", _("Référence DREES"), "number", decimals=places)] if is_published else []
    columns = (
        Column("name", _("Commune")),
        Column("before", _("À vol d’oiseau"), "number", str(trade.short_unit), places),
        Column("apl", _("Temps mesurés"), "number", str(trade.short_unit), places),
        Column("change", _("Écart"), "change", decimals=places),
        *reference,
        Column("minutes_before", _("Généraliste, à vol d’oiseau"), "minutes", "min"),
        Column("minutes", _("Généraliste, temps mesurés"), "minutes", "min"),
    )
    return Table(
        key="communes",
        caption=_("Communes où l’accès change le plus"),
        columns=columns,
        rows=rows,
        csv_url=reverse("territory:access_travel_csv", args=[diagnosis.territory.slug, "communes"])
        + chosen.query.rstrip("?"),
        provenance=figures.access_provenance(atlas, access, diagnosis.positions, figures.formula(access)),
    )
