"""One process leads at a time; another takes over when it stops, dies or loses the database."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError

from maillage.config import workers
from maillage.kernel import leases

LENGTH = timedelta(seconds=15)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 14, 12, tzinfo=UTC), tick=False) as clock:
        yield clock


@pytest.mark.django_db
def test_one_holder_at_a_time_who_renews(clock: time_machine.Traveller) -> None:
    assert leases.take("task", "a", LENGTH)
    assert not leases.take("task", "b", LENGTH)
    assert leases.take("other", "b", LENGTH)
    clock.shift(10)
    assert leases.take("task", "a", LENGTH)
    clock.shift(14)
    assert not leases.take("task", "b", LENGTH), "renewed at 10, held until 25"
    clock.shift(1)
    assert leases.take("task", "b", LENGTH), "the first one died"
    assert not leases.take("task", "a", LENGTH), "and is told so if it comes back"


@pytest.mark.django_db
def test_given_back_it_is_free_at_once_and_by_its_holder_only(clock: time_machine.Traveller) -> None:
    leases.take("task", "a", LENGTH)
    leases.release("task", "b")
    assert not leases.take("task", "b", LENGTH)
    leases.release("task", "a")
    assert leases.take("task", "b", LENGTH)


@pytest.mark.django_db(transaction=True)
def test_of_several_servers_one_leads_and_the_next_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "RENEW_EVERY", 0.02)
    running, most = [], [0]
    lock = threading.Lock()

    def task(over: threading.Event) -> None:
        with lock:
            running.append(1)
            most[0] = max(most[0], len(running))
        over.wait()
        with lock:
            running.pop()

    stops = [threading.Event() for _ in range(3)]
    threads = [
        threading.Thread(target=workers.lead, args=(stop,), kwargs={"tasks": (task,)}) for stop in stops
    ]
    for thread in threads:
        thread.start()
    for stop, thread in zip(stops, threads, strict=True):
        deadline = time.monotonic() + 30
        while not running and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(running) == 1, "whoever stopped, somebody leads"
        stop.set()
        thread.join(timeout=30)
    assert most == [1]
    assert not running


@pytest.mark.django_db(transaction=True)
def test_the_leader_begins_again_where_the_database_went_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked, stop = [], threading.Event()

    def take(*_arguments: object) -> bool:
        asked.append(1)
        if len(asked) == 1:
            raise OperationalError("gone")
        stop.set()
        return False

    monkeypatch.setattr(leases, "take", take)
    monkeypatch.setattr(workers, "RENEW_EVERY", 0.01)
    workers.lead(stop)
    assert len(asked) == 2
    assert "lost the database" in caplog.text


def test_a_fault_of_the_calendar_stops_neither_the_other_steps_nor_the_next_day(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, done = threading.Event(), []

    def broken() -> int:
        done.append("broken")
        raise ValueError("a fault")

    def daily() -> None:
        done.append("daily")
        if len(done) >= 4:
            stop.set()

    monkeypatch.setattr(workers.installation, "extend_agendas", broken)
    monkeypatch.setattr(workers.installation, "follow_rosters", lambda: 0)
    monkeypatch.setattr(workers.kernel, "keep_daily", daily)
    monkeypatch.setattr(workers, "CALENDAR_EVERY", 0.01)
    monkeypatch.setattr(workers.connection, "close", lambda: None)
    workers.follow_calendar(stop)
    assert done == ["broken", "daily", "broken", "daily"]
    assert "the calendar failed at broken" in caplog.text
