"""What the siting page says and gives the map: the sentence with its proof, who gains, who does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.formats import number
from maillage.territory import queries
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import counts
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.measure_figures import provenance, variable
from maillage.territory.computations.place_names import at
from maillage.territory.computations.siting import GPS, Siting, rules_of
from maillage.territory.computations.siting_words import added, proof, shorter
from maillage.territory.computations.travel_words import travel_credit, travel_sentence
from maillage.territory.pages.access_map import around
from maillage.territory.pages.diagnosis import Diagnosis
from maillage.territory.pages.siting_form import question_query

WITHIN, NEWLY, NEARER, BEYOND, SAME = "deja", "gagne", "plus_pres", "loin", "autant"
AROUND = "autour"
PROPOSED = "propose"


@dataclass(frozen=True, slots=True)
class SiteCard:
    """One commune to open in: what it adds to those before, what there is, where to try it."""

    rank: int
    name: str
    place: str
    url: str
    adds: str
    there: str
    what_if: str


def effects(found: Siting) -> NDArray[np.str_]:
    """Return what becomes of each commune of the territory: a key of `effect_labels`."""
    nearer = shorter(found)
    if found.question.aim == "p_median":
        return np.where(nearer, NEARER, SAME)
    return np.select([found.within(0), found.within(-1), nearer], [WITHIN, NEWLY, NEARER], BEYOND)


def effect_labels(found: Siting) -> dict[str, str]:
    """Return what each effect is called, in the order of the map's colours."""
    minutes = {"minutes": number(found.question.minutes)}
    if found.question.aim == "p_median":
        return {SAME: _("Aussi loin qu’aujourd’hui"), NEARER: _("Plus près qu’aujourd’hui")}
    return {
        WITHIN: _("Déjà à %(minutes)s min ou moins") % minutes,
        NEWLY: _("À %(minutes)s min ou moins avec ces lieux") % minutes,
        NEARER: _("Plus près qu’aujourd’hui, à plus de %(minutes)s min") % minutes,
        BEYOND: _("Rien de gagné, à plus de %(minutes)s min") % minutes,
    }


def figures(atlas: Atlas, found: Siting) -> list[Figure]:
    """Return who is within reach with the choice and today, the mean journey, and who stays far."""
    source = source_of(atlas, found)
    minutes = {"minutes": number(found.question.minutes)}
    today, chosen = _("Aujourd’hui"), _("Avec ces lieux")
    everyone = found.everyone
    inside, before = found.count(found.within(-1)), found.count(found.within(0))
    far = found.count(~found.within(-1))
    hidden = inside.suppressed or before.suppressed
    share = [
        None if hidden or not everyone.people else one.people / everyone.people for one in (inside, before)
    ]
    return [
        Figure("within", _("À %(minutes)s min ou moins") % minutes, share[0], source, "%", 1,
               (Comparison(today, share[1]),), suppressed=hidden, ours=chosen),
        Figure("mean", _("Trajet moyen"), found.mean(-1), replace(source, note=_(
            "Un trajet de plus de %(cap)s min compte pour %(cap)s : les temps connus s’arrêtent là."
        ) % {"cap": number(found.cap)}), "min", 1, (Comparison(today, found.mean(0)),), ours=chosen),
        Figure("beyond", _("Encore à plus de %(minutes)s min") % minutes,
               None if far.suppressed else round(far.people), source, str(found.public.many), 0, (),
               suppressed=far.suppressed),
    ]  # fmt: skip


def source_of(atlas: Atlas, found: Siting) -> Provenance:
    """Return where the figures come from: people, what stands, minutes, and how sure the choice is."""
    people = provenance(atlas, found.public.measure)
    stands = variable(atlas, found.opening.supply)
    sources = [people.source, *([stands.source] if stands else [])]
    vintages = [people.vintage, *([stands.vintage] if stands else [])]
    formula = (
        _("Somme des personnes des communes à %(minutes)s min ou moins du lieu le plus proche.")
        if found.question.aim == "coverage"
        else _("Moyenne des minutes jusqu’au lieu le plus proche, pesée par les personnes.")
    ) % {"minutes": number(found.question.minutes)}
    return Provenance(
        source=", ".join(dict.fromkeys(one for one in sources if one)),
        vintage=", ".join(dict.fromkeys(one for one in vintages if one)),
        formula=formula,
        estimate=people.estimate or found.travel.is_estimate(found.members),
        rules=rules_of(found.public),
        note=f"{travel_sentence(found.travel, found.members)} {proof(found)}",
    )


