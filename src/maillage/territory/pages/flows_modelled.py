"""The page of modelled flows: who goes where by the same weights as accessibility."""

from __future__ import annotations

from typing import Any

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.figures import Figure
from maillage.kernel.formats import percent
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.computations.access import Access
from maillage.territory.computations.access_figures import access_provenance, travel_provenance
from maillage.territory.computations.access_summary import known
from maillage.territory.computations.catchments import (
    Balance,
    balance,
    emergency_catchments,
    main_lines,
    main_outside,
    places,
)
from maillage.territory.pages.access_choice import Chosen
from maillage.territory.pages.access_map import around
from maillage.territory.pages.diagnosis import Diagnosis
from maillage.territory.pages.flows_shown import FlowsPage, Line, share_shown

DRAWN = 120


def page(diagnosis: Diagnosis, chosen: Chosen) -> FlowsPage:
    """Return the modelled flows of the territory for the profession chosen."""
    access, members = chosen.access, diagnosis.positions
    kept = balance(access, members)
    tables = {
        table.key: table
        for table in (
            _communes(diagnosis, chosen),
            _lines_table(diagnosis, chosen),
            _emergencies(diagnosis, chosen),
        )
    }
    return FlowsPage(
        kind="modelled",
        title=_("Flux modélisés"),
        caution=_(
            "Personne n’a été suivi : ces flux sont ceux que supposent les poids du calcul d’accessibilité. "
            "Un habitant y partage son recours entre les lieux à sa portée, selon leur offre et le trajet."
        ),
        finding=_finding(diagnosis, access, kept),
        query=chosen.query.rstrip("?"),
        figures=_figures(diagnosis, access, kept),
        tables=tables,
        filters=(),
        dataset=None,
        estimate=access.travel.is_estimate(members),
        atlas=diagnosis.atlas,
        lines=_lines(diagnosis, access),
        properties=lambda: _properties(diagnosis, access),
    )


def _finding(diagnosis: Diagnosis, access: Access, kept: Balance) -> str:
    if not np.isfinite(kept.kept):
        return _("Aucune offre n’est à portée des habitants : il n’y a pas de flux à modéliser.")
    sentence = _("D’après le modèle, %(share)s du recours des habitants reste dans le territoire") % {
        "share": percent(kept.kept)
    }
    outside = main_outside(access, diagnosis.positions)
    if outside is None:
        return f"{sentence}."
    position, share = outside
    first = _("la première destination au dehors est %(town)s (%(part)s du recours)") % {
        "town": diagnosis.atlas.names[position],
        "part": percent(share, 1),
    }
    return _("%(sentence)s ; %(first)s.") % {"sentence": sentence, "first": first}


def _figures(diagnosis: Diagnosis, access: Access, kept: Balance) -> list[Figure]:
    said = {
        "kept": _("Recours des habitants trouvé dans le territoire ÷ tout leur recours."),
        "leaving": _("Recours des habitants trouvé hors du territoire ÷ tout leur recours."),
        "gained": _("Recours d’habitants d’ailleurs ÷ toute l’offre du territoire."),
    }
    labels = {"kept": _("Autosuffisance"), "leaving": _("Fuite"), "gained": _("Attraction")}
    return [
        Figure(
            key,
            labels[key],
            known(getattr(kept, key)),
            access_provenance(diagnosis.atlas, access, diagnosis.positions, formula),
            "%",
        )
        for key, formula in said.items()
    ]


def _communes(diagnosis: Diagnosis, chosen: Chosen) -> Table:
    atlas, access = diagnosis.atlas, chosen.access
    found = places(access)
    rows = [
        Row(
            {
                "name": str(atlas.names[k]),
                "kept": known(found.self_sufficiency[k]),
                "main": str(atlas.names[found.main[k]]) if found.main[k] >= 0 else "",
                "share": known(found.main_share[k]) if found.main[k] >= 0 else None,
                "attraction": known(found.attraction[k]),
                "population": int(access.people[k]),
            },
            code=str(atlas.codes[k]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[k])]),
        )
        for k in diagnosis.positions
    ]
    return Table(
        key="communes",
        caption=_("Flux modélisés par commune"),
        columns=(
            Column("name", _("Commune")),
            Column(
                "kept",
                _("Trouvé sur place"),
                "share",
                note=_("part du recours des habitants trouvée dans la commune."),
            ),
            Column("main", _("Première destination")),
            Column("share", _("Sa part"), "share"),
            Column(
                "attraction",
                _("Attraction"),
                "share",
                note=_("part de l’offre de la commune utilisée par des habitants d’ailleurs."),
            ),
            Column("population", _("Habitants"), "number"),
        ),
        rows=rows,
        csv_url=_csv(diagnosis, chosen, "communes"),
        provenance=access_provenance(
            atlas,
            access,
            diagnosis.positions,
            _("Population × poids du trajet × offre par habitant du lieu."),
        ),
    ).sorted_by("-population")


