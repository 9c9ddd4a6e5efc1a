"""A real `maillage serve`: told to stop, killed without warning, started again."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from tests.kernel.own_database import OwnDatabase


class Server:
    """One server at a time, on one port. `log` keeps what it said, for a failing test."""

    def __init__(self, database: OwnDatabase, *, workers: int = 0) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "MAILLAGE_HOME": str(database.home),
            "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
        }
        self._workers = workers
        self.log = database.home / "server.log"
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def start(self) -> None:
        """Start the server and wait until it answers; TimeoutError after two minutes."""
        options = ["--quiet", "--port", str(self.port), "--workers", str(self._workers)]
        command = [sys.executable, "-m", "maillage", "serve", *options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                self.ask("/healthz")
                return
            except OSError:
                time.sleep(0.1)
        self.kill()
        raise TimeoutError(self.log.read_text()[-2000:])

    def ask(self, path: str) -> int:
        """Ask for a page on a connection of its own; return the status. Raises OSError where none comes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except http.client.HTTPException as error:
            raise OSError(repr(error)) from error
        finally:
            connection.close()

    def workers(self) -> set[int]:
        """Return the processes that answer, ready or not."""
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return {int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}

    def tell(self, number: signal.Signals) -> None:
        """Send a signal to the process that watches the others."""
        assert self._process is not None
        os.kill(self._process.pid, number)

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> float:
        """Return the seconds until `condition` holds; TimeoutError, with its log, after `seconds`."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() > began + seconds:
                raise TimeoutError(self.log.read_text()[-3000:])
            time.sleep(0.05)
        return time.monotonic() - began

    def is_over(self) -> bool:
        """Return whether it stopped by itself, every process of it, its port free."""
        if self._process is None or self._process.poll() is None:
            return False
        try:
            os.killpg(self._process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def kill(self) -> None:
        """Kill the process as a power cut would (SIGKILL, no clean-up)."""
        with self._turn:
            if self._process is not None:
                with contextlib.suppress(ProcessLookupError):  # it was told to stop, and did
                    os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(timeout=30)
                self._process = None
                self.kills += 1
