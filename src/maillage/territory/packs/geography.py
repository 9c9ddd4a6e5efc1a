"""Checks codes, coordinates and outlines against what France is, or against the fiction a pack declares."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs.contract import Manifest
from maillage.territory.packs.defects import Defects
from maillage.territory.packs.geometry import Contours
from maillage.territory.packs.schema import Table
from maillage.territory.packs.variables import COMMUNES
from maillage.territory.rules.france import (
    COMMUNE_CODE,
    FICTIONAL_CODE,
    METROPOLITAN_BOX,
    OVERSEAS_BOXES,
    box_of,
)


def check_communes(communes: pl.DataFrame, manifest: Manifest, defects: Defects) -> set[str]:
    """Check the codes and coordinates of the table of communes; return its codes."""
    _check_form(communes, manifest, defects)
    check_duplicates(communes, COMMUNES, defects)
    if {"lon", "lat", "departement"} <= set(communes.columns):
        _check_coordinates(communes, manifest, defects)
    return set(communes["code"].drop_nulls().to_list())


def _check_form(communes: pl.DataFrame, manifest: Manifest, defects: Defects) -> None:
    form = FICTIONAL_CODE if manifest.is_fictional else COMMUNE_CODE
    mend = (
        _("Un jeu fictif emploie des codes 00001 à 00999, qui n’existent pas.")
        if manifest.is_fictional
        else _("Un code INSEE a cinq caractères : 01001, 2A004, 97105 (le zéro initial compte).")
    )
    right = communes["code"].str.contains(f"^(?:{form.pattern})$").fill_null(value=True)
    defects.add_rows(
        "invalid_code", COMMUNES.file, "code", communes, ~right,
        lambda row: _("« %s » n’est pas un code de commune.") % row["code"], mend,
    )  # fmt: skip


def check_duplicates(table: pl.DataFrame, schema: Table, defects: Defects) -> None:
    """Add the communes that have several rows where one is allowed."""
    key = table[schema.key]
    again = ~key.is_first_distinct() & key.is_not_null()
    defects.add_rows(
        "duplicate_commune", schema.file, schema.key, table, again,
        lambda row: _("la commune %s a déjà une ligne.") % row[schema.key],
        _("Gardez une seule ligne par commune."),
    )  # fmt: skip


def _check_coordinates(communes: pl.DataFrame, manifest: Manifest, defects: Defects) -> None:
    lon, lat = communes["lon"].cast(pl.Float64), communes["lat"].cast(pl.Float64)
    if manifest.is_fictional:
        boxes = np.tile([-180.0, -90.0, 180.0, 90.0], (communes.height, 1))
    else:
        boxes = np.array([box_of(code or "") for code in communes["departement"].to_list()]).reshape(-1, 4)
    west, south, east, north = (pl.Series(side) for side in boxes.T)
    outside = ~((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    defects.add_rows(
        "outside_france", COMMUNES.file, "lon, lat", communes, outside.fill_null(value=False),
        lambda row: _("%(nom)s (%(code)s) serait en %(lat)s, %(lon)s : hors de son département.") % row,
        _("Donnez des degrés WGS84 ; longitude et latitude sont peut-être échangées."),
    )  # fmt: skip


def check_places(table: pl.DataFrame, file: str, manifest: Manifest, defects: Defects) -> None:
    """Add the rows whose `lon`, `lat` lie in none of the boxes of France. Unknown places are allowed."""
    if manifest.is_fictional:
        return
    lon, lat = table["lon"], table["lat"]
    inside = pl.Series([False]).new_from_index(0, table.height)
    for west, south, east, north in (METROPOLITAN_BOX, *OVERSEAS_BOXES.values()):
        inside = inside | ((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    defects.add_rows(
        "outside_france", file, "lon, lat", table, ~inside.fill_null(value=True),
        lambda row: _("la position %(lat)s, %(lon)s est hors de France.") % row,
        _("Donnez des degrés WGS84 ; longitude et latitude sont peut-être échangées."),
    )  # fmt: skip


def check_codes(
    table: pl.DataFrame, schema: Table, known: set[str], earlier: Mapping[str, str], defects: Defects
) -> None:
    """Add the codes that `known` does not hold, stale ones apart from unknown ones, and duplicates."""
    codes = table[schema.key]
    unknown = ~codes.is_in(list(known)) & codes.is_not_null()
    stale = unknown & codes.is_in(list(earlier))
    defects.add_rows(
        "stale_code", schema.file, schema.key, table, stale.fill_null(value=False),
        lambda row: _("%(code)s (%(name)s) d’un jeu antérieur n’est plus une commune de celui-ci.")
        % {"code": row[schema.key], "name": earlier[row[schema.key]]},
        _("Reportez cette ligne sur la commune qui lui a succédé (table de passage du COG)."),
    )  # fmt: skip
    defects.add_rows(
        "unknown_commune", schema.file, schema.key, table, (unknown & ~stale).fill_null(value=False),
        lambda row: _("la commune %s n’est pas dans communes.parquet.") % row[schema.key],
        _("Code mal saisi, zéro initial perdu, ou code d’un COG plus ancien ou plus récent : corrigez-le."),
    )  # fmt: skip
    if schema.unique:
        check_duplicates(table, schema, defects)


def check_contours(
    contours: Contours, file: str, known: set[str], manifest: Manifest, defects: Defects
) -> None:
    """Add outlines of unknown or repeated communes, or outside France; remark on communes without any."""
    table = pl.DataFrame({"code": contours.codes})
    check = Table(stem="", key="code")
    found = Defects()
    check_codes(table, check, known, {}, found)
    for defect in found:
        defects.add(
            defect.kind, file, defect.what, defect.mend, row=defect.row, column="code", others=defect.others
        )
    if not manifest.is_fictional:
        boxes = [METROPOLITAN_BOX, *OVERSEAS_BOXES.values()]
        inside = np.zeros(len(contours.codes), bool)
        for west, south, east, north in boxes:
            w, s, e, n = contours.boxes.T
            inside |= (w >= west) & (s >= south) & (e <= east) & (n <= north)
        defects.add_rows(
            "outside_france", file, "arcs", table, pl.Series(~inside),
            lambda row: _("le contour de %s sort de France.") % row["code"],
            _("Les contours sont attendus en degrés WGS84."),
        )  # fmt: skip
    for inset in contours.insets:
        defects.add(
            "inset", file,
            _("le département %(departement)s est dessiné en cartouche ; ses %(communes)d contours ont été "
              "remis en place, à %(km).1f km près.")
            % {"departement": inset.departement, "communes": inset.communes, "km": inset.median_km},
            _("Un fichier sans cartouche serait plus exact."), blocks=False,
        )  # fmt: skip
    without = sorted(known - set(contours.codes))
    if without:
        defects.add(
            "without_contour", file,
            _("%(count)d communes n’ont pas de contour : %(codes)s.")
            % {"count": len(without), "codes": ", ".join(without[:8])},
            _("Elles manqueront sur les cartes ; leurs chiffres restent dans les listes."), blocks=False,
        )  # fmt: skip
