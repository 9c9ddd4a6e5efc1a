"""The journal's ends noted outside the database: in a file sealed line by line, by mail, on paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection

from maillage.kernel import anchors, backups, databases, journal, outbox
from maillage.kernel.models import ChainHead, Entry, Scope
from maillage.kernel.rules import Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def file(settings: Any, tmp_path: Path) -> Path:
    settings.JOURNAL_ANCHORS = tmp_path / "anchors.jsonl"
    return tmp_path / "anchors.jsonl"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def write(count: int = 1, scope: Scope | None = None) -> None:
    for _row in range(count):
        journal.record(by=None, verb="test.done", target="row:1", changes={}, scope=scope)


def cut(rank: int) -> None:
    """Cut the end of the installation's chain off, its head with it, as an owner of the database would."""
    databases.allow_changes("kernel_entry")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_entry WHERE rank > %s", [rank])
    ChainHead.objects.update(rank=rank, hash=Entry.objects.get(rank=rank).hash)
    databases.forbid_changes("kernel_entry")  # so that nothing shows, and that the next test is refused again


def test_the_end_cut_off_after_the_last_anchor_is_found_by_default() -> None:
    write(5)
    anchors.take()
    assert anchors.verify().intact
    cut(3)
    assert journal.verify().intact
    found = anchors.verify()
    assert found.fault is not None
    assert found.fault.rank == 4


def test_every_anchor_is_checked_not_only_the_last(clock: time_machine.Traveller) -> None:
    for _day in range(3):
        write(2)
        anchors.take()
        clock.shift(timedelta(days=1))
    databases.allow_changes("kernel_entry")
    previous = journal.GENESIS
    for entry in Entry.objects.order_by("rank"):
        entry.verb, entry.previous_hash = "test.forged", previous
        entry.hash = previous = journal.seal(entry)
        forge(entry)
    ChainHead.objects.update(hash=previous)
    found = anchors.verify()
    assert found.fault is not None
    assert found.fault.rank == 2, "the first line noted"


def forge(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_entry SET verb = %s, previous_hash = %s, hash = %s WHERE position = %s",
            [entry.verb, entry.previous_hash, entry.hash, entry.pk],
        )


def test_nothing_new_adds_no_line_and_an_empty_journal_none(file: Path) -> None:
    assert anchors.take() is None
    write()
    assert anchors.take() is not None
    assert anchors.take() is None
    assert len(file.read_text().splitlines()) == 1


@pytest.mark.parametrize("damage", ["hash", "heads", "removed", "garbage", "bytes"])
def test_a_file_that_was_changed_is_said(file: Path, damage: str) -> None:
    for _line in range(3):
        write()
        anchors.take()
    lines = file.read_text().splitlines()
    second = json.loads(lines[1])
    if damage == "removed":
        del lines[1]
    elif damage == "garbage":
        lines[1] = "[]"
    elif damage == "bytes":
        lines[1] = "{"
    else:
        second[damage] = {"0": [2, "f" * 64]} if damage == "heads" else "f" * 64
        lines[1] = json.dumps(second)
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(anchors.AnchorError, match="Ligne 2"):
        anchors.verify()


def test_once_a_day_the_anchor_is_noted_and_mailed_to_who_looks_after_data(
    clock: time_machine.Traveller,
) -> None:
    place = Scope.objects.create(kind="territory", label="Val-de-Brume")
    make_person("rose.dpo", Role.DPO, None)
    make_person("lea.ronce", Role.ADMINISTRATOR, place)
    write(2)
    write(1, place)
    assert anchors.keep_daily() is not None
    assert anchors.keep_daily() is None
    outbox.drain()
    (message,) = mail.outbox
    assert message.recipients() == ["rose.dpo@example.org"], "those of one territory look after that one"
    assert anchors.read()[-1].seal in message.body
    for line in anchors.read()[-1].lines():
        assert line in message.body
        assert anchors.verify(noted=[anchors.parse(line)]).intact
    clock.shift(timedelta(days=1))
    assert anchors.keep_daily() is None, "nothing was written since"
    write()
    assert anchors.keep_daily() is not None
    cut(2)
    assert anchors.verify(noted=[anchors.parse(message.body.split("--anchor ")[1].split()[0])]).fault


@pytest.mark.parametrize(
    "text", ["", "0:3", "0:x:" + "a" * 64, "0:3:abc", "é:3:" + "a" * 64, "0:²:" + "a" * 64]
)
def test_an_anchor_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(anchors.AnchorError):
        anchors.parse(text)


@pytest.mark.django_db(transaction=True)
def test_a_backup_restored_sets_aside_what_was_written_after_it(
    tmp_path: Path, clock: time_machine.Traveller
) -> None:
    write(3)
    anchors.take()
    backups.backup(tmp_path / "saved.zip")
    clock.shift(timedelta(hours=1))
    write(4)
    anchors.take()
    backups.restore(tmp_path / "saved.zip")
    assert anchors.verify().intact
    cut(2)
    found = anchors.verify()
    assert found.fault is not None
    assert found.fault.rank == 3, "what the backup held is still held to its anchor"
