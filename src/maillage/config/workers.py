"""What a server does beside answering: hand out messages, follow the calendar, compute rosters asked for."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import uuid

from django.db import DatabaseError, connection

from maillage.config import installation
from maillage.kernel import api as kernel
from maillage.kernel import databases
from maillage.roster import api as roster

logger = logging.getLogger("maillage.workers")

LOOK_EVERY, AFTER_A_FAULT = 5.0, 2.0
"""Seconds between two looks where nothing wakes us, and after a fault."""


def start() -> threading.Event:
    """Start what each server does beside answering, until the returned event is set."""
    installation.follow_rosters()
    stop = kernel.start_worker()
    threading.Thread(target=watch_solves, args=(stop,), name="solves", daemon=True).start()
    return stop


def new_name() -> str:
    """Return a name that no other process has."""
    return uuid.uuid4().hex


def watch_solves(stop: threading.Event) -> None:
    """Start a process each time that a computation waits; take back at once what a dead one had."""
    while not stop.is_set():
        try:
            while roster.solve_waits() and not stop.is_set():
                _solve(stop)
            databases.wait(roster.SOLVE_CHANNEL, LOOK_EVERY, stop)
        except DatabaseError:
            logger.exception("the computations lost the database")
            stop.wait(AFTER_A_FAULT)
        finally:
            connection.close()


def be_modest() -> None:
    """Let whoever waits for a page go first."""
    if hasattr(os, "nice"):
        os.nice(5)


def _solve(stop: threading.Event) -> None:
    """Run one process to its end. It outlives us: what it computes is kept even if the server stops."""
    name = new_name()
    command = [sys.executable, "-m", "maillage", "solve", "--worker", name]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    status = subprocess.run(command, **quiet, start_new_session=True, check=False).returncode  # noqa: S603
    if status:
        logger.error("the process of computations ended with status %s", status)
        roster.recover(worker=name)
        stop.wait(AFTER_A_FAULT)
