"""The diagnosis as its user meets it: the import of a country, each page, one change of a scenario.

Everything runs in this process through the whole Django stack, on a database of its own.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
import uuid
from pathlib import Path

import pandas as pd
import polars as pl

from bench.data import pack_folder
from bench.harness import Row, best_of, row

PAGES = ("portrait", "offre", "accessibilite", "zones-blanches", "flux", "besoins", "et-si")
TABLES = ("communes", "supply_commune", "apl_reference", "structures", "fragilites_commune", "social_commune")


def run() -> list[Row]:
    """Measure the import, then the pages of the demonstration territory."""
    os.environ["MAILLAGE_HOME"] = tempfile.mkdtemp(prefix="maillage-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings_test"
    import django

    django.setup()
    from maillage.config import demonstration, installation
    from maillage.config.progress import silent

    installation.prepare(silent)
    folder = demonstration.pack(silent)
    _, ours = best_of(1, lambda: installation.import_pack(folder, by=None, progress=silent))
    rows = []
    if pack_folder() is not None:
        _, peer = best_of(1, lambda: _pandas_import(folder))
        case = "national import: checked, contours and journal included"
        note = "one transaction; the peer only copies six tables"
        rows.append(row(case, ours, "pandas to_sql, unchecked", peer, note))
    return rows + _pages(demonstration.prepare(silent).territory.slug)


def _pandas_import(folder: Path) -> None:
    with sqlite3.connect(_new_file()) as connection:
        for table in TABLES:
            columns = pl.read_parquet(folder / f"{table}.parquet").to_dict(as_series=False)
            pd.DataFrame(columns).to_sql(table, connection, index=False)


def _new_file() -> str:
    """A new SQLite file for the peer."""
    return str(Path(tempfile.mkdtemp(prefix="maillage-peer-")) / "peer.sqlite3")


def _pages(slug: str) -> list[Row]:
    from django.test import Client

    from maillage.kernel.models import Person

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(Person.objects.get(email__startswith="coordinator@"))

    def ask(path: str) -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")

    rows = []
    for page in PAGES:
        path = f"/territoires/{slug}/{page}/"
        _, first = best_of(1, lambda path=path: ask(path))
        _, warm = best_of(5, lambda path=path: ask(path))
        rows.append(row(f"page {page}, warm", warm, "the same page, first time", first, "whole request"))
    return [*rows, _change(client, slug)]


def _change(client, slug: str) -> Row:
    from maillage.territory import api as territory

    communes = sorted(territory.member_codes(territory.territory(slug)))[:12]
    seconds = []
    for commune in communes:
        words = {"direction": "add", "count": 1, "supply": "gp", "commune": commune, "key": uuid.uuid4().hex}
        began = time.perf_counter()
        answer = client.post(f"/territoires/{slug}/et-si/changer/", words, headers={"HX-Request": "true"})
        seconds.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"the change answered {answer.status_code}")
    _, page = best_of(3, lambda: client.get(f"/territoires/{slug}/et-si/"))
    median = sorted(seconds)[len(seconds) // 2] * 1e3
    return row(
        "what if: one GP, whole request",
        median,
        "the whole page again",
        page,
        "median of 12, written to disk",
    )
