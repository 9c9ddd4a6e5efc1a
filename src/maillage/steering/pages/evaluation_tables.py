"""The tables of an evaluation: what the chart draws, effects over time, weights, the measures themselves."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.figures import Provenance
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.steering.computations.evaluations import RULES, Result
from maillage.steering.models import Evaluation
from maillage.steering.pages.evaluation_words import decimals_for, design_words, period_name
from maillage.steering.rules.designs import Design
from maillage.steering.rules.panels import Measures, period_parts


def curves_table(one: Evaluation, result: Result, provenance: Provenance) -> Table:
    """Return the two curves of the chart, one row for each curve and period; a period as a decimal year."""
    measures = one.content
    names = (_("Avec la mesure"), other_curve(result))
    decimals = decimals_for(result.level or 0.0)
    rows = []
    for name, curve in zip(names, result.curves, strict=True):
        if all(value is None for value in curve):
            continue
        for place, value in enumerate(curve):
            year, within = period_parts(measures.first_period + place, measures.a_year)
            cells: dict[str, Cell] = {
                "curve": name, "when": period_name(measures, place),
                "at": year + (within - 1) / measures.a_year, "value": value,
            }  # fmt: skip
            rows.append(Row(cells))
    columns = [
        Column("when", _("Période")),
        Column("curve", _("Courbe")),
        Column("at", _("Année"), "number", decimals=2),
        Column("value", one.outcome, "number", one.unit, decimals),
    ]
    return Table("courbes", _("Mesures par période"), columns, rows, provenance=provenance)


def other_curve(result: Result) -> str:
    """Return the name of what the treated units are beside."""
    return {
        Design.SYNTHETIC: _("Témoin synthétique"),
        Design.SERIES: _("Attendu sans la mesure"),
    }.get(result.design, _("Comparaison"))


def leads_table(one: Evaluation, result: Result) -> Table | None:
    """Return the effects by periods since the measure began, None where there are none."""
    if result.leads is None:
        return None
    rows = []
    for since, effect in zip(result.leads.since.tolist(), result.leads.effects, strict=True):
        is_told = effect.error == effect.error
        rows.append(
            Row({
                "since": since, "effect": effect.effect, "low": effect.low if is_told else None,
                "high": effect.high if is_told else None,
                "what": _("avant la mesure") if since < 0 else _("depuis la mesure"),
            })
        )  # fmt: skip
    decimals = decimals_for(result.effect.effect if result.effect else 0.0)
    columns = [
        Column("since", _("Périodes depuis le début"), "number"),
        Column("what", _("Moment")),
        Column("effect", _("Écart"), "change", one.unit, decimals),
        Column("low", _("De"), "change", "", decimals),
        Column("high", _("À"), "change", "", decimals),
    ]
    note = _("Par rapport à la période d’avant le début. Plus tôt, des écarts nuls : évolutions parallèles.")
    return Table("ecarts", _("Écart période par période"), columns, rows, notes=(note,))


def weights_table(result: Result) -> Table | None:
    """Return what a synthetic control is made of, None for another design."""
    if not result.weights:
        return None
    columns = [Column("unit", _("Unité")), Column("weight", _("Poids"), "share")]
    rows = [Row({"unit": unit, "weight": weight}) for unit, weight in result.weights]
    return Table("poids", _("Ce dont le témoin est fait"), columns, rows)


def measures_table(one: Evaluation) -> Table:
    """Return the measures as they were given, in the columns that the form reads."""
    columns = [
        Column("unit", _("Unité")),
        Column("period", _("Période")),
        Column("value", _("Valeur"), "number", decimals=6),
        Column("start", _("Début")),
    ]
    measures = one.content
    rows = []
    for unit, line, start in zip(measures.units, measures.values, measures.starts, strict=True):
        begun = "" if start is None else written_period(measures, start)
        rows += [
            Row({"unit": unit, "period": written_period(measures, place), "value": value, "start": begun})
            for place, value in enumerate(line)
        ]
    url = reverse("steering:evaluation_csv", args=[one.pk])
    return Table(f"evaluation-{one.pk}", _("Mesures"), columns, rows, csv_url=url)


def written_period(measures: Measures, place: int) -> str:
    """Return a period as the form reads it."""
    year, within = period_parts(measures.first_period + place, measures.a_year)
    if measures.a_year == 1:
        return str(year)
    return f"{year}-T{within}" if measures.a_year == 4 else f"{year}-{within:02d}"


def provenance_of(one: Evaluation, result: Result) -> Provenance:
    """Return where the figures of an evaluation come from."""
    measures = one.content
    known = [value is not None for line in measures.values for value in line]
    formulas = {
        Design.STAGGERED: _(
            "écarts par cohorte et période, moyenne par unités (Callaway et Sant’Anna, 2021)"
        ),
        Design.DIFFERENCES: _("effets fixes d’unité et de période, erreurs groupées par unité"),
        Design.SYNTHETIC: _(
            "moyenne pondérée des unités de comparaison, la plus proche avant (Abadie et al., 2010)"
        ),
        Design.SERIES: _("tendance, rupture et saisons, erreurs de Newey et West (1987)"),
        Design.BEFORE_AFTER: _("moyenne d’après moins moyenne d’avant, par unité"),
        Design.PLANNED: _("variance d’une différence de différences (Frison et Pocock, 1992)"),
    }
    return Provenance(
        one.source,
        f"{period_name(measures, 0)} – {period_name(measures, measures.count - 1)}",
        f"{design_words(result.design)} : {formulas[result.design]}",
        estimate=True,
        completeness=sum(known) / len(known),
        rules=RULES,
        note=_("Données inventées pour la démonstration.") if one.is_demonstration else "",
    )
