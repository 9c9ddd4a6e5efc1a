"""The accessibility of one commune of France: a page of its own, and a block for the commune's page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.engines.accessibility import mean
from maillage.kernel.access import require
from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.formats import number, percent
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import queries
from maillage.territory.atlas import Atlas, UnknownCommuneError, current
from maillage.territory.computations import access_figures as figures
from maillage.territory.computations.access import Access, national_access, national_flows
from maillage.territory.computations.access_summary import known
from maillage.territory.computations.comparisons import areas_of
from maillage.territory.computations.measure_figures import variable
from maillage.territory.computations.place_names import at
from maillage.territory.computations.reference_comparison import GAP_RULE, ranks, reasons
from maillage.territory.computations.supplies import PROFESSIONS, SERVICES
from maillage.territory.computations.travel_times import nearest_service
from maillage.territory.computations.travel_words import travel_sentence
from maillage.territory.pages.access_choice import csv_download, pick_table
from maillage.territory.pages.access_wording import reasons_text

SHOWN_DESTINATIONS = 8


def commune_access(request: HttpRequest, code: str) -> HttpResponse:
    """Show the accessibility of any commune of the pack."""
    require(request.user, Permission.VIEW_DIAGNOSIS)  # type: ignore[arg-type]  # whoever comes here is signed in
    commune = queries.commune(code)
    if commune is None or not commune.is_active:
        raise Http404(code)
    context = {
        "commune": commune,
        "at_commune": at(commune.name),
        "territories": queries.territories_of(commune),
        **block(current(), commune.code),
    }
    return render(request, "territory/diagnosis/commune_access.html", context)


def commune_access_csv(request: HttpRequest, code: str, table: str) -> HttpResponse:
    """Give one table of a commune's access as CSV."""
    require(request.user, Permission.VIEW_DIAGNOSIS)  # type: ignore[arg-type]  # whoever comes here is signed in
    shown = block(current(), code)
    tables = {shown[name].key: shown[name] for name in ("professions", "services", "destinations")}
    return csv_download(pick_table(tables, table), code)


def block(atlas: Atlas, code: str) -> dict[str, Any]:
    """Return what `diagnosis/_commune_access.html` shows of a commune. Raises Http404 where unknown."""
    try:
        position = atlas.position(code)
    except UnknownCommuneError:
        raise Http404(code) from None
    access = national_access(atlas)
    return {
        "finding": _finding(atlas, access, position),
        "figures": _figures(atlas, access, position),
        "explanation": _explanation(atlas, access, position),
        "travel": travel_sentence(access.travel, np.array([position])),
        "professions": _with_csv(_professions(atlas, access, position), code),
        "services": _with_csv(_services(atlas, access, position), code),
        "destinations": _with_csv(_destinations(atlas, access, position), code),
    }


def _with_csv(table: Table, code: str) -> Table:
    return replace(table, csv_url=reverse("territory:commune_access_csv", args=[code, table.key]))


def _finding(atlas: Atlas, access: Access, position: int) -> str:
    value = float(access.apl[position])
    values = {
        "place": at(str(atlas.names[position])),
        "value": number(value, 2),
        "unit": access.profession.unit,
        "low": number(access.low, 1),
        "share": percent(_rank(access, position)),
    }
    if value < access.low:
        sentence = _(
            "L’accès aux généralistes est faible %(place)s : %(value)s %(unit)s, sous le seuil de %(low)s ; "
            "%(share)s des habitants du pays sont moins bien servis."
        )
    else:
        sentence = _(
            "Un habitant a accès %(place)s à %(value)s %(unit)s, au-dessus du seuil de %(low)s ; "
            "%(share)s des habitants du pays sont moins bien servis."
        )
    return sentence % values


def _rank(access: Access, position: int) -> float:
    """Return the share of the country's inhabitants who are worse served."""
    worse = access.people[access.apl < access.apl[position]].sum()
    return float(worse / access.people.sum())


