"""Finished PDFs, kept by what they say: the same report is typeset once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings

from maillage.web.report.content import Report
from maillage.web.report.data import Data, fingerprint
from maillage.web.report.pdf import TEMPLATE, pdf

KEPT = 40


def typeset_once(report: Report, data: Data) -> bytes:
    """Return the PDF of a report, from the cache where it was already typeset with this template."""
    folder = Path(settings.HOME) / "cache" / "reports"
    template = TEMPLATE.read_text(encoding="utf-8")
    file = folder / f"{fingerprint({**data, 'template': template})}.pdf"
    if file.exists():
        return file.read_bytes()
    made = pdf(data, report.day)
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".tmp")
    with os.fdopen(handle, "wb") as stream:
        stream.write(made)
    Path(temporary).replace(file)
    _forget_oldest(folder)
    return made


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for file in files[KEPT:]:
        file.unlink(missing_ok=True)
