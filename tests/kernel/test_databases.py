"""What differs between the two databases, seen to do the same on both."""

import math
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from maillage.kernel import databases, outbox
from maillage.kernel.models import Message, RoleAssignment, Scope
from tests.kernel.own_database import OwnDatabase, own_database


@pytest.mark.django_db
def test_the_database_under_test_has_every_migration() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


@pytest.mark.django_db
def test_bulk_load_writes_what_save_would() -> None:
    now = timezone.now()
    rows = ([f"clé {number}", "test", {"n": number, "é": None}, now] for number in range(1000))
    assert databases.bulk_load(Message, ["key", "topic", "payload", "published_at"], rows) == 1000
    last = Message.objects.order_by("pk").last()
    assert (last.key, last.payload, last.published_at) == ("clé 999", {"n": 999, "é": None}, now)


@pytest.mark.django_db
def test_bulk_load_of_nothing() -> None:
    assert databases.bulk_load(Scope, ["kind", "label"], []) == 0


@pytest.mark.django_db
def test_bulk_load_keeps_the_constraints_and_loads_all_or_nothing(nurse) -> None:
    day = timezone.localdate()
    rows = [(nurse.pk, "nurse", None, day, None), (nurse.pk, "nurse", None, day, day.replace(year=1999))]
    with pytest.raises(IntegrityError), transaction.atomic():
        databases.bulk_load(RoleAssignment, ["person", "role", "scope", "starts_on", "ends_on"], rows)
    assert RoleAssignment.objects.count() == 1


@pytest.mark.django_db
def test_very_many_rows_are_inserted_with_no_more_values_in_a_statement_than_a_database_takes() -> None:
    many = databases.MOST_VALUES // len(Message._meta.concrete_fields)
    rows = [Message(topic="test", key=f"{number}", payload={}) for number in range(2 * many + 1)]
    with CaptureQueriesContext(connection) as captured:
        assert databases.insert(rows) == rows
    assert len(captured) == 3
    assert [one.key for one in Message.objects.order_by("pk")] == [one.key for one in rows]
    assert [one.pk for one in rows] == list(Message.objects.order_by("pk").values_list("pk", flat=True))
    late = [Message(topic="test", key=f"{number}", payload={}) for number in range(2 * many + 2)]
    assert databases.insert_new(late, unique=("topic", "key")) == late[-1:]
    assert databases.insert([]) == []


@pytest.mark.django_db
def test_instants_are_counted_in_whole_seconds_without_being_read() -> None:
    instants = [
        datetime(1969, 12, 31, 23, 59, 58, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 0, 0, 999_999, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Paris")),
        datetime(2124, 2, 29, 12, 0, 0, 1, tzinfo=UTC),
    ]
    Message.objects.bulk_create(
        Message(key=str(number), topic="test", payload={}, published_at=at)
        for number, at in enumerate(instants)
    )
    rows = Message.objects.order_by("pk").values_list(databases.EpochSeconds("published_at"), flat=True)
    assert list(rows) == [math.floor(one.timestamp()) for one in instants]
    empty = Message.objects.filter(pk=0).aggregate(last=databases.EpochSeconds(Max("published_at")))
    assert empty == {"last": None}


@pytest.mark.django_db
def test_a_lifted_refusal_comes_back() -> None:
    databases.forbid_changes("kernel_scope")
    Scope.objects.create(kind="a", label="a")
    with databases.append_only_lifted():
        Scope.objects.update(kind="b")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Scope.objects.update(kind="c")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[OwnDatabase]:
    with own_database(tmp_path_factory.mktemp("own")) as database:
        yield database


def test_a_worker_wakes_for_a_message_of_another_process(database: OwnDatabase) -> None:
    worker = database.start("tests.kernel.process", "work")
    assert worker.stdout.readline() == "waiting\n"
    database.run("tests.kernel.process", "publish without delivering", "woken", "1")
    assert worker.stdout.readline() == "delivered ['woken-0']\n"
    assert worker.wait(timeout=60) == 0
    worker.communicate()


def test_a_worker_whose_connection_is_cut_while_it_waits_opens_another(
    tmp_path: Path, django_db_setup: None
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connection that somebody else may cut")
    with own_database(tmp_path) as database:
        worker = database.start("tests.kernel.process", "work")
        assert worker.stdout.readline() == "waiting\n"
        _cut_who_listens(database)
        database.run("tests.kernel.process", "publish without delivering", "after", "1")
        assert worker.stdout.readline() == "delivered ['after-0']\n"
        assert worker.wait(timeout=60) == 0
        assert "the outbox lost the database" in worker.communicate()[1]


def _cut_who_listens(database: OwnDatabase) -> None:
    who = "datname = current_database() AND query LIKE 'LISTEN%'"
    with psycopg.connect(database.url, autocommit=True) as other:
        for _attempt in range(200):
            if other.execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {who}"
            ).fetchone():
                return
            time.sleep(0.05)
    pytest.fail("nobody listened")


@pytest.mark.django_db(transaction=True)
def test_a_wait_ends_by_itself_and_at_once_when_told() -> None:
    stop, began = threading.Event(), time.monotonic()
    databases.wait("nothing", 0.2, stop)
    stop.set()
    outbox.work(stop)
    databases.wait("nothing", 0.2, stop)
    assert time.monotonic() - began < 5


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_is_one_moment() -> None:
    Scope.objects.create(kind="a", label="a")
    with databases.snapshot():
        assert Scope.objects.count() == 1
    assert connection.get_autocommit()
    with transaction.atomic(), databases.snapshot():
        assert Scope.objects.count() == 1
