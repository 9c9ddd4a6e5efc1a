"""What passes between the check of a pack and its import, other contexts' loaders included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from maillage.kernel.later import polars as pl
from maillage.territory.packs.defects import Defect, Defects
from maillage.territory.packs.geometry import Contours
from maillage.territory.packs.schema import Table
from maillage.territory.rules.kinds import FICTIONAL

Progress = Callable[[str, int, int], None]
"""Told of each step: what is being done, how far, out of how much."""


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one column of a file comes from, where the file is made of several sources."""

    publisher: str
    vintage: str
    licence: str


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file as the manifest describes it; `origins` are those of its columns that it tells apart."""

    name: str
    title: str
    publisher: str
    vintage: str
    licence: str
    rows: int | None
    columns: Mapping[str, str]
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def origin(self, column: str, vintage: str = "") -> Origin:
        """Return where a column comes from: as the manifest says for it, else as it says for the file.

        `vintage` is that of the column itself where the manifest says nothing for it.
        """
        return self.origins.get(column) or Origin(self.publisher, vintage or self.vintage, self.licence)

    @property
    def stem(self) -> str:
        """The file's name without folder and suffix."""
        return Path(self.name).stem


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a pack."""

    name: str
    title: str
    geography: str
    created: str
    files: tuple[PackFile, ...]
    raw: Mapping[str, Any]

    @property
    def is_fictional(self) -> bool:
        """Whether the communes of the pack do not exist."""
        return self.geography == FICTIONAL

    def file(self, stem: str) -> PackFile | None:
        """Return the file of that stem, None where the manifest names none."""
        return next((file for file in self.files if file.stem == stem), None)


@dataclass(frozen=True, slots=True)
class OpenPack:
    """A pack that was read and found sound.

    `tables` are by stem, as in their files; `communes` is the table of communes sorted by code.
    """

    folder: Path
    manifest: Manifest
    fingerprint: str
    communes: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    schema: Mapping[str, Table]
    contours: Contours

    def aligned(self, stem: str) -> pl.DataFrame:
        """Return the table `stem` with one row per commune, in the order of `communes`."""
        table = self.tables[stem]
        return self.communes.select("code").join(
            table, left_on="code", right_on=self.schema[stem].key, how="left", maintain_order="left"
        )


class PackLoader(Protocol):
    """Lets another context check and load a table of its own within the same import.

    `load` runs inside the import's transaction, after the communes, and returns what it counts.
    """

    name: str
    table: Table

    def check(self, table: pl.DataFrame, manifest: Manifest, defects: Defects) -> None:
        """Add to `defects` what the generic checks of `table` cannot know."""
        ...

    def load(self, pack: OpenPack, progress: Progress) -> Mapping[str, int]:
        """Replace the context's rows by those of the pack."""
        ...


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of checking a pack: the open pack where it may be imported, else None and why."""

    folder: str
    title: str
    fingerprint: str
    defects: tuple[Defect, ...]
    remarks: tuple[Defect, ...]
    pack: OpenPack | None

    @property
    def is_sound(self) -> bool:
        """Whether the pack may be imported."""
        return self.pack is not None

    def counts(self) -> Counter[str]:
        """Return how many problems of each kind were found, the ones counted but not told included."""
        counts: Counter[str] = Counter()
        for defect in self.defects:
            counts[defect.kind] += 1 + defect.others
        return counts

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {
            "folder": self.folder,
            "title": self.title,
            "fingerprint": self.fingerprint,
            "sound": self.is_sound,
            "defects": [defect.as_dict() for defect in self.defects],
            "remarks": [remark.as_dict() for remark in self.remarks],
        }
