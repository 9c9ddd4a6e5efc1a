"""The report as a PDF."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

from maillage.kernel import printing
from maillage.web.report.data import Data

TEMPLATE = files("maillage.web.report") / "report.typ"


def pdf(data: Data, day: dt.date) -> bytes:
    """Return the PDF of a report; `day` is its date of creation."""
    return printing.pdf(TEMPLATE, data, day)
