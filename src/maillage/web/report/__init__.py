"""The report of a territory: a PDF, one HTML file and its tables, to attach to a *projet de santé*.

It is written in French whatever the language of the screen. The same territory, data and day give the
same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

from django.utils import timezone
from django.utils.translation import override

from maillage.territory import api
from maillage.web.report.cache import typeset_once
from maillage.web.report.content import Drawing, Report
from maillage.web.report.data import as_data
from maillage.web.report.html import html
from maillage.web.report.material import EmptyTerritoryError, Material, open_material
from maillage.web.report.writing import compose, cover

__all__ = [
    "EmptyTerritoryError",
    "UnknownTerritoryError",
    "cover_of",
    "report_html",
    "report_of",
    "report_pdf",
    "write_report",
]

Progress = Callable[[str, int, int], None]


class UnknownTerritoryError(ValueError):
    """There is no such territory; the message (French) lists those there are."""


def report_of(slug: str, day: dt.date | None = None) -> Report:
    """Return what the report on the territory `slug` says on that day (today by default).

    Raises UnknownTerritoryError, EmptyTerritoryError, NoPackError.
    """
    with override("fr"):
        return compose(_opened(slug, day))


def cover_of(slug: str, day: dt.date | None = None) -> Drawing:
    """Return the map on the cover of a report, without computing the report. Raises as `report_of`."""
    with override("fr"):
        return cover(_opened(slug, day))


def _opened(slug: str, day: dt.date | None) -> Material:
    try:
        return open_material(slug, day or timezone.localdate())
    except api.Territory.DoesNotExist:
        known = ", ".join(one.slug for one in api.territories()) or "aucun"
        raise UnknownTerritoryError(f"Aucun territoire « {slug} ». Territoires connus : {known}.") from None


def report_pdf(report: Report) -> bytes:
    """Return the report as a PDF, kept in the cache of the installation."""
    with override("fr"):
        return typeset_once(report, as_data(report))


def report_html(report: Report) -> bytes:
    """Return the report as one HTML file."""
    with override("fr"):
        return html(as_data(report)).encode()


def write_report(slug: str, out: Path, *, progress: Progress) -> list[Path]:
    """Write `diagnostic.pdf`, `diagnostic.html` and the folder `donnees/` of CSV tables; return their paths.

    Raises UnknownTerritoryError, EmptyTerritoryError, NoPackError, OSError.
    """
    progress("Calculs du diagnostic", 0, 1)
    report = report_of(slug)
    progress("Calculs du diagnostic", 1, 1)
    (out / "donnees").mkdir(parents=True, exist_ok=True)
    written = []
    for name, render in (("diagnostic.pdf", report_pdf), ("diagnostic.html", report_html)):
        progress(name, 0, 1)
        (out / name).write_bytes(render(report))
        written.append(out / name)
        progress(name, 1, 1)
    return [*written, *_write_tables(report, out / "donnees", progress)]


def _write_tables(report: Report, folder: Path, progress: Progress) -> list[Path]:
    tables = report.tables()
    written = []
    with override("fr"):
        for done, table in enumerate(tables, start=1):
            file = folder / f"{re.sub(r'[^a-z0-9-]+', '-', table.key)}.csv"
            file.write_bytes(table.as_csv().encode())
            written.append(file)
            progress("Tables en CSV", done, len(tables))
    return written
