"""Telephone numbers in one form, whatever was typed or pasted; what is no number is refused in French."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maillage.kernel.phones import (
    PhoneError,
    is_mobile,
    is_short_code,
    read_phone,
    stored_phone,
    written_phone,
)

FICTION = "+33639980001"


@pytest.mark.parametrize(
    "text",
    [
        "06 39 98 00 01", "0639980001", "06.39.98.00.01", "06-39-98-00-01", "06/39/98/00/01",
        "6 39 98 00 01", "0033 6 39 98 00 01", "0033639980001", "+33 06 39 98 00 01", "+33(0)639980001",
        "+33 (0) 6 39 98 00 01", "0033 (0)6 39 98 00 01", "33 6 39 98 00 01", "tel:+33639980001",
        "Tél. : 06 39 98 00 01", "\u202a06 39 98 00 01\u202c", "\ufeff06\u00a039\u202f98\u200900\u206001",
        "06\u201139\u201098\u201300\u221201", "06·39·98·00·01", "٠٦٣٩٩٨٠٠٠١", "۰۶۳۹۹۸۰۰۰۱", "०६३९९८०००१",
        "０６３９９８０００１", "＋33 639 98 00 01", " +33 6 39 98 00 01\n",
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_is_one_number(text: str) -> None:
    assert read_phone(text) == stored_phone(text) == FICTION


@pytest.mark.parametrize(
    ("typed", "stored", "written", "mobile"),
    [
        ("0692 12 34 56", "+262692123456", "0692 12 34 56", True),
        ("692123456", "+262692123456", "0692 12 34 56", True),
        ("+33 692 12 34 56", "+262692123456", "0692 12 34 56", True),
        ("+262 0692 12 34 56", "+262692123456", "0692 12 34 56", True),
        ("0693 12 34 56", "+262693123456", "0693 12 34 56", True),
        ("0639 69 12 34", "+262639691234", "0639 69 12 34", True),
        ("0262 20 12 34", "+262262201234", "0262 20 12 34", False),
        ("0263 12 34 56", "+262263123456", "0263 12 34 56", False),
        ("0269 61 12 34", "+262269611234", "0269 61 12 34", False),
        ("0590 90 12 34", "+590590901234", "0590 90 12 34", False),
        ("0690 12 34 56", "+590690123456", "0690 12 34 56", True),
        ("0691 28 12 34", "+590691281234", "0691 28 12 34", True),
        ("0594 30 12 34", "+594594301234", "0594 30 12 34", False),
        ("0694 12 34 56", "+594694123456", "0694 12 34 56", True),
        ("0596 60 12 34", "+596596601234", "0596 60 12 34", False),
        ("0696 12 34 56", "+596696123456", "0696 12 34 56", True),
        ("0697 12 34 56", "+596697123456", "0697 12 34 56", True),
        ("0508 41 12 34", "+508411234", "0508 41 12 34", False),
        ("+508 41 12 34", "+508411234", "0508 41 12 34", False),
        ("+689 87 12 34 56", "+68987123456", "+689 87 12 34 56", True),
        ("00689 40 41 23 45", "+68940412345", "+689 40 41 23 45", False),
        ("+687 75.12.34", "+687751234", "+687 75 12 34", True),
        ("+681 72 12 34", "+681721234", "+681 72 12 34", True),
        ("+32 2 555 12 12", "+3225551212", "+32 2 555 12 12", False),
        ("0041 22 379 50 50", "+41223795050", "+41 22 379 50 50", False),
        ("01 99 00 12 34", "+33199001234", "01 99 00 12 34", False),
        ("02 61 91 12 34", "+33261911234", "02 61 91 12 34", False),
        ("03 53 01 12 34", "+33353011234", "03 53 01 12 34", False),
        ("04 65 71 12 34", "+33465711234", "04 65 71 12 34", False),
        ("05 36 49 12 34", "+33536491234", "05 36 49 12 34", False),
        ("06 39 98 12 34", "+33639981234", "06 39 98 12 34", True),
        ("0972 12 34 56", "+33972123456", "09 72 12 34 56", False),
    ],
)
def test_each_number_has_the_code_of_its_country(typed: str, stored: str, written: str, mobile: bool) -> None:
    assert read_phone(typed) == stored
    assert written_phone(stored).replace("\N{NO-BREAK SPACE}", " ") == written
    assert read_phone(written_phone(stored)) == stored
    assert is_mobile(stored) is mobile


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("appeler le soir", "n’est pas un numéro de téléphone"),
        ("06 39 98 00 01 poste 12", "n’est pas un numéro de téléphone"),
        ("+", "n’est pas un numéro de téléphone"),
        ("06 39 98 00 0", "compte 9 chiffres"),
        ("06 39 98 00 01 02", "compte 12 chiffres"),
        ("40 41 23 45", "+689"),
        ("3114", "compte 4 chiffres"),
        ("00 00 00 00 00", "n’existe pas dans le plan de numérotation français"),
        ("07 00 00 00 00", "n’existe pas dans le plan de numérotation français"),
        ("+999 12 34 56", "n’existe pas dans le plan de numérotation de ce pays"),
        ("+33 6 39 98 00", "n’existe pas dans le plan de numérotation de ce pays"),
    ],
)
def test_what_is_no_number_is_refused_with_how_to_mend_it(typed: str, said: str) -> None:
    with pytest.raises(PhoneError) as error:
        read_phone(typed)
    assert said in str(error.value).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("code", ["15", "18", "112", "114", "3114", "3237", "3624", "116117", "116 117"])
def test_a_structure_may_have_a_short_code(code: str) -> None:
    assert read_phone(code, short_codes=True) == code.replace(" ", "")
    written = written_phone(read_phone(code, short_codes=True))
    assert written == ("116\N{NO-BREAK SPACE}117" if code.startswith("116") else code)
    with pytest.raises(PhoneError):
        read_phone(code)


@pytest.mark.parametrize("digits", ["", "0", "015", "12", "99999", "1234567"])
def test_other_digits_are_no_short_code(digits: str) -> None:
    assert not is_short_code(digits)


@given(some.text(max_size=60) | some.text(alphabet="+0123456789 ().-a", max_size=30))
def test_a_number_is_stored_in_one_way_only(text: str) -> None:
    stored = stored_phone(text)
    assert stored_phone(stored) == stored
    assert len(stored) <= 16
    assert stored.removeprefix("+").isdigit() or not stored
    try:
        read = read_phone(text, short_codes=True)
    except PhoneError:
        return
    assert stored == read


def test_nothing_written_is_no_number() -> None:
    assert read_phone("") == read_phone(" \u00a0 ") == stored_phone("") == ""
    assert written_phone("") == ""
    assert not any(map(is_mobile, ("", "3114", "+9")))
    assert written_phone("+9") == "+9"
