"""A whole booking through the application beside a raw compare-and-set of pgbench, in one run.

`python -m bench.agenda` writes build/bench/agenda.json. PostgreSQL is that of MAILLAGE_BENCH_POSTGRES (by
default postgres@127.0.0.1:5432); a database is created there and dropped at the end. Ours takes rights,
seats, outbox and sealed journal into the same transaction; the peer changes one row. Both are durable
(`synchronous_commit` on). Ours is one process, as `maillage serve` is, with its settings: a thread a client,
the connections of its pool. The two take turns, several times; the best turn of each counts, as other work on
the machine slows either. The run ends by verifying the journal and counting the bookings.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bench.harness import Row, row, write
from bench.postgres import own_database

CLIENTS, TURNS, BOOKINGS, SECONDS = (1, 8, 64), 3, 400, 2
ROWS = 300_000
CAS = """\\set id random(1, {rows})
UPDATE slot SET booked_by = :client_id WHERE id = :id AND booked_by IS NULL RETURNING id;
"""


def run() -> list[Row]:
    """Measure both with one client and with eight, and one seat taken by all."""
    pgbench = shutil.which("pgbench")
    if pgbench is None:
        raise RuntimeError("pgbench is not installed: it comes with postgresql-contrib or postgresql-client")
    with own_database() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "MAILLAGE_HOME": tempfile.mkdtemp(prefix="maillage-bench-"),
            "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
        book, slots = _prepared(len(CLIENTS) * TURNS * BOOKINGS)
        parts = [slots[first : first + BOOKINGS] for first in range(0, len(slots), BOOKINGS)]
        rows = []
        for clients in CLIENTS:
            turns = [
                (_compare_and_set(pgbench, url, clients), _rate(book, parts.pop(), clients))
                for _turn in range(TURNS)
            ]
            peer, ours = (max(rates) for rates in zip(*turns, strict=True))
            note = f"{ours:.0f} bookings/s beside {peer:.0f} changes/s: {ours / peer:.2f} of the floor"
            case = f"booking, {clients} client{'s' * (clients > 1)}"
            rows.append(row(case, 1e3 / ours, "pgbench compare-and-set, one row", 1e3 / peer, note))
        _judge(len(slots))
        return rows


def _judge(bookings: int) -> None:
    """Raise RuntimeError unless every booking is there once, told once, in a journal that holds."""
    from django.db import connection

    from maillage.agenda.models import Appointment, Occupation
    from maillage.kernel import journal
    from maillage.kernel.models import Message

    seats = Occupation.objects.values("agenda", "quantum", "seat").distinct().count()
    told = Message.objects.filter(topic="agenda.booked").count()
    booked = Appointment.objects.unscoped(reason="bench").filter(state="booked").count()
    if not (booked == told == bookings == seats / 4 and journal.verify().sound):
        raise RuntimeError(
            f"{bookings} bookings, {booked} found, {told} told, {seats} quanta, or a broken journal"
        )
    connection.close()
    connection.close_pool()


def _prepared(count: int) -> tuple[Callable[[int], None], list[int]]:
    """Make that many slots, twenty doctors in turn; return what books one, and their keys."""
    from datetime import date, timedelta

    from maillage.agenda import api
    from maillage.agenda.models import Slot
    from maillage.kernel.rules import Role
    from tests import factories

    place = factories.make_territory()
    regulator = factories.make_person("yanis.fougere", Role.REGULATOR, place.scope)
    # One person a professional: nobody is booked with two at the same hour.
    patients = [factories.make_patient(f"Tilleul {number}", place) for number in range(20)]
    first = date.today() + timedelta(days=1)  # noqa: DTZ011 (any day to come will do)
    for number in range(20):
        doctor = factories.make_professional(f"Aubépine {number}", "Hélène")
        _open(api.create_agenda(by=None, professional=doctor, place=place), first, count // 20)
    keys = list(Slot.objects.order_by("starts_at", "agenda").values_list("pk", flat=True)[:count])
    whose = {key: patients[rank % 20] for rank, key in enumerate(keys)}

    def book(key: int) -> None:
        api.book(by=regulator, slot=Slot(pk=key), patient=whose[key], key=f"bench-{key}")

    return book, keys


def _open(agenda: object, first: object, count: int) -> None:
    from datetime import time as at
    from datetime import timedelta

    from maillage.agenda import api

    office = api.add_schedule(by=None, agenda=agenda, name="Cabinet")
    for day in range(-(-count // 36)):
        api.add_advanced_day(
            by=None, schedule=office, day=first + timedelta(days=day), starts=at(8), ends=at(20), minutes=20,
            key=f"{agenda.pk}-{day}", kind=api.Kind.PRACTICE, visibility=api.Visibility.SNP,
        )  # fmt: skip


def _rate(book: Callable[[int], None], slots: list[int], clients: int) -> float:
    """Book every slot once with that many clients at a time; return bookings per second."""
    from django.db import connection

    def client(number: int) -> None:
        for key in slots[number::clients]:
            book(key)
            connection.close()  # as at the end of a request: the next may have it

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        for job in [pool.submit(client, number) for number in range(clients)]:
            job.result()
    return len(slots) / (time.perf_counter() - began)


def _compare_and_set(pgbench: str, url: str, clients: int) -> float:
    """Return how many rows a second pgbench changes, one each transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS slot")
        connection.execute("CREATE TABLE slot (id int PRIMARY KEY, booked_by int)")
        connection.execute("INSERT INTO slot SELECT generate_series(1, %s)", [ROWS])
        connection.execute("CHECKPOINT")  # what was prepared is not written while it is measured
    parts = urlsplit(url)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "cas.sql"
        script.write_text(CAS.format(rows=ROWS))
        place = [
            "-h",
            parts.hostname or "",
            "-p",
            str(parts.port or 5432),
            "-U",
            parts.username or "postgres",
        ]
        load = ["-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(SECONDS), "-f", str(script)]
        command = [pgbench, *place, *load, parts.path[1:]]
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found = re.search(r"tps = ([\d.]+)", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])


if __name__ == "__main__":
    write("agenda", run())
