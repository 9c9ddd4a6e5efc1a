"""Writes the communes, outlines and workforce of a pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from maillage.kernel.databases import bulk_load
from maillage.kernel.later import polars as pl
from maillage.kernel.names import place_key
from maillage.territory.actions.import_report import CommuneChanges
from maillage.territory.models import Commune, CommuneContour, DepartmentWorkforce
from maillage.territory.packs import OpenPack

SOURCES = {
    "code": "code",
    "name": "nom",
    "departement": "departement",
    "departement_name": "nom_departement",
    "region": "region",
    "region_name": "nom_region",
    "epci": "epci",
    "epci_name": "nom_epci",
    "living_area": "bv2022",
    "living_area_name": "nom_bv2022",
}
"""The text fields of a commune and the columns of the pack they come from."""

_FIELDS = (*SOURCES, "search_name", "postcodes", "lon", "lat", "area_km2", "population", "is_active")


def text_column(communes: pl.DataFrame, column: str) -> pl.Series:
    """Return a text column of the pack, empty where it is missing."""
    if column not in communes.columns:
        return pl.Series(column, [""] * communes.height)
    return communes[column].cast(pl.String).fill_null("")


def store_communes(pack: OpenPack) -> CommuneChanges:
    """Insert, update and retire communes; return what changed since the pack before."""
    known, wanted = _known(), {row[0]: row for row in _rows(pack.communes)}
    bulk_load(Commune, _FIELDS, (row for code, row in wanted.items() if code not in known))
    changed = [row for code, row in wanted.items() if code in known and known[code] != row]
    Commune.objects.bulk_create(
        [Commune(**dict(zip(_FIELDS, row, strict=True))) for row in changed],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=_FIELDS[1:],
        batch_size=500,
    )
    changes = _compared(known, wanted)
    gone = [code for code, _name in changes.removed]
    for start in range(0, len(gone), 500):
        Commune.objects.filter(code__in=gone[start : start + 500]).update(is_active=False)
    return changes


def compare_communes(pack: OpenPack) -> CommuneChanges:
    """Return what `store_communes` would change, and write nothing."""
    return _compared(_known(), {row[0]: row for row in _rows(pack.communes)})


def _known() -> dict[str, tuple[Any, ...]]:
    return {row[0]: row for row in Commune.objects.values_list(*_FIELDS)}


def _compared(known: Mapping[str, tuple[Any, ...]], wanted: Mapping[str, tuple[Any, ...]]) -> CommuneChanges:
    was_active = {code for code, row in known.items() if row[-1]}
    is_first = not was_active
    return CommuneChanges(
        added=[] if is_first else [(code, wanted[code][1]) for code in sorted(wanted.keys() - was_active)],
        removed=[(code, known[code][1]) for code in sorted(was_active - wanted.keys())],
        renamed=[
            (code, known[code][1], wanted[code][1])
            for code in sorted(wanted.keys() & was_active)
            if known[code][1] != wanted[code][1]
        ],
    )


def _rows(communes: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    texts = [text_column(communes, source).to_list() for source in SOURCES.values()]
    names = texts[1]
    postcodes = [f" {codes} " if codes else "" for codes in text_column(communes, "codes_postaux")]
    area = (
        communes["surface_km2"].to_list() if "surface_km2" in communes.columns else [None] * communes.height
    )
    columns = [
        *texts,
        [place_key(name) for name in names],
        postcodes,
        communes["lon"].to_list(),
        communes["lat"].to_list(),
        area,
        communes["pop_municipale"].cast(pl.Int64).to_list(),
        [True] * communes.height,
    ]
    return zip(*columns, strict=True)


def store_contours(pack: OpenPack) -> None:
    """Replace all outlines."""
    CommuneContour.objects.all()._raw_delete(CommuneContour.objects.db)
    contours = pack.contours
    rows = zip(contours.codes, contours.geometries, *contours.boxes.T.tolist(), strict=True)
    bulk_load(CommuneContour, ("commune", "geometry", "west", "south", "east", "north"), rows)


def store_workforce(pack: OpenPack) -> None:
    """Replace the workforce of départements."""
    DepartmentWorkforce.objects.all()._raw_delete(DepartmentWorkforce.objects.db)
    table = pack.tables.get("demographie_departement")
    if table is not None:
        columns = ("departement", "libelle_departement", "annee", "profession_sante", "effectif", "densite")
        fields = ("departement", "departement_name", "year", "profession", "count", "density")
        bulk_load(DepartmentWorkforce, fields, table.select(columns).iter_rows())
