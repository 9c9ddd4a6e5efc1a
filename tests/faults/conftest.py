"""A database of its own, of each kind; PostgreSQL where one answers (MAILLAGE_TEST_POSTGRES…)."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.kernel.own_database import OwnDatabase, own_postgresql
from tests.migrated import copy_to


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnDatabase]:
    """Give an empty, migrated database; skip PostgreSQL where none answers."""
    if request.param == "sqlite":
        copy_to(tmp_path / "own.sqlite3")
        yield OwnDatabase(f"sqlite:///{tmp_path / 'own.sqlite3'}", tmp_path)
        return
    server = _postgres()
    try:
        psycopg.connect(f"{server}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError as reason:
        pytest.skip(f"no PostgreSQL answers: {reason}")
    with own_postgresql(server, tmp_path) as own:
        yield own


def _postgres() -> str:
    """Return the address of the server, without the name of a database."""
    asked = os.environ.get("MAILLAGE_TEST_POSTGRES") or os.environ.get("DATABASE_URL", "")
    parts = urlsplit(asked)
    if parts.scheme.startswith("postgres"):
        return f"postgres://{parts.netloc}"
    return "postgres://postgres@127.0.0.1:5432"
