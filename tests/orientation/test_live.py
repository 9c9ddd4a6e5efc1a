"""Open desks are told of changes: one look a second, each of its own desk, while its reader may."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.test import AsyncClient, Client
from django.urls import reverse
from django.utils import timezone

from maillage.config.handler import Handler
from maillage.kernel import actions
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.pages import live
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.territory.api import Territory
from tests.factories import make_person, make_territory

STREAM = "/regulation/flux/"
ACCEPT = (b"accept", b"text/event-stream")
CHANGED = b"event: changed\ndata: queue\n\n"


@dataclass
class Stream:
    """One browser on the stream of a desk, through the application as a server asks it."""

    session: str
    query: str = ""
    status: int = 0
    heard: list[bytes] = field(default_factory=list)
    is_over: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, application: Any) -> None:
        asked = iter([{"type": "http.request", "body": b""}])

        async def receive() -> dict[str, Any]:
            for message in asked:
                return message
            await self.gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            self.status = message.get("status", self.status)
            if message.get("body"):
                self.heard.append(message["body"])

        cookie = f"{settings.SESSION_COOKIE_NAME}={self.session}".encode()
        await application(
            {
                "type": "http", "method": "GET", "path": STREAM, "query_string": self.query.encode(),
                "headers": [(b"host", b"localhost"), (b"cookie", cookie), ACCEPT],
            },
            receive, send,
        )  # fmt: skip
        self.is_over = True


@asynccontextmanager
async def opened(*streams: Stream) -> AsyncIterator[None]:
    """Open them all, and have every browser go away at the end."""
    application = Handler()
    tasks = [asyncio.create_task(one.run(application)) for one in streams]
    await until(lambda: all(one.heard for one in streams))
    try:
        yield
    finally:
        for one in streams:
            one.gone.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
        await sync_to_async(connections.close_all)()


async def until(condition: Callable[[], bool]) -> float:
    """Wait until `condition` holds, half a minute at most, and return the seconds it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() < began + 30
        await asyncio.sleep(0.005)
    return time.monotonic() - began


def run(work: Callable[[], Awaitable[None]]) -> None:
    """Run in a thread of its own: a browser test may have left a loop running in this one."""

    async def main() -> None:
        await work()

    with ThreadPoolExecutor(1) as apart:
        apart.submit(lambda: asyncio.run(main())).result(timeout=120)


async def act(work: Callable[[], object]) -> None:
    """Do what another person does meanwhile, in a thread with connections of its own."""

    def done() -> None:
        try:
            work()
        finally:
            connections.close_all()

    await asyncio.to_thread(done)