def _figures(atlas: Atlas, access: Access, position: int) -> list[Figure]:
    member = np.array([position])
    areas = areas_of(atlas, member, str(atlas.names[position]))[1:]
    compared = ranks(atlas, access)
    published = variable(atlas, access.reference)
    means = tuple(
        Comparison(area.label, mean(access.apl[area.members], access.demand[area.members])) for area in areas
    )
    return [
        Figure(
            key="apl",
            label=_("Accessibilité aux généralistes"),
            value=float(access.apl[position]),
            provenance=figures.access_provenance(atlas, access, member, figures.formula(access)),
            unit=str(access.profession.short_unit),
            decimals=2,
            comparisons=means,
        ),
        Figure(
            key="published",
            label=_("Référence de la DREES"),
            value=known(compared.published[position]),
            provenance=Provenance(
                source=published.source if published else _("Référence absente du jeu importé"),
                vintage=published.vintage if published else "",
                note=_("Référence absente : la DREES n’en a pas publié pour cette commune.")
                if np.isnan(compared.published[position])
                else "",
            ),
            unit=str(access.profession.short_unit),
            decimals=2,
        ),
        Figure(
            key="heads",
            label=str(access.profession.label),
            value=float(access.heads[position]),
            provenance=_counted(atlas, access.profession.supply),
        ),
    ]


def _counted(atlas: Atlas, name: str) -> Provenance:
    found = variable(atlas, name)
    return Provenance(source=found.source if found else "", vintage=found.vintage if found else "")


def _explanation(atlas: Atlas, access: Access, position: int) -> str:
    """Return why our rank may differ from the published one, empty where they agree."""
    gap = ranks(atlas, access).gap[position]
    if np.isnan(gap) or abs(gap) < float(rule(GAP_RULE).value):
        return ""
    return reasons_text(reasons(atlas, access, position, float(gap)))


def _professions(atlas: Atlas, gp: Access, position: int) -> Table:
    """Return the access to each profession, over the travel times of `gp`."""
    rows = []
    for key, profession in PROFESSIONS.items():
        access = national_access(atlas, key, travel=gp.travel)
        rows.append(
            Row(
                {
                    "profession": str(profession.label),
                    "value": float(access.apl[position]),
                    "unit": str(profession.short_unit),
                    "rank": _rank(access, position),
                    "heads": int(access.heads[position]),
                },
                estimated=frozenset({"value", "rank"})
                if access.travel.is_estimate(np.array([position]))
                else frozenset(),
            )
        )
    return Table(
        key="professions",
        caption=_("Accès par profession"),
        columns=(
            Column("profession", _("Profession")),
            Column("value", _("Accessibilité"), "number", decimals=1),
            Column("unit", _("Unité")),
            Column("rank", _("Habitants du pays moins bien servis"), "share"),
            Column("heads", _("Dans la commune"), "number"),
        ),
        rows=rows,
    )


def _services(atlas: Atlas, access: Access, position: int) -> Table:
    rows = []
    for key, service in SERVICES.items():
        found = nearest_service(atlas, access.travel, key)
        site = int(found.position[position])
        rows.append(
            Row(
                {
                    "service": str(service.label),
                    "where": str(atlas.names[site]) if site >= 0 else "",
                    "minutes": known(found.minutes[position]),
                },
                estimated=frozenset({"minutes"})
                if access.travel.is_estimate(np.array([position]))
                else frozenset(),
            )
        )
    return Table(
        key="plus-proches",
        caption=_("Le plus proche de chaque service"),
        columns=(
            Column("service", _("Service")),
            Column("where", _("Commune")),
            Column("minutes", _("Temps de trajet"), "minutes", "min"),
        ),
        rows=rows,
        provenance=figures.travel_provenance(atlas, access, np.array([position]), "gp"),
    )


def _destinations(atlas: Atlas, access: Access, position: int) -> Table:
    """Return where the model says that the commune's residents consult."""
    destination, volume, share = national_flows(access).out_of(position)
    order = np.argsort(-share, kind="stable")[:SHOWN_DESTINATIONS]
    rows = [
        Row(
            {"where": str(atlas.names[destination[k]]), "share": float(share[k]), "volume": float(volume[k])},
            code=str(atlas.codes[destination[k]]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[destination[k]])]),
        )
        for k in order
    ]
    return Table(
        key="destinations",
        caption=_("Où le modèle situe les consultations des habitants"),
        columns=(
            Column("where", _("Commune")),
            Column("share", _("Part"), "share"),
            Column("volume", _("Consultations par an"), "number"),
        ),
        rows=rows,
        provenance=figures.access_provenance(
            atlas,
            access,
            np.array([position]),
            _("Population × poids du trajet × offre par habitant du lieu : modélisé, non observé."),
        ),
    )
