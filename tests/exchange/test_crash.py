"""Killed at any step (SIGKILL), a worker loses no message, and the gateway never takes one twice."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.servers import Gateway, running
from tests.kernel.own_database import OwnDatabase, own_database

PROCESS = "tests.exchange.process"
DONE = {"delivered": 1, "states": ["sent"]}


@pytest.fixture
def database(tmp_path: Path, django_db_setup: None) -> Iterator[OwnDatabase]:
    with own_database(tmp_path) as database:
        yield database


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with running(Gateway()) as server:
        monkeypatch.setenv("MAILLAGE_SMS_URL", server.url)
        yield server


def killed(database: OwnDatabase, command: str, step: str) -> bool:
    return database.run(PROCESS, command, step)[0] == -signal.SIGKILL


def test_a_killed_worker_loses_and_repeats_nothing(database: OwnDatabase, server: Gateway) -> None:
    assert killed(database, "tell", "before the commit")
    assert database.run(PROCESS, "work", "")[1] == {"delivered": 0, "states": []}
    assert killed(database, "tell", "committed, nothing sent")
    assert server.requests == []
    assert killed(database, "work", "the gateway has it, not marked")
    assert killed(database, "work", "marked, the outbox not told")
    assert len(server.requests) == 2, "at least once, with one key"
    assert database.run(PROCESS, "work", "")[1] == DONE
    assert database.run(PROCESS, "work", "")[1] == DONE | {"delivered": 0}
    assert len(server.requests) == 2, "marked as sent, it does not leave again"
    assert list(server.taken) == [server.requests[0]["key"]], "the gateway knew the second by its key"
