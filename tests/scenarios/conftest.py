"""One demonstration, prepared as a user prepares it by `maillage demo`; each story has a server on a copy.

Prepared once for all workers. A copy starts at the time that the demonstration showed when it was prepared.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.migrated import copy_to, migrated_database

CLOCK = "demonstration-clock.json"
Command = Callable[..., subprocess.CompletedProcess[str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def own_database(template: str = "template1") -> Iterator[dict[str, str]]:
    """Yield the environment of a database of its own, as `make_database` gives it."""
    database = make_database(template)
    yield database
    drop_database(database)


def make_database(template: str = "template1") -> dict[str, str]:
    """Return the environment of a SQLite file, or of a new PostgreSQL database.

    The latter starts as a copy of `template`, which nobody may be using.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return {}
    name = f"maillage_scenarios_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return {"DATABASE_URL": f"{url.rsplit('/', 1)[0]}/{name}"}


def drop_database(database: dict[str, str]) -> None:
    """Remove what `make_database` made on a server."""
    if database:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            name = database["DATABASE_URL"].rsplit("/", 1)[-1]
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment_of(home: Path, database: dict[str, str]) -> dict[str, str]:
    """Return the environment of an installation of its own in `home`."""
    kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return kept | {"MAILLAGE_HOME": str(home), "PYTHONWARNINGS": "default"} | database


@contextmanager
def new_installation(home: Path) -> Iterator[tuple[Demonstration, Command]]:
    """Yield an installation with its tables and no row, and a function that runs `maillage …` in it.

    `typed` is what that command reads from the keyboard.
    """
    url, template = os.environ.get("DATABASE_URL", ""), "template1"
    if url.startswith("postgres"):
        template = migrated_database(url.rsplit("/", 1)[0])
    else:
        copy_to(home / "maillage.sqlite3")
    with own_database(template) as database:
        environment = environment_of(home, database)

        def run(*words: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
            return subprocess.run(
                [sys.executable, "-m", "maillage", *words],
                env=environment | variables,
                input=typed,
                capture_output=True,
                text=True,
                timeout=180,
            )

        yield Demonstration(home, database), run


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """Give a function that runs `maillage …` in an installation of its own and returns what it said."""
    with new_installation(tmp_path_factory.mktemp("installation")) as (_installation, run):
        yield run


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
            if not _answers(f"{address}/healthz", server, seconds=600):
                log.seek(0)
                pytest.fail(f"`maillage {words[0]}` did not start:\n{log.read()}")
            yield address
        finally:
            server.terminate()
            server.wait(timeout=20)


@dataclass(frozen=True)
class Demonstration:
    """A demonstration already prepared: its folder, and the environment of its database."""

    home: Path
    database: dict[str, str]

    def at(self, moment: datetime) -> None:
        """Set its clock: the next server of this folder starts at `moment`."""
        ahead = (moment - datetime.now(UTC)).total_seconds()
        (self.home / CLOCK).write_text(json.dumps({"seconds_ahead": ahead}), encoding="utf-8")

    def now(self) -> datetime:
        """Return the time that it shows, aware."""
        return datetime.now(UTC) + timedelta(
            seconds=json.loads((self.home / CLOCK).read_text())["seconds_ahead"]
        )


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demonstration, datetime]]:
    """Prepare the demonstration as a user does, on an empty machine; give it stopped, with its time.

    The first worker that needs it prepares it for the others; the last one removes its database.
    """
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demonstration"
    folder.mkdir(exist_ok=True)
    note, user = folder / "prepared.json", folder / f"{os.getpid()}.user"
    with locked(folder):
        if not note.exists():
            made = Demonstration(folder / f"home-{os.getpid()}", make_database())
            made.home.mkdir()
            with serving(made.home, made.database, "demo"):
                pass
            note.write_text(json.dumps([str(made.home), made.database, made.now().isoformat()]))
        home, database, moment = json.loads(note.read_text())
        user.touch()
    yield Demonstration(Path(home), database), datetime.fromisoformat(moment)
    with locked(folder):
        user.unlink()
        if not any(folder.glob("*.user")):
            note.unlink()
            drop_database(database)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one worker at a time in."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def demonstration(
    prepared: tuple[Demonstration, datetime], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demonstration]:
    """Give a copy of the demonstration for the stories of one file: what they do is seen by no other."""
    made, moment = prepared
    home = Path(shutil.copytree(made.home, tmp_path_factory.mktemp("home"), dirs_exist_ok=True))
    with own_database(made.database.get("DATABASE_URL", "template1").rsplit("/", 1)[-1]) as database:
        copy = Demonstration(home, database)
        copy.at(moment)
        yield copy


@pytest.fixture(scope="module")
def demo_home(demonstration: Demonstration) -> Path:
    """Give the folder of the installation that is served: its log, the SMS that would have left."""
    return demonstration.home


@pytest.fixture(scope="module")
def demo_url(demonstration: Demonstration) -> Iterator[str]:
    """Serve the copy by `maillage demo`, with one process, and give its address once it answers."""
    with serving(demonstration.home, demonstration.database, "demo", "--workers", "1") as address:
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
