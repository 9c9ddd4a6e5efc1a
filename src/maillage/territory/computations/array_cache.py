"""Arrays that can be computed again, kept memory-mapped on disk between requests and between processes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

KEPT_VERSIONS = 3
Arrays = Mapping[str, NDArray[Any]]


def stored(
    family: str, key: str, names: tuple[str, ...], build: Callable[[], Arrays], *, kept: int = KEPT_VERSIONS
) -> dict[str, NDArray[Any]]:
    """Return the arrays `names` of `family` for `key`, read-only; `build` computes them where absent.

    A version is a folder that appears at once by renaming, so two processes may build it together: the
    first one wins and the other reads the same numbers. An unreadable version is built again. The `kept`
    latest versions of the family stay.
    """
    folder = _family_folder(family) / key
    try:
        return _mapped(folder, names)
    except FileNotFoundError:
        pass
    except (ValueError, EOFError):
        shutil.rmtree(folder, ignore_errors=True)
    _publish(folder, build(), kept)
    return _mapped(folder, names)


def is_stored(family: str, key: str) -> bool:
    """Return whether a version is already on disk."""
    return (_family_folder(family) / key).is_dir()


def _family_folder(family: str) -> Path:
    folder = Path(settings.HOME) / "cache" / family
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _mapped(folder: Path, names: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in names}


def _publish(folder: Path, arrays: Arrays, kept: int) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        for name, values in arrays.items():
            np.save(temporary / f"{name}.npy", values, allow_pickle=False)
        try:
            temporary.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    _forget_old_versions(folder.parent, kept)


def _forget_old_versions(family: Path, kept: int) -> None:
    """Keep the latest versions; a process that still maps a removed one keeps reading it."""
    versions = [entry for entry in os.scandir(family) if entry.is_dir() and not entry.name.startswith(".")]
    for entry in sorted(versions, key=lambda entry: entry.stat().st_mtime, reverse=True)[kept:]:
        shutil.rmtree(entry.path, ignore_errors=True)