def _lines(diagnosis: Diagnosis, access: Access) -> list[Line]:
    names = diagnosis.atlas.names
    found = main_lines(access, diagnosis.positions, DRAWN)
    largest = found[0].volume if found else 1.0
    return [
        Line(
            line.origin,
            line.destination,
            line.volume / largest,
            _("%(origin)s → %(destination)s : %(share)s du recours de %(origin)s (modélisé)")
            % {
                "origin": names[line.origin],
                "destination": names[line.destination],
                "share": percent(line.share),
            },
        )
        for line in found
    ]


def _lines_table(diagnosis: Diagnosis, chosen: Chosen) -> Table:
    names, codes, access = diagnosis.atlas.names, diagnosis.atlas.codes, chosen.access
    gp = access.profession.key == "gp"
    rows = [
        Row(
            {
                "origin": str(names[line.origin]),
                "destination": str(names[line.destination]),
                "share": line.share,
                "volume": line.volume,
            },
            code=str(codes[line.origin]),
        )
        for line in main_lines(access, diagnosis.positions, DRAWN)
    ]
    volume = [Column("volume", _("Consultations par an"), "number")] if gp else []
    return Table(
        key="trajets",
        caption=_("Principaux flux modélisés entre communes"),
        columns=(
            Column("origin", _("De")),
            Column("destination", _("Vers")),
            Column("share", _("Part du recours des habitants"), "share"),
            *volume,
        ),
        rows=rows,
        csv_url=_csv(diagnosis, chosen, "trajets"),
    )


def _emergencies(diagnosis: Diagnosis, chosen: Chosen) -> Table:
    atlas, access = diagnosis.atlas, chosen.access
    rows = [
        Row(
            {
                "name": str(atlas.names[one.position]),
                "communes": int(one.members.size),
                "people": int(one.people),
                "mean": known(one.mean_minutes),
                "longest": one.longest_minutes,
                "list": ", ".join(atlas.names[one.members].tolist()),
            },
            code=str(atlas.codes[one.position]),
        )
        for one in emergency_catchments(atlas, access, diagnosis.positions)
    ]
    return Table(
        key="urgences",
        caption=_("De quel service d’urgences dépend chaque commune : le plus proche"),
        columns=(
            Column("name", _("Urgences")),
            Column("communes", _("Communes"), "number"),
            Column("people", _("Habitants"), "number"),
            Column("mean", _("Temps moyen"), "minutes", "min"),
            Column("longest", _("Temps le plus long"), "minutes", "min"),
            Column("list", _("Communes qui en dépendent")),
        ),
        rows=rows,
        csv_url=_csv(diagnosis, chosen, "urgences"),
        provenance=travel_provenance(atlas, access, diagnosis.positions, "emergency"),
    )


def _properties(diagnosis: Diagnosis, access: Access) -> dict[str, dict[str, Any]]:
    atlas, members = diagnosis.atlas, diagnosis.positions
    found = places(access)
    positions = np.concatenate((members, around(diagnosis)))
    return {
        str(atlas.codes[k]): {
            "name": str(atlas.names[k]),
            "inside": index < len(members),
            "population": int(access.people[k]),
            "kept": share_shown(found.self_sufficiency[k]),
            "detail": _("Première destination : %(town)s") % {"town": atlas.names[found.main[k]]}
            if found.main[k] >= 0
            else "",
        }
        for index, k in enumerate(positions)
    }


def _csv(diagnosis: Diagnosis, chosen: Chosen, key: str) -> str:
    address = reverse("territory:flows_csv", args=[diagnosis.territory.slug, key])
    return address + chosen.query.rstrip("?")
