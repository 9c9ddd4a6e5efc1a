"""From published tables to those of a pack: which columns, under which names they were published, how
merged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.later import polars as pl
from maillage.territory.packs.building.communes import Merging, Today, by_commune, full_code, successors_of
from maillage.territory.packs.building.published import Published, Shape, WrongFileError

CODE = (
    "CODGEO",
    "COM",
    "DEPCOM",
    "INSEE_COM",
    "CODE_COMMUNE",
    "CODE_INSEE",
    "code[ _]commune.*",
    "code[ _]insee.*",
    "code[ _]g[ée]ographique",
    "codecommune",
    "insee",
    "code",
)
"""How publishers name the code of a commune, the surest first."""
_HECTARES = 100.0
_BANDS = {
    "pop_0_15": (0, 15),
    "pop_16_24": (16, 24),
    "pop_25_54": (25, 54),
    "pop_55_64": (55, 64),
    "pop_65p": (65, 200),
}
"""The bands of ages of a pack, in completed years."""
_PUBLISHED_BANDS = (
    (0, 2),
    (3, 5),
    (6, 10),
    (11, 17),
    (18, 24),
    (25, 39),
    (40, 54),
    (55, 64),
    (65, 79),
    (80, 200),
)
"""The fine bands of the file of INSEE: POP0002, POP0305… POP80P."""


def today_of(
    cog: Published, history: pl.DataFrame | None, former: Mapping[str, str], parts: Mapping[str, str]
) -> tuple[Today, pl.DataFrame]:
    """Return the communes of today, and their table: code, nom, departement, region.

    `history` is INSEE's history of movements; `former` (code → commune of today) answers for what it does not
    say. `parts` are arrondissements and renumbered communes.
    """
    shape = Shape(
        {
            "kind": ("TYPECOM",),
            "code": ("COM",),
            "nom": ("LIBELLE",),
            "departement": ("DEP",),
            "region": ("REG",),
        }
    )
    rows = cog.read(shape).frame.filter(pl.col("kind") == "COM")
    rows = rows.with_columns(pl.col("code").map_elements(full_code, pl.String)).unique(
        "code", maintain_order=True
    )
    if rows.is_empty():
        raise WrongFileError(
            _("%s : aucune commune (TYPECOM = COM). Donnez le fichier v_commune du COG.") % cog.label
        )
    successors = {} if history is None else successors_of(history, rows["code"].to_list())
    today = Today(frozenset(rows["code"].to_list()), {**former, **successors, **parts}, frozenset(parts))
    return today, rows.select("code", "nom", "departement", "region").sort("code")


def movements(file: Published) -> pl.DataFrame:
    """Return INSEE's history of movements as texts: mod, date, type_before, before, type_after, after."""
    shape = Shape(
        {
            "mod": ("MOD",),
            "date": ("DATE_EFF",),
            "type_before": ("TYPECOM_AV",),
            "before": ("COM_AV",),
            "type_after": ("TYPECOM_AP",),
            "after": ("COM_AP",),
        }
    )
    return file.read(shape).frame


def names(file: Published, key: str) -> dict[str, str]:
    """Return names by code of the départements (`key` DEP) or regions (REG)."""
    frame = file.read(Shape({"code": (key,), "nom": ("LIBELLE", "NCCENR")})).frame
    return dict(frame.select("code", "nom").iter_rows())


def populations(file: Published, today: Today) -> pl.DataFrame:
    """Return pop_municipale and those of 2012, 2017, 2022 where the file has them.

    Two layouts: the history of INSEE (a column a year), and the file of the populations of reference.
    """
    years = {f"y{year}": (rf"PMUN(20)?{year:02d}",) for year in range(6, 60)}
    history = Shape({"code": CODE, **years}, optional=frozenset(years))
    try:
        content = file.read(history)
        found = sorted(name for name in content.frame.columns if name.startswith("y"))
    except WrongFileError:
        found = []
    if not found:
        return _populations_of_reference(file, today)
    table = by_commune(content.frame, dict.fromkeys(found, Merging.SUM), today, file.label)
    earlier = {f"pop_20{year}": pl.col(f"y{year}") for year in (12, 17, 22) if f"y{year}" in found}
    newest = max(found, key=lambda name: int(name[1:]))
    return table.select("code", pop_municipale=pl.col(newest), **earlier)


