"""Finished PDFs, kept by what they say: the same report is typeset once."""

from __future__ import annotations

import os
import tempfile
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from maillage.kernel.printing import source_of
from maillage.web.report.content import Report
from maillage.web.report.data import Data, fingerprint
from maillage.web.report.pdf import TEMPLATE, pdf

KEPT = 40


def cached_file(data: Data) -> Path:
    """Return where the PDF of a report is kept, by all that it says and how it is laid out."""
    name = fingerprint({**data, "template": source_of(TEMPLATE), "typst": version("typst")})
    return Path(settings.HOME) / "cache" / "reports" / f"{name}.pdf"


def typeset_once(report: Report, data: Data) -> bytes:
    """Return the PDF of a report, from the cache where it was already typeset with this template."""
    file = cached_file(data)
    if file.exists():
        return file.read_bytes()
    made = pdf(data, report.day)
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
    with os.fdopen(handle, "wb") as stream:
        stream.write(made)
    Path(temporary).replace(file)
    _forget_oldest(file.parent)
    return made


def _forget_oldest(folder: Path) -> None:
    files = sorted(folder.glob("*.pdf"), key=lambda path: path.stat().st_mtime, reverse=True)
    for file in files[KEPT:]:
        file.unlink(missing_ok=True)
