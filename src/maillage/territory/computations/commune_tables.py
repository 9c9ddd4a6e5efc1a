"""One row per commune, one column per measure: the same rows for the list, the CSV and the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.formats import as_shown, number
from maillage.kernel.tables import Cell, Column, Kind, Row, Table
from maillage.territory.computations.comparisons import population
from maillage.territory.computations.measure_figures import is_estimate
from maillage.territory.computations.measures import Measure, parts, per_commune, secrecy_threshold

if TYPE_CHECKING:
    from maillage.territory.atlas import Atlas


def measure_column(measure: Measure) -> Column:
    """Return the column of a table that holds `measure`."""
    signed = measure.is_share and measure.offset != 0
    kind: Kind = "change" if signed else "share" if measure.is_share else "number"
    unit = "%" if signed else "" if measure.is_share else str(measure.unit)
    return Column(measure.key, str(measure.label), kind, unit, measure.decimals)


def cell(measure: Measure, value: float | None) -> Cell:
    """Return a value as a cell of `measure_column`: a signed change is written in points of percentage."""
    if value is None or not np.isfinite(value):
        return None
    if measure.is_share and measure.offset != 0:
        return round(float(value) * 100, measure.decimals)
    return _rounded(measure, value)


def commune_rows(atlas: Atlas, positions: NDArray[np.intp], measures: Sequence[Measure]) -> list[Row]:
    """Return one row per commune, in the order of `positions`; a cell under secrecy holds only its mark."""
    columns = {measure.key: (measure, *per_commune(atlas, measure)) for measure in measures}
    blurred = {key: _estimated(atlas, measure) for key, (measure, _values, _hidden) in columns.items()}
    rows = []
    for position in positions:
        cells: dict[str, Cell] = {
            "name": str(atlas.names[position]),
            "epci": str(atlas.epci_names[position]) or None,
        }
        for key, (measure, values, _hidden) in columns.items():
            cells[key] = cell(measure, values[position])
        rows.append(
            Row(
                cells,
                code=str(atlas.codes[position]),
                suppressed=frozenset(key for key, (_, _, hidden) in columns.items() if hidden[position]),
                estimated=frozenset(key for key in columns if blurred[key][position]),
            )
        )
    return rows


def commune_table(
    atlas: Atlas,
    positions: NDArray[np.intp],
    measures: Sequence[Measure],
    *,
    key: str,
    caption: str,
    sort: str,
) -> Table:
    """Return the communes of a territory with `measures`, in order of `sort`."""
    table = Table(
        key=key,
        caption=caption,
        columns=[Column("name", _("Commune")), Column("epci", _("Intercommunalité")),
                 *(measure_column(measure) for measure in measures)],
        rows=commune_rows(atlas, positions, measures),
        notes=notes(measures),
    )  # fmt: skip
    return table.sorted_by(sort)


def notes(measures: Sequence[Measure]) -> list[str]:
    """Return what to say once under a table of `measures`: their notes, and what « s » means."""
    said = list(dict.fromkeys(str(measure.note) for measure in measures if measure.note))
    if any(measure.reference for measure in measures):
        threshold = number(secrecy_threshold())
        said.append(
            _(
                "s : secret statistique. L’effectif, ou celui des autres habitants, est inférieur à "
                "%(threshold)s ; "
                "les totaux n’en dépendent pas, pour qu’aucune soustraction ne le retrouve."
            )
            % {"threshold": threshold}
        )
    return said


def feature_properties(
    atlas: Atlas, positions: NDArray[np.intp], members: NDArray[np.intp], measure: Measure
) -> list[Mapping[str, Any]]:
    """Return the GeoJSON properties of the communes `positions`; those of `members` are inside the territory.

    A cell under secrecy is null, and says so; a share is from 0 to 1.
    """
    values, hidden = per_commune(atlas, measure)
    people, estimated = population(atlas), _estimated(atlas, measure)
    inside = np.isin(positions, members)
    return [
        {
            "code": str(atlas.codes[position]),
            "name": str(atlas.names[position]),
            "inside": bool(within),
            measure.key: _rounded(measure, values[position]),
            "population": int(people[position]),
            "suppressed": bool(hidden[position]),
            "estimate": bool(estimated[position]),
        }
        for position, within in zip(positions, inside, strict=True)
    ]


def map_bounds(atlas: Atlas, around: NDArray[np.intp], measure: Measure) -> list[float]:
    """Return the bounds between five classes: quintiles of the communes `around`, rounded as values are.

    Where most communes have none of something, they make the first class and the others share the rest.
    """
    values = per_commune(atlas, measure)[0][around]
    known = values[np.isfinite(values)]
    if not len(known):
        return []
    if np.count_nonzero(known == 0) > len(known) / 5 and (known > 0).any():
        some = known[known > 0]
        shares = (_rounded(measure, cut) for cut in np.quantile(some, (0.5, 0.75, 0.9)))
        return sorted({float(some.min()), *(share for share in shares if share is not None)})
    cuts = (_rounded(measure, cut) for cut in np.quantile(known, (0.2, 0.4, 0.6, 0.8)))
    return sorted({cut for cut in cuts if cut is not None})


def _rounded(measure: Measure, value: float) -> float | int | None:
    if not np.isfinite(value):
        return None
    places = measure.decimals + (2 if measure.is_share else 0)
    return as_shown(float(value), places) if places else round(float(value))


def _estimated(atlas: Atlas, measure: Measure) -> NDArray[np.bool_]:
    """Whether each commune has an estimate: all where a column is one, else those blurred by secrecy."""
    if is_estimate(atlas, measure):
        return np.ones(len(atlas), dtype=bool)
    cells = parts(atlas, measure)
    blurred: NDArray[np.bool_] = (cells.low != cells.high) & ~cells.suppressed
    return blurred
