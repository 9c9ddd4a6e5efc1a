"""Keys and days of addresses: nothing that anybody writes there raises."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from maillage.kernel.fields import DayField, MomentField
from maillage.kernel.parameters import asked_day, query_kept, row_key, row_keys

NO_KEYS = ["", "²", "٣", "-1", "1.0", " 1", "9" * 19, "9" * 5000, "a", "1\x00", "１"]
NO_DAYS = ["", "9999-12-31", "0001-01-01", "2026-02-30", "31/12/2026", "2026-1-1", "٢٠٢٦-٠١-٠١", "2026-W01-1"]


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_is_no_key_is_the_key_of_no_row(text: str) -> None:
    assert row_key(text) == 0


def test_keys_are_read_in_their_order() -> None:
    assert row_keys(["3", "²", "12", ""]) == [3, 12]


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_none(text: str) -> None:
    assert asked_day(text) is None


def test_a_day_is_read() -> None:
    assert asked_day("2026-11-29") == date(2026, 11, 29)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "1899-12-31"])
def test_a_form_refuses_a_day_out_of_reach_in_a_sentence(text: str) -> None:
    with pytest.raises(ValidationError, match="hors d’atteinte"):
        DayField().clean(text)


@pytest.mark.parametrize("text", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_form_refuses_an_instant_out_of_reach(text: str) -> None:
    with pytest.raises(ValidationError):
        MomentField().clean(text)


def test_a_link_to_the_same_page_carries_what_a_page_of_ours_writes_and_no_more() -> None:
    written = [("q", ["lait"]), ("long", ["x" * 201]), ("y" * 201, ["1"]), ("deux", ["1", "2"])]
    assert query_kept(written, tri="nom") == "q=lait&deux=1&deux=2&tri=nom"
    assert query_kept([("q", ["\ud800"])]) == "q=%3F"
    many = [(f"p{number}", ["v" * 200]) for number in range(5_000)]
    assert query_kept(many, tri="nom").count("&") == 30
