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

from tests.migrated import copy_to, migrated_database, server_url


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
    """Copy the empty, migrated database (by default of the kind under test); remove the copy afterwards."""
    if (vendor or connection.vendor) == "sqlite":
        copy_to(home / "own.sqlite3")
        yield OwnDatabase(f"sqlite:///{home / 'own.sqlite3'}", home)
        return
    with own_postgresql(server_url(connection.settings_dict), home) as database:
        yield database


@contextmanager
def own_postgresql(server: str, home: Path) -> Iterator[OwnDatabase]:
    """Copy the empty, migrated database of a PostgreSQL server; remove the copy afterwards."""
    name, template = f"maillage_{uuid4().hex}", migrated_database(server)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as maintenance:
        maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield OwnDatabase(f"{server}/{name}", home)
        finally:
            maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")
