"""The report as a PDF, typeset by Typst: tagged for screen readers (PDF/UA-1), the same bytes each time."""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import files

import typst

from maillage.web.report.data import Data

TEMPLATE = files("maillage.web.report") / "report.typ"


def pdf(data: Data, day: dt.date) -> bytes:
    """Return the PDF of a report; `day` is its date of creation.

    The report goes in as one JSON input: nothing of it is ever read as Typst source.
    """
    return typst.compile(
        TEMPLATE.read_bytes(),
        sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,  # the same faces everywhere: those inside the typst wheel
        pdf_standards=["ua-1"],
        timestamp=dt.datetime.combine(day, dt.time(12), dt.UTC),
    )
