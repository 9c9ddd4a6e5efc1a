"""A database of its own, of each kind; PostgreSQL where one answers (MAILLAGE_TEST_POSTGRES…)."""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from tests.kernel.own_database import OwnDatabase


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnDatabase]:
    """Give an empty, migrated database; skip PostgreSQL where none answers."""
    if request.param == "sqlite":
        own = OwnDatabase(f"sqlite:///{tmp_path / 'own.sqlite3'}", tmp_path)
        own.run("django", "migrate", "--verbosity=0", "--skip-checks")
        yield own
        return
    server = _postgres()
    name = f"maillage_{uuid4().hex}"
    try:
        maintenance = psycopg.connect(f"{server}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as reason:
        pytest.skip(f"no PostgreSQL answers: {reason}")
    with maintenance:
        maintenance.execute(f"CREATE DATABASE {name}")
        try:
            own = OwnDatabase(f"{server}/{name}", tmp_path)
            own.run("django", "migrate", "--verbosity=0", "--skip-checks")
            yield own
        finally:
            maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _postgres() -> str:
    """Return the address of the server, without the name of a database."""
    asked = os.environ.get("MAILLAGE_TEST_POSTGRES") or os.environ.get("DATABASE_URL", "")
    parts = urlsplit(asked)
    if parts.scheme.startswith("postgres"):
        return f"postgres://{parts.netloc}"
    return "postgres://postgres@127.0.0.1:5432"
