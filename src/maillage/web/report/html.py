"""The report as one self-contained HTML file: no script, no outside resource, fit for print."""

from __future__ import annotations

from django.template.loader import render_to_string

from maillage.web.report.data import Data


def html(data: Data) -> str:
    """Return the HTML of a report; the drawings are inline, their text is the description beside them."""
    return render_to_string("web/report/document.html", {"report": _with_cells(data)})


def _with_cells(data: Data) -> Data:
    """Return the report with the class of each cell, which the template language cannot look up."""
    sections = [
        {**section, "blocks": [_dressed(block) for block in section["blocks"]]}
        for section in data["sections"]
    ]
    return {**data, "headline": _dressed(data["headline"]), "sections": sections}


def _dressed(block: Data) -> Data:
    if block["kind"] == "drawing":
        return {**block, "beside": block["beside"] and _dressed({"kind": "table", **block["beside"]})}
    if block["kind"] != "table":
        return block
    css = [
        " ".join(["number"] * column["numeric"] + ["strong"] * (0 < block["strong"] == rank))
        for rank, column in enumerate(block["columns"])
    ]
    cells = [
        [{"text": text, "css": name} for text, name in zip(row, css, strict=True)] for row in block["rows"]
    ]
    return {**block, "cells": cells}
