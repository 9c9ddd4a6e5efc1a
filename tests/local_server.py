"""A web server on this machine that serves files as the servers of public bodies do, with their bad days."""

import gzip
import hashlib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

LAST_MODIFIED = "Thu, 01 Oct 2026 08:00:00 GMT"


@dataclass
class Day:
    """How one file is served this time: `status` in place of 200; `cut` bytes before the line drops; `pause`
    in seconds between pieces; other bytes from then on; without a version (no ETag, no date);
    without ranges; without its length; compressed on the way, asked or not."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    pause: float = 0.0
    then: bytes | None = None
    versioned: bool = True
    ranges: bool = True
    content_length: bool = True
    gzipped: bool = False


class Served:
    """What the server has: files by path, and the bad days to come of each, first in first out."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.days: dict[str, list[Day]] = {}
        self.always: dict[str, Day] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.address = ""

    def url(self, name: str) -> str:
        return f"{self.address}/{name}"


def etag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:16]}"'


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Served]:
    """Serve until the block ends; yields what may be changed meanwhile. With a PEM file (key and
    certificate), over TLS."""
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with suppress(ConnectionError, ssl.SSLError):
                super().handle()

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1].partition("?")[0]
            served.asked.append((name, dict(self.headers.items())))
            days = served.days.get(name, [])
            day = days.pop(0) if days else served.always.get(name, Day())
            content = served.files.get(name)
            if day.then is not None:
                served.files[name] = day.then
            if day.status != 200 or content is None:
                self._short(day.status if content is not None else 404, day.headers)
                return
            self._send(content, day)

        def _short(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _send(self, content: bytes, day: Day) -> None:
            if day.gzipped:
                content = gzip.compress(content)
            version = etag(content)
            if day.versioned and self.headers.get("If-None-Match") == version:
                self._short(304, {"ETag": version})
                return
            start = 0
            asked = self.headers.get("Range", "")
            if day.ranges and asked and self.headers.get("If-Range") == version:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(content) and start:
                self._short(416, {"Content-Range": f"bytes */{len(content)}"})
                return
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if day.versioned:
                self.send_header("ETag", version)
                self.send_header("Last-Modified", LAST_MODIFIED)
            if day.gzipped:
                self.send_header("Content-Encoding", "gzip")
            if day.content_length:
                self.send_header("Content-Length", str(len(content) - start))
            else:
                self.close_connection = True
                self.send_header("Connection", "close")
            self.end_headers()
            body = content[start:]
            if day.cut is not None:
                body = body[: day.cut]
            for at in range(0, len(body), 4096):
                self.wfile.write(body[at : at + 4096])
                if day.pause:
                    self.wfile.flush()
                    time.sleep(day.pause)
            if day.cut is not None:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served.address = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
