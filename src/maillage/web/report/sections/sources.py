"""What the report rests on: every variable, formula and rule it uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from maillage.kernel import formats
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.kernel.tables import Column, Row, Table
from maillage.territory import api
from maillage.web.report.content import Block, Figures, Grid, Heading, Paragraph, Points, Section
from maillage.web.report.material import Material
from maillage.web.report.sections import structures
from maillage.web.report.sections.access import source
from maillage.web.report.wording import capital, listed
from maillage.web.wording import certainty

_SENTENCES = re.compile(r"(?<=\.) (?=[A-ZÀ-Ý0-9])")
ALSO_USED = (
    "territory.access.travel_bounds",
    "territory.access.comparison_gap",
    "territory.overlaps.minutes",
    "territory.overlaps.need_quantile",
    "territory.needs.weights",
    "territory.needs.clip",
    "territory.needs.comparable_count",
    "territory.secrecy.threshold",
)
"""Rules of the computations that are not attached to one figure."""


def used_variables(material: Material) -> list[api.Variable]:
    """Return the variables of the pack that the report reads, in the order of the pack."""
    wanted = api.columns_read()
    return [variable for variable in material.atlas.variables() if variable.key in wanted]


def sources_section(material: Material) -> Section:
    """Return « Sources et millésimes » : the variables used, one table per source."""
    pack = material.pack
    text = (
        f"Les données viennent du jeu « {pack.title} » ({pack.geography}), constitué le "
        f"{_day(pack.created)}, empreinte {pack.fingerprint[:12]}. "
        if pack
        else ""
    )
    by_source: dict[tuple[str, str], list[api.Variable]] = {}
    for variable in used_variables(material):
        by_source.setdefault((variable.source, variable.licence), []).append(variable)
    return Section(
        "sources",
        "Sources et millésimes",
        "",
        (
            Paragraph(f"{text}Chaque ligne est une variable utilisée dans ce rapport."),
            *(
                Grid(_source_table(rank, *key, found))
                for rank, (key, found) in enumerate(by_source.items(), 1)
            ),
            *_structures_source(material),
        ),
    )


def _structures_source(material: Material) -> list[Block]:
    """Return where the positions of hospitals and EHPAD come from, where the pack has them."""
    found = structures.source(material)
    if not found.source:
        return []
    columns = [Column("label", "Variable"), Column("vintage", "Millésime")]
    row = Row({"label": "Nom, nature et position des hôpitaux et des EHPAD", "vintage": found.vintage})
    return [Grid(Table("sources-structures", found.source, columns, [row]))]


def _day(created: str) -> str:
    """Return a pack's date of making as it is read; packs write it in their own way."""
    try:
        return formats.date_long(date.fromisoformat(created))
    except ValueError:
        return created or "jour inconnu"


def _source_table(rank: int, source: str, licence: str, variables: list[api.Variable]) -> Table:
    columns = [
        Column("label", "Variable"),
        Column("vintage", "Millésime"),
        Column("complete", "Communes renseignées", "share"),
    ]
    rows = [
        Row(
            {"label": capital(one.label), "vintage": one.vintage, "complete": one.completeness},
            estimated=frozenset({"label"} if one.estimate else ()),
        )
        for one in variables
    ]
    caption = f"{source} (licence : {licence})" if licence else source
    return Table(f"sources-{rank}", caption, columns, rows)


