"""A client that keeps its connections, sends at its own pace and reads streams, light beside the server."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

LONGEST = 30.0  # s: an answer that takes longer is an error


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (names in lower case, the last of each; cookies apart) and text."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    text: str


@dataclass
class Client:
    """Somebody signed in at 127.0.0.1:`port`; connections are kept and used again."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, *, by_script: bool = False
    ) -> Answer:
        """Return the answer to one request. Raises OSError, EOFError, ValueError where none comes.

        A kept connection that the server has closed meanwhile is not an answer: another is opened.
        """
        written = self._written(method, path, form, by_script=by_script)
        while True:
            is_kept = bool(self._idle)
            reader, writer = self._idle.pop() if is_kept else await self._opened()
            try:
                async with asyncio.timeout(LONGEST):
                    writer.write(written)
                    await writer.drain()
                    answer = await _answer(reader)
                break
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                writer.close()
                if not is_kept or getattr(error, "partial", b""):
                    raise
            except BaseException:
                writer.close()
                raise
        if answer.headers.get("connection") == "close":
            writer.close()
        else:
            self._idle.append((reader, writer))
        return answer

    async def listen(self, path: str, told: Callable[[str], Awaitable[None]]) -> None:
        """Read a stream of events until it ends, and call `told` with the name of each."""
        reader, writer = await self._opened()
        try:
            writer.write(self._written("GET", path, None, by_script=False, accept="text/event-stream"))
            await writer.drain()
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                raise ValueError(head.decode())
            while line := await reader.readline():
                if line.startswith(b"event: "):
                    await told(line[7:].strip().decode())
        finally:
            writer.close()

    async def sign_in(self, role: str) -> None:
        """Enter as the demonstration's account of a role."""
        page = await self.ask("GET", "/compte/demonstration/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        if token is None:
            raise ValueError("the page of sign-in has no form")
        self.cookies |= page.cookies
        sent = {"csrfmiddlewaretoken": token[1], "role": role}
        self.cookies |= (await self.ask("POST", "/compte/demonstration/", sent)).cookies

    def close(self) -> None:
        """Close the connections that are kept."""
        for _reader, writer in self._idle:
            writer.close()
        self._idle.clear()

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=2**20)

    def _written(
        self, method: str, path: str, form: dict[str, str] | None, *, by_script: bool, accept: str = "*/*"
    ) -> bytes:
        body = urlencode(form).encode() if form is not None else b""
        home = f"http://127.0.0.1:{self.port}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Referer: {home}/",
            f"Origin: {home}",
            f"Accept: {accept}",
        ]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if form is not None:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        if by_script:
            lines += ["HX-Request: true", "HX-Boosted: true", f"X-CSRFToken: {self.cookies['csrftoken']}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


async def paced(rate: float, seconds: float, ask: Callable[[int], Awaitable[bool | None]]) -> list[float]:
    """Call `ask` so many times a second, whether or not the answers come back.

    Return the milliseconds from when each was due to its answer, of those that are not false; an error is
    raised once all are there.
    """
    began = time.perf_counter() + 0.1
    elapsed: list[float] = []

    async def one(turn: int) -> None:
        due = began + turn / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if await ask(turn) is not False:
            elapsed.append((time.perf_counter() - due) * 1e3)

    await asyncio.gather(*(one(turn) for turn in range(round(rate * seconds))))
    return elapsed


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    cookies: dict[str, str] = {}
    for line in head[1:]:
        name, _colon, value = line.partition(": ")
        if name.lower() == "set-cookie":
            key, _equals, kept = value.partition(";")[0].partition("=")
            cookies[key] = kept
        else:
            headers[name.lower()] = value
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(head[0].split()[1]), headers, cookies, body.decode())
