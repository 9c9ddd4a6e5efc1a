"""What the what-if page says, lists and gives the map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from numpy.typing import NDArray

from maillage.kernel.figures import Comparison, Figure
from maillage.kernel.formats import number, percent, signed
from maillage.kernel.names import normalise
from maillage.kernel.tables import Table
from maillage.territory import queries
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import Access
from maillage.territory.computations.access_figures import access_provenance
from maillage.territory.computations.place_names import at
from maillage.territory.computations.scenario_effect import Effect, effect, reach
from maillage.territory.computations.supplies import SUPPLIES
from maillage.territory.computations.what_if import Change, best_sites, live_changes, outcome
from maillage.territory.models import Scenario, Territory
from maillage.territory.pages.access_choice import Chosen
from maillage.territory.pages.access_map import around, values_of
from maillage.territory.pages.access_presenter import gain_options, map_options
from maillage.territory.pages.diagnosis import Diagnosis
from maillage.territory.pages.what_if_forms import ADD, ChangeForm, new_key
from maillage.territory.pages.what_if_tables import tables

Values = NDArray[np.float64]
MAPS = GAINS, ACCESS = "gains", "acces"
"""What the map of a scenario may show, as its address says it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A commune where one more professional would help most, and in what way."""

    code: str
    name: str
    effect: str


@dataclass(frozen=True, slots=True)
class WhatIfState:
    """What moves when a scenario changes: sentence, figures, tables, and what the map must redraw.

    `values` is JSON by commune code, for `maillage-map.update`.
    """

    finding: str
    changes: tuple[str, ...]
    figures: tuple[Figure, ...]
    tables: dict[str, Table]
    suggestions: tuple[Suggestion, ...]
    values: str


@dataclass(frozen=True, slots=True)
class SavedScenario:
    """A named scenario in the list of a territory; `link` is empty unless it is shared."""

    scenario: Scenario
    author: str
    changes: int
    is_own: bool
    link: str


def state(
    diagnosis: Diagnosis,
    chosen: Chosen,
    scenario: Scenario | None,
    *,
    suggest: bool = False,
    undone: Sequence[Change] = (),
) -> WhatIfState:
    """Return what a scenario does; None is the present. `undone` are changes just taken back."""
    atlas, access, members = diagnosis.atlas, chosen.access, diagnosis.positions
    changes = live_changes(atlas, scenario) if scenario else []
    halo = around(diagnosis)
    found = effect(atlas, access, members, halo, changes)
    moving = reach(access, [*changes, *undone], np.concatenate((members, halo)))
    return WhatIfState(
        finding=_finding(chosen, found),
        changes=tuple(_said(atlas, change) for change in changes),
        figures=_figures(diagnosis, chosen, found),
        tables=tables(diagnosis, chosen, found, scenario),
        suggestions=_suggestions(diagnosis, chosen, found) if suggest else (),
        values=json.dumps(values_of(diagnosis, access, found.outcome.after.apl, moving, gain=True)),
    )


def apl_of(diagnosis: Diagnosis, chosen: Chosen, scenario: Scenario | None) -> Values:
    """Return the accessibility of every commune under a scenario; None is the present."""
    if scenario is None:
        return chosen.access.apl
    return outcome(diagnosis.atlas, chosen.access, live_changes(diagnosis.atlas, scenario)).after.apl


def positions_of(atlas: Atlas, territory: Territory) -> NDArray[np.intp]:
    """Return where the communes of a territory stand in the atlas."""
    return atlas.positions(queries.member_codes(territory))


def change_form(diagnosis: Diagnosis, chosen: Chosen, commune: str = "") -> ChangeForm:
    """Return the form of a change, with a fresh key; `commune`: the code of the one it begins at."""
    supply = chosen.access.profession.key
    initial = {"direction": ADD, "count": 1, "supply": supply, "commune": commune, "key": new_key()}
    return ChangeForm(initial=initial, communes=commune_choices(diagnosis))


def commune_choices(diagnosis: Diagnosis) -> list[Any]:
    """Return the communes of the territory, then those around it, in alphabetical order."""
    atlas = diagnosis.atlas
    groups = (
        (_("Dans le territoire"), diagnosis.positions),
        (_("À moins de 25 km"), around(diagnosis)),
    )
    return [
        (
            label,
            sorted(
                zip(atlas.codes[where].tolist(), atlas.names[where].tolist(), strict=True),
                key=lambda choice: normalise(choice[1]),
            ),
        )
        for label, where in groups
        if len(where)
    ]


def draft_map(diagnosis: Diagnosis, chosen: Chosen, asked: str, state: WhatIfState) -> dict[str, Any]:
    """Return how the map draws the visitor's draft (`_map`)."""
    return _map(diagnosis, chosen, asked, state, diagnosis.url("what_if_map"))


def shared_map(
    diagnosis: Diagnosis, chosen: Chosen, asked: str, state: WhatIfState, scenario: Scenario
) -> dict[str, Any]:
    """Return how the map draws a shared scenario (`_map`)."""
    address = reverse("territory:shared_scenario_map", args=[scenario.share_token])
    return _map(diagnosis, chosen, asked, state, address)


