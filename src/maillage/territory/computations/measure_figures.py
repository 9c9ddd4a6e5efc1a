"""From a measure over areas to a figure that carries its formula, sources, completeness and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.kernel.formats import number, percent
from maillage.territory.computations.comparisons import Area
from maillage.territory.computations.measures import Measure, Reading, read

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas, Variable


def figure(atlas: Atlas, measure: Measure, areas: Sequence[Area], *, compared: bool = True) -> Figure:
    """Return `measure` on the first of `areas`, compared with the others.

    A total (population, births) says nothing beside that of France: pass `compared=False`.
    """
    reading = read(atlas, measure, areas[0].members)
    others = areas[1:] if compared else ()
    return Figure(
        key=measure.key,
        label=str(measure.label),
        value=reading.value,
        unit=str(measure.unit),
        decimals=measure.decimals,
        provenance=provenance(atlas, measure, reading),
        comparisons=tuple(
            Comparison(area.label, read(atlas, measure, area.members).value) for area in others
        ),
        suppressed=reading.suppressed,
    )


def provenance(atlas: Atlas, measure: Measure, reading: Reading | None = None) -> Provenance:
    """Return where `measure` comes from; with a `reading`, how complete it is there."""
    variables = [found for name in measure.columns if (found := variable(atlas, name)) is not None]
    notes = [str(measure.note)] if measure.note else []
    if reading is not None:
        notes += gaps(measure, reading)
    return Provenance(
        source=", ".join(dict.fromkeys(found.source for found in variables))
        or _("Donnée absente du jeu importé"),
        vintage=", ".join(dict.fromkeys(found.vintage for found in variables)),
        formula=str(measure.formula),
        estimate=is_estimate(atlas, measure) or _is_blurred(measure, reading),
        completeness=reading.completeness if reading is not None else None,
        rules=measure.rules,
        note=" ".join(notes),
    )


def gaps(measure: Measure, reading: Reading) -> list[str]:
    """Return what is not known under a reading, one sentence each: communes without data, under secrecy."""
    sentences = []
    if reading.missing:
        sentences.append(
            ngettext(
                "%(count)s commune sans donnée n’est pas comptée.",
                "%(count)s communes sans donnée ne sont pas comptées.",
                reading.missing,
            )
            % {"count": number(reading.missing)}
        )
    if reading.masked:
        sentences.append(
            ngettext(
                "%(count)s commune sous secret statistique est comptée au milieu de son intervalle.",
                "%(count)s communes sous secret statistique sont comptées au milieu de leur intervalle.",
                reading.masked,
            )
            % {"count": number(reading.masked)}
        )
    bounds = written(measure, reading.low), written(measure, reading.high)
    if reading.masked and bounds[0] != bounds[1]:
        sentences.append(
            _("La valeur exacte est entre %(low)s et %(high)s.") % {"low": bounds[0], "high": bounds[1]}
        )
    return sentences


def written(measure: Measure, value: float | None) -> str:
    """Return a value of `measure` as it is read in a sentence, with its unit."""
    if measure.is_share:
        return percent(value, measure.decimals)
    return f"{number(value, measure.decimals)} {measure.unit}".strip()


def is_estimate(atlas: Atlas, measure: Measure) -> bool:
    """Return whether `measure` is an estimate everywhere: of an estimated column, or by an assumed share."""
    known = (variable(atlas, name) for name in measure.columns)
    return measure.has_estimated_terms or any(found is not None and found.estimate for found in known)


def variable(atlas: Atlas, name: str) -> Variable | None:
    """Return what the atlas says of a column, None where the pack does not have it."""
    try:
        return atlas.variable(name)
    except KeyError:
        return None


def _is_blurred(measure: Measure, reading: Reading | None) -> bool:
    """Whether secrecy changes the value as it is written."""
    return reading is not None and written(measure, reading.low) != written(measure, reading.high)
