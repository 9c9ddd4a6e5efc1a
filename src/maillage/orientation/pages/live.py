"""The stream that tells open desks that something changed, without saying what: each asks for its own queue.

Under ASGI one server-sent event a change, read from the outbox once a second. A server without asynchronous
answers says 204, after which the browser stops asking and the desk polls.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Endpoint
from maillage.orientation import api
from maillage.orientation.pages.base import OfDesk

EVERY = 1.0  # s between two looks
QUIET = 15  # looks without news before a comment keeps the connection open
LIFE = 600  # looks before the browser has to ask again, and its rights with it


class Stream(OfDesk, Endpoint):
    """The events of the visitor's desk."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Stream under ASGI; say « no content » elsewhere."""
        if not isinstance(request, ASGIRequest):
            return HttpResponse(status=204)
        events = changes(self.person, self.scope)
        response = StreamingHttpResponse(events, content_type="text/event-stream")
        response["Cache-Control"] = "no-store"
        response["X-Accel-Buffering"] = "no"
        return response


async def changes(
    person: Person, scope: Scope, *, every: float = EVERY, life: int = LIFE
) -> AsyncIterator[bytes]:
    """Yield one `changed` event each time the desk of `scope` changed, a comment while nothing happens."""
    look = sync_to_async(_look, thread_sensitive=True)
    seen = await look(person, scope)
    yield b"retry: 2000\n: open\n\n"
    for tick in range(1, life + 1):
        await asyncio.sleep(every)
        latest = await look(person, scope)
        if latest != seen:
            seen = latest
            yield b"event: changed\ndata: queue\n\n"
        elif tick % QUIET == 0:
            yield b": still here\n\n"


def _look(person: Person, scope: Scope) -> int:
    """Read the last event, and give the connection back: an open desk keeps none while it waits."""
    try:
        return api.last_event(by=person, scope=scope)
    finally:
        connection.close()
