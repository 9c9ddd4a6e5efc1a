"""The server: one process a core, each with the same application; one of them leads (`workers`).

The parent only watches, even over one: it starts again a process that died, and on SIGHUP replaces them one
by one, each once it has answered what it had begun. A process accepts requests once it is warm (`warming`).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from uvicorn.supervisors import Multiprocess

GRACE = 3  # s: a server asked to stop does not wait longer for what it had begun
APPLICATION = "maillage.config.serving:application"
HEALTH = "/healthz"
"""The address that says whether a process is ready, to whoever watches the machine: no account, any host."""
PARENT_EVERY = 1.0  # s between two looks at whether the parent is there

#: One process serves one core: libraries that would start threads of their own are told so. The arrays that a
#: page frees go back to the machine: the allocator would keep up to 32 MB of each kind.
LIMITS = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 20),
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
}


def replace_process(*, host: str, port: int, workers: int) -> NoReturn:
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
    config = uvicorn.Config(
        APPLICATION, factory=True, host=host, port=port, workers=workers, log_level="warning", lifespan="on",
        timeout_graceful_shutdown=GRACE, timeout_worker_healthcheck=60,
    )  # fmt: skip
    Multiprocess(config, sockets=[config.bind_socket()]).run()


def default_workers() -> int:
    """Return how many processes serve where nobody says: one a core that we may use."""
    usable = getattr(os, "sched_getaffinity", None)
    return len(usable(0)) if usable else os.cpu_count() or 1


def application() -> Any:
    """Return the application of one server process: the site, and what it does beside answering."""
    from maillage.config import asgi, workers

    process = _Process(workers.Worker())

    async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await process.live(receive, send)
        elif scope["type"] == "http" and scope["path"] == HEALTH:
            await _tell_health(send)
        else:
            await asgi.application(scope, receive, send)

    return served


class _Process:
    """The life of one server process."""

    def __init__(self, worker: Any) -> None:
        self._worker = worker

    async def live(self, receive: Any, send: Any) -> None:
        """Get warm before the first request, start what goes on beside answering, and stop it at the end."""
        from maillage.config import warming

        watch = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await asyncio.to_thread(warming.warm)
                warming.set_apart()
                self._end_streams_when_told_to_stop()
                self._worker.start()
                watch = asyncio.create_task(_stop_without_parent())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if watch is not None:
                    watch.cancel()
                await asyncio.to_thread(self._worker.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _end_streams_when_told_to_stop(self) -> None:
        """Let a signal end the open streams before the server waits for its connections to close."""
        from maillage.kernel.pages import live

        for number in (signal.SIGTERM, signal.SIGINT):
            server = signal.getsignal(number)

            def told(received: int, frame: FrameType | None, server: Any = server) -> None:
                live.end_all()
                if callable(server):
                    server(received, frame)

            signal.signal(number, told)


async def _stop_without_parent() -> None:
    """Stop once the parent was killed: nobody would start us again, nor stop us, and we hold its port."""
    parent = multiprocessing.parent_process()
    while parent is None or parent.is_alive():
        await asyncio.sleep(PARENT_EVERY)
    signal.raise_signal(signal.SIGTERM)


async def _tell_health(send: Any) -> None:
    """Answer 200 where the database answers, 503 where it does not; a process that answers at all is warm."""
    from asgiref.sync import sync_to_async

    from maillage.config import installation

    is_ready = await sync_to_async(installation.database_answers)()
    body = b"ready\n" if is_ready else b"the database does not answer\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200 if is_ready else 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    run(host=sys.argv[1], port=int(sys.argv[2]), workers=int(sys.argv[3]))