def _populations_of_reference(file: Published, today: Today) -> pl.DataFrame:
    shape = Shape(
        {
            "departement": ("CODDEP", "DEP", "Code d[ée]partement"),
            "number": ("CODCOM", "Code commune"),
            "pop_municipale": ("PMUN", "Population municipale"),
        },
        members=("*communes*", "*"),
        sheets=("Communes", "*"),
    )
    frame = file.read(shape).frame
    code = pl.concat_str(
        pl.when(pl.col("departement").str.len_chars() == 3)
        .then(pl.col("departement").str.slice(0, 2))
        .otherwise(pl.col("departement").str.zfill(2)),
        pl.col("number").str.zfill(3),
    )
    return by_commune(
        frame.with_columns(
            code=pl.when(pl.col("number").str.len_chars() >= 5).then("number").otherwise(code)
        ),
        {"pop_municipale": Merging.SUM},
        today,
        file.label,
    ).select("code", "pop_municipale")


def ages(file: Published, today: Today) -> pl.DataFrame:
    """Return the share of each band of ages of a pack, one row a commune.

    A published band that a band of ours cuts is shared in proportion to the years.
    """
    published = {
        f"b{low}": (rf"P\d\d_POP{low:02d}{'P' if high > 150 else f'{high:02d}'}",)
        for low, high in _PUBLISHED_BANDS
    }
    content = file.read(Shape({"code": CODE, **published}))
    table = by_commune(content.frame, dict.fromkeys(published, Merging.SUM), today, file.label)
    bands = {
        ours: pl.sum_horizontal(
            pl.col(f"b{band[0]}") * part for band in _PUBLISHED_BANDS if (part := _overlap(band, wanted))
        )
        for ours, wanted in _BANDS.items()
    }
    table = table.select("code", **bands)
    whole = pl.sum_horizontal(list(bands))
    return table.with_columns(pl.when(whole > 0).then(pl.col(band) / whole).alias(band) for band in bands)


def _overlap(band: tuple[int, int], wanted: tuple[int, int]) -> float:
    """Return the part of the years of `band` that are in `wanted`, both ends included.

    >>> _overlap((11, 17), (0, 15)), _overlap((65, 79), (65, 200)), _overlap((0, 2), (16, 24))
    (0.7142857142857143, 1.0, 0.0)
    """
    years = min(band[1], wanted[1]) - max(band[0], wanted[0]) + 1
    return max(years, 0) / (band[1] - band[0] + 1)


def groups(file: Published, today: Today, stem: str) -> pl.DataFrame:
    """Return the group of each commune: `stem` EPCI or BV2022, as columns code, group, name.

    « ZZZZZZZZZ » says that a commune is in none.
    """
    shape = Shape(
        {"code": CODE, "group": (stem,), "name": (f"LIB{stem}",)},
        members=("*.xlsx", "*.xls", "*.csv"),
        sheets=("Composition*", "COM*", "*"),
    )
    content = file.read(shape)
    table = by_commune(content.frame, {"group": Merging.WORD, "name": Merging.WORD}, today, file.label)
    nowhere = pl.col("group").str.starts_with("ZZ")
    return table.with_columns(pl.when(~nowhere).then(pl.col(name)).alias(name) for name in ("group", "name"))


def places(file: Published, today: Today) -> pl.DataFrame:
    """Return lon, lat (degrees: the town hall, else the centre), position, surface_km2 and codes_postaux."""
    rows = file.json()
    if (
        not isinstance(rows, list)
        or not rows
        or not all(isinstance(row, dict) and "code" in row for row in rows)
    ):
        raise WrongFileError(
            _(
                "%s : le fichier n’est pas la liste des communes de l’API Géo. Donnez celle de "
                "geo.api.gouv.fr/communes."
            )
            % file.label
        )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        code = today.of(str(row["code"]))
        if code and (code not in found or row["code"] == code):
            found[code] = {"code": code, **_place(row)}
    if not found:
        raise WrongFileError(
            _("%s : aucun code n’est celui d’une commune. Donnez un autre millésime.") % file.label
        )
    types = {
        "code": pl.String,
        "lon": pl.Float64,
        "lat": pl.Float64,
        "position": pl.String,
        "surface_km2": pl.Float64,
        "codes_postaux": pl.String,
    }
    return pl.DataFrame(list(found.values()), schema=types).sort("code")


def _place(row: Mapping[str, Any]) -> dict[str, Any]:
    lon, lat, position = None, None, ""
    for name, said in (("mairie", "mairie"), ("centre", "centre")):
        point = row.get(name)
        if isinstance(point, dict) and len(point.get("coordinates") or ()) == 2:
            (lon, lat), position = map(float, point["coordinates"]), said
            break
    area = row.get("surface")
    return {
        "lon": lon,
        "lat": lat,
        "position": position or None,
        "surface_km2": round(float(area) / _HECTARES, 4) if isinstance(area, int | float) else None,
        "codes_postaux": " ".join(sorted(map(str, row.get("codesPostaux") or ()))) or None,
    }
