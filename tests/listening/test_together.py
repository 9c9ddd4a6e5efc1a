"""Eight who send the same form at once: one answer, whatever the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.own_database import own_database


@pytest.mark.django_db
def test_eight_at_once_count_once(tmp_path: Path) -> None:
    with own_database(tmp_path) as database:
        _status, said = database.run("tests.listening.sending_twice")
    assert said == {"counted": 1, "told": 8, "rows": [1, 1, 1]}
