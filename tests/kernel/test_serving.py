"""A real server: ready when it says so, replaced without a refusal, stopped when told."""

import signal
import threading
from pathlib import Path

from tests.faults.server import Server
from tests.kernel.own_database import OwnDatabase
from tests.migrated import copy_to

STARTS, STOPS = 90.0, 15.0  # seconds, on a busy machine


def test_a_server_replaces_its_processes_and_stops_when_told(tmp_path: Path) -> None:
    copy_to(tmp_path / "own.sqlite3")
    server = Server(OwnDatabase(f"sqlite:///{tmp_path / 'own.sqlite3'}", tmp_path), workers=1)
    server.start()
    stop, answers = threading.Event(), list[int]()

    def ask() -> None:
        while not stop.wait(0.05):
            answers.append(server.ask("/compte/login/"))

    client = threading.Thread(target=ask)
    try:
        assert server.ask("/healthz") == 200
        (before,) = server.workers()
        client.start()
        server.tell(signal.SIGHUP)
        server.wait_until(lambda: bool(server.workers()) and before not in server.workers(), STARTS)
        stop.set()
        client.join()
        assert set(answers) == {200}
        server.tell(signal.SIGTERM)
        server.wait_until(server.is_over, STOPS)
    finally:
        stop.set()
        server.kill()