def cards(diagnosis: Diagnosis, found: Siting) -> list[SiteCard]:
    """Return the communes to open in, the one that brings most first."""
    atlas, heads = diagnosis.atlas, counts(diagnosis.atlas, GPS)
    built = []
    for rank, position in enumerate(found.sites, start=1):
        code, name = str(atlas.codes[position]), str(atlas.names[position])
        trial = urlencode({"commune": code})
        built.append(
            SiteCard(
                rank,
                name,
                at(name),
                reverse("territory:commune_access", args=[code]),
                added(found, rank),
                _there(atlas, found, int(position), int(heads[position])),
                f"{diagnosis.url('what_if')}?{trial}",
            )
        )
    return built


def _there(atlas: Atlas, found: Siting, position: int, heads: int) -> str:
    said = [
        ngettext("%(count)s habitant", "%(count)s habitants", people := int(population(atlas)[position]))
        % {"count": number(people)},
        ngettext("%(count)s médecin généraliste", "%(count)s médecins généralistes", heads)
        % {"count": number(heads)}
        if heads
        else _("aucun médecin généraliste"),
    ]
    if position not in found.members:
        said.append(_("hors du territoire"))
    return " · ".join(said)


def map_options(diagnosis: Diagnosis, found: Siting) -> dict[str, Any]:
    """Return the addresses of the map's data."""
    query = question_query(found.question)
    return {
        "url": f"{diagnosis.url('siting_map')}?{query}",
        "points": f"{diagnosis.url('siting_points')}?{query}",
    }


def features(diagnosis: Diagnosis, found: Siting) -> str:
    """Return the GeoJSON of the territory and around it, with what becomes of each commune counted."""
    atlas, members = diagnosis.atlas, diagnosis.positions
    people, effect = population(atlas), effects(found)
    labels = effect_labels(found)
    if found.question.around:
        labels[AROUND] = _("Autour du territoire : habitants non comptés")
    counted = {int(k): index for index, k in enumerate(members)}
    properties = {}
    # What is around counts for nothing, and is drawn where one may open there only.
    shown = np.concatenate((members, around(diagnosis))) if found.question.around else members
    for position in shown:
        index = counted.get(int(position))
        code = str(atlas.codes[position])
        properties[code] = {
            "name": str(atlas.names[position]),
            "inside": index is not None,
            "population": int(people[position]),
            "url": reverse("territory:commune_access", args=[code]),
            "effect": AROUND if index is None else str(effect[index]),
            "minutes_before": None if index is None else minutes_of(found.before[index]),
            "minutes": None if index is None else minutes_of(found.after[index]),
        }
    return queries.feature_collection(
        queries.contours(properties, properties),
        estimate=found.travel.is_estimate(members),
        credit=travel_credit(found.travel, members),
        categories=[{"key": key, "label": label} for key, label in labels.items()],
    )


def minutes_of(value: float) -> float | None:
    """Return minutes to a tenth, None where nothing is in reach."""
    return round(float(value), 1) if np.isfinite(value) else None


def points(diagnosis: Diagnosis, found: Siting) -> dict[str, Any]:
    """Return the communes to open in as points."""
    atlas = diagnosis.atlas
    label = _("Lieu proposé")
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": str(atlas.codes[position]),
                "geometry": {
                    "type": "Point",
                    "coordinates": [float(atlas.lon[position]), float(atlas.lat[position])],
                },
                "properties": {
                    "code": str(atlas.codes[position]),
                    "name": str(atlas.names[position]),
                    "type": PROPOSED,
                    "type_label": label,
                    "detail": added(found, rank),
                    "url": reverse("territory:commune_access", args=[str(atlas.codes[position])]),
                },
            }
            for rank, position in enumerate(found.sites, start=1)
        ],
    }
