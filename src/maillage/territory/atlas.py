"""All communes of the current pack as arrays, sorted by code, mapped from files and shared by the process.

The database holds the columns (`PackArray`); the files under `MAILLAGE_HOME/cache/atlas/<fingerprint>`
are written from it one by one, when first needed, and may be deleted at any time. See docs/adr/0004.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from maillage.territory.models import DataPack, PackArray

TextArray = NDArray[np.str_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class NoPackError(RuntimeError):
    """No data pack was imported; the message (French) says what to do."""


class UnknownVariableError(KeyError):
    """The current pack has no such variable."""


class UnknownCommuneError(KeyError):
    """The current pack has no such commune."""


@dataclass(frozen=True, slots=True)
class Variable:
    """What a column of the pack is and where it comes from; `completeness` is the share of communes known."""

    key: str
    label: str
    unit: str
    source: str
    vintage: str
    licence: str
    estimate: bool
    completeness: float


class Atlas:
    """The communes of one pack, sorted by code; every array has one value per commune and is read-only."""

    def __init__(self, fingerprint: str, folder: Path) -> None:
        self.fingerprint = fingerprint
        self._folder = folder
        self._arrays: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def codes(self) -> TextArray:
        """INSEE codes, ascending."""
        return self._array("text.code")

    @property
    def names(self) -> TextArray:
        """Names of the communes."""
        return self._array("text.name")

    @property
    def departements(self) -> TextArray:
        """Codes of the départements."""
        return self._array("text.departement")

    @property
    def departement_names(self) -> TextArray:
        """Names of the départements."""
        return self._array("text.departement_name")

    @property
    def regions(self) -> TextArray:
        """Codes of the régions."""
        return self._array("text.region")

    @property
    def region_names(self) -> TextArray:
        """Names of the régions."""
        return self._array("text.region_name")

    @property
    def epcis(self) -> TextArray:
        """Codes (SIREN) of the EPCI; empty where a commune has none."""
        return self._array("text.epci")

    @property
    def epci_names(self) -> TextArray:
        """Names of the EPCI."""
        return self._array("text.epci_name")

    @property
    def living_areas(self) -> TextArray:
        """Codes of the bassins de vie (2022); empty where unknown."""
        return self._array("text.living_area")

    @property
    def living_area_names(self) -> TextArray:
        """Names of the bassins de vie."""
        return self._array("text.living_area_name")

    @property
    def lon(self) -> FloatArray:
        """Longitude of the commune's centre, degrees WGS84."""
        return self.column("communes.lon")

    @property
    def lat(self) -> FloatArray:
        """Latitude of the commune's centre, degrees WGS84."""
        return self.column("communes.lat")

    @property
    def area_km2(self) -> FloatArray:
        """Area in km²; NaN where unknown."""
        return self.column("communes.surface_km2")

    @property
    def adjacency(self) -> tuple[IntArray, IntArray]:
        """Contiguity from shared borders: the neighbours of i are indices[indptr[i]:indptr[i + 1]]."""
        return self._array("graph.indptr"), self._array("graph.indices")

    def column(self, key: str) -> FloatArray:
        """Return variable `key`, `<file stem>.<column>` of the pack, as float64; NaN is missing.

        Raises UnknownVariableError.
        """
        return self._array(key)

    def has(self, key: str) -> bool:
        """Return whether the pack has variable `key`."""
        return key in self._variables

    def variable(self, key: str) -> Variable:
        """Return what variable `key` is, its label in the language in use. Raises UnknownVariableError."""
        try:
            fields = self._variables[key]
        except KeyError:
            raise UnknownVariableError(key) from None
        words = {name: _(fields[name]) if fields[name] else "" for name in ("label", "unit", "vintage")}
        return Variable(**{**fields, **words})

    def variables(self) -> list[Variable]:
        """Return every variable of the pack, in the order of its files."""
        return [self.variable(key) for key in self._variables]

    def position(self, code: str) -> int:
        """Return where the commune `code` stands in the arrays. Raises UnknownCommuneError."""
        return int(self.positions([code])[0])

    def positions(self, codes: Iterable[str]) -> IntArray:
        """Return where the communes `codes` stand in the arrays, int64. Raises UnknownCommuneError."""
        wanted = np.array(list(codes), dtype=np.str_)
        found = np.minimum(np.searchsorted(self.codes, wanted), max(len(self.codes) - 1, 0))
        missing = self.codes[found] != wanted
        if missing.any():
            raise UnknownCommuneError(str(wanted[missing][0]))
        return found

    @cached_property
    def _variables(self) -> dict[str, dict[str, Any]]:
        names = tuple(Variable.__dataclass_fields__)
        rows = self._rows().filter(is_variable=True).values(*names)
        return {row["key"]: dict(row) for row in rows}

    def _rows(self) -> Any:
        return PackArray.objects.filter(pack__fingerprint=self.fingerprint, pack__is_current=True)

    def _array(self, key: str) -> NDArray[Any]:
        if key not in self._arrays:
            path = self._folder / f"{key}.npy"
            if not path.exists():
                self._write(key, path)
            self._arrays[key] = np.load(path, mmap_mode="r")
        return self._arrays[key]

    def _write(self, key: str, path: Path) -> None:
        """Write the array `key` of the database to `path`, whole or not at all."""
        stored = self._rows().filter(key=key).first()
        if stored is None:
            raise UnknownVariableError(key)
        array = stored.array()
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            np.save(file, array.astype(np.float64) if stored.is_variable else array)
        Path(temporary).replace(path)


_loaded: dict[tuple[str, Path], Atlas] = {}


def current() -> Atlas:
    """Return the atlas of the pack in use: one short query, the arrays are shared by the process.

    Raises NoPackError where no pack was imported.
    """
    fingerprint = DataPack.objects.current().values_list("fingerprint", flat=True).first()
    if fingerprint is None:
        raise NoPackError(
            _("Aucun jeu de données n’est importé. Lancez « maillage data import », ou « maillage demo ».")
        )
    key = fingerprint, cache_folder() / fingerprint[:32]
    if key not in _loaded:
        _loaded.clear()
        _loaded[key] = Atlas(*key)
    return _loaded[key]


def cache_folder() -> Path:
    """Return the folder of the rebuildable files of all packs."""
    return Path(settings.HOME) / "cache" / "atlas"


def forget(fingerprint: str) -> None:
    """Delete the files of a pack that is no longer in use; arrays already mapped stay readable."""
    shutil.rmtree(cache_folder() / fingerprint[:32], ignore_errors=True)
