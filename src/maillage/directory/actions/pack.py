"""Loads the structures of a data pack, within its import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from maillage.directory.models import STATUS_LABELS, Structure
from maillage.directory.rules.structures import (
    PACK_KINDS,
    PRECISIONS,
    Origin,
    StructureKind,
    finess_of,
    r66_code,
)
from maillage.kernel.databases import bulk_load
from maillage.kernel.later import polars as pl
from maillage.kernel.names import normalise, search_key
from maillage.territory import api as territory

_BATCH = 400
_FIELDS = (
    "id",
    "finess",
    "kind",
    "category",
    "category_code",
    "name",
    "search_name",
    "status",
    "address",
    "postcode",
    "city",
    "commune_id",
    "lon",
    "lat",
    "precision",
    "count",
    "single_room_price",
    "dependency_price",
    "source",
    "origin",
    "is_active",
)
_ORIGIN = _FIELDS.index("origin")
_COLUMN_NAMES = tuple(name.removesuffix("_id") for name in _FIELDS)


def _column(kind: territory.Kind, *, required: bool = True) -> territory.Column:
    return territory.Column(kind, required=required, nullable=not required)


_TEXT, _QUANTITY = territory.Kind.TEXT, territory.Kind.QUANTITY
STRUCTURES = territory.Table(
    "structures",
    key="code_commune",
    unique=False,
    key_nullable=True,
    columns={
        "id": _column(_TEXT),
        "source": _column(_TEXT),
        "type": _column(_TEXT),
        "categorie": _column(_TEXT, required=False),
        "nom": _column(_TEXT),
        "statut": _column(_TEXT, required=False),
        "adresse": _column(_TEXT, required=False),
        "code_postal": _column(_TEXT, required=False),
        "ville": _column(_TEXT, required=False),
        "lon": _column(territory.Kind.LONGITUDE),
        "lat": _column(territory.Kind.LATITUDE),
        "precision": _column(_TEXT),
        "nombre": _column(territory.Kind.COUNT),
        "prix_mensuel_chambre_simple": _column(_QUANTITY, required=False),
        "tarif_mensuel_gir12": _column(_QUANTITY, required=False),
    },
)


class StructureLoader:
    """Checks and loads structures.parquet; given to `territory.api.import_pack` by the composer."""

    name = "structures"
    table = STRUCTURES

    def check(self, table: pl.DataFrame, manifest: territory.Manifest, defects: territory.Defects) -> None:
        """Add repeated identifiers, unknown words and places outside France; remark on orphans."""
        file = self.table.file
        again = ~table["id"].is_first_distinct() & table["id"].is_not_null()
        defects.add_rows(
            "duplicate_structure", file, "id", table, again,
            lambda row: _("l’identifiant %s a déjà une ligne.") % row["id"],
            _("Gardez une ligne par structure."),
        )  # fmt: skip
        self._check_texts(table, "type", [kind.value for kind in PACK_KINDS], defects)
        self._check_texts(table, "precision", list(PRECISIONS), defects)
        self._check_texts(table, "statut", list(STATUS_LABELS), defects)
        territory.check_places(table, file, manifest, defects)
        orphans = int(table["code_commune"].is_null().sum())
        if orphans:
            defects.add(
                "without_commune", file, _("%d structures n’ont pas de commune.") % orphans,
                _("Elles se trouvent par leur nom et n’entrent dans aucun territoire."),
                column="code_commune", blocks=False,
            )  # fmt: skip

    def _check_texts(
        self, table: pl.DataFrame, column: str, words: list[str], defects: territory.Defects
    ) -> None:
        if column not in table.columns:
            return
        wrong = ~table[column].is_in(words) & table[column].is_not_null()
        defects.add_rows(
            "unknown_word", self.table.file, column, table, wrong.fill_null(value=False),
            lambda row: _("« %s » n’est pas une valeur connue.") % row[column],
            _("Employez : %s.") % ", ".join(words),
        )  # fmt: skip

    def load(self, pack: territory.OpenPack, progress: territory.Progress) -> Mapping[str, int]:
        """Insert new structures, update changed ones, retire those of packs that this one no longer has."""
        progress(_("Structures"), 0, 1)
        known = {row[0]: row for row in Structure.objects.values_list(*_FIELDS)}
        wanted = {row[0]: row for row in _rows(pack.tables[self.table.stem])}
        added = [row for key, row in wanted.items() if key not in known]
        changed = [row for key, row in wanted.items() if key in known and known[key] != row]
        gone = [
            key for key, row in known.items() if key not in wanted and row[-1] and row[_ORIGIN] == Origin.PACK
        ]
        bulk_load(Structure, _COLUMN_NAMES, added)
        Structure.objects.bulk_create(
            [Structure(**dict(zip(_FIELDS, row, strict=True))) for row in changed],
            update_conflicts=True, unique_fields=["id"], update_fields=_COLUMN_NAMES[1:], batch_size=_BATCH,
        )  # fmt: skip
        for start in range(0, len(gone), _BATCH):
            Structure.objects.filter(pk__in=gone[start : start + _BATCH]).update(is_active=False)
        progress(_("Structures"), 1, 1)
        return {"total": len(wanted), "added": len(added), "changed": len(changed), "retired": len(gone)}


structure_loader = StructureLoader()


def _rows(table: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    for row in table.iter_rows(named=True):
        kind = StructureKind(row["type"])
        category = row.get("categorie") or ""
        city = row.get("ville") or ""
        yield (
            row["id"],
            finess_of(row["id"]),
            kind.value,
            category,
            r66_code(kind, normalise(category)),
            row["nom"],
            search_key(row["nom"], city if city != row["nom"] else ""),
            row.get("statut") or "",
            row.get("adresse") or "",
            row.get("code_postal") or "",
            city,
            row["code_commune"],
            row["lon"],
            row["lat"],
            PRECISIONS[row["precision"]].value,
            int(row["nombre"]),
            row.get("prix_mensuel_chambre_simple"),
            row.get("tarif_mensuel_gir12"),
            row["source"],
            Origin.PACK.value,
            True,
        )
