"""The tables of the siting page: what each place adds, who gains commune by commune, other choices."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.territory.atlas import Atlas
from maillage.territory.computations.siting import Counted, Siting
from maillage.territory.pages.diagnosis import Diagnosis
from maillage.territory.pages.siting_form import question_query
from maillage.territory.pages.siting_presenter import effect_labels, effects, minutes_of, source_of

MOST_ALTERNATIVES = 20


def tables(diagnosis: Diagnosis, found: Siting) -> dict[str, Table]:
    """Return the tables by key, with the addresses of their CSV."""
    atlas, slug = diagnosis.atlas, diagnosis.territory.slug
    built = (_sites(atlas, found), _communes(atlas, found), _alternatives(atlas, found))
    query = question_query(found.question)
    return {
        one.key: replace(one, csv_url=f"{reverse('territory:siting_csv', args=[slug, one.key])}?{query}")
        for one in built
    }


def _sites(atlas: Atlas, found: Siting) -> Table:
    rows = []
    for rank, position in enumerate(found.sites, start=1):
        inside, gained = found.within(rank), found.within(rank) & ~found.within(rank - 1)
        counted = found.count(gained)
        rows.append(
            Row(
                {
                    "name": str(atlas.names[position]),
                    "rank": rank,
                    "adds": _cell(counted),
                    "within": _share(found, found.count(inside)),
                    "mean": found.mean(rank),
                },
                code=str(atlas.codes[position]),
                url=reverse("territory:commune_access", args=[str(atlas.codes[position])]),
                suppressed=frozenset({"adds"}) if counted.suppressed else frozenset(),
                estimated=frozenset({"adds"}) if counted.blurred else frozenset(),
            )
        )
    return Table(
        key="lieux",
        caption=_("Ce que chaque lieu ajoute"),
        columns=(
            Column("name", _("Commune")),
            Column("rank", _("Rang"), "number"),
            Column("adds", _("Personnes de plus à portée"), "number"),
            Column("within", _("À portée, avec les lieux précédents"), "share", decimals=1),
            Column("mean", _("Trajet moyen"), "number", "min", 1),
        ),
        rows=rows,
        provenance=source_of(atlas, found),
    )


def _communes(atlas: Atlas, found: Siting) -> Table:
    effect, labels = effects(found), effect_labels(found)
    rows = []
    order = np.lexsort((-found.weight, found.spared <= 0))
    for index in order:
        position, hidden = found.members[index], bool(found.low[index] != found.high[index])
        nearest = int(found.nearest[index])
        rows.append(
            Row(
                {
                    "name": str(atlas.names[position]),
                    "effect": labels[str(effect[index])],
                    "before": minutes_of(found.before[index]),
                    "after": minutes_of(found.after[index]),
                    "gain": minutes_of(found.spared[index]),
                    "site": str(atlas.names[nearest]) if nearest >= 0 else "",
                    "people": None if hidden else round(float(found.weight[index])),
                },
                code=str(atlas.codes[position]),
                url=reverse("territory:commune_access", args=[str(atlas.codes[position])]),
                suppressed=frozenset({"people"}) if hidden else frozenset(),
            )
        )
    return Table(
        key="communes",
        caption=_("Qui se rapproche, commune par commune"),
        columns=(
            Column("name", _("Commune")),
            Column("effect", _("Ce qui change")),
            Column("before", _("Minutes aujourd’hui"), "number", decimals=1),
            Column("after", _("Minutes ensuite"), "number", decimals=1),
            Column("gain", _("Minutes gagnées"), "number", decimals=1),
            Column("site", _("Lieu le plus proche, parmi ceux proposés")),
            Column("people", str(found.public.many).capitalize(), "number"),
        ),
        rows=rows,
        provenance=source_of(atlas, found),
    )


def _alternatives(atlas: Atlas, found: Siting) -> Table:
    rows = [
        Row(
            {
                "name": str(atlas.names[one.position]),
                "instead": str(atlas.names[one.instead_of]),
                "share": one.share,
            },
            code=str(atlas.codes[one.position]),
            url=reverse("territory:commune_access", args=[str(atlas.codes[one.position])]),
        )
        for one in found.alternatives[:MOST_ALTERNATIVES]
    ]
    return Table(
        key="autres-choix",
        caption=_("Communes à mettre à la place de l’une de celles proposées"),
        columns=(
            Column("name", _("Commune")),
            Column("instead", _("À la place de")),
            Column("share", _("Part du gain gardée"), "share", decimals=1),
        ),
        rows=rows,
        provenance=source_of(atlas, found),
    )


def _cell(counted: Counted) -> Cell:
    return None if counted.suppressed else round(counted.people)


def _share(found: Siting, counted: Counted) -> Cell:
    whole = found.everyone
    if counted.suppressed or whole.suppressed or not whole.people:
        return None
    return counted.people / whole.people
