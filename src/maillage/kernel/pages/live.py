"""Streams of server-sent events: an open page is told that something changed, without saying what.

All the streams of a process share one look at the outbox a second, whatever their number and their scopes,
and one look at the rights of their readers every `RIGHTS_EVERY` seconds: a stream ends within that time once
its reader has signed out, changed password, lost the role or left.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from maillage.kernel import access, outbox, sign_in
from maillage.kernel.models import Scope
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission

logger = logging.getLogger("maillage.live")

EVERY = 1.0  # s between two looks
RIGHTS_EVERY = 5  # looks between two readings of who may still listen
QUIET = 15  # looks without news before a comment keeps the connection open
LIFE = 600  # looks before the browser has to ask again
OVERLAP = 30  # looks: a transaction that ends so long after one that began later is still seen
BEHIND = 2000  # numbers of messages read at the first look, for what happened while the page was on its way

#: The last second that a page may say it was drawn at: far enough, and within what a date can say.
LAST_SECOND = 2**32

_OPEN, _STILL, _CHANGED = b"retry: 2000\n: open\n\n", b": still here\n\n", b"event: changed\ndata: queue\n\n"


@dataclass(eq=False, slots=True)
class Reader:
    """One open stream: whose it is, what it may hear of, and what its turn to speak waits for."""

    person: int
    scope: Scope
    permission: Permission
    topics: frozenset[str]
    since: datetime | None = None
    session: str = ""
    is_over: bool = False
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    _words: bytes = b""
    _looks: int = 0

    def say(self, words: bytes) -> None:
        """Let the stream write `words`; news not yet written are not said twice."""
        self._words = words
        self.turn.set()

    def take(self) -> bytes:
        """Return what is to be written, which then is."""
        words, self._words = self._words, b""
        self.turn.clear()
        return words

    def looked(self) -> None:
        """Count a look: now and then say something, lest a proxy closes what is silent; end in due time."""
        self._looks += 1
        if self._looks >= LIFE:
            self.end()
        elif self._looks % QUIET == 0 and not self._words:
            self.say(_STILL)

    def end(self) -> None:
        """Let the stream end."""
        self.is_over = True
        self.turn.set()

    def wants(self, told: outbox.Told) -> bool:
        """Return whether a message is of one of its topics, in its scope."""
        return told.scope == self.scope.pk and told.topic in self.topics


class Watch:
    """The looks of one process, from its first stream to its last."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self._numbers: deque[int] = deque(maxlen=OVERLAP)
        self._seen: dict[int, outbox.Told] = {}
        self._is_failing = False
        # A context of its own: that of the first stream's request ends with the request.
        self._task = asyncio.get_running_loop().create_task(self._run(), name="live", context=Context())

    def join(self, reader: Reader) -> None:
        """Tell `reader` what happens from now on, and at once what happened since its page was drawn."""
        self.readers.add(reader)
        if self._numbers and self._missed(reader):
            reader.say(_CHANGED)

    def leave(self, reader: Reader) -> None:
        """Forget `reader`; with the last one, stop looking."""
        self.readers.discard(reader)
        if not self.readers:
            self._task.cancel()
            if _watches.get(self._task.get_loop()) is self:
                del _watches[self._task.get_loop()]

    def end(self) -> None:
        """End every stream."""
        for reader in self.readers:
            reader.end()

    async def _run(self) -> None:
        looks = 0
        while True:
            looks += 1
            try:
                await self._look(also_rights=looks % RIGHTS_EVERY == 0)
                self._is_failing = False
            except Exception:  # the database may go away for a while: said once, tried again
                if not self._is_failing:
                    logger.exception("open pages are told of no change for now")
                self._is_failing = True
            for reader in self.readers:
                reader.looked()
            await asyncio.sleep(EVERY)

    async def _look(self, *, also_rights: bool) -> None:
        is_first = not self._numbers
        if also_rights:
            asked = list(self.readers)
            allowed = await sync_to_async(_allowed)(asked)
            for reader in asked:
                if reader not in allowed:
                    reader.end()
        if is_first or also_rights:
            self._numbers.append(await sync_to_async(_last_number)())
        after = max(0, self._numbers[0] - BEHIND) if is_first else self._numbers[0]
        topics = {topic for reader in self.readers for topic in reader.topics}
        told = {one.number: one for one in await sync_to_async(_told_after)(after, topics)}
        new = [one for one in told.values() if one.number not in self._seen]
        self._seen = told
        self._numbers.append(max(told, default=self._numbers[-1]))
        for reader in self.readers:
            if self._missed(reader) if is_first else any(reader.wants(one) for one in new):
                reader.say(_CHANGED)

    def _missed(self, reader: Reader) -> bool:
        """Return whether its scope changed since its page was drawn, or that was longer ago than we know."""
        if reader.since is None:
            return False
        if reader.since < timezone.now() - timedelta(seconds=EVERY * OVERLAP):
            return True
        return any(reader.wants(one) and one.at >= reader.since for one in self._seen.values())


_watches: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()


def asked_since(request: HttpRequest) -> datetime | None:
    """Return when the page of a stream was drawn, as it says by the second `?depuis=`; None for no second."""
    second = row_key(request.GET.get("depuis"))
    return datetime.fromtimestamp(second, UTC) if 0 < second < LAST_SECOND else None


def stream(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """Answer with the stream of `reader`: what is published on its topics with its scope in the payload.

    It begins with a change where there was one since its page was drawn, and ends with its rights. A server
    without asynchronous answers says 204, after which the browser stops asking and the page polls.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    reader.session = request.session.session_key or ""
    response = StreamingHttpResponse(events(reader), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def events(reader: Reader) -> AsyncIterator[bytes]:
    """Yield a `changed` event each time that something changed for `reader`, a comment where nothing does."""
    loop = asyncio.get_running_loop()
    watch = _watches.get(loop) or _watches.setdefault(loop, Watch())
    watch.join(reader)
    try:
        yield _OPEN
        while not reader.is_over:
            await reader.turn.wait()
            words = reader.take()
            if words and not reader.is_over:
                yield words
    finally:
        watch.leave(reader)


def end_all() -> None:
    """End every stream of this process, which is about to stop: no browser keeps it waiting.

    May be called by a signal's handler.
    """
    for loop, watch in list(_watches.items()):
        loop.call_soon_threadsafe(watch.end)


def _last_number() -> int:
    with _connection_given_back():
        return outbox.last_number()


def _told_after(number: int, topics: Collection[str]) -> list[outbox.Told]:
    with _connection_given_back():
        return outbox.told_after(number, topics)


def _allowed(readers: Collection[Reader]) -> set[Reader]:
    """Return which of them are still signed in and still have their permission in their scope."""
    with _connection_given_back():
        people = sign_in.people_of({reader.session for reader in readers})
        scopes = {reader.scope for reader in readers}
        may = {
            permission: access.may_each(set(people.values()), permission, scopes)
            for permission in {reader.permission for reader in readers}
        }
    return {
        reader
        for reader in readers
        if people.get(reader.session) == reader.person
        and (reader.person, reader.scope.pk) in may[reader.permission]
    }


@contextmanager
def _connection_given_back() -> Iterator[None]:
    """Keep no connection between two looks."""
    try:
        yield
    finally:
        _give_connection_back()


def _give_connection_back() -> None:
    """Close this thread's connection, unless it is in a transaction: then it is not ours to close."""
    if not connection.in_atomic_block:
        connection.close()
