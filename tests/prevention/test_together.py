"""Several who write at once: nobody is asked twice, no dose is given twice, no hour has one too many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.own_database import own_database


@pytest.mark.django_db
def test_what_is_written_at_once_is_written_once(tmp_path: Path) -> None:
    with own_database(tmp_path) as database:
        _status, said = database.run("tests.prevention.at_once")
    assert said == {
        "calls": [1, 1, 1],
        "click": [0, 1, 1],
        "doses": [2, 0, 1],
        "acts": [1, 1],
        "places": [2, 1],
    }
