"""How far the model of access agrees with what is published, by département, and where not to trust it."""

from __future__ import annotations

import numpy as np
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.access import require
from maillage.kernel.formats import number
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.atlas import Atlas, NoPackError, current
from maillage.territory.computations.access import national_access
from maillage.territory.computations.apl_parameters import FIT_RULE
from maillage.territory.computations.reference_comparison import agreement, ranks
from maillage.territory.computations.supplies import PROFESSIONS
from maillage.territory.computations.travel_comparison import Judged, judged_departements
from maillage.territory.computations.travel_words import kind_words
from maillage.territory.pages.access_choice import csv_download, pick_table

TRUSTED_RULE = "territory.apl.trusted_agreement"
_WORST = 6


def model(request: HttpRequest) -> HttpResponse:
    """Show the quality of the fit, the agreement by département, and where not to trust the figures."""
    require(request.user, Permission.VIEW_DIAGNOSIS)  # type: ignore[arg-type]  # whoever comes here is signed in
    try:
        atlas = current()
    except NoPackError as error:
        return render(request, "territory/diagnosis/model.html", {"nothing": str(error)})
    judged = judged_departements(atlas, national_access(atlas))
    trusted = rule(TRUSTED_RULE)
    context = {
        "fit": rule(FIT_RULE),
        "trusted": trusted,
        "finding": _finding(),
        "doubtful": _doubtful(judged, float(trusted.value)),
        "measured": _measured(judged),
        "departements": _departements(judged),
        "professions": _professions(atlas),
    }
    return render(request, "territory/diagnosis/model.html", context)


def model_csv(request: HttpRequest, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    require(request.user, Permission.VIEW_DIAGNOSIS)  # type: ignore[arg-type]  # whoever comes here is signed in
    try:
        atlas = current()
    except NoPackError as error:
        raise Http404(table) from error
    tables = (_departements(judged_departements(atlas, national_access(atlas))), _professions(atlas))
    return csv_download(pick_table({one.key: one for one in tables}, table), "modele")


def _finding() -> str:
    fit = rule(FIT_RULE).value
    return _(
        "Sur les %(communes)s communes des départements gardés à part, l’ordre de notre calcul s’accorde à "
        "%(spearman)s avec celui de la DREES (objectif : %(target)s), par des temps à vol d’oiseau."
    ) % {
        "communes": number(fit["communes"]),
        "spearman": number(fit["spearman"], 2),
        "target": number(fit["target"], 2),
    }


def _doubtful(judged: tuple[Judged, ...], trusted: float) -> str:
    """Return the départements whose ranks agree least, with the count of those under the bound."""
    under = sorted((one for one in judged if one.agreement < trusted), key=lambda one: one.agreement)
    if not under:
        return ""
    named = ", ".join(f"{one.name} ({number(one.agreement, 2)})" for one in under[:_WORST])
    return ngettext(
        "%(count)s département est sous %(bound)s : %(named)s.",
        "%(count)s départements sont sous %(bound)s, d’abord : %(named)s.",
        len(under),
    ) % {"count": number(len(under)), "bound": number(trusted, 2), "named": named}


def _measured(judged: tuple[Judged, ...]) -> str:
    """Return what measured minutes changed in the départements that have them, empty where none has."""
    changed = [one for one in judged if one.agreement != one.before]
    if not changed:
        return ""
    named = ", ".join(
        _("%(name)s de %(before)s à %(now)s")
        % {"name": one.name, "before": number(one.before, 2), "now": number(one.agreement, 2)}
        for one in sorted(changed, key=lambda one: one.before - one.agreement)[:_WORST]
    )
    better = sum(one.agreement > one.before for one in changed)
    return ngettext(
        "Les temps mesurés rapprochent %(better)s département sur %(count)s de la référence : %(named)s.",
        "Les temps mesurés rapprochent %(better)s départements sur %(count)s de la référence : %(named)s.",
        better,
    ) % {"better": number(better), "count": number(len(changed)), "named": named}


def _departements(judged: tuple[Judged, ...]) -> Table:
    rows = [
        Row(
            {
                "name": f"{one.name} ({one.code})",
                "agreement": one.agreement,
                "before": one.before,
                "communes": one.communes,
                "half": _half(one),
                "minutes": ", ".join(kind_words(kind) for kind in one.kinds),
            },
            code=one.code,
        )
        for one in sorted(judged, key=lambda one: one.agreement)
    ]
    columns = (
        Column("name", _("Département")),
        Column("agreement", _("Accord, temps en usage"), "number", decimals=2),
        Column("before", _("Accord, à vol d’oiseau"), "number", decimals=2),
        Column("communes", _("Communes comparées"), "number"),
        Column("half", _("Place dans le calage")),
        Column("minutes", _("Temps de trajet")),
    )
    url = reverse("territory:model_csv", args=["departements"])
    return Table(
        "departements", _("Accord par département, le plus faible d’abord"), columns, rows, csv_url=url
    )


def _half(one: Judged) -> str:
    if one.is_earlier:
        return _("hors du calage, référence antérieure")
    return _("a servi au calage") if one.is_fitted else _("gardé à part")


def _professions(atlas: Atlas) -> Table:
    everyone = np.arange(len(atlas))
    rows = []
    for key, trade in PROFESSIONS.items():
        access = national_access(atlas, key)
        agreed = agreement(ranks(atlas, access), access, everyone)
        rows.append(Row({"name": str(trade.label), "agreement": agreed, "unit": str(trade.unit)}))
    columns = (
        Column("name", _("Profession")),
        Column("agreement", _("Accord avec la DREES"), "number", decimals=2),
        Column("unit", _("Ce qui est calculé")),
    )
    url = reverse("territory:model_csv", args=["professions"])
    return Table(
        "professions", _("Accord des rangs par profession, dans le pays"), columns, rows, csv_url=url
    )
