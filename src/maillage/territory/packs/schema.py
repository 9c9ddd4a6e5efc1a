"""What a table of a pack must hold: the kinds of columns and what each kind allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """What the values of a column are."""

    TEXT = "texte"
    COUNT = "entier positif ou nul"
    QUANTITY = "nombre positif ou nul"
    SHARE = "part de 0 à 1"
    PERCENT = "pourcentage de 0 à 100"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"

    @property
    def is_numeric(self) -> bool:
        """Whether the values are numbers."""
        return self is not Kind.TEXT


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its kind, what it means and where it comes from when the manifest is less precise.

    `label` is French and marked for translation; `vintage` replaces that of the file.
    """

    kind: Kind
    label: str = ""
    unit: str = ""
    required: bool = False
    nullable: bool = True
    estimate: bool = False
    vintage: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A Parquet table of a pack, found by the `stem` of its file.

    `key` is the column of commune codes; `unique` says that a commune has one row; `keep` keeps the
    rows where a column holds a value (arrondissements are left out of apl_reference that way).
    """

    stem: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    required: bool = False
    key: str = "code"
    unique: bool = True
    key_nullable: bool = False
    keep: tuple[str, str] | None = None

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.stem}.parquet"
