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
    assert said["twice"][0] == said["twice"][1] != ""
    assert said["intact"]


@pytest.mark.parametrize("order", ["search first", "closing first"])
@pytest.mark.django_db
def test_a_search_while_an_agenda_closes_ends_with_a_sentence_and_so_does_the_closing(
    order: str, tmp_path: Path
) -> None:
    with own_database(tmp_path) as database:
        _status, said = database.run("tests.orientation.racing_closing", order)
    assert said["failed"] == []
    assert said["open"] == 0
    if order == "search first":
        assert said["kinds"] == ["slot", "samu"]
        assert said["slots"] == 1, "proposed, it stays to be named, closed: whoever takes it is told"
    else:
        assert said["kinds"] == ["samu"]
        assert said["slots"] == 0
