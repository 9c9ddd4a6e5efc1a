"""The server: one process a core, each with the same application; one of them leads (`workers`).

The parent only watches: it starts again a process that died, and on SIGHUP replaces them one by one, each
once it has answered what it had begun.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, NoReturn

import uvicorn

GRACE = 3  # s: live pages keep a stream open; a server asked to stop does not wait for them longer
APPLICATION = "maillage.config.serving:application"

#: One process serves one core: libraries that would start threads of their own are told so.
LIMITS = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def take_over(*, host: str, port: int, workers: int) -> NoReturn:
    """Become the server: the memory that preparing took goes back to the machine, the process stays the same.

    With no `workers`, one process a core.
    """
    for name, value in LIMITS.items():
        os.environ.setdefault(name, value)
    count = workers or default_workers()
    command = [sys.executable, "-m", "maillage.config.serving", host, str(port), str(count)]
    if os.name == "nt":
        sys.exit(subprocess.run(command, check=False).returncode)  # noqa: S603 (our own words)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, command)  # noqa: S606


def run(*, host: str, port: int, workers: int) -> None:
    """Serve until told to stop."""
    uvicorn.run(
        APPLICATION, factory=True, host=host, port=port, workers=workers, log_level="warning", lifespan="on",
        timeout_graceful_shutdown=GRACE, timeout_worker_healthcheck=60,
    )  # fmt: skip


def default_workers() -> int:
    """Return how many processes serve where nobody says: one a core that we may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def application() -> Any:
    """Return the application of one server process: the site, and what it does beside answering."""
    from maillage.config import asgi, workers

    worker = workers.Worker()

    async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(worker, receive, send)
        else:
            await asgi.application(scope, receive, send)

    return served


async def _live(worker: Any, receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            worker.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            worker.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


if __name__ == "__main__":
    run(host=sys.argv[1], port=int(sys.argv[2]), workers=int(sys.argv[3]))
