"""More requests than a process can answer: some are answered, the others refused at once, and told so."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from maillage.config.handler import ACTS, READS, RUNNING, Handler
from maillage.kernel.admission import Admission, OverloadedError
from tests.faults.server import Server
from tests.kernel.own_database import own_database

PAGE = b"GET /compte/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%b\r\n"
ACT = b"POST /compte/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
ENGLISH = b"Cookie: theme=dark; django_language=en\r\n"


def apart(run: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a thread of its own: that of the tests may have the loop of a browser."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run).result()


def line(**limits: Any) -> Admission:
    return Admission(**{"running": 1, "reads": 1, "acts": 3, "patience": 30.0} | limits)


def test_those_in_line_come_in_their_order_and_a_full_line_refuses_at_once() -> None:
    async def run() -> None:
        asked, begun = line(), list[int]()
        first = await asked.enter(is_act=False)

        async def one(number: int) -> None:
            place = await asked.enter(is_act=True)
            begun.append(number)
            place.give_back()
            place.give_back()  # once only: nobody else's place is freed

        waiting = [asyncio.create_task(one(number)) for number in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await asked.enter(is_act=True)
        assert not begun
        await asyncio.to_thread(first.give_back)
        await asyncio.gather(*waiting)
        assert begun == [0, 1, 2]

    apart(run())


def test_what_is_sent_and_what_is_read_do_not_keep_one_another_out() -> None:
    async def run() -> None:
        asked = line()
        first = await asked.enter(is_act=False)
        waits = asyncio.create_task(asked.enter(is_act=False))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError):
            await asked.enter(is_act=False)
        act = asyncio.create_task(asked.enter(is_act=True))
        await asyncio.sleep(0)
        first.give_back()
        (await waits).give_back()
        (await act).give_back()

    apart(run())


def test_nobody_waits_for_ever_and_who_left_keeps_no_place() -> None:
    async def run() -> None:
        asked = line(patience=0.01)
        first = await asked.enter(is_act=True)
        with pytest.raises(OverloadedError):
            await asked.enter(is_act=True)
        first.give_back()
        (await asked.enter(is_act=True)).give_back()
        await asyncio.sleep(0)
        (await asked.enter(is_act=False)).give_back()

    apart(run())


def test_only_http_is_served() -> None:
    with pytest.raises(ValueError, match="websocket is not served"):
        apart(Handler()({"type": "websocket"}, None, None))


async def all_at_once(port: int, requests: list[bytes]) -> list[bytes]:
    """Send them in one instant, each on a connection of its own; return the answers."""
    opened = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _one in requests))
    for (_reader, writer), request in zip(opened, requests, strict=True):
        writer.write(request)
    answers = await asyncio.gather(*(reader.read() for reader, _writer in opened))
    for _reader, writer in opened:
        writer.close()
    return answers


def test_an_overloaded_server_answers_what_it_takes_and_says_that_it_refuses_the_rest(tmp_path: Path) -> None:
    with own_database(tmp_path) as database:
        server = Server(database, workers=1)
        server.start()
        try:
            pages = [PAGE % (ENGLISH if number % 2 else b"") for number in range(400)]
            answers = apart(all_at_once(server.port, pages))
            numbered = enumerate(answers)
            refused = [(one, number) for number, one in numbered if one.startswith(b"HTTP/1.1 503 ")]
            taken = [one for one in answers if one.startswith(b"HTTP/1.1 200 ")]
            assert len(taken) + len(refused) == len(pages)
            assert RUNNING + READS <= len(taken) < len(pages)
            for answer, number in refused:
                assert b"\r\nRetry-After: 2\r\n" in answer
                assert b"\r\nContent-Security-Policy: default-src 'none'" in answer
                said = "Too many requests at once" if number % 2 else "Trop de demandes à la fois"
                assert f"<h1>{said}</h1>" in answer.decode()
                assert b'href="tel:15"' in answer
            acts = apart(all_at_once(server.port, [ACT] * (RUNNING + ACTS)))
            # Without the token of a form: judged by the site, not refused by the line.
            assert {one.split(b" ", 2)[1] for one in acts} == {b"403"}
            assert server.ask("/compte/login/") == 200
            assert server.log.read_text().count("overloaded: 1 refused, GET /compte/login/ the last") == 1
            assert "Traceback" not in server.log.read_text()
        finally:
            server.kill()
