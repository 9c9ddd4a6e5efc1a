"""The page of one imported dataset of flows, under statistical secrecy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.formats import number, percent
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.computations.observed_flows import THRESHOLD_RULE, Observed, observed
from maillage.territory.models import FlowDataset, FlowRow
from maillage.territory.pages.access_map import around
from maillage.territory.pages.diagnosis import Diagnosis
from maillage.territory.pages.flows_shown import Filter, FlowsPage, Line, share_shown

DRAWN = 120


def page(diagnosis: Diagnosis, dataset: FlowDataset, *, reason: str, period: str) -> FlowsPage:
    """Return the flows of `dataset`, for one reason or period where asked."""
    found = observed(dataset, reason=reason, period=period)
    filters = _filters(dataset, reason, period)
    asked = {"source": dataset.pk, **{one.parameter: one.asked for one in filters if one.asked}}
    query = f"?{urlencode(asked)}"
    provenance = _provenance(dataset, found, reason, period)
    inside = set(diagnosis.atlas.codes[diagnosis.positions].tolist())
    return FlowsPage(
        kind="observed",
        title=_("Flux observés : %(name)s") % {"name": dataset.name},
        caution=_hidden(found),
        finding=_finding(found, inside, dataset),
        query=query,
        figures=_figures(found, inside, provenance),
        tables={
            table.key: table
            for table in (
                _communes(diagnosis, found, provenance, query),
                _lines_table(diagnosis, found, provenance, query),
            )
        },
        filters=filters,
        dataset=dataset.pk,
        estimate=False,
        atlas=diagnosis.atlas,
        lines=_lines(diagnosis, found),
        properties=lambda: _properties(diagnosis, found),
    )


def _filters(dataset: FlowDataset, reason: str, period: str) -> tuple[Filter, ...]:
    rows = FlowRow.objects.filter(dataset=dataset)
    values = {
        name: list(rows.order_by(name).values_list(name, flat=True).distinct())
        for name in ("reason", "period")
    }
    return (
        Filter("motif", _("Motif"), values["reason"], reason),
        Filter("periode", _("Période"), values["period"], period),
    )


def _provenance(dataset: FlowDataset, found: Observed, reason: str, period: str) -> Provenance:
    periods = period or _("toutes les périodes du jeu")
    return Provenance(
        source=f"{dataset.source} – {dataset.name}",
        vintage=periods,
        formula=_("Somme des flux d’au moins %(threshold)s ; parts sur les flux montrés.")
        % {"threshold": number(found.threshold)},
        rules=(THRESHOLD_RULE,),
        note=" ".join(
            filter(None, (_("Motif : %(reason)s.") % {"reason": reason} if reason else "", _hidden(found)))
        ),
    )


def _hidden(found: Observed) -> str:
    if not found.hidden:
        return ""
    return ngettext(
        "%(count)s ligne de moins de %(threshold)s est masquée et n’entre dans aucun total.",
        "%(count)s lignes de moins de %(threshold)s sont masquées et n’entrent dans aucun total.",
        found.hidden,
    ) % {"count": number(found.hidden), "threshold": number(found.threshold)}


def _volumes(found: Observed, inside: set[str]) -> tuple[int, int, int, int]:
    """Return what residents use, what of it stays, what is delivered inside, what of it others use."""
    used = sum(line.count for line in found.lines if line.origin in inside)
    stays = sum(line.count for line in found.lines if line.origin in inside and line.destination in inside)
    delivered = sum(line.count for line in found.lines if line.destination in inside)
    return used, stays, delivered, delivered - stays


def _finding(found: Observed, inside: set[str], dataset: FlowDataset) -> str:
    used, stays, _delivered, _gained = _volumes(found, inside)
    if not used:
        return _("« %(name)s » ne montre aucun flux d’habitants du territoire.") % {"name": dataset.name}
    return _(
        "D’après « %(name)s », %(share)s des %(used)s flux montrés d’habitants restent dans le territoire."
    ) % {
        "name": dataset.name,
        "share": percent(stays / used),
        "used": number(used),
    }


def _figures(found: Observed, inside: set[str], provenance: Provenance) -> list[Figure]:
    used, stays, delivered, gained = _volumes(found, inside)
    values = (
        ("kept", _("Autosuffisance"), stays / used if used else None),
        ("leaving", _("Fuite"), 1 - stays / used if used else None),
        ("gained", _("Attraction"), gained / delivered if delivered else None),
    )
    return [Figure(key, label, value, provenance, "%") for key, label, value in values]


def _communes(diagnosis: Diagnosis, found: Observed, provenance: Provenance, query: str) -> Table:
    atlas = diagnosis.atlas
    names = _names(diagnosis, found)
    rows = []
    for k in diagnosis.positions:
        code = str(atlas.codes[k])
        main = found.main_destination(code)
        rows.append(
            Row(
                {
                    "name": str(atlas.names[k]),
                    "kept": found.kept.get(code),
                    "main": names[main.destination] if main else "",
                    "share": main.share if main else None,
                    "attraction": found.attracted.get(code),
                },
                code=code,
                url=reverse("territory:commune_access", args=[code]),
            )
        )
    return Table(
        key="communes",
        caption=_("Flux observés par commune"),
        columns=(
            Column("name", _("Commune")),
            Column("kept", _("Trouvé sur place"), "share"),
            Column("main", _("Première destination")),
            Column("share", _("Sa part"), "share"),
            Column("attraction", _("Attraction"), "share"),
        ),
        rows=rows,
        csv_url=_csv(diagnosis, "communes", query),
        provenance=provenance,
    )


def _lines_table(diagnosis: Diagnosis, found: Observed, provenance: Provenance, query: str) -> Table:
    names = _names(diagnosis, found)
    rows = [
        Row(
            {
                "origin": names[line.origin],
                "destination": names[line.destination],
                "count": line.count,
                "share": line.share,
            },
            code=line.origin,
        )
        for line in found.lines
    ]
    return Table(
        key="trajets",
        caption=_("Flux observés entre communes"),
        columns=(
            Column("origin", _("De")),
            Column("destination", _("Vers")),
            Column("count", _("Effectif"), "number"),
            Column("share", _("Part des flux montrés de l’origine"), "share"),
        ),
        rows=rows,
        csv_url=_csv(diagnosis, "trajets", query),
        provenance=provenance,
    )


def _lines(diagnosis: Diagnosis, found: Observed) -> list[Line]:
    """Return the largest flows between two communes of the current pack."""
    names = _names(diagnosis, found)
    places = _positions(diagnosis, names)
    moving = [
        line
        for line in found.lines
        if line.origin != line.destination and line.origin in places and line.destination in places
    ][:DRAWN]
    return [
        Line(
            places[line.origin],
            places[line.destination],
            line.count / moving[0].count,
            _("%(origin)s → %(destination)s : %(count)s (observé)")
            % {
                "origin": names[line.origin],
                "destination": names[line.destination],
                "count": number(line.count),
            },
        )
        for line in moving
    ]


def _names(diagnosis: Diagnosis, found: Observed) -> dict[str, str]:
    """Return the name of every commune of the flows; a code that left the pack stands for itself."""
    codes = sorted({code for line in found.lines for code in (line.origin, line.destination)})
    places = _positions(diagnosis, codes)
    return {code: str(diagnosis.atlas.names[places[code]]) if code in places else code for code in codes}


def _positions(diagnosis: Diagnosis, codes: Iterable[str]) -> dict[str, int]:
    atlas = diagnosis.atlas
    wanted = list(codes)
    if not wanted:
        return {}
    found = np.minimum(np.searchsorted(atlas.codes, wanted), len(atlas) - 1).tolist()
    return {code: place for code, place in zip(wanted, found, strict=True) if str(atlas.codes[place]) == code}


def _properties(diagnosis: Diagnosis, found: Observed) -> dict[str, dict[str, Any]]:
    atlas, members = diagnosis.atlas, diagnosis.positions
    positions = np.concatenate((members, around(diagnosis)))
    return {
        str(atlas.codes[k]): {
            "name": str(atlas.names[k]),
            "inside": index < len(members),
            "kept": share_shown(found.kept.get(str(atlas.codes[k]))),
        }
        for index, k in enumerate(positions)
    }


def _csv(diagnosis: Diagnosis, key: str, query: str) -> str:
    return reverse("territory:flows_csv", args=[diagnosis.territory.slug, key]) + query
