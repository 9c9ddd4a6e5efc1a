"""One demonstration server for all the scenarios, started as a user starts it: `maillage demo`."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """Yield the environment of a database of its own: a SQLite file, or a fresh PostgreSQL database."""
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


def environment_of(home: Path, database: dict[str, str]) -> dict[str, str]:
    """Return the environment of an installation of its own in `home`."""
    kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return kept | {"MAILLAGE_HOME": str(home), "PYTHONWARNINGS": "default"} | database


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """Give a function that runs `maillage …` in an installation of its own and returns what it said."""
    with own_database() as database:
        environment = environment_of(tmp_path_factory.mktemp("installation"), database)

        def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "maillage", *words],
                env=environment | variables,
                capture_output=True,
                text=True,
                timeout=180,
            )

        yield run


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the demonstration's installation: its log, the SMS that would have left."""
    return tmp_path_factory.mktemp("home")


@contextmanager
def serving(
    home: Path, database: dict[str, str], *words: str, port: int = 0, **variables: str
) -> Iterator[str]:
    """Run `maillage <words>`, which serves, in an installation; yield its address once it answers."""
    port = port or free_port()
    with (home / "demo.log").open("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "maillage", *words, "--port", str(port)],
            env=environment_of(home, database) | variables,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            if not _answers(f"{address}/healthz", server, seconds=240):
                log.seek(0)
                pytest.fail(f"`maillage {words[0]}` did not start:\n{log.read()}")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def demo_url(demo_home: Path) -> Iterator[str]:
    """Start `maillage demo` on an empty machine and give its address once it answers."""
    with own_database() as database, serving(demo_home, database, "demo") as address:
        yield address


def _answers(address: str, server: subprocess.Popen[bytes], seconds: int) -> bool:
    for _ in range(seconds * 4):
        if server.poll() is not None:
            return False
        try:
            urllib.request.urlopen(address, timeout=2)
        except OSError:
            time.sleep(0.25)
        else:
            return True
    return False
