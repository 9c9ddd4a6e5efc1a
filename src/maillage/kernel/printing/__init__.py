"""Printed documents, typeset by Typst: tagged for screen readers (PDF/UA-1), the same bytes each time.

A template is Typst source that begins where `house.typ` ends: it finds there the palette and `data`, the one
JSON input that holds everything the document says.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import segno

from maillage.kernel.later import typst

HOUSE = files("maillage.kernel.printing") / "house.typ"


def source_of(template: Traversable) -> str:
    """Return the whole Typst source of a document, what all of them share included."""
    return HOUSE.read_text(encoding="utf-8") + template.read_text(encoding="utf-8")


def pdf(template: Traversable, data: dict[str, Any], day: dt.date) -> bytes:
    """Return a document as a PDF; `day` is its date of creation.

    The data goes in as one JSON input: nothing of it is ever read as Typst source.
    """
    made: bytes = typst.compile(
        source_of(template).encode(),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        ignore_system_fonts=True,  # the same faces everywhere: those inside the typst wheel
        pdf_standards=["ua-1"],
        timestamp=dt.datetime.combine(day, dt.time(12), dt.UTC),
    )
    return made


def qr(address: str) -> str:
    """Return the QR code of an address, as SVG."""
    made = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        made, kind="svg", scale=4, border=2, dark="#000", light="#fff"
    )
    return made.getvalue().decode()
