"""From a request of the server to the answer of the site: in one thread from end to end, or refused at once.

Django's own handler takes a request through a dozen threads, one for each change between its asynchronous and
its synchronous parts, and opens as many as there are requests. Here all of it runs in one thread, of so many
(`RUNNING`) as a core can serve; the others wait in a line that is bounded (`kernel.admission`). What is
streamed is written by the loop, which keeps no thread for it.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from functools import cache
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.db import close_old_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import set_script_prefix
from django.utils import translation

from maillage.kernel import admission

logger = logging.getLogger("maillage.handler")

#: One core runs one thread of Python at a time; the others of these wait for the database meanwhile.
RUNNING = 4
READS, ACTS = 24, 48
"""How many pages asked for, and how many acts, wait in one process: two or three seconds at most."""
PATIENCE = 5.0  # s that a request waits at most
RETRY_AFTER = 2  # s
TELL_EVERY = 30.0  # s between two lines of the log about what was refused
#: Threads that wait for one another to write together have given their place away, and are still threads.
THREADS = 64
_STREAM = (b"accept", b"text/event-stream")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
Headers = list[tuple[bytes, bytes]]


class Handler(ASGIHandler):
    """The application of one server process."""

    def __init__(self, *, running: int = RUNNING, reads: int = READS, acts: int = ACTS) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._static = f"/{settings.STATIC_URL.strip('/')}/"
        self._line = admission.Admission(running=running, reads=reads, acts=acts, patience=PATIENCE)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")
        self._refused, self._told_at = 0, -TELL_EVERY

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request. Raises ValueError for what is not HTTP."""
        if scope["type"] != "http":
            raise ValueError(f"{scope['type']} is not served: only HTTP is.")
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        try:
            place = await self._line.enter(is_act=not self._is_page(scope))
        except admission.OverloadedError:
            body.close()
            self._note_overload(scope)
            await _refuse(scope, send)
            return
        loop = asyncio.get_running_loop()
        try:
            answer = await loop.run_in_executor(
                self._threads, Context().run, self._answer, scope, body, place
            )
        finally:
            place.give_back()
        if isinstance(answer, HttpResponseBase):
            await self._stream(answer, receive, send)
            await loop.run_in_executor(self._threads, answer.close)
        else:
            await _send(send, *answer)

    def _is_page(self, scope: Any) -> bool:
        """Return whether a request changes nothing and is no part of a page that is there already.

        A browser asks once for a stream: refused, the page would look again every few seconds instead.
        """
        is_part = scope["path"].startswith(self._static) or _STREAM in scope["headers"]
        return scope["method"] in _SAFE and not is_part

    def _answer(
        self, scope: Any, body: Any, place: admission.Place
    ) -> tuple[int, Headers, bytes] | HttpResponseBase:
        """Return status, headers and content; the response itself where it is to be streamed."""
        admission.hold(place)
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=self.__class__, scope=scope)
        request, refusal = self.create_request(scope, body)
        response: Any = refusal if request is None else self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and response.is_async:
            response._handler_class = self.__class__  # type: ignore[attr-defined]  # set by Django itself, not in its stubs
            response._resource_closers.append(body.close)  # type: ignore[attr-defined]  # set by Django itself, not in its stubs
            close_old_connections()  # a stream lasts, and keeps no connection meanwhile
            return response
        content = b"".join(response.streaming_content) if response.streaming else response.content
        response._handler_class = self.__class__
        response.close()
        body.close()
        return response.status_code, _headers(response), content

    async def _stream(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        """Write a stream until it ends, or nobody reads it."""
        gone = asyncio.create_task(self.listen_for_disconnect(receive))
        writing = asyncio.create_task(self.send_response(response, send))
        await asyncio.wait({gone, writing}, return_when=asyncio.FIRST_COMPLETED)
        for task in (gone, writing):
            task.cancel()
        for found in await asyncio.gather(gone, writing, return_exceptions=True):
            if isinstance(found, Exception) and not isinstance(found, RequestAborted):
                raise found

    def _note_overload(self, scope: Any) -> None:
        """Say in the log of the program how many requests were refused, not more than now and then."""
        self._refused += 1
        now = asyncio.get_running_loop().time()
        if now - self._told_at >= TELL_EVERY:
            logger.warning(
                "overloaded: %s refused, %s %s the last", self._refused, scope["method"], scope["path"]
            )
            self._refused, self._told_at = 0, now


def _headers(response: HttpResponse) -> Headers:
    named = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
    cookies = [one.output(header="").strip().encode("ascii") for one in response.cookies.values()]
    return [*named, *((b"Set-Cookie", cookie) for cookie in cookies)]


async def _send(send: Any, status: int, headers: Headers, content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _refuse(scope: Any, send: Any) -> None:
    """Say that nothing was done and when to try again, without asking anything of anybody."""
    chosen = f"{settings.LANGUAGE_COOKIE_NAME}=en".encode()
    cookies = [value for name, value in scope["headers"] if name == b"cookie"]
    language = "en" if any(chosen in value.replace(b" ", b"").split(b";") for value in cookies) else "fr"
    content = _refusal(language)
    headers = [
        (b"Content-Type", b"text/html; charset=utf-8"),
        (b"Content-Length", str(len(content)).encode()),
        (b"Content-Language", language.encode()),
        (b"Retry-After", str(RETRY_AFTER).encode()),
        (b"Cache-Control", b"no-store"),
        (b"Content-Security-Policy", b"default-src 'none'; style-src 'self'"),
        (b"X-Content-Type-Options", b"nosniff"),
    ]
    await _send(send, 503, headers, content)


@cache
def _refusal(language: str) -> bytes:
    with translation.override(language):
        return render_to_string("503.html", {"parent": "web/bare.html"}).encode()
