"""What an installation does beside answering: hand out messages, follow the calendar, compute rosters.

Each server process asks for the lead; one has it, by a lease in the database, and does all of it. When it
stops, or is killed, another takes over within `LEASE`.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection

from maillage.config import installation
from maillage.exchange import api as exchange
from maillage.kernel import api as kernel
from maillage.kernel import databases, leases
from maillage.roster import api as roster
from maillage.territory import api as territory

logger = logging.getLogger("maillage.workers")

LEADER = leases.LEADER
LEASE = timedelta(seconds=15)
RENEW_EVERY, LOOK_EVERY, AFTER_A_FAULT = 4.0, 5.0, 2.0
"""Seconds between two renewals of the lead, two looks where nothing wakes us, and after a fault."""
LOOK_FOR_PACKS_EVERY = 2.0
"""Seconds between two looks at what was asked for a data pack."""
CALENDAR_EVERY = 1800.0
"""Seconds between two looks at the calendar: midnight does not come everywhere at once."""

MAIL_EVERY = 60.0
"""Seconds between two looks at the secure mailbox."""

Task = Callable[[threading.Event], None]


class Worker:
    """The thread of one server process that asks for the lead, and leads where it has it."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=lead, args=(self._stop,), name="leader", daemon=True)

    def start(self) -> None:
        """Start asking."""
        self._thread.start()

    def stop(self, *, seconds: float = 3.0) -> None:
        """Give the lead back, waiting for what is under way no longer than `seconds`."""
        self._stop.set()
        self._thread.join(timeout=seconds)


def lead(stop: threading.Event, *, tasks: tuple[Task, ...] | None = None) -> None:
    """Ask for the lead until `stop` is set; run the tasks while we have it."""
    name = new_name()
    while not stop.is_set():
        try:
            if leases.take(LEADER, name, LEASE):
                _run(
                    name,
                    stop,
                    tasks or TASKS,
                )
        except DatabaseError:
            logger.exception("the leader lost the database")
        finally:
            connection.close()
        stop.wait(RENEW_EVERY)


def _run(name: str, stop: threading.Event, tasks: tuple[Task, ...]) -> None:
    """Run each task in a thread of its own until the lead is lost or given back."""
    over = threading.Event()
    threads = [threading.Thread(target=task, args=(over,), name=task.__name__, daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    try:
        while not stop.wait(RENEW_EVERY) and leases.take(LEADER, name, LEASE):
            connection.close()
    finally:
        over.set()
        for thread in threads:
            thread.join(timeout=LEASE.total_seconds())
        leases.release(LEADER, name)


def new_name() -> str:
    """Return a name that no other process has, and that tells whoever reads the database which one it is."""
    return f"{os.getpid()}-{uuid.uuid4().hex[:24]}"


def follow_calendar(stop: threading.Event) -> None:
    """Prepare slots, follow rosters, seal booklets, mail summaries, note files at term, keep the journal."""
    while not stop.is_set():
        for step in (
            installation.extend_agendas,
            installation.follow_rosters,
            installation.make_booklets,
            installation.send_summaries,
            installation.note_files_at_their_term,
            kernel.keep_daily,
        ):
            try:
                step()
            except Exception:  # one fault stops neither the other steps nor those of tomorrow
                logger.exception("the calendar failed at %s", getattr(step, "__name__", step))
        connection.close()
        stop.wait(CALENDAR_EVERY)


def watch_mailbox(stop: threading.Event) -> None:
    """Collect what came in the secure mailbox, where there is one; a server that is away is asked again."""
    while exchange.receives_mail() and not stop.is_set():
        try:
            exchange.receive_mail()
        except Exception:  # a server that is away, a mail broken on purpose: the next look may do better
            logger.exception("the secure mailbox was not read")
        finally:
            connection.close()
        stop.wait(MAIL_EVERY)


def watch_solves(stop: threading.Event) -> None:
    """Start a process each time that a computation waits; take back at once what a dead one had."""

    def wait() -> None:
        databases.wait(roster.SOLVE_CHANNEL, LOOK_EVERY, stop)

    # Looked up each time: a test takes its place.
    _watch(stop, ["solve"], lambda: roster.solve_waits(), roster.recover, wait)


def watch_packs(stop: threading.Event) -> None:
    """Start a process each time that work on a data pack waits; take back at once what a dead one had.

    Nothing wakes it: a connection of its own would be kept for what is asked once a year.
    """

    def wait() -> None:
        connection.close()
        stop.wait(LOOK_FOR_PACKS_EVERY)

    _watch(stop, ["data", "work"], territory.works_wait, territory.recover_works, wait)


def _watch(
    stop: threading.Event,
    words: list[str],
    waits: Callable[[], bool],
    recover: Callable[..., int],
    wait: Callable[[], None],
) -> None:
    while not stop.is_set():
        try:
            while waits() and not stop.is_set():
                _run_process(stop, words, recover)
            wait()
        except DatabaseError:
            logger.exception("what starts « maillage %s » lost the database", " ".join(words))
            stop.wait(AFTER_A_FAULT)
        finally:
            connection.close()


def lower_priority() -> None:
    """Let whoever waits for a page go first."""
    if hasattr(os, "nice"):
        os.nice(5)


def _run_process(stop: threading.Event, words: list[str], recover: Callable[..., int]) -> None:
    """Run one process to its end. It outlives us: what it computes is kept even if the server stops."""
    name = new_name()
    command = [sys.executable, "-m", "maillage", *words, "--worker", name]
    status = subprocess.run(  # noqa: S603
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True, check=False
    ).returncode
    if status:
        logger.error("« maillage %s » ended with status %s", " ".join(words), status)
        recover(worker=name)
        stop.wait(AFTER_A_FAULT)


TASKS: tuple[Task, ...] = (kernel.work, follow_calendar, watch_solves, watch_packs, watch_mailbox)
"""What the process that leads does."""
