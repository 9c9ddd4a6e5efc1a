"""The server: one process a core, each with the same application; one of them leads (`workers`).

The parent only watches: it starts again a process that died, and on SIGHUP replaces them one by one, each
once it has answered what it had begun.
"""

from __future__ import annotations

import os
from typing import Any

import uvicorn

GRACE = 3  # s: live pages keep a stream open; a server asked to stop does not wait for them longer
APPLICATION = "maillage.config.serving:application"


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
