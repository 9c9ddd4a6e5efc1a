"""Processes of one server that die, are replaced or told to stop, while clients go on asking."""

import http.client
import os
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from maillage.config.workers import LEASE
from tests.faults.preparation_data import Prepared
from tests.faults.server import Server
from tests.kernel.own_database import OwnDatabase

pytestmark = pytest.mark.faults
STARTS = 90.0  # seconds that a process may take to start on a busy machine
STOPS = 15.0  # seconds in which a server told to stop has stopped, on a busy machine
STREAMS = 30  # more than the connections that two processes keep
PAGES = ("/healthz", "/compte/login/")


class Clients:
    """A few clients that ask in a loop, each on a new connection; `failed` tells what they did not get."""

    def __init__(self, server: Server, count: int = 3) -> None:
        self._server = server
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(count)]
        self.answered = 0
        self.failed: list[str] = []

    def _ask(self) -> None:
        while not self._stop.is_set():
            for page in PAGES:
                try:
                    status = self._server.ask(page)
                    if status == 200:
                        self.answered += 1
                    else:
                        self.failed.append(f"{page}: {status}")
                except OSError as error:
                    self.failed.append(f"{page}: {error!r}")
            time.sleep(0.05)

    @contextmanager
    def asking(self) -> Iterator["Clients"]:
        for thread in self._threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(timeout=60)


def leader(database: OwnDatabase) -> int:
    """Return which process leads, 0 where none does."""
    asked = "SELECT holder FROM kernel_lease WHERE name = 'leader' AND until > {now}"
    if database.url.startswith("sqlite"):
        connection = sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=20)
        row = connection.execute(asked.format(now="strftime('%Y-%m-%d %H:%M:%f', 'now')")).fetchone()
        connection.close()
    else:
        with psycopg.connect(database.url) as open_one:
            row = open_one.execute(asked.format(now="now()")).fetchone()
    return int(row[0].split("-")[0]) if row else 0


class Stream:
    """The stream of the desk, open."""

    def __init__(self, server: Server, prepared: Prepared) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Cookie": f"sessionid={prepared['session']}"}
        self._connection.request("GET", "/regulation/flux/", headers=headers)
        self._answer = self._connection.getresponse()
        assert self._answer.status == 200
        assert self._answer.readline() == b"retry: 2000\n"

    def rest(self) -> bytes:
        """Return what it said until its end."""
        try:
            return self._answer.read()
        finally:
            self._connection.close()


def sent(database: OwnDatabase) -> list[str]:
    file: Path = database.home / "sms.jsonl"
    return file.read_text().splitlines() if file.exists() else []


def test_killed_one_by_one_they_come_back_and_what_was_queued_leaves_once(database: OwnDatabase) -> None:
    server = Server(database, workers=2)
    server.start()
    try:
        server.wait_until(lambda: leader(database) in server.workers(), STARTS)
        first = leader(database)
        (other,) = server.workers() - {first}
        with Clients(server).asking() as clients:
            answered = clients.answered
            os.kill(first, signal.SIGKILL)
            database.run("tests.faults.preparation", "announce")
            took = server.wait_until(lambda: leader(database) not in {0, first}, LEASE.total_seconds() + 10)
            assert clients.answered > answered, "the other answers meanwhile"
            server.wait_until(lambda: len(sent(database)) == 1, 30)
            server.wait_until(lambda: len(server.workers() - {first}) == 2, STARTS)
            os.kill(other, signal.SIGKILL)
            server.wait_until(lambda: len(server.workers() - {first, other}) == 2, STARTS)
            server.wait_until(lambda: leader(database) in server.workers(), STARTS)
        assert took < LEASE.total_seconds() + 10
        assert len(clients.failed) <= 2 * 3, "at most what each client was being answered by the one killed"
        time.sleep(5)
        assert len(sent(database)) == 1, "exactly once, whoever led"
    finally:
        server.kill()


def test_replaced_they_refuse_nobody_and_told_to_stop_they_do_so_at_once(database: OwnDatabase) -> None:
    _status, prepared = database.run("tests.faults.preparation", "prepare")
    server = Server(database, workers=2)
    server.start()
    try:
        server.wait_until(lambda: len(server.workers()) == 2, STARTS)
        before = server.workers()
        streams = [Stream(server, prepared) for _ in range(STREAMS)]
        with Clients(server).asking() as clients:
            server.tell(signal.SIGHUP)
            server.wait_until(lambda: not server.workers() & before, 2 * STARTS)
            server.wait_until(lambda: len(server.workers()) == 2, STARTS)
        assert not clients.failed, server.log.read_text()[-3000:]
        assert clients.answered > 10
        for stream in streams:
            assert b"event" not in stream.rest(), "each ended, and told nothing that did not happen"
        streams = [Stream(server, prepared) for _ in range(STREAMS)]
        server.tell(signal.SIGTERM)
        server.wait_until(server.is_over, STOPS)
        assert all(stream.rest().startswith(b": open") for stream in streams)
        assert "Cancel" not in server.log.read_text(), "no stream was waited for"
    finally:
        server.kill()


def test_without_the_process_that_watches_them_they_stop(database: OwnDatabase) -> None:
    server = Server(database, workers=2)
    server.start()
    try:
        server.wait_until(lambda: len(server.workers()) == 2, STARTS)
        server.tell(signal.SIGKILL)
        server.wait_until(server.is_over, STARTS)
        with pytest.raises(OSError, match="refused"):
            server.ask("/healthz")
    finally:
        server.kill()
