"""Checks the values of a table, kind by kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs.defects import Defects
from maillage.territory.packs.schema import Column, Kind, Table


def check_cells(frame: pl.DataFrame, table: Table, file: str, defects: Defects) -> None:
    """Add the missing, infinite, negative, fractional and out-of-range values of `frame`."""
    for name in frame.columns:
        column = table.columns.get(name)
        values = frame[name]
        if column is None:
            if values.dtype.is_float():
                _check_finite(frame, file, name, defects)
            continue
        if not column.nullable or (name == table.key and not table.key_nullable):
            _check_present(frame, file, name, defects)
        if column.kind.is_numeric and values.dtype.is_numeric():
            _check_finite(frame, file, name, defects)
            _check_kind(frame, file, name, column, defects)


def _value(name: str, template: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: template % {"value": row[name]}


def _check_present(frame: pl.DataFrame, file: str, name: str, defects: Defects) -> None:
    defects.add_rows(
        "missing_value", file, name, frame, frame[name].is_null(), lambda _row: _("la valeur manque."),
        _("Renseignez-la : cette colonne n’admet pas de vide."),
    )  # fmt: skip


def _check_finite(frame: pl.DataFrame, file: str, name: str, defects: Defects) -> None:
    if frame[name].dtype.is_float():
        defects.add_rows(
            "not_finite", file, name, frame, frame[name].is_infinite().fill_null(value=False),
            lambda _row: _("la valeur est infinie."), _("Laissez vide une valeur inconnue."),
        )  # fmt: skip


def _check_kind(frame: pl.DataFrame, file: str, name: str, column: Column, defects: Defects) -> None:
    values = frame[name]
    if column.kind in {Kind.COUNT, Kind.QUANTITY}:
        defects.add_rows(
            "negative_value", file, name, frame, (values < 0).fill_null(value=False),
            _value(name, _("« %(value)s » est négatif.")),
            _("Un effectif ou une quantité est positif ou nul ; laissez vide ce qui est inconnu."),
        )  # fmt: skip
    if column.kind is Kind.COUNT and values.dtype.is_float():
        defects.add_rows(
            "not_an_integer", file, name, frame, (values != values.round()).fill_null(value=False),
            _value(name, _("« %(value)s » n’est pas un nombre entier.")),
            _("Un effectif est entier : vérifiez qu’il ne s’agit pas d’un taux."),
        )  # fmt: skip
    bounds = {Kind.SHARE: 1, Kind.PERCENT: 100}.get(column.kind)
    if bounds is not None:
        defects.add_rows(
            "out_of_range", file, name, frame, ((values < 0) | (values > bounds)).fill_null(value=False),
            _value(name, _("« %(value)s » est hors de l’intervalle permis.")),
            _("Il faut un nombre de 0 à %d.") % bounds,
        )  # fmt: skip
