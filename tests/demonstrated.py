"""The fictional territory with its people and their work: made once in each worker, given to each test.

A test begins with the same rows at the same time, that at which they were made: what is due in an hour still
is, however late the test comes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from maillage.config import demonstration
from maillage.territory import api as territory
from tests.emptied import tables


@dataclass(frozen=True)
class Made:
    """The rows of every table that has some, as the database gives them, and when they were complete."""

    at: datetime
    rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]


_made: list[Made] = []


@pytest.fixture
def populated(db: None, fictional_pack: Path) -> Iterator[None]:
    """Give the demonstration's territory its people and their work; the clock goes on from there."""
    if not _made:
        territory.import_pack(by=None, folder=fictional_pack)
        demonstration.populate(territory.create_demonstration_territory(by=None))
        _made.append(Made(timezone.now(), {table: found for table in tables() if (found := _read(table))[1]}))
        yield
        return
    for table, (columns, rows) in _made[0].rows.items():
        _write(table, columns, rows)
    with time_machine.travel(_made[0].at, tick=True):
        yield


def _read(table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    quote = connection.ops.quote_name
    # A sign before a column keeps SQLite's own value, where the column alone is read as an hour or a day.
    sign = "+" if connection.vendor == "sqlite" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {quote(table)} LIMIT 0")
        columns = [column[0] for column in cursor.description]
        cursor.execute(f"SELECT {', '.join(sign + quote(one) for one in columns)} FROM {quote(table)}")
        return columns, cursor.fetchall()


def _write(table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    quote = connection.ops.quote_name
    names, marks = ", ".join(map(quote, columns)), ", ".join("%s" for _column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", rows)
