"""No order of statements books a slot twice; the naive way is caught by the same search."""

import pytest

from tests.kernel.own_database import own_database


@pytest.mark.django_db
def test_no_interleaving_books_twice_and_the_straw_man_is_caught(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with own_database(tmp_path_factory.mktemp("interleaving")) as database:
        status, found = database.run("tests.agenda.interleaving")
    assert status == 0
    assert found["ours"]["found"] == ""
    assert found["ours"]["tried"] >= 50
    assert "booked 2 times" in found["straw man"]["found"] or "booked 3 times" in found["straw man"]["found"]