def _map(
    diagnosis: Diagnosis, chosen: Chosen, asked: str, state: WhatIfState, address: str
) -> dict[str, Any]:
    """Return a map of gains once there are changes, of access before, or the one `asked` for.

    `choices` are `(label, query string, whether it is shown)`.
    """
    shown = asked if asked in MAPS else GAINS if state.changes else ACCESS
    options = map_options(diagnosis, chosen)
    query = chosen.query.rstrip("?")
    return {
        **options,
        **(gain_options(chosen) if shown == GAINS else {}),
        "url": address + query,
        "choices": [
            (label, f"{query}{'&' if query else '?'}carte={key}", key == shown)
            for key, label in ((GAINS, _("Gains d’accès")), (ACCESS, _("Accès")))
        ],
    }


def saved_scenarios(request: HttpRequest, diagnosis: Diagnosis) -> list[SavedScenario]:
    """Return the named scenarios of the territory."""
    found = queries.scenarios(diagnosis.territory)
    return [
        SavedScenario(
            scenario,
            scenario.created_by.get_full_name(),
            scenario.change_count,
            scenario.created_by_id == request.user.pk,
            request.build_absolute_uri(reverse("territory:shared_scenario", args=[scenario.share_token]))
            if scenario.share_token
            else "",
        )
        for scenario in found
    ]


def _finding(chosen: Chosen, found: Effect) -> str:
    if not found.changes:
        return _(
            "Ajoutez ou retirez une offre : la carte, les chiffres et les zones blanches répondent aussitôt."
        )
    before, after = found.before, found.after
    decimals = chosen.access.profession.decimals
    freed = before.zone_people - after.zone_people
    if freed >= 1:
        zones = ngettext(
            "%(people)s habitant sort des zones blanches",
            "%(people)s habitants sortent des zones blanches",
            round(freed),
        ) % {"people": number(freed)}
    elif freed <= -1:
        zones = ngettext(
            "%(people)s habitant de plus est en zone blanche",
            "%(people)s habitants de plus sont en zone blanche",
            round(-freed),
        ) % {"people": number(-freed)}
    else:
        zones = _("autant d’habitants restent en zone blanche")
    return ngettext(
        "Avec %(count)s changement, %(zones)s ; la moyenne passe de %(before)s à %(after)s.",
        "Avec %(count)s changements, %(zones)s ; la moyenne passe de %(before)s à %(after)s.",
        len(found.changes),
    ) % {
        "count": number(len(found.changes)),
        "zones": zones,
        "before": number(before.summary.mean, decimals),
        "after": number(after.summary.mean, decimals),
    }


def _said(atlas: Atlas, change: Change) -> str:
    supply = SUPPLIES[change.supply]
    noun = supply.many if abs(change.delta) >= 2 else supply.one
    return _("%(delta)s %(noun)s %(place)s") % {
        "delta": signed(change.delta),
        "noun": noun,
        "place": at(str(atlas.names[change.position])),
    }


def _figures(diagnosis: Diagnosis, chosen: Chosen, found: Effect) -> tuple[Figure, ...]:
    access, before, after = chosen.access, found.before, found.after
    said = _("Même calcul que l’accessibilité, l’offre du scénario remplaçant celle d’aujourd’hui.")
    provenance = access_provenance(diagnosis.atlas, access, diagnosis.positions, said)
    decimals = access.profession.decimals
    low = number(access.low, decimals)
    lines = (
        ("mean", _("Accessibilité moyenne"), before.summary.mean, after.summary.mean,
         str(access.profession.short_unit), decimals),
        ("below", _("Habitants sous %(low)s") % {"low": low}, before.summary.below, after.summary.below,
         "%", 0),
        ("zone_communes", _("Communes en zone blanche"), before.zone_communes, after.zone_communes, "", 0),
        ("zone_people", _("Habitants des zones blanches"), before.zone_people, after.zone_people, "", 0),
    )  # fmt: skip
    return tuple(
        Figure(
            key,
            label,
            new,
            provenance,
            unit,
            places,
            (Comparison(_("Aujourd’hui"), old),),
            ours=_("Avec ce scénario"),
        )
        for key, label, old, new, unit, places in lines
    )


def _suggestions(diagnosis: Diagnosis, chosen: Chosen, found: Effect) -> tuple[Suggestion, ...]:
    """Return the best places for one more, given what the scenario already holds."""
    atlas, access = diagnosis.atlas, chosen.access
    shortfall = best_sites(atlas, access, found.outcome.after, diagnosis.positions)
    return tuple(
        Suggestion(
            str(atlas.codes[position]),
            str(atlas.names[position]),
            " ; ".join(_reasons(access, position, relief / shortfall[0][1], lifted)),
        )
        for position, relief, lifted in shortfall
    )


def _reasons(access: Access, position: int, share: float, lifted: float) -> list[str]:
    """Say why a commune stands where it does: what it relieves beside the first, whom, who works there."""
    heads, profession = access.heads[position], access.profession
    return [
        _("comble le plus de manque")
        if share == 1.0
        else _("comble %(share)s de ce que comble la première") % {"share": percent(share)},
        ngettext(
            "%(people)s habitant passerait le seuil",
            "%(people)s habitants passeraient le seuil",
            int(lifted),
        )
        % {"people": number(lifted)}
        if lifted
        else _("personne ne passerait le seuil"),
        ngettext("%(count)s %(noun)s y exerce déjà", "%(count)s %(noun)s y exercent déjà", int(heads))
        % {"count": number(heads), "noun": profession.many if heads >= 2 else profession.one}
        if heads
        else _("une pharmacie, sans %(noun)s") % {"noun": profession.one},
        ngettext("%(people)s habitant", "%(people)s habitants", int(access.people[position]))
        % {"people": number(access.people[position])},
    ]
