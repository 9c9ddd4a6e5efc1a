"""The data packs that were imported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maillage.territory import packs
from maillage.territory.models import DataPack
from maillage.territory.queries.communes import known_codes


def check_pack(
    folder: Path, *, loaders: Sequence[packs.PackLoader] = (), progress: packs.Progress = packs.silent
) -> packs.Report:
    """Return all that is wrong with the pack in `folder`, codes of earlier packs told from mistyped ones."""
    return packs.check(folder, loaders=loaders, earlier=known_codes(), progress=progress)


def list_packs() -> list[DataPack]:
    """Return the packs that were imported, the latest first; only the one in use has columns."""
    return list(DataPack.objects.select_related("imported_by"))


def current_pack() -> DataPack | None:
    """Return the pack in use, None before the first import."""
    return DataPack.objects.current().select_related("imported_by").first()


def last_report() -> dict[str, Any] | None:
    """Return the report of the last import as plain values, None before the first."""
    pack = current_pack()
    return pack.report if pack else None


def located(folder: Path, fingerprint: str) -> Path | None:
    """Return where the pack of that fingerprint is: `folder`, or beside it, where a newer one took its place.

    None where it is nowhere, or is no longer what it was.
    """
    beside = folder.parent.iterdir() if folder.parent.is_dir() else ()
    older = sorted(one for one in beside if one.name.startswith(f"{folder.name}-") and one.is_dir())
    return next(
        (one for one in (folder, *older) if one.is_dir() and packs.fingerprint_of(one) == fingerprint), None
    )


def earlier_pack() -> DataPack | None:
    """Return the pack that was in use before the one that is, another one, with a folder to go back to."""
    current = current_pack()
    if current is None:
        return None
    rows = DataPack.objects.filter(imported_at__lte=current.imported_at).exclude(folder="")
    return rows.exclude(fingerprint=current.fingerprint).first()
