"""Days as people type them; a birth date to come, or of somebody older than anyone, is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maillage.kernel.dates import DateError, check_birth_date, read_birth_date, read_day
from maillage.kernel.identifiers import IdentifierError, parse_birthplace

TODAY = date(2026, 11, 29)
LAST_OF_1950 = date(1950, 12, 31)


@pytest.mark.parametrize(
    "text",
    [
        "31/12/1950", "31-12-1950", "31 12 1950", "31.12.1950", "31121950", "31/12/50", "311250", "31-12-50",
        "1950-12-31", "1950/12/31", "19501231", "31 décembre 1950", "31 DECEMBRE 1950", "31 déc. 1950",
        "31 dec 50", "31\u201112\u20111950", "31\u00a012\u00a01950", "٣١/١٢/١٩٥٠", " 31/12/1950 ",
        "\u200e31/12/1950", "３１/１２/１９５０",
    ],
)  # fmt: skip
def test_every_way_to_write_a_day_is_one_day(text: str) -> None:
    assert read_day(text, TODAY) == LAST_OF_1950


def test_the_year_of_two_digits_is_the_latest_that_is_not_to_come() -> None:
    assert read_day("29/11/26", TODAY) == TODAY
    assert read_day("30/11/26", TODAY) == date(1926, 11, 30)
    assert read_day("1/1/00", TODAY) == date(2000, 1, 1)
    assert read_day("29/02/24", TODAY) == date(2024, 2, 29)
    assert read_day("29/02/28", TODAY) == date(1928, 2, 29)
    assert read_day("1er mars 12", TODAY) == date(2012, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "31/02/1950", "32/01/1950", "00/00/0000", "1950", "12/1950", "31/12/195", "31/12/19500", "demain",
        "ju 1950 1", "1 ju 1950", "1 xx 1950", "31//1950", "1/2/3/4", "31121", "99999999", "0" * 10_000,
        "\x00", "²/²/1950/1", "29/02/1900",
    ],
)  # fmt: skip
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text, TODAY) is None


@given(some.text(max_size=50))
def test_no_text_breaks_the_reading(text: str) -> None:
    found = read_day(text, TODAY)
    assert found is None or isinstance(found, date)


@given(some.dates(min_value=date(1900, 1, 1), max_value=TODAY))
def test_a_day_is_read_back(day: date) -> None:
    assert read_birth_date(f"{day:%d/%m/%Y}", TODAY) == read_birth_date(day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("01/01/2990", "est à venir"),
        ("30/11/2026", "est à venir"),
        ("31/12/1850", "plus de 130 ans"),
        ("29/11/1895", "plus de 130 ans"),
        ("31 12", "n’est pas une date"),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused(text: str, said: str) -> None:
    with pytest.raises(DateError) as error:
        read_birth_date(text, TODAY)
    assert said in str(error.value)


def test_a_birth_date_that_may_be_is_kept() -> None:
    check_birth_date(date(1895, 11, 30), TODAY)
    assert read_birth_date("  ", TODAY) is None


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("71230", "71230"), ("2a004", "2A004"), ("2b 033", "2B033"), ("97411", "97411"), ("98735", "98735"),
        ("99352", "99352"), ("99999", "99999"), ("20004", "20004"), ("75120", "75120"), ("78999", "78999"),
        ("96001", "96001"), ("01\u00a0004", "01004"),
        ("٧١٢٣٠", "71230"), ("２Ａ００４", "2A004"), ("71\u200b230\u202c", "71230"), ("71\u2011230", "71230"),
    ],
)  # fmt: skip
def test_the_code_of_a_birthplace(typed: str, code: str) -> None:
    assert parse_birthplace(typed) == code


@pytest.mark.parametrize(
    "typed",
    [
        "ABCDE",
        "7123",
        "712300",
        "00123",
        "2C004",
        "71000",
        "97999",
        "98101",
        "99A52",
        "2A00A",
        "",
        "七一二三〇",
    ],
)
def test_what_is_no_birthplace_is_refused(typed: str) -> None:
    with pytest.raises(IdentifierError, match="lieu"):
        parse_birthplace(typed)
