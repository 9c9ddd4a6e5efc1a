"""Several clerks, a double click, a killed process: nothing is paid twice, on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kernel.own_database import own_database


@pytest.fixture(autouse=True)
def now() -> None:
    """The processes have the real clock."""


def test_what_several_clerks_pay_at_once_is_paid_once(tmp_path: Path, django_db_setup: None) -> None:
    with own_database(tmp_path) as database:
        database.run("tests.funding.paying_at_once", "prepare")
        # One died in the middle: nothing of it is left, and the time may still be paid.
        database.run("tests.funding.paying_at_once", "killed")
        _status, found = database.run("tests.funding.paying_at_once", "race")
    assert found == {
        "validated": 1, "paid": 4, "indemnities": 1, "cents": 9000, "payments": 1, "numbers": [1, 2],
        "sum": 0, "lines": 2, "state": "paid",
    }  # fmt: skip
