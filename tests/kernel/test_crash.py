"""Killed at any step (SIGKILL), the outbox loses nothing and repeats nothing; writers share one journal."""

import signal
from collections.abc import Iterator

import pytest

from tests.kernel.own_database import OwnDatabase, own_database

PROCESS = "tests.kernel.process"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[OwnDatabase]:
    with own_database(tmp_path_factory.mktemp("own")) as database:
        yield database


def killed_at(database: OwnDatabase, topic: str, key: str, step: str) -> bool:
    return database.run(PROCESS, "act", topic, key, step)[0] == -signal.SIGKILL


def test_killed_before_the_commit_nothing_happened(database: OwnDatabase) -> None:
    assert killed_at(database, "test.inside", "a", "before the commit")
    _status, found = database.run(PROCESS, "recover", "a")
    assert found["delivered"] == [0, 0]
    assert found["after"] == {"writes": 0, "effects": 0, "waiting": 0}


@pytest.mark.parametrize(
    "step", ["committed, nothing delivered", "in the handler, its effect written", "marked, not committed"]
)
def test_killed_after_the_commit_the_effect_happens_exactly_once(database: OwnDatabase, step: str) -> None:
    assert killed_at(database, "test.inside", step, step)
    _status, found = database.run(PROCESS, "recover", step)
    assert found == {
        "before": {"writes": 1, "effects": 0, "waiting": 1},
        "delivered": [1, 0],
        "after": {"writes": 1, "effects": 1, "waiting": 0},
    }


def test_the_same_action_repeated_has_its_effect_once(database: OwnDatabase) -> None:
    database.run(PROCESS, "act", "test.inside", "twice", "")
    database.run(PROCESS, "act", "test.inside", "twice", "")
    _status, found = database.run(PROCESS, "recover", "twice")
    assert found["after"] == {"writes": 2, "effects": 1, "waiting": 0}


def test_an_effect_outside_our_database_is_repeated_with_the_same_key(database: OwnDatabase) -> None:
    assert killed_at(database, "test.outside", "mail", "outside, its effect done")
    _status, found = database.run(PROCESS, "recover", "mail")
    assert found["delivered"] == [0, 0], "leased: the first process may still be at it"
    _status, found = database.run(PROCESS, "recover after the lease", "mail")
    assert found["delivered"] == [1, 0]
    assert found["after"] == {"writes": 1, "effects": 2, "waiting": 0}, "at least once: the key tells"


def test_workers_at_the_same_time_share_the_messages(database: OwnDatabase) -> None:
    database.run(PROCESS, "publish without delivering", "shared", "40")
    workers = [database.start(PROCESS, "drain") for _ in range(3)]
    delivered = sum(int(worker.communicate(timeout=120)[0]) for worker in workers)
    _status, effects = database.run(PROCESS, "effects", "shared")
    assert delivered == 40
    assert sorted(effects) == sorted(f"shared-{number}" for number in range(40))


def test_writers_at_the_same_time_keep_one_chain(database: OwnDatabase) -> None:
    _status, before = database.run(PROCESS, "verify")
    writers = [database.start(PROCESS, "record", "25") for _ in range(3)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    for writer in writers:
        writer.communicate()
    assert database.run(PROCESS, "verify")[1] == {"entries": before["entries"] + 75, "intact": True}
