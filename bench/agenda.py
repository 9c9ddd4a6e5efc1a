"""A whole booking through the application beside a raw compare-and-set of pgbench, in one run.

`python -m bench.agenda` writes build/bench/agenda.json. PostgreSQL is that of MAILLAGE_BENCH_POSTGRES (by
default postgres@127.0.0.1:5432); a database is created there and dropped at the end. Ours takes rights,
seats, outbox and sealed journal into the same transaction; the peer changes one row. Both are durable
(`synchronous_commit` on). Ours is one process, as `maillage serve` is, with its settings: a thread a client,
the connections of its pool. The two take turns, several times; the best turn of each counts, as other work on
the machine slows either. Then sixty-four browsers, each with a session and the token of its form, book
through the address of the agenda on a real `maillage serve`, of one process and of two; beside it, the same
by the minimal Django site of `bench.plain`, on the same server with as many processes. Both have sessions in
the database, the same check of the token of the form, a pool of ten connections a process that are tried
before they are used, and uvicorn. What the peer does not do: ask who may see the patient and the slot, who is
kept out of any slot, who is expected elsewhere; write the five-minute keys, the message of the outbox and the
sealed row of the journal; hand out the messages, which the first process of ours does meanwhile; say the
language, the time zone, the content policy and what became of the booking. Each run ends by verifying the
journal and counting the bookings.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psycopg

from bench.clients import OVERLOADED, Told, book_all, free_port, serving
from bench.harness import Row, row, write
from bench.postgres import own_database
from bench.processes import processor, workers_of

CLIENTS, TURNS, BOOKINGS, SECONDS = (1, 8, 64), 3, 400, 2
PROCESSES, HTTP_CLIENTS, HTTP_TURNS, HTTP_BOOKINGS = (1, 2), 64, 2, 800
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
        rows += _through_http()
        return rows


def _through_http() -> list[Row]:
    """Book through the real address with sixty-four browsers, beside the minimal site, on 1 and 2 processes.

    The two take turns. One request in a hundred asks for a slot that another has just been sent for. Raises
    RuntimeError where the bookings found are not those answered, or a slot was given twice.
    """
    turns = len(PROCESSES) * HTTP_TURNS
    slots, patients = _more_slots(turns * HTTP_BOOKINGS)
    ours = [
        (f"/agenda/creneau/{slot}/reserver/", patient) for slot, patient in zip(slots, patients, strict=True)
    ]
    sessions = _sessions(HTTP_CLIENTS)
    rows, given = [], 0
    with own_database() as plain:
        beside = os.environ | {"DATABASE_URL": plain}
        words = (sys.executable, "-m", "bench.plain.site")
        made = subprocess.run(
            [*words, "prepare", str(turns * HTTP_BOOKINGS), str(HTTP_CLIENTS)],
            env=beside, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        told = json.loads(made.stdout)
        theirs = [(path, patient) for path, patient in told["wanted"]]
        peer_given = 0
        for processes in PROCESSES:
            mine: list[Told] = []
            others: list[Told] = []
            for _turn in range(HTTP_TURNS):
                part = slice(len(mine) * HTTP_BOOKINGS, (len(mine) + 1) * HTTP_BOOKINGS)
                mine.append(_served(_ours(processes), dict(os.environ), sessions, _contended(ours[part])))
                others.append(_served(_plain(processes), beside, told["sessions"], _contended(theirs[part])))
            del ours[: HTTP_TURNS * HTTP_BOOKINGS], theirs[: HTTP_TURNS * HTTP_BOOKINGS]
            given += sum(one.statuses[302] for one in mine)
            peer_given += sum(one.statuses[302] for one in others)
            rows += _compared(processes, mine, others)
        counted = subprocess.run([*words, "count"], env=beside, capture_output=True, text=True, check=True)
        if {int(one) for one in counted.stdout.split()} != {peer_given}:
            raise RuntimeError(f"the minimal site told {peer_given} bookings and holds {counted.stdout}")
    _judge(len(CLIENTS) * TURNS * BOOKINGS + given)
    if given != turns * HTTP_BOOKINGS:
        raise RuntimeError(f"{given} bookings answered for {turns * HTTP_BOOKINGS} slots")
    return rows


def _compared(processes: int, mine: list[Told], others: list[Told]) -> list[Row]:
    ours, peer = (max(one.statuses[302] / one.seconds for one in some) for some in (mine, others))
    case = f"booking by HTTP, {HTTP_CLIENTS} clients, {processes} process{'es' * (processes > 1)}"
    best = min(mine, key=lambda one: one.seconds), min(others, key=lambda one: one.seconds)
    points = [
        f"{np.percentile(one.elapsed, 50):.0f} and {np.percentile(one.elapsed, 99):.0f}" for one in best
    ]
    each = [1e3 * one.processor / one.statuses[302] for one in best]
    note = (
        f"{ours:.0f} a second beside {peer:.0f}; p50 and p99 {points[0]} ms beside {points[1]}; "
        f"{each[0]:.1f} ms of processor a booking beside {each[1]:.1f}, the messages that ours hands out "
        f"meanwhile counted; {best[0].statuses[OVERLOADED]} times ours said to ask again; the peer asks "
        "neither rights nor who is kept out, and writes neither five-minute keys, message nor journal; load"
        f" {os.getloadavg()[0]:.1f}"
    )
    return [row(case, 1e3 / ours, "Django, select_for_update + unique", 1e3 / peer, note)]


def _served(
    words: Callable[[int], list[str]],
    environment: dict[str, str],
    sessions: list[str],
    wanted: list[tuple[str, int]],
) -> Told:
    """Book it all on a server started for it.

    Raises RuntimeError for another answer than given, taken, or to ask again later.
    """
    port = free_port()
    with serving(words(port), environment, port) as server:
        answering = workers_of(server) or [server]
        before = processor(answering)
        told = book_all(port, sessions, wanted)
        told = told._replace(processor=processor(answering) - before)
    if set(told.statuses) - {302, 409, OVERLOADED}:
        raise RuntimeError(f"answers: {told.statuses}")
    return told


def _ours(processes: int) -> Callable[[int], list[str]]:
    words = [sys.executable, "-m", "maillage", "serve", "--quiet", "--workers", str(processes)]
    return lambda port: [*words, "--port", str(port)]


def _plain(processes: int) -> Callable[[int], list[str]]:
    words = [sys.executable, "-m", "uvicorn", "bench.plain.site:application", "--log-level", "warning"]
    return lambda port: [*words, "--workers", str(processes), "--port", str(port)]


def _contended(wanted: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Every slot, one in a hundred asked for twice in a row."""
    return [one for rank, one in enumerate(wanted) for _time in range(1 + (rank % 100 == 50))]


