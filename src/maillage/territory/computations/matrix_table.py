"""A table of measured travel times, CSV or Parquet: read and checked like a data pack."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.kernel.later import polars as pl
from maillage.territory.computations.line_checks import TableError, commune_problem
from maillage.territory.packs import Defects
from maillage.territory.rules.text import decoded

NAMES = {
    "origin": ("origin", "origine", "from"),
    "destination": ("destination", "to"),
    "minutes": ("minutes", "duree_min", "temps_min"),
}
LONGEST = 24 * 60.0


class MatrixTable(NamedTuple):
    """Commune codes and minutes, one entry per ordered pair, sorted by origin then destination."""

    origin: NDArray[np.str_]
    destination: NDArray[np.str_]
    minutes: NDArray[np.float32]


def read_matrix(content: bytes, file: str, codes: NDArray[np.str_]) -> MatrixTable:
    """Return the travel times of a table; `codes` are the communes of the current pack, ascending.

    Raises TableError with every defect: unreadable file, missing column, unknown commune, time that is
    missing, negative or above a day, pair given twice, empty table.
    """
    defects = Defects()
    frame = _frame(content, file, defects)
    _check(frame, file, codes, defects)
    if defects.blocking:
        raise TableError(defects)
    ordered = frame.sort("origin", "destination")
    return MatrixTable(
        ordered["origin"].to_numpy().astype(codes.dtype),
        ordered["destination"].to_numpy().astype(codes.dtype),
        ordered["minutes"].to_numpy().astype(np.float32),
    )


def _frame(content: bytes, file: str, defects: Defects) -> pl.DataFrame:
    try:
        table = _read(content)
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0]
        defects.add(
            "unreadable",
            file,
            _("le fichier ne se lit pas (%(reason)s).") % {"reason": reason},
            _("Envoyez un CSV ou un Parquet."),
        )
        raise TableError(defects) from None
    found = {}
    for key, accepted in NAMES.items():
        name = next((column for column in table.columns if column.strip().lower() in accepted), None)
        if name is None:
            mend = _("Ajoutez « %(column)s » à la première ligne.") % {"column": accepted[0]}
            defects.add("missing_column", file, _("la colonne manque."), mend, column=accepted[0])
        else:
            found[key] = name
    if defects.blocking:
        raise TableError(defects)
    return table.select(
        pl.col(found["origin"]).cast(pl.String).str.strip_chars().alias("origin"),
        pl.col(found["destination"]).cast(pl.String).str.strip_chars().alias("destination"),
        pl.col(found["minutes"])
        .cast(pl.String)
        .str.replace(",", ".")
        .cast(pl.Float64, strict=False)
        .alias("minutes"),
    )


def _read(content: bytes) -> pl.DataFrame:
    if content[:4] == b"PAR1":
        return pl.read_parquet(io.BytesIO(content))
    text = decoded(content)
    separator = max(";,\t", key=text.split("\n", 1)[0].count)
    return pl.read_csv(io.BytesIO(text.encode()), separator=separator, infer_schema=False)


def _check(frame: pl.DataFrame, file: str, codes: NDArray[np.str_], defects: Defects) -> None:
    if frame.is_empty():
        defects.add("empty_table", file, _("la table est vide."), _("Ajoutez au moins un trajet."))
    known = pl.Series(codes.tolist())
    communes = set(codes.tolist())

    def unknown(column: str) -> Callable[[dict[str, Any]], str]:
        return lambda row: (commune_problem(row[column] or "", communes) or ("",))[0]

    for column in ("origin", "destination"):
        defects.add_rows(
            "unknown_commune",
            file,
            column,
            frame,
            ~frame[column].fill_null("").is_in(known.implode()),
            unknown(column),
            _("Gardez les cinq caractères du code INSEE actuel, zéro initial compris."),
        )
    defects.add_rows(
        "wrong_minutes",
        file,
        "minutes",
        frame,
        ~frame["minutes"].is_between(0, LONGEST).fill_null(value=False),
        lambda row: _("« %(value)s » n’est pas une durée en minutes.") % {"value": row["minutes"]},
        _("Écrivez un nombre de 0 à 1440."),
    )
    defects.add_rows(
        "repeated_pair",
        file,
        "destination",
        frame,
        frame.select(pl.struct("origin", "destination").is_duplicated()).to_series(),
        lambda row: _("le trajet %(origin)s → %(destination)s est donné plusieurs fois.") % row,
        _("Gardez une ligne par trajet et par sens."),
    )
