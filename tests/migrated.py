"""Migrates once, copies for each test run: the database of each worker and of each test that needs its own.

Every migration is applied as an installation applies it, triggers included, under a lock, into a SQLite file
of var/migrated or a PostgreSQL database `maillage_migrated_<key>`. The key changes with what makes a schema.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "maillage"
FOLDER = ROOT / "var" / "migrated"
MAKES_A_SCHEMA = (
    "*/migrations/*.py",
    "*/models.py",
    "*/models/*.py",
    "*/apps.py",
    "kernel/databases.py",
    "config/settings.py",
)


@cache
def key() -> str:
    """Return what names the schema: a digest of the migrations, of the models and of what they come from."""
    digest = hashlib.sha256(f"{version('django')} {version('django-allauth')}".encode())
    for file in sorted({file for pattern in MAKES_A_SCHEMA for file in PACKAGE.glob(pattern)}):
        digest.update(file.relative_to(PACKAGE).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def server_url(at: Mapping[str, Any]) -> str:
    """Return the address of the server of Django's settings of a PostgreSQL database, without its name."""
    user = f"{at['USER']}:{at['PASSWORD']}" if at["PASSWORD"] else at["USER"]
    return f"postgres://{user}@{at['HOST']}:{at['PORT'] or 5432}"


def migrated_file() -> Path:
    """Return a SQLite file with every migration applied and no row of ours, to copy."""
    file = FOLDER / f"{key()}.sqlite3"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
                made = Path(folder) / "migrated.sqlite3"
                _migrate(f"sqlite:///{made}")
                with sqlite3.connect(made) as connection:  # one file, that memory can hold too
                    connection.execute("PRAGMA journal_mode=DELETE")
                connection.close()
                made.rename(file)
    return file


def migrated_database(server: str) -> str:
    """Return the name of a database of the PostgreSQL `server` with every migration applied, a template."""
    name = f"maillage_migrated_{key()}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as maintenance:
        maintenance.execute("SELECT pg_advisory_lock(hashtext('maillage_migrated'))")
        if not maintenance.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            maintenance.execute(f"DROP DATABASE IF EXISTS {name}_made WITH (FORCE)")
            maintenance.execute(f"CREATE DATABASE {name}_made")
            _migrate(f"{server}/{name}_made")
            maintenance.execute(f"ALTER DATABASE {name}_made RENAME TO {name}")
    return name


def copy_to(file: Path) -> None:
    """Write a migrated SQLite database."""
    shutil.copyfile(migrated_file(), file)


@contextmanager
def another_database(folder: Path) -> Iterator[None]:
    """Give the program a database of the kind under test without a table, until the end of the block."""
    from django.db import connections

    usual = connections["default"]
    other = usual.copy()
    name = f"maillage_empty_{uuid4().hex}"
    if other.vendor == "sqlite":
        other.settings_dict["NAME"] = str(folder / "empty.sqlite3")
    else:
        other.settings_dict["NAME"] = name
        _on_the_server(usual.settings_dict, f"CREATE DATABASE {name} TEMPLATE template0")
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual
        if other.vendor == "postgresql":
            _on_the_server(usual.settings_dict, f"DROP DATABASE {name} WITH (FORCE)")


def _on_the_server(at: Mapping[str, Any], statement: str) -> None:
    with psycopg.connect(f"{server_url(at)}/postgres", autocommit=True) as maintenance:
        maintenance.execute(statement)


def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "MAILLAGE_HOME": home,
            "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
        }
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--skip-checks"],
            env=environment,
            check=True,
            timeout=600,
        )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Give Django's test database as a copy of the migrated one, instead of migrating in each worker."""
    from django.conf import settings
    from django.db import connection

    creation, at = connection.creation, connection.settings_dict

    def create_test_db(
        verbosity: int = 1, autoclobber: bool = False, serialize: bool = False, keepdb: bool = False
    ) -> str:
        name = creation._get_test_db_name()
        if connection.vendor == "postgresql":
            at["TEST"]["TEMPLATE"] = migrated_database(server_url(at))
        creation._create_test_db(verbosity, autoclobber, keepdb)
        connection.close()
        settings.DATABASES["default"]["NAME"] = at["NAME"] = name
        connection.ensure_connection()
        if connection.vendor == "sqlite":
            source = sqlite3.connect(migrated_file())
            source.backup(connection.connection)
            source.close()
        if serialize:
            connection._test_serialized_contents = creation.serialize_db_to_string()
        return name

    creation.create_test_db = create_test_db
