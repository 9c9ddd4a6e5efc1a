"""The tables of an indicator: by month, by commune with the limits of chance, by what else tells its rows."""

from __future__ import annotations

from collections import Counter

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory.api import PROFESSION_LABELS
from maillage.engines import indicators as engine
from maillage.indicators.computations.catalogue import Indicator
from maillage.indicators.computations.catalogue.definition import STANDARD
from maillage.indicators.computations.catalogue.safety import CATEGORIES
from maillage.indicators.computations.cubes import COMPLETENESS, SECRECY
from maillage.indicators.computations.values import Result, Value, hidden_keys
from maillage.indicators.pages import words
from maillage.indicators.rules.periods import month_of
from maillage.indicators.rules.vocabulary import SCALES, Measure
from maillage.kernel import formats
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.listening import api as listening

_SECRET = frozenset({"value", "low", "high", "numerator", "denominator", "low998", "high998", "said"})


def provenance_of(result: Result, source: str, *, is_hidden: bool = False) -> Provenance:
    """Return where the figures of an indicator come from."""
    one = result.indicator
    rules = [*one.rules, *([SECRECY] * one.about_people), *([STANDARD] * one.is_standardised), COMPLETENESS]
    # The rules of the sixteen situations are listed on the card: here, the one that says whose list it is.
    shown = tuple(key for key in rules if key not in CATEGORIES)
    return Provenance(
        source,
        words.period_words(result.cube.period),
        str(one.formula),
        completeness=None if is_hidden else result.whole.completeness,
        rules=shown,
        note=str(one.caution),
    )


def figure_of(result: Result, source: str, *, shows_small: bool) -> Figure:
    """Return the figure of an indicator."""
    one, whole = result.indicator, result.whole
    unit = words.unit_of(one)
    return Figure(
        one.key,
        str(one.label),
        whole.value if whole.is_known else None,
        provenance_of(result, source, is_hidden=whole.is_secret and not shows_small),
        unit,
        words.decimals_of(one),
        suppressed=whole.is_secret and not shows_small,
    )


def months_table(result: Result, *, shows_small: bool) -> Table:
    """Return the values by month, with what is beyond chance and how many days were of crisis."""
    one = result.indicator
    hidden = (
        set() if shows_small else hidden_keys(one, {str(key): value for key, value in result.months.items()})
    )
    of_crisis = Counter(month_of(day) for day in result.cube.crisis)
    run = engine.run_chart([value.value for value in result.months.values()])
    rows = []
    for place, (month, value) in enumerate(result.months.items()):
        signal = _("niveau") if run.shift[place] else _("tendance") if run.trend[place] else ""
        cells: dict[str, Cell] = {
            "when": words.month_words(month), "at": month / 12, **_cells(value), "signal": signal,
        }  # fmt: skip
        if of_crisis:
            cells["crisis"] = of_crisis[month]
        rows.append(Row(cells, suppressed=_SECRET if str(month) in hidden else frozenset()))
    columns = [
        Column("when", _("Mois")),
        Column("at", _("Année"), "number", decimals=2),
        *_value_columns(one),
        Column("signal", _("Signal")),
    ]
    if of_crisis:
        columns.append(Column("crisis", _("Jours de crise"), "number"))
    return Table("mois", _("Mois par mois"), columns, rows)


