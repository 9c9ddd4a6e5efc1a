"""One demonstration server for all the scenarios, started as a user starts it: `maillage demo`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def own_database() -> Iterator[dict[str, str]]:
    """Give the environment of a database of its own: a SQLite file, or a fresh PostgreSQL database."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    name = f"maillage_scenarios_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield {"DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{name}"}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory, own_database: dict[str, str]) -> Iterator[str]:
    """Start `maillage demo` on an empty machine and give its address once it answers."""
    home: Path = tmp_path_factory.mktemp("home")
    port = _free_port()
    log = (home / "demo.log").open("w+")
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment |= {
        "MAILLAGE_HOME": str(home),
        "MAILLAGE_DEMO": "1",
        "PYTHONWARNINGS": "default",
        **own_database,
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "maillage", "demo", "--port", str(port)],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            if server.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=2)
                break
            except OSError:
                time.sleep(1)
        else:
            server.terminate()
        if server.poll() is not None:
            log.seek(0)
            pytest.fail(f"`maillage demo` did not start:\n{log.read()}")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()
