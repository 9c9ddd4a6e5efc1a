"""The tables of the what-if pages: communes that move, services, scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.formats import number, percent
from maillage.kernel.parameters import query_kept
from maillage.kernel.tables import Column, Row, Table
from maillage.territory.computations.access_figures import access_provenance
from maillage.territory.computations.scenario_effect import Effect, effect
from maillage.territory.computations.supplies import SERVICES
from maillage.territory.computations.travel_times import travel_bounds
from maillage.territory.computations.what_if import live_changes
from maillage.territory.models import Scenario
from maillage.territory.pages.access_choice import Chosen
from maillage.territory.pages.access_map import around
from maillage.territory.pages.diagnosis import Diagnosis


def tables(
    diagnosis: Diagnosis, chosen: Chosen, found: Effect, scenario: Scenario | None
) -> dict[str, Table]:
    """Return the tables of one scenario by key, with the addresses of their CSV."""
    query = chosen.query.rstrip("?")
    if scenario is not None and scenario.name:
        query += f"{'&' if query else '?'}scenario={scenario.pk}"
    built = (_moved_table(diagnosis, chosen, found), _services_table(found))
    slug = diagnosis.territory.slug
    return {
        table.key: replace(table, csv_url=reverse("territory:what_if_csv", args=[slug, table.key]) + query)
        for table in built
    }


def _moved_table(diagnosis: Diagnosis, chosen: Chosen, found: Effect) -> Table:
    atlas, access = diagnosis.atlas, chosen.access
    decimals = access.profession.decimals
    order = np.argsort(-np.abs(found.gain), kind="stable")
    rows = [
        Row(
            {
                "name": str(atlas.names[k]),
                "before": float(access.apl[k]),
                "after": float(found.outcome.after.apl[k]),
                "change": float(found.outcome.after.apl[k] - access.apl[k]),
                "threshold": _crossing(access.low, access.apl[k], found.outcome.after.apl[k]),
                "population": int(access.people[k]),
            },
            code=str(atlas.codes[k]),
        )
        for k in found.moved[order]
    ]
    return Table(
        key="communes",
        caption=_("Communes dont l’accès change"),
        columns=(
            Column("name", _("Commune")),
            Column("before", _("Aujourd’hui"), "number", decimals=decimals),
            Column("after", _("Scénario"), "number", decimals=decimals),
            Column("change", _("Écart"), "change", decimals=decimals),
            Column("threshold", _("Seuil")),
            Column("population", _("Habitants"), "number"),
        ),
        rows=rows,
    )


def _crossing(low: float, before: float, after: float) -> str:
    if before < low <= after:
        return _("passe au-dessus")
    return _("passe au-dessous") if after < low <= before else ""


def _services_table(found: Effect) -> Table:
    bounds = travel_bounds()
    rows = [
        Row(
            {
                "service": str(SERVICES[one.service].label),
                "before": one.before.mean,
                "after": one.after.mean,
                **{f"before{b}": one.before.people_over[b] for b in bounds},
                **{f"after{b}": one.after.people_over[b] for b in bounds},
            }
        )
        for one in found.services
    ]
    share_over = [
        column
        for b in bounds
        for column in (
            Column(f"before{b}", _("À plus de %(bound)s min aujourd’hui") % {"bound": b}, "number"),
            Column(f"after{b}", _("À plus de %(bound)s min après") % {"bound": b}, "number"),
        )
    ]
    return Table(
        key="services",
        caption=_("Temps jusqu’aux services changés, et habitants qui en sont loin"),
        columns=(
            Column("service", _("Service")),
            Column("before", _("Temps moyen aujourd’hui"), "minutes", "min"),
            Column("after", _("Temps moyen après"), "minutes", "min"),
            *share_over,
        ),
        rows=rows,
    )


def comparison(
    diagnosis: Diagnosis, chosen: Chosen, scenarios: Sequence[Scenario], request: HttpRequest
) -> Table:
    """Return scenarios side by side: one row per indicator, the present first."""
    halo = around(diagnosis)
    effects = [
        effect(
            diagnosis.atlas,
            chosen.access,
            diagnosis.positions,
            halo,
            live_changes(diagnosis.atlas, scenario),
        )
        for scenario in scenarios
    ]
    decimals = chosen.access.profession.decimals
    today, after = effects[0].before, [found.after for found in effects]
    low = number(chosen.access.low, decimals)
    lines: list[tuple[str, list[str]]] = [
        (_("Moyenne"), [number(one.summary.mean, decimals) for one in (today, *after)]),
        (
            _("Habitants sous %(low)s") % {"low": low},
            [percent(one.summary.below) for one in (today, *after)],
        ),
        (_("Communes en zone blanche"), [number(one.zone_communes) for one in (today, *after)]),
        (_("Habitants des zones blanches"), [number(one.zone_people) for one in (today, *after)]),
        (str(chosen.access.profession.label), [number(one.heads) for one in (today, *after)]),
        (_("P90/P10"), [number(one.summary.interdecile, 1) for one in (today, *after)]),
        (_("Gini"), [number(one.summary.gini, 2) for one in (today, *after)]),
        (_("Changements"), [number(0), *(number(len(found.changes)) for found in effects)]),
    ]
    columns = [Column("today", _("Aujourd’hui"))]
    columns += [Column(f"scenario{scenario.pk}", scenario.name) for scenario in scenarios]
    return Table(
        key="comparaison",
        caption=_("Scénarios côte à côte"),
        columns=(Column("indicator", _("Indicateur")), *columns),
        rows=[
            Row(
                {
                    "indicator": label,
                    **{column.key: cell for column, cell in zip(columns, cells, strict=True)},
                }
            )
            for label, cells in lines
        ],
        csv_url=f"{diagnosis.url('what_if_compare_csv')}?{query_kept(request.GET.lists())}",
        provenance=access_provenance(
            diagnosis.atlas, chosen.access, diagnosis.positions, _("Même calcul, offre changée.")
        ),
    )