def session_of(person: Person) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def call(regulator: Person, place: Territory, key: str) -> Callable[[], object]:
    return lambda: api.open_request(
        by=regulator, scope=place.scope, origin=api.Origin.SAMU, key=key, values={}
    )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement of every thread, as it is made."""
    made: list[str] = []
    execute = CursorWrapper.execute

    def noted(self: CursorWrapper, sql: str, params: Any = None) -> Any:
        made.append(sql)
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", noted)
    return made


def open_connections() -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "EVERY", 0.05)


@pytest.mark.django_db(transaction=True)
def test_forty_screens_ask_the_database_as_often_as_one(
    regulator: Person, place: Territory, statements: list[str], quick: None
) -> None:
    session = session_of(regulator)

    def looks() -> list[int]:
        return [n for n, sql in enumerate(statements) if "kernel_message" in sql and "IN (" in sql]

    async def work() -> None:
        async with opened(*(Stream(session) for _ in range(40))):
            statements.clear()
            await until(lambda: len(looks()) > 3 * live.RIGHTS_EVERY)
            if connections["default"].vendor == "postgresql":
                assert await sync_to_async(open_connections)() < 10, "no stream keeps a connection"

    run(work)
    first, last = looks()[0], looks()[2 * live.RIGHTS_EVERY]
    sessions, people, roles, number = 1, 1, 1, 1
    assert last - first == 2 * (live.RIGHTS_EVERY + sessions + people + roles + number)


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_within_two_seconds_to_every_screen_of_its_desk_only(
    regulator: Person, place: Territory
) -> None:
    elsewhere = make_territory()
    stranger = make_person("hugo.lierre", Role.REGULATOR, elsewhere.scope)
    session, other = session_of(regulator), session_of(stranger)

    async def work() -> None:
        here, there = [Stream(session) for _ in range(20)], [Stream(other) for _ in range(20)]
        async with opened(*here, *there):
            await until(lambda: all(watch._numbers for watch in live._watches.values()))
            await act(call(regulator, place, "one"))
            assert await until(lambda: all(one.heard[1:] == [CHANGED] for one in here)) < 2
            await act(call(stranger, elsewhere, "two"))
            assert await until(lambda: all(one.heard[1:] == [CHANGED] for one in there)) < 2
            assert all(one.heard[1:] == [CHANGED] for one in here)

    run(work)


@pytest.mark.django_db(transaction=True)
def test_who_goes_leaves_nothing_behind(regulator: Person, place: Territory, quick: None) -> None:
    session = session_of(regulator)

    async def work() -> None:
        loop = asyncio.get_running_loop()
        staying, going = Stream(session), Stream(session)
        async with opened(staying):
            async with opened(going):
                await until(lambda: len(live._watches[loop].readers) == 2)
            await until(lambda: len(live._watches[loop].readers) == 1)
            await act(call(regulator, place, "after"))
            await until(lambda: CHANGED in staying.heard)
            assert CHANGED not in going.heard
        assert loop not in live._watches
        await until(lambda: all(task.get_name() != "live" for task in asyncio.all_tasks()))

    run(work)


def role_withdrawn(person: Person, session: str) -> None:
    actions.end_role(by=None, assignment=RoleAssignment.objects.get(person=person))


def last_day_over(person: Person, session: str) -> None:
    RoleAssignment.objects.filter(person=person).update(ends_on=timezone.localdate() - timedelta(days=1))


def signed_out(person: Person, session: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    client.post(reverse("account_logout"))


def password_changed(person: Person, session: str) -> None:
    person.set_password("a new and long one")
    person.save()


def account_closed(person: Person, session: str) -> None:
    Person.objects.filter(pk=person.pk).update(is_active=False)


@pytest.mark.django_db(transaction=True)
def test_a_stream_ends_with_the_right_to_read_it(regulator: Person, place: Territory, quick: None) -> None:
    ends = (role_withdrawn, last_day_over, signed_out, password_changed, account_closed)
    people = [make_person(f"leaver{n}.bleuet", Role.REGULATOR, place.scope) for n in range(len(ends))]
    sessions, staying = [session_of(one) for one in people], Stream(session_of(regulator))

    async def work() -> None:
        leaving = [Stream(session) for session in sessions]
        async with opened(staying, *leaving):
            for end, person, session, stream in zip(ends, people, sessions, leaving, strict=True):
                assert not stream.is_over
                await act(partial(end, person, session))
                await until(lambda stream=stream: stream.is_over)
            assert not staying.is_over
            await act(call(regulator, place, "later"))
            await until(lambda: CHANGED in staying.heard)
            assert all(CHANGED not in one.heard for one in leaving)

    run(work)


@pytest.mark.django_db(transaction=True)
def test_what_happened_while_the_page_was_on_its_way_is_told_at_once_until_the_server_stops(
    regulator: Person, place: Territory, quick: None
) -> None:
    session = session_of(regulator)
    call(regulator, place, "meanwhile")()
    drawn = int(timezone.now().timestamp())

    async def work() -> None:
        before, after, old, first = (
            Stream(session, query=f"perimetre={place.scope.pk}&depuis={second}")
            for second in (drawn - 5, drawn + 100, drawn - 3600, drawn - 5)
        )
        async with opened(first):
            await until(lambda: CHANGED in first.heard)
            async with opened(before, after, old):
                await until(lambda: CHANGED in before.heard and CHANGED in old.heard)
                await until(lambda: all(watch._numbers for watch in live._watches.values()))
                assert CHANGED not in after.heard
                live.end_all()  # as a server about to stop does
                assert await until(lambda: all(one.is_over for one in (first, before, after, old))) < 2

    run(work)


@pytest.mark.parametrize("asked", ["999999", "x", "²", "9" * 30])
def test_nobody_listens_to_the_desk_of_others(
    asked: str, client: Client, regulator: Person, place: Territory
) -> None:
    client.force_login(regulator)
    assert client.get(f"{STREAM}?perimetre={asked}").status_code == 403


@pytest.mark.parametrize("since", ["", "x", "-1", "0", "²", "9" * 18, "4294967295"])
def test_without_asynchronous_answers_the_desk_polls_whatever_it_asks(
    since: str, client: Client, regulator: Person, place: Territory
) -> None:
    client.force_login(regulator)
    answer = client.get(f"{STREAM}?perimetre={place.scope.pk}&depuis={since}")
    assert answer.status_code == 204


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_client_of_a_test_keeps_its_connection(regulator: Person, place: Territory) -> None:
    async def listen() -> bytes:
        client = AsyncClient()
        await client.aforce_login(regulator)
        answer = await client.get(STREAM)
        async for part in answer.streaming_content:
            await asyncio.sleep(0.1)  # the time of a look
            return bytes(part)
        return b""

    def in_a_transaction() -> bool:
        """In a thread of its own: the browser of another test may have a loop in this one."""
        try:
            with transaction.atomic():
                assert async_to_sync(listen)().startswith(b"retry:")
                return Person.objects.filter(pk=regulator.pk).exists()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(in_a_transaction).result(timeout=60)
