"""A real `maillage serve` that is killed without warning and started again."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from tests.kernel.own_database import OwnDatabase


class Server:
    """One server process at a time, on one port. `log` keeps what it said, for a failing test."""

    def __init__(self, database: OwnDatabase) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._environment = {
            **os.environ,
            "DATABASE_URL": database.url,
            "MAILLAGE_HOME": str(database.home),
            "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
        }
        self.log = database.home / "server.log"
        self.kills = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def start(self) -> None:
        """Start the server and wait until it answers; TimeoutError after a minute."""
        command = [sys.executable, "-m", "maillage", "serve", "--quiet", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5).close()
                return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(self.log.read_text()[-2000:])

    def kill(self) -> None:
        """Kill the process as a power cut would (SIGKILL, no clean-up)."""
        with self._turn:
            if self._process is not None:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait(timeout=30)
                self._process = None
                self.kills += 1
