"""What an import changed, column by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maillage.territory.models import DataPack, PackArray

BIGGEST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One commune's value before and after; None is missing."""

    code: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """What became of a column over the communes that both packs have."""

    key: str
    label: str
    status: str  # "added", "removed" or "changed"
    communes: int = 0
    biggest: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class CommuneChanges:
    """Codes and names of the communes that came, went or took another name."""

    added: list[tuple[str, str]]
    removed: list[tuple[str, str]]
    renamed: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The outcome of an import.

    `added` and `removed` are (code, name), `renamed` (code, before, after); on a first import `added`
    is empty and `communes` says how many came. `loaded` has what each joint loader counted.
    """

    title: str
    geography: str
    fingerprint: str
    communes: int
    already_imported: bool = False
    is_first: bool = False
    added: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    columns: list[ColumnChange] = field(default_factory=list)
    loaded: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    remarks: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def unchanged(cls, pack: DataPack) -> ImportReport:
        """Return the report of an import that had nothing to do."""
        return cls(pack.title, pack.geography, pack.fingerprint, pack.commune_count, already_imported=True)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Stored:
    """The columns of a pack as they are in the database."""

    codes: NDArray[np.str_]
    columns: dict[str, NDArray[np.float64]]
    labels: dict[str, str]

    @classmethod
    def of(cls, pack: DataPack | None) -> Stored | None:
        """Return the stored columns of `pack`, None where there is no pack."""
        if pack is None:
            return None
        rows = list(PackArray.objects.filter(pack=pack).exclude(key__startswith="graph."))
        return cls(
            codes=next(row.array() for row in rows if row.key == "text.code"),
            columns={row.key: row.array().astype(np.float64) for row in rows if row.is_variable},
            labels={row.key: row.label for row in rows if row.is_variable},
        )


def column_changes(before: Stored | None, after: Stored | None) -> list[ColumnChange]:
    """Return the columns that came, went or changed; nothing on a first import."""
    if before is None or after is None:
        return []
    codes, here, there = np.intersect1d(before.codes, after.codes, assume_unique=True, return_indices=True)
    changes = [
        ColumnChange(key, label, "added") for key, label in after.labels.items() if key not in before.columns
    ]
    changes += [
        ColumnChange(key, label, "removed")
        for key, label in before.labels.items()
        if key not in after.columns
    ]
    for key, label in after.labels.items():
        if key in before.columns:
            old, new = before.columns[key][here], after.columns[key][there]
            different = ~((old == new) | (np.isnan(old) & np.isnan(new)))
            if different.any():
                biggest = _biggest(codes[different], old[different], new[different])
                changes.append(ColumnChange(key, label, "changed", int(different.sum()), biggest))
    return changes


def _biggest(
    codes: NDArray[np.str_], old: NDArray[np.float64], new: NDArray[np.float64]
) -> tuple[Change, ...]:
    """Return the largest changes; a value that appears or disappears counts whole."""
    size = np.abs(np.nan_to_num(new) - np.nan_to_num(old))
    return tuple(
        Change(str(codes[row]), _plain(old[row]), _plain(new[row]))
        for row in np.argsort(-size, kind="stable")[:BIGGEST_SHOWN]
    )


def _plain(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