def _more_slots(count: int) -> tuple[list[int], list[int]]:
    """Make that many slots beside those booked already; return their keys, and whom each is for."""
    from datetime import date, timedelta

    from maillage.agenda.models import Agenda, Slot
    from maillage.people.models import Patient

    first = date.today() + timedelta(days=10)  # noqa: DTZ011 (days that nothing above has taken)
    before = Slot.objects.order_by("-pk").values_list("pk", flat=True)[0]
    agendas = list(Agenda.objects.order_by("pk"))
    for agenda in agendas:
        _open(agenda, first, -(-count // len(agendas)))
    rows = Slot.objects.filter(pk__gt=before).order_by("starts_at", "agenda")
    keys = list(rows.values_list("pk", flat=True)[:count])
    patients = list(Patient.objects.unscoped(reason="bench").order_by("pk").values_list("pk", flat=True))
    return keys, [patients[rank % len(patients)] for rank in range(count)]


def _sessions(count: int) -> list[str]:
    """Make that many regulators, signed in; return the key of each session."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from maillage.kernel.models import Scope
    from maillage.kernel.rules import Role
    from tests import factories

    scope = Scope.objects.get(kind="territory")
    store_of, keys = import_module(settings.SESSION_ENGINE).SessionStore, []
    for number in range(count):
        person = factories.make_person(f"regulateur.{number}", Role.REGULATOR, scope)
        store = store_of()
        store[SESSION_KEY] = str(person.pk)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = person.get_session_auth_hash()
        store.create()
        keys.append(str(store.session_key))
    return keys


def _judge(bookings: int) -> None:
    """Raise RuntimeError unless every booking is there once, told once, in a journal that holds."""
    from django.db import connection

    from maillage.agenda.models import Appointment, Occupation
    from maillage.kernel import journal
    from maillage.kernel.models import Message

    seats = Occupation.objects.values("agenda", "quantum", "seat").distinct().count()
    told = Message.objects.filter(topic="agenda.booked").count()
    booked = Appointment.objects.unscoped(reason="bench").filter(state="booked").count()
    if not (booked == told == bookings == seats / 4 and journal.verify().intact):
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
            key=f"{agenda.pk}-{first}-{day}", kind=api.Kind.PRACTICE, visibility=api.Visibility.SNP,
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
