"""The thread that starts computations: it outlives a database that goes away, and stops when told."""

import threading

import pytest
from django.db import OperationalError

from maillage.config import workers
from maillage.roster import api


@pytest.mark.django_db(transaction=True)
def test_it_begins_again_where_the_database_went_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, looks = threading.Event(), []

    def look() -> bool:
        looks.append(len(looks))
        if len(looks) == 1:
            raise OperationalError("gone")
        stop.set()
        return False

    monkeypatch.setattr(api, "solve_waits", look)
    monkeypatch.setattr(workers, "AFTER_A_FAULT", 0.01)
    monkeypatch.setattr(workers, "LOOK_EVERY", 0.01)
    thread = threading.Thread(target=workers.watch_solves, args=(stop,))
    thread.start()
    thread.join(timeout=20)
    assert looks == [0, 1]
    assert "lost the database" in caplog.text
