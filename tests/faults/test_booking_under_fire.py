"""Two hundred clients, twenty slots, a server killed three times: twenty bookings, none lost, none twice.

Each client wants one appointment: it tries four slots in turn, and sends the same write again, with the same
key, whenever no answer came. An answer « booked » is an acknowledgement that no crash may take back.
"""

import http.client
import itertools
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

from tests.faults.preparation_data import Prepared
from tests.faults.server import Server
from tests.kernel.own_database import OwnDatabase

pytestmark = pytest.mark.faults

CLIENTS, TRIES, KILLS = 200, 4, 3
LONGEST = 240  # seconds for the whole run of one database
TOKEN = "a" * 32


@dataclass
class History:
    """What the clients know: acknowledged writes and their slot, refusals, answers that never came."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    unanswered: int = 0
    overloaded: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def count(self, what: str, key: str = "", slot: int = 0) -> None:
        with self.changed:
            if what == "acknowledged":
                self.acknowledged[key] = slot
            else:
                setattr(self, what, getattr(self, what) + 1)
            self.changed.notify_all()


def test_no_double_booking_and_no_lost_one(database: OwnDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    _status, prepared = database.run("tests.faults.preparation", "prepare")
    server, history = Server(database), History()
    deadline = time.monotonic() + LONGEST
    server.start()
    began = time.monotonic()
    saboteur = threading.Thread(target=_kill_now_and_then, args=(server, history, deadline))
    saboteur.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            jobs = [pool.submit(_client, n, prepared, server.port, history, deadline) for n in range(CLIENTS)]
            for job in jobs:
                job.result()
        saboteur.join(timeout=LONGEST)
    finally:
        server.kill()
    seconds = time.monotonic() - began
    _status, found = database.run("tests.faults.preparation", "report")
    _judge(prepared, history, found)
    assert server.kills == KILLS + 1
    with capsys.disabled():
        kind = database.url.split(":")[0]
        print(  # noqa: T201 (the figures of the run)
            f"\n{kind}: {len(history.acknowledged)} acknowledged, {history.refused} refused, "
            f"{history.unanswered} without answer, {history.overloaded} overloaded, "
            f"{KILLS} kills, {seconds:.0f} s"
        )


def _judge(prepared: Prepared, history: History, found: dict[str, object]) -> None:
    booked: list[list[object]] = found["booked"]
    per_slot = Counter(slot for _key, slot in booked)
    assert per_slot == dict.fromkeys(prepared["slots"], 1), "each slot exactly once"
    stored = {str(key): slot for key, slot in booked}
    lost = {key: slot for key, slot in history.acknowledged.items() if stored.get(key) != slot}
    assert not lost, "acknowledged bookings are all there"
    assert stored.keys() == history.acknowledged.keys(), "each client learnt in the end that it had its slot"
    assert found["occupied"] == found["told"] == len(prepared["slots"])
    assert found["quanta"] == [3]
    assert found["intact"], "the journal's chain holds across the kills"


def _client(number: int, prepared: Prepared, port: int, history: History, deadline: float) -> None:
    slots = prepared["slots"]
    for turn in range(TRIES):
        slot = slots[(number + turn) % len(slots)]
        key = f"client-{number}-slot-{slot}"
        while True:
            assert time.monotonic() < deadline, "the run takes too long"
            status = send(prepared, port, slot, key)
            if status == 302:
                history.count("acknowledged", key, slot)
                return
            if status == 409:
                history.count("refused")
                break
            history.count("unanswered" if status == 0 else "overloaded")
            time.sleep(1.0)  # a client that hammers a server at its start only delays it


def send(prepared: Prepared, port: int, slot: int, key: str) -> int:
    """Send one booking; return the status of the answer, 0 where none came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = urlencode({"patient": prepared["patient"], "key": key})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={prepared['session']}; csrftoken={TOKEN}",
        "X-CSRFToken": TOKEN,
    }
    try:
        connection.request("POST", f"/agenda/creneau/{slot}/reserver/", body, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def _kill_now_and_then(server: Server, history: History, deadline: float) -> None:
    """Kill the server after the first bookings, in the middle, and near the end; start it again each time."""
    for threshold in itertools.islice((2, 8, 14), KILLS):
        with history.changed:
            history.changed.wait_for(
                lambda threshold=threshold: len(history.acknowledged) >= threshold,
                timeout=max(0.0, deadline - time.monotonic()),
            )
        server.kill()
        server.start()
