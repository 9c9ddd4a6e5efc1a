"""A measure on the map and in the list beside it: the choice of variable, the features, the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from maillage.kernel.tables import Table
from maillage.territory import queries
from maillage.territory.computations.commune_tables import commune_table, feature_properties, map_bounds
from maillage.territory.computations.measure_figures import is_estimate, provenance
from maillage.territory.computations.measures import Measure
from maillage.territory.computations.portrait_measures import POPULATION
from maillage.territory.pages.access_choice import csv_download, geojson, pick_table
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page

PARAMETER = "variable"
View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What `<maillage-map>` is given, and the list whose rows answer to it."""

    measure: Measure
    choices: Sequence[Measure]
    src: str
    scale: str
    bounds: str
    table: Table

    @property
    def label(self) -> str:
        """What is shown, in the reader's language."""
        return str(self.measure.label)

    @property
    def unit(self) -> str:
        """The unit written after a value."""
        return str(self.measure.unit)


def chosen_measure(request: HttpRequest, choices: Sequence[Measure]) -> Measure:
    """Return the measure that the address asks for, the first one where it names none that exists."""
    wanted = request.GET.get(PARAMETER, "")
    return next((measure for measure in choices if measure.key == wanted), choices[0])


def map_options(
    request: HttpRequest, diagnosis: Diagnosis, choices: Sequence[Measure], page: str
) -> MapOptions:
    """Return the map and list of the chosen measure; the files beside them are those of `page`."""
    measure = chosen_measure(request, choices)
    query = urlencode({PARAMETER: measure.key})
    shown = (measure,) if measure.key == POPULATION.key else (POPULATION, measure)
    table = commune_table(
        diagnosis.atlas, diagnosis.positions, shown, key=f"{page}-list",
        caption=_("Communes du territoire"), sort=f"-{measure.key}",
    )  # fmt: skip
    table = replace(
        table,
        columns=[column for column in table.columns if column.key != "epci"],
        csv_url=f"{diagnosis.url(page)}communes.csv",
        provenance=provenance(diagnosis.atlas, measure),
    )
    bounds = map_bounds(diagnosis.atlas, around(diagnosis), measure)
    return MapOptions(
        measure=measure,
        choices=choices,
        src=f"{diagnosis.url(page)}communes.geojson?{query}",
        scale="access" if measure.high_is_worse is False else "count",
        bounds=",".join(f"{bound:g}" for bound in bounds),
        table=table,
    )


def measure_views(
    choices: Sequence[Measure], tables: Callable[[Diagnosis], dict[str, Table]]
) -> tuple[View, View]:
    """Return the two views beside a page: its map with the chosen measure, and one of its tables as CSV."""

    @diagnosis_page
    def layer(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
        return geojson(measure_features(diagnosis, chosen_measure(request, choices)))

    @diagnosis_page
    def download(_request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
        return csv_download(pick_table(tables(diagnosis), table), diagnosis.territory.slug)

    return layer, download


def with_files(diagnosis: Diagnosis, page: str, tables: Mapping[str, Table]) -> dict[str, Table]:
    """Return the tables of a page, each with the address of its file, which is named after it."""
    base = diagnosis.url(page)
    return {name: replace(table, csv_url=f"{base}{name}.csv") for name, table in tables.items()}


def around(diagnosis: Diagnosis) -> np.ndarray:
    """Return the communes of the territory and near it, those of the territory first."""
    return np.concatenate((diagnosis.positions, queries.halo_positions(diagnosis.territory)))


def measure_features(diagnosis: Diagnosis, measure: Measure) -> str:
    """Return the GeoJSON of the territory and its surroundings with `measure`, under the same secrecy."""
    rows = feature_properties(diagnosis.atlas, around(diagnosis), diagnosis.positions, measure)
    properties = {str(row["code"]): row for row in rows}
    return queries.feature_collection(
        queries.contours(properties, properties),
        estimate=is_estimate(diagnosis.atlas, measure),
        credit=provenance(diagnosis.atlas, measure).source,
    )
