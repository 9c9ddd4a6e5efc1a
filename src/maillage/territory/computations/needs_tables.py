"""The ranking of needs and the comparable territories as tables, for the page, the CSV and the report."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from maillage.kernel.figures import Provenance
from maillage.kernel.formats import number
from maillage.kernel.tables import Cell, Column, Kind, Row, Table
from maillage.territory.atlas import Atlas
from maillage.territory.computations.access import national_access
from maillage.territory.computations.comparable import COUNT_RULE, TRAITS, Profile, Trait
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.measure_figures import provenance, written
from maillage.territory.computations.needs import CLIP_RULE, CRITERIA, WEIGHTS_RULE, Ranking

DECIMALS = 2


def needs_table(atlas: Atlas, ranking: Ranking) -> Table:
    """Return the communes in order of priority, with the part of each criterion in the index."""
    access = national_access(atlas)
    people = population(atlas)
    columns = [
        Column("name", _("Commune")),
        Column("epci", _("Intercommunalité")),
        Column("rank", _("Rang"), "number"),
        Column("population", _("Habitants"), "number"),
        Column("index", _("Indice de priorité"), "number", "", DECIMALS),
        Column("need", _("Besoin"), "number", "", DECIMALS),
        Column("apl", _("Accès aux généralistes"), "number", str(access.profession.short_unit), DECIMALS),
        *(Column(f"part_{one.key}", str(one.label), "number", "", DECIMALS) for one in CRITERIA),
    ]
    rows = []
    for rank, position in enumerate(ranking.positions):
        borrowed = ranking.borrowed[rank] | ranking.neutral[rank]
        cells: dict[str, Cell] = {
            "name": str(atlas.names[position]),
            "epci": str(atlas.epci_names[position]) or None,
            "rank": rank + 1,
            "population": int(people[position]),
            "index": round(float(ranking.index[rank]), DECIMALS),
            "need": None if ranking.need is None else round(float(ranking.need[rank]), DECIMALS),
            "apl": round(float(access.apl[position]), DECIMALS),
        }
        for one, part in zip(CRITERIA, ranking.contributions[rank], strict=True):
            cells[f"part_{one.key}"] = round(float(part), DECIMALS)
        estimated = {f"part_{one.key}" for one, is_so in zip(CRITERIA, borrowed, strict=True) if is_so}
        rows.append(Row(cells, code=str(atlas.codes[position]), estimated=frozenset({*estimated, "apl"})))
    return Table(
        "needs-communes", _("Communes par priorité"), columns, rows,
        sort="rank", provenance=needs_source(atlas), notes=[_borrowing(atlas)],
    )  # fmt: skip


def needs_source(atlas: Atlas) -> Provenance:
    """Return the formula of the index, its sources and its rules."""
    parts = [provenance(atlas, one.measure) for one in CRITERIA if one.measure is not None]
    return Provenance(
        source=", ".join(dict.fromkeys(part.source for part in parts)),
        vintage=", ".join(dict.fromkeys(part.vintage for part in parts)),
        formula=_(
            "indice = Σ poids × écart à la moyenne française (en écarts-types, retourné pour le niveau "
            "de vie et l’accès) ÷ Σ poids ; 0 est la commune française moyenne"
        ),
        estimate=True,
        rules=(WEIGHTS_RULE, CLIP_RULE),
        note=_("Un indice élevé signale un besoin à discuter, pas une décision."),
    )


def alike_table(atlas: Atlas, profile: Profile) -> Table:
    """Return the territories most like this one, nearest first, with the profile of each."""
    rows = []
    for like in profile.alike:
        cells: dict[str, Cell] = {
            "name": like.name,
            "departement": like.departement,
            "distance": round(like.distance, DECIMALS),
        }
        cells |= {trait.key: _cell(trait, value) for trait, value in zip(TRAITS, like.values, strict=True)}
        rows.append(Row(cells, code=like.code))
    columns = [
        Column("name", _("Territoire")),
        Column("departement", _("Département")),
        Column("distance", _("Éloignement du profil"), "number", _("écarts-types"), DECIMALS),
        *(_column(trait) for trait in TRAITS),
    ]
    return Table(
        "needs-alike", _("Territoires semblables"), columns, rows, sort="distance",
        notes=[_("Éloignement : écart quadratique moyen des critères, standardisés sur tous les territoires "
                 "du même niveau. Ceux qui partagent une commune avec celui-ci sont écartés.")],
        provenance=_profile_source(atlas),
    )  # fmt: skip


def _profile_source(atlas: Atlas) -> Provenance:
    parts = [provenance(atlas, trait.measure) for trait in TRAITS if trait.measure is not None]
    return Provenance(
        source=", ".join(dict.fromkeys(part.source for part in parts)),
        vintage=", ".join(dict.fromkeys(part.vintage for part in parts)),
        formula=_("éloignement = √ (Σ écarts² ÷ nombre de critères), en écarts-types"),
        estimate=True,
        rules=(COUNT_RULE,),
    )


def profile_table(atlas: Atlas, profile: Profile) -> Table:
    """Return one row per criterion: here, the mean of the comparable territories, and the difference."""
    rows = [
        Row(
            {
                "name": str(trait.label),
                "here": say(trait, ours),
                "there": say(trait, theirs),
                "gap": None if not np.isfinite(gap) else round(gap, DECIMALS),
            },
            code=trait.key,
        )
        for trait, ours, theirs, gap in zip(TRAITS, profile.ours, profile.theirs, profile.gap, strict=True)
    ]
    columns = [
        Column("name", _("Critère")),
        Column("here", _("Ici")),
        Column("there", _("Semblables (moyenne)")),
        Column("gap", _("Écart"), "change", _("écarts-types"), DECIMALS),
    ]
    source = _profile_source(atlas)
    return Table("needs-profile", _("Ce qui distingue ce territoire"), columns, rows, provenance=source)


def say(trait: Trait, value: float) -> str:
    """Return a value of a trait as it is read, with its unit."""
    known = value if np.isfinite(value) else None
    return number(known, DECIMALS) if trait.measure is None else written(trait.measure, known)


def _column(trait: Trait) -> Column:
    if trait.measure is None:
        return Column(trait.key, str(trait.label), "number", "", DECIMALS)
    kind: Kind = "share" if trait.measure.is_share else "number"
    unit = "" if trait.measure.is_share else str(trait.measure.unit)
    return Column(trait.key, str(trait.label), kind, unit, trait.measure.decimals)


def _cell(trait: Trait, value: float) -> Cell:
    if not np.isfinite(value):
        return None
    if trait.measure is None:
        return round(value, DECIMALS)
    return round(value, trait.measure.decimals + (2 if trait.measure.is_share else 0))


def _borrowing(atlas: Atlas) -> str:
    estimate = national_access(atlas).travel.pairs.estimate
    travel = _(" L’accès repose sur des temps de trajet estimés.") if estimate else ""
    borrowed = _(
        "* : valeur secrète ou inconnue, remplacée par celle du bassin de vie, "
        "à défaut par la moyenne française."
    )
    return borrowed + travel
