"""A database of its own, of the kind under test, for what needs real processes and real commits."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection


@dataclass(frozen=True)
class OwnDatabase:
    """Its address, and a folder that its processes may write in."""

    url: str
    home: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `python -m <arguments>` on this database."""
        own = {"DATABASE_URL": self.url, "MAILLAGE_HOME": str(self.home)}
        environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "maillage.config.settings"}
        command = [sys.executable, "-m", *arguments]
        return subprocess.Popen(
            command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str) -> tuple[int, Any]:
        """Run a process to its end; return its exit status (negative: the signal) and its JSON answer."""
        process = self.start(*arguments)
        out, errors = process.communicate(timeout=120)
        assert process.returncode <= 0, errors
        return process.returncode, json.loads(out) if out else None


@contextmanager
def own_database(home: Path, vendor: str = "") -> Iterator[OwnDatabase]:
    """Create and migrate an empty database (by default of the kind under test); remove it afterwards."""
    if (vendor or connection.vendor) == "sqlite":
        database = OwnDatabase(f"sqlite:///{home / 'own.sqlite3'}", home)
        _migrate(database)
        yield database
        return
    name, at = f"maillage_{uuid4().hex}", connection.settings_dict
    server = {"host": at["HOST"], "port": at["PORT"] or 5432, "user": at["USER"], "password": at["PASSWORD"]}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name}")
        try:
            user = f"{at['USER']}:{at['PASSWORD']}" if at["PASSWORD"] else at["USER"]
            database = OwnDatabase(f"postgres://{user}@{server['host']}:{server['port']}/{name}", home)
            _migrate(database)
            yield database
        finally:
            maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _migrate(database: OwnDatabase) -> None:
    database.run("django", "migrate", "--verbosity=0", "--skip-checks")
