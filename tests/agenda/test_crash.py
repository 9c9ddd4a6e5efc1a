"""Killed (SIGKILL) between a write and its messages, a process loses none of them and repeats none."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kernel.own_database import OwnDatabase, own_database

PROCESS = "tests.agenda.process"
BOOKED = ["agenda_booked", "appointment_booked_brief"]
CANCELLED = ["agenda_cancelled", "appointment_cancelled_brief", "slot_offered_brief"]


@pytest.fixture
def database(tmp_path: Path, django_db_setup: None) -> Iterator[OwnDatabase]:
    with own_database(tmp_path) as database:
        yield database


def killed(database: OwnDatabase, command: str, step: str) -> bool:
    return database.run(PROCESS, command, step)[0] == -signal.SIGKILL


def test_what_is_booked_then_cancelled_is_told_once_whenever_the_process_dies(database: OwnDatabase) -> None:
    assert killed(database, "book", "booked, nobody told")
    assert killed(database, "work", "told, not marked")
    assert database.run(PROCESS, "work", "")[1] == BOOKED
    assert killed(database, "cancel", "cancelled, nobody told")
    assert killed(database, "work", "told, not marked")
    for _again in range(2):
        assert database.run(PROCESS, "work", "")[1] == sorted([*BOOKED, *CANCELLED])
