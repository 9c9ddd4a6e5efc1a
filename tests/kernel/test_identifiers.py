"""Keys of the identifiers: real shapes accepted, slips caught, sentences that help."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maillage.kernel.identifiers import (
    IdentifierError,
    looks_like_adeli,
    parse_finess,
    parse_ins,
    parse_national_id,
    parse_rpps,
    parse_siren,
    parse_siret,
)
from maillage.kernel.identifiers.establishments import CORSICAN_LETTERS
from maillage.kernel.identifiers.keys import key_97, luhn_sum
from maillage.kernel.identifiers.people import CORSICAN_DEPARTEMENTS
from maillage.kernel.sourced_rules import rule

DIGITS = "0123456789"


def with_luhn_key(stem: str) -> str:
    return stem + str(-luhn_sum(stem + "0") % 10)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=count, max_size=count)


@st.composite
def with_one_slip(draw, texts: st.SearchStrategy[str]) -> tuple[str, str]:
    """A text, and the same with one digit changed."""
    text = draw(texts)
    place = draw(st.sampled_from([at for at, character in enumerate(text) if character in DIGITS]))
    other = draw(st.sampled_from(DIGITS).filter(lambda digit: digit != text[place]))
    return text, text[:place] + other + text[place + 1 :]


rpps_numbers = digits(10).map(with_luhn_key)
siren_numbers = digits(8).map(with_luhn_key)
siret_numbers = digits(13).map(with_luhn_key).filter(lambda text: not text.startswith("356000000"))


@st.composite
def finess_numbers(draw) -> str:
    departement = draw(st.sampled_from(["01", "13", "71", "75", "2A", "2B", "97", "98"]))
    order = draw(digits(6))
    as_digits = departement[0] + CORSICAN_LETTERS.get(departement[1], departement[1]) + order
    return departement + with_luhn_key(as_digits)[2:]


@st.composite
def ins_numbers(draw) -> str:
    first = draw(st.sampled_from("123478"))
    departement = draw(st.sampled_from(["01", "75", "99", "2A", "2B"]))
    year_month, rest = draw(digits(4)), draw(digits(6))
    integer = int(first + year_month + CORSICAN_DEPARTEMENTS.get(departement, departement) + rest)
    return f"{first}{year_month}{departement}{rest}{key_97(integer):02}"


@given(rpps_numbers)
def test_rpps_with_its_key_is_read_in_any_spelling(number: str) -> None:
    spaced = f" {number[:1]} {number[1:6]}\N{NO-BREAK SPACE}{number[6:9]}.{number[9:]}-"
    assert parse_rpps(spaced).number == number
    assert parse_national_id(parse_rpps(number).national_id) == parse_rpps(number)


@given(with_one_slip(rpps_numbers))
def test_rpps_any_changed_digit_is_caught(slip: tuple[str, str]) -> None:
    with pytest.raises(IdentifierError, match="clé"):
        parse_rpps(slip[1])


@given(rpps_numbers, st.integers(0, 9))
def test_rpps_swapped_neighbours_are_caught_except_0_and_9(number: str, place: int) -> None:
    left, right = number[place], number[place + 1]
    assume(left != right and {left, right} != {"0", "9"})
    with pytest.raises(IdentifierError):
        parse_rpps(number[:place] + right + left + number[place + 2 :])


def test_rpps_wrong_key_is_only_a_warning_on_training_platforms() -> None:
    number = with_luhn_key("1000000000")
    sample = number[:-1] + str((int(number[-1]) + 1) % 10)
    read = parse_rpps(sample, lenient=True)
    assert read.number == sample
    assert "clé" in str(read.warnings[0])
    assert parse_rpps(number, lenient=True).warnings == ()
    assert parse_national_id("8" + sample, lenient=True) == read


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1000000000A", "que des chiffres"),
        ("", "que des chiffres"),
        ("一二三四五六七八九十一", "que des chiffres"),
        ("1000000000", "compte 10 chiffres"),
        ("100000000004", "compte 12 chiffres"),
        ("810000000004", "soit 10000000004"),
        ("711234567", "ADELI"),
        ("2A1234567", "ADELI"),
    ],
)
def test_rpps_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(IdentifierError, match=says):
        parse_rpps(text)


@pytest.mark.parametrize(
    ("text", "says"), [("0711234567", "ADELI"), ("10000000004", "chiffre 8"), ("8ABC", "chiffre 8")]
)
def test_national_id_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(IdentifierError, match=says):
        parse_national_id(text)


def test_adeli_is_recognised() -> None:
    assert looks_like_adeli("71 1 23456 7")
    assert looks_like_adeli("2b1234567")
    assert not looks_like_adeli("2C1234567")
    assert not looks_like_adeli("10000000004")


@given(finess_numbers())
def test_finess_with_its_key_is_read(number: str) -> None:
    read = parse_finess(number.lower())
    assert (read.number, read.departement) == (number, number[:2])


@given(with_one_slip(finess_numbers()))
def test_finess_any_changed_digit_is_caught(slip: tuple[str, str]) -> None:
    with pytest.raises(IdentifierError):
        parse_finess(slip[1])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("71000000", "9 caractères"),
        ("7A0000000", "n’est pas un département"),
        ("710A00000", "9 caractères"),
        ("200000002", "n’est pas un département"),
        ("000000000", "n’est pas un département"),
        ("960000004", "n’est pas un département"),
    ],
)
def test_finess_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(IdentifierError, match=says):
        parse_finess(text)


@given(ins_numbers())
def test_ins_with_its_key_is_read(number: str) -> None:
    read = parse_ins(f"{number[:13]} {number[13:]}")
    assert read.number + read.key == number
    assert read.is_waiting == (number[0] in "3478")


@given(with_one_slip(ins_numbers()))
def test_ins_any_changed_digit_is_caught(slip: tuple[str, str]) -> None:
    with pytest.raises(IdentifierError):
        parse_ins(slip[1])


def test_ins_key_of_a_number_worked_by_hand() -> None:
    # 2 55 08 14 168 025: 2550814168025 mod 97 = 59, and 97 - 59 = 38.
    assert parse_ins("2 55 08 14 168 025 38").key == "38"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2550814168025", "sans sa clé"),
        ("25508141680253", "15 caractères"),
        ("2550814A6802538", "15 caractères"),
        ("955081416802538", "commence par 9"),
        ("255081416802539", "clé"),
    ],
)
def test_ins_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(IdentifierError, match=says):
        parse_ins(text)


@given(siren_numbers, siret_numbers)
def test_siren_and_siret_with_their_keys_are_read(siren: str, siret: str) -> None:
    assert parse_siren(siren).number == siren
    assert parse_siret(siret).siren.number == siret[:9]


@given(with_one_slip(siren_numbers))
def test_siren_any_changed_digit_is_caught(slip: tuple[str, str]) -> None:
    with pytest.raises(IdentifierError, match="SIREN"):
        parse_siren(slip[1])


@given(with_one_slip(siret_numbers))
def test_siret_any_changed_digit_is_caught(slip: tuple[str, str]) -> None:
    assume(not slip[1].startswith("356000000"))
    with pytest.raises(IdentifierError, match="SIRET"):
        parse_siret(slip[1])


@given(digits(5))
def test_siret_of_la_poste_has_a_sum_multiple_of_five(rank: str) -> None:
    number = f"356000000{rank}"
    if sum(map(int, number)) % 5 == 0 or luhn_sum(number) % 10 == 0:
        assert parse_siret(number).siren.number == "356000000"
    else:
        with pytest.raises(IdentifierError):
            parse_siret(number)


@pytest.mark.parametrize(
    ("text", "says"), [("12345678", "compte 8 chiffres"), ("1234A6789", "que des chiffres")]
)
def test_siren_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(IdentifierError, match=says):
        parse_siren(text)


def test_an_error_can_be_translated() -> None:
    with pytest.raises(IdentifierError) as caught:
        parse_siren("12345678")
    assert caught.value.template % caught.value.values == str(caught.value)
    assert caught.value.values["found"] == 8


def test_the_sourced_rules_say_what_the_code_does() -> None:
    assert rule("kernel.identifiers.finess_corsica").value == {k: int(v) for k, v in CORSICAN_LETTERS.items()}
    assert rule("kernel.identifiers.ins_corsica").value == {
        k: int(v) for k, v in CORSICAN_DEPARTEMENTS.items()
    }