def method_section(material: Material, blocks: Iterable[Block]) -> Section:
    """Return « Méthode » : the formula of every figure of `blocks`, and of the accessibility."""
    figures = {one.key: one for block in blocks if isinstance(block, Figures) for one in block.figures}
    columns = [
        Column("name", "Indicateur"),
        Column("formula", "Calcul"),
        Column("complete", "Complétude", "share", "de la population", 1),
    ]
    rows = [
        Row({"name": one.label, "formula": one.provenance.formula, "complete": one.provenance.completeness})
        for one in figures.values()
    ]
    decay = material.access.parameters.decay
    steps = formats.listed(
        f"{formats.number(weight, 2)} jusqu’à {formats.number(bound)} min"
        for bound, weight in zip(decay.bounds, decay.weights, strict=True)
    )
    parameters = material.access.parameters
    return Section(
        "methode",
        "Méthode",
        "",
        (
            Points(
                (
                    (
                        "Accessibilité (APL).",
                        "Calcul en deux temps (E2SFCA). Pour chaque lieu d’exercice j, l’offre S est "
                        "divisée par la "
                        "population standardisée P qui peut s’y rendre : R(j) = S(j) ÷ Σ w(t) · P(i). Pour "
                        "chaque "
                        "commune i, on additionne ce que les lieux à portée lui apportent : APL(i) = Σ "
                        "w(t) · R(j).",
                    ),
                    ("Poids du temps de trajet.", f"{steps} ; zéro au-delà."),
                    (
                        "Offre.",
                        f"{formats.number(parameters.activity)} consultations par an et par généraliste de "
                        "moins de 60 "
                        f"ans, {formats.number(parameters.activity_60plus)} à partir de 60 ans "
                        f"({parameters.label}).",
                    ),
                    (
                        "Moyennes et parts.",
                        "Les moyennes d’APL sont pondérées par la population standardisée ; déciles, parts "
                        "et Gini par "
                        "le nombre d’habitants.",
                    ),
                    (
                        "Zones blanches.",
                        "Communes contiguës sous le seuil. Le renfort est le plus petit nombre entier de "
                        "généralistes, "
                        "cherché parmi les communes de la zone, qui porte la moyenne, puis chaque commune, "
                        "au seuil.",
                    ),
                    (
                        "Indice de priorité.",
                        "Σ poids · sens · z ÷ Σ poids, où z est l’écart à la moyenne française en "
                        "écarts-types.",
                    ),
                    (
                        "Secret statistique.",
                        "Un effectif inférieur au seuil est masqué ; les totaux n’en dépendent pas et "
                        "donnent un "
                        "intervalle, dont le milieu est affiché comme estimation.",
                    ),
                )
            ),
            Grid(Table("methode", "Calcul de chaque indicateur", columns, rows)),
            Heading("À savoir sur les indicateurs"),
            Points(_remarks(figures.values())),
        ),
        starts_page=False,
    )


def _remarks(figures: Iterable[Figure]) -> tuple[tuple[str, str], ...]:
    """Return what to know: first the sentences that hold for several indicators, then those of each."""
    led: dict[str, list[str]] = {}
    for figure in figures:
        for sentence in _SENTENCES.split(figure.provenance.note):
            if sentence:
                led.setdefault(sentence, []).append(figure.label)
    own: dict[str, list[str]] = {}
    for sentence, labels in led.items():
        if len(labels) == 1:
            own.setdefault(labels[0], []).append(sentence)
    shared = [(f"{listed(labels)}.", sentence) for sentence, labels in led.items() if len(labels) > 1]
    return (*shared, *((f"{label}.", " ".join(sentences)) for label, sentences in own.items()))


def parameters_section(material: Material, blocks: Iterable[Block]) -> Section:
    """Return « Paramètres » : every sourced rule used, with how sure it is."""
    provenances: list[Provenance] = [source(material)]
    provenances += [one.provenance for block in blocks if isinstance(block, Figures) for one in block.figures]
    keys = dict.fromkeys([*(key for one in provenances for key in one.rules), *ALSO_USED])
    columns = [
        Column("label", "Paramètre"),
        Column("value", "Valeur"),
        Column("source", "Source"),
        Column("certainty", "Certitude"),
    ]
    rules = [rule(key, material.day) for key in keys]
    rows = [
        Row(
            {
                "label": one.label,
                "value": written(one),
                "source": one.source,
                "certainty": certainty(one.certainty).label,
            }
        )
        for one in rules
    ]
    return Section(
        "parametres",
        "Paramètres",
        "",
        (
            Paragraph(
                "Chaque seuil, poids et barème est daté et sourcé. Ce qui est « à vérifier » n’a pas été "
                "lu dans la source "
                "officielle ; il faut le confirmer avant de s’en prévaloir."
            ),
            Grid(Table("parametres", "Règles utilisées", columns, rows)),
        ),
        starts_page=False,
    )


def written(of: SourcedRule) -> str:
    """Return the value of a rule as it is read, with its unit."""
    text = _value(of.value)
    return f"{text} {of.unit}" if of.unit and of.value is not None else text


def _value(value: Any) -> str:
    if value is None:
        return "non établi"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        text = formats.number(value, 4).rstrip("0")
        return text.removesuffix(",")
    if isinstance(value, list | tuple):
        return formats.listed(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_value(one)}" for key, one in value.items())
    return str(value)