def communes_table(result: Result, names: dict[str, str], *, shows_small: bool) -> Table | None:
    """Return the values by commune of residence with the limits of chance, None where none is known."""
    one, values = result.indicator, result.communes
    if len(values) < 2 or one.measure is Measure.MEDIAN:
        return None
    hidden = set() if shows_small else hidden_keys(one, values)
    scale = SCALES[one.unit]
    kept = list(values.values())
    limits = engine.funnel(
        [value.numerator for value in kept],
        [value.denominator for value in kept],
        share=one.measure is Measure.SHARE,
    )
    rows = []
    for place, (code, value) in enumerate(values.items()):
        low, high = scale * limits.low998[place], scale * limits.high998[place]
        cells: dict[str, Cell] = {
            "name": names.get(code, code), **_cells(value), "low998": _known(low), "high998": _known(high),
            "said": _place_words(value.value, scale, limits, place),
        }  # fmt: skip
        rows.append(Row(cells, code=code, suppressed=_SECRET if code in hidden else frozenset()))
    kind = "share" if one.measure is Measure.SHARE else "number"
    decimals = 0 if kind == "share" else words.decimals_of(one)
    columns = [
        Column("name", _("Commune")),
        *_value_columns(one),
        Column("low998", _("Limite basse"), kind, decimals=decimals),  # type: ignore[arg-type]  # one of the kinds
        Column("high998", _("Limite haute"), kind, decimals=decimals),  # type: ignore[arg-type]  # one of the kinds
        Column("said", _("Lecture")),
    ]
    note = _(
        "Limites : là où le hasard garde 99,8 % des communes, si toutes avaient la moyenne d’ici "
        "(Spiegelhalter, 2005). Au-delà, l’écart demande une explication ; il n’en donne aucune."
    )
    return Table("communes", _("Par commune de résidence"), columns, rows, notes=(note,))


def beyond_words(communes: Table) -> str:
    """Say how many communes are beyond the limits of chance."""
    said = [row.cells["said"] for row in communes.rows if "said" not in row.suppressed]
    beyond = said.count(_("hors des limites à 99,8 %"))
    if not beyond:
        return _("Aucune commune montrée n’est au-delà de ce que le hasard explique.")
    return ngettext(
        "{count} commune est hors des limites à 99,8 %.",
        "{count} communes sont hors des limites à 99,8 %.",
        beyond,
    ).format(count=formats.number(beyond))


def parts_table(result: Result, *, shows_small: bool) -> Table | None:
    """Return the values by what else tells the rows, None where nothing does."""
    one, values = result.indicator, result.parts
    if not one.part or not values:
        return None
    hidden = set() if shows_small else hidden_keys(one, values)
    rows = [
        Row(
            {"name": part_words(one, key), **_cells(value)},
            suppressed=_SECRET if key in hidden else frozenset(),
        )
        for key, value in values.items()
    ]
    label = str(one.part)
    columns = [Column("name", label[:1].upper() + label[1:]), *_value_columns(one)]
    return Table("parts", _("Par {what}").format(what=label), columns, rows)


def part_words(one: Indicator, key: str) -> str:
    """Return a part as people read it."""
    if one.key == "meeting_participation":
        known = {profession.value: label for profession, label in PROFESSION_LABELS.items()}
        return str(known.get(key, key))
    if one.key == "satisfied":
        return listening.item_words(key) or key
    if one.key == "avoidable_stays":
        return rule(f"indicators.avoidable.{key}").said
    return {"ville": _("Ville"), "hopital": _("Consultation externe"), "urgences": _("Urgences")}.get(
        key, key
    )


def _place_words(value: float, scale: float, limits: engine.Funnel, place: int) -> str:
    if value != value:
        return ""
    share = value / scale
    if share < limits.low998[place] or share > limits.high998[place]:
        return _("hors des limites à 99,8 %")
    if share < limits.low95[place] or share > limits.high95[place]:
        return _("hors des limites à 95 %")
    return _("dans les limites du hasard")


def _value_columns(one: Indicator) -> list[Column]:
    share = one.measure is Measure.SHARE
    decimals = words.decimals_of(one)
    unit = "" if share else words.unit_of(one)
    kind = "share" if share else "number"
    columns = [
        Column("value", _("Valeur"), kind, unit, decimals),  # type: ignore[arg-type]  # one of the kinds
        Column("low", _("De"), kind, "", decimals),  # type: ignore[arg-type]  # one of the kinds
        Column("high", _("À"), kind, "", decimals),  # type: ignore[arg-type]  # one of the kinds
    ]
    if one.measure is not Measure.MEDIAN:
        columns.append(Column("numerator", _("Numérateur"), "number"))
    return [*columns, Column("denominator", _("Dénominateur"), "number")]


def _cells(value: Value) -> dict[str, Cell]:
    return {
        "value": _known(value.value), "low": _known(value.low), "high": _known(value.high),
        "numerator": value.numerator, "denominator": value.denominator,
    }  # fmt: skip


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
