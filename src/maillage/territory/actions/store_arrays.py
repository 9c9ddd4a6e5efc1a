"""Writes the columns of a pack, and the graph of its communes, as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.databases import bulk_load
from maillage.kernel.later import polars as pl
from maillage.territory import packs
from maillage.territory.actions.import_report import Stored
from maillage.territory.actions.store_communes import SOURCES, text_column
from maillage.territory.models import DataPack, PackArray
from maillage.territory.packs.contiguity import adjacency
from maillage.territory.packs.variables import BY_COMMUNE

_FIELDS = (
    "pack", "position", "key", "is_variable", "label", "unit", "source", "vintage", "licence", "estimate",
    "completeness", "dtype", "length", "payload",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Array:
    key: str
    values: NDArray[Any]
    is_variable: bool = False
    label: str = ""
    unit: str = ""
    source: str = ""
    vintage: str = ""
    licence: str = ""
    estimate: bool = False
    completeness: float = 1.0


def store_arrays(row: DataPack, pack: packs.OpenPack, progress: packs.Progress) -> None:
    """Store the arrays that the atlas of `row` reads."""
    arrays = [*_texts(pack), *_graph(pack), *_variables(pack)]

    def rows() -> Iterator[tuple[Any, ...]]:
        for position, array in enumerate(arrays):
            progress(_("Colonnes"), position, len(arrays))
            meta = (array.is_variable, array.label, array.unit, array.source, array.vintage, array.licence,
                    array.estimate, array.completeness)  # fmt: skip
            yield (row.pk, position, array.key, *meta, *PackArray.encode(array.values))

    bulk_load(PackArray, _FIELDS, rows())


def stored_as(pack: packs.OpenPack) -> Stored:
    """Return the columns of a pack as they would be stored, without storing them."""
    found = list(_variables(pack))
    return Stored(
        codes=np.array(text_column(pack.communes, "code").to_list(), np.str_),
        columns={one.key: one.values.astype(np.float64) for one in found},
        labels={one.key: str(one.label) for one in found},
    )


def _texts(pack: packs.OpenPack) -> Iterator[_Array]:
    for field, source in SOURCES.items():
        yield _Array(f"text.{field}", np.array(text_column(pack.communes, source).to_list(), np.str_))


def _graph(pack: packs.OpenPack) -> Iterator[_Array]:
    communes = pack.communes
    indptr, indices = adjacency(
        communes["code"].to_list(), communes["lon"].to_numpy(), communes["lat"].to_numpy(), pack.contours
    )
    yield _Array("graph.indptr", indptr)
    yield _Array("graph.indices", indices)


def _variables(pack: packs.OpenPack) -> Iterator[_Array]:
    """Yield every numeric column of the tables by commune, known or not."""
    for table in BY_COMMUNE:
        file = pack.manifest.file(table.stem)
        if file is None:
            continue
        aligned = pack.communes if table is packs.variables.COMMUNES else pack.aligned(table.stem)
        for name, dtype in aligned.schema.items():
            if not dtype.is_numeric():
                continue
            column = table.columns.get(name, packs.Column(packs.Kind.QUANTITY, name))
            values = _numbers(aligned[name])
            origin = file.origin(name, column.vintage)
            yield _Array(
                key=f"{table.stem}.{name}",
                values=values,
                is_variable=True,
                label=column.label or name,
                unit=column.unit,
                source=origin.publisher,
                vintage=origin.vintage,
                licence=origin.licence,
                estimate=column.estimate,
                completeness=1 - aligned[name].null_count() / max(len(values), 1),
            )


def _numbers(values: pl.Series) -> NDArray[Any]:
    """Return the values in their own width; a column with gaps becomes float64 so that NaN can say them."""
    if values.null_count() and not values.dtype.is_float():
        values = values.cast(pl.Float64)
    numbers: NDArray[Any] = (
        values.fill_null(float("nan")).to_numpy() if values.dtype.is_float() else values.to_numpy()
    )
    return numbers
