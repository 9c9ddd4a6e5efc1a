"""Many browsers at once on one server: each with a session, a connection kept open and its own token."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import urlencode

OVERLOADED = 503
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Told(NamedTuple):
    """What a run gave: how many answers of each status, seconds of the whole, milliseconds of each.

    `processor`: the seconds of processor that the server's processes took meanwhile, where they were counted.
    """

    statuses: Counter[int]
    seconds: float
    elapsed: list[float]
    processor: float = 0.0


class Browser:
    """One connection and the cookies of one person."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.cookies = port, {"sessionid": session}
        self.token = ""
        self.retry_after = 1.0  # s

    async def connect(self) -> None:
        """Open the connection, which a server closes after some seconds without a request."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)

    async def read_token(self, path: str) -> None:
        """Read a page for the token of its form. Raises RuntimeError where it has none."""
        await self.connect()
        status, text = await self.ask("GET", path, "")
        self.writer.close()
        found = TOKEN.search(text)
        if status != 200 or found is None:
            raise RuntimeError(f"no form at {path}: {status} {text[:300]}")
        self.token = found[1]

    async def ask(self, method: str, path: str, form: str) -> tuple[int, str]:
        """Send one request; return status and text."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            f"Cookie: {cookies}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(form)}",
        ]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n" + form).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length, status = 0, int(head.split(" ", 2)[1])
        for line in head.split("\r\n")[1:]:
            name, _, value = line.partition(":")
            if name.lower() == "content-length":
                length = int(value)
            elif name.lower() == "retry-after":
                self.retry_after = float(value)
            elif name.lower() == "set-cookie":
                key, _, kept = value.strip().split(";")[0].partition("=")
                # What the next page says is read by that page, which is asked of neither site.
                if key != "messages":
                    self.cookies[key] = kept
        return status, (await self.reader.readexactly(length)).decode(errors="replace")


def book_all(port: int, sessions: Sequence[str], wanted: Sequence[tuple[str, int]]) -> Told:
    """Ask for every (path, patient) once, each client taking the next as soon as it has its answer.

    Whoever is refused because the line is full (503) asks again after the seconds that the answer says, which
    count in what it waited.
    """
    return asyncio.run(_book_all(port, sessions, wanted))


async def _book_all(port: int, sessions: Sequence[str], wanted: Sequence[tuple[str, int]]) -> Told:
    browsers = [Browser(port, session) for session in sessions]
    for browser in browsers:
        await browser.read_token(wanted[0][0])
    for browser in browsers:
        await browser.connect()
    statuses: Counter[int] = Counter()
    elapsed: list[float] = []
    waiting = iter(enumerate(wanted))

    async def client(browser: Browser) -> None:
        for turn, (path, patient) in waiting:
            form = {"csrfmiddlewaretoken": browser.token, "patient": patient, "key": f"{port}-{turn}"}
            began = time.perf_counter()
            while (status := (await browser.ask("POST", path, urlencode(form)))[0]) == OVERLOADED:
                statuses[status] += 1
                await asyncio.sleep(browser.retry_after)
            elapsed.append((time.perf_counter() - began) * 1e3)
            statuses[status] += 1

    began = time.perf_counter()
    await asyncio.gather(*(client(browser) for browser in browsers))
    seconds = time.perf_counter() - began
    for browser in browsers:
        browser.writer.close()
    return Told(statuses, seconds, elapsed)


@contextmanager
def serving(words: Sequence[str], environment: dict[str, str], port: int) -> Iterator[int]:
    """Run a server until the end of the block, from when it answers; give the number of its process."""
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            for _attempt in range(480):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0 and _answers(port):
                        break
                time.sleep(0.25)
            yield server.pid
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    """Whether some process of the server answers a request, whatever it says."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as probe:
        probe.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
        return probe.recv(12).startswith(b"HTTP/1.")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
