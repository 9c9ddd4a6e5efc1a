"""Two regulators in two connections: one has the request, one the slot, nobody is without an answer."""

from pathlib import Path

import pytest

from tests.kernel.own_database import own_database


@pytest.mark.django_db
def test_one_takes_and_the_other_is_told(tmp_path: Path) -> None:
    with own_database(tmp_path) as database:
        _status, said = database.run("tests.orientation.racing")
    assert sorted(said["taken"]) == ["locked", "owner"]
    assert sorted(said["booked"]) == ["booked", "next: samu"]
    assert said["seats"] == 3
    assert said["sound"]
