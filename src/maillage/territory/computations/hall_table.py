"""A table of town halls (code, lon, lat): read and checked like every table that somebody made."""

from __future__ import annotations

import math
from collections.abc import Collection

from django.utils.translation import gettext as _

from maillage.territory.computations.line_checks import TableError, rows_of
from maillage.territory.packs import Defects
from maillage.territory.rules.text import decoded

NAMES = {
    "code": ("code", "code_insee", "codeinsee", "insee", "code_insee_commune"),
    "lon": ("lon", "longitude", "long", "x"),
    "lat": ("lat", "latitude", "y"),
}


def read_halls(content: bytes, file: str, known: Collection[str]) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude by commune code; communes that the pack has not are left out.

    The first line of a commune holds. Raises TableError with every defect: missing column, position that is
    none, empty table or one of other communes only.
    """
    defects = Defects()
    found: dict[str, tuple[float, float]] = {}
    for line, row in rows_of(decoded(content), file, NAMES):
        place = _degrees(row["lon"]), _degrees(row["lat"])
        if not (abs(place[0]) <= 180 and abs(place[1]) <= 90):
            defects.add(
                "wrong_position", file,
                _("« %(lon)s, %(lat)s » n’est pas une position.") % {"lon": row["lon"], "lat": row["lat"]},
                _("Donnez des degrés WGS84 : longitude, puis latitude."), row=line,
            )  # fmt: skip
        elif row["code"] in known:
            found.setdefault(row["code"], place)
    if not found and not defects.blocking:
        defects.add(
            "empty_table", file, _("aucune commune du jeu de données n’y est."),
            _("Gardez les cinq caractères du code INSEE actuel, zéro initial compris."),
        )  # fmt: skip
    if defects.blocking:
        raise TableError(defects)
    return found


def _degrees(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
