"""A hundred requests at once on a PostgreSQL that gives six connections: all are answered, none fails.

The line of a process takes fewer: whoever finds it full is told to ask again, and does, as a browser would.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from maillage.config.handler import RETRY_AFTER
from tests.faults.preparation_data import Prepared
from tests.faults.server import Server
from tests.faults.test_booking_under_fire import send
from tests.kernel.own_database import OwnDatabase

pytestmark = pytest.mark.faults
LIMIT, REQUESTS = 6, 100
PATIENCE = 60  # s: three times what the longest line takes on a busy machine


@pytest.fixture
def narrow(database: OwnDatabase, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnDatabase]:
    """The same database, entered as a role to which PostgreSQL gives six connections and no more."""
    if not database.url.startswith("postgres"):
        pytest.skip("SQLite has no connections to run out of")
    monkeypatch.setenv("MAILLAGE_CONNECTIONS", str(LIMIT - 1))
    role, parts = f"narrow_{uuid4().hex}", urlsplit(database.url)
    with psycopg.connect(database.url, autocommit=True) as maintenance:
        maintenance.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{role}' CONNECTION LIMIT {LIMIT}")
        maintenance.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}")
        maintenance.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role}")
        address = f"{role}:{role}@{parts.hostname}:{parts.port or 5432}{parts.path}"
        yield OwnDatabase(f"postgres://{address}", database.home)
        maintenance.execute(f"DROP OWNED BY {role}")
        maintenance.execute(f"DROP ROLE {role}")


def sent_again(prepared: Prepared, port: int, slot: int, key: str) -> int:
    """Send one booking until the line is no longer full; return the status of the answer."""
    deadline = time.monotonic() + PATIENCE
    while (status := send(prepared, port, slot, key)) == 503 and time.monotonic() < deadline:
        time.sleep(RETRY_AFTER)
    return status


def test_requests_wait_for_a_connection(database: OwnDatabase, narrow: OwnDatabase) -> None:
    _status, prepared = database.run("tests.faults.preparation", "prepare")
    slots, server = prepared["slots"], Server(narrow)
    server.start()
    try:
        with ThreadPoolExecutor(REQUESTS) as pool:
            asked = [(slots[number % len(slots)], f"client-{number}") for number in range(REQUESTS)]
            jobs = [pool.submit(sent_again, prepared, server.port, slot, key) for slot, key in asked]
            answers = Counter(job.result() for job in jobs)
    finally:
        server.kill()
    assert answers == {302: len(slots), 409: REQUESTS - len(slots)}, server.log.read_text()[-2000:]
    _status, found = database.run("tests.faults.preparation", "report")
    assert len(found["booked"]) == len(slots)
    assert found["intact"]
