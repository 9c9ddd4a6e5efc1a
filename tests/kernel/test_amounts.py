"""Amounts as people type them: one reader, to the cent, which says how to mend what it refuses."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from maillage.kernel import formats
from maillage.kernel.amounts import MOST, AmountError, read_cents, rounded
from maillage.kernel.fields import AmountField


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1 250,50", 125_050), ("1250.5", 125_050), ("1 250,50 €", 125_050),
        ("1\u202f250,50\u00a0€", 125_050),
        ("1.250,50", 125_050), ("1,250.50", 125_050), ("1.250.000", 125_000_000), ("1'250", 125_000),
        ("12", 1200), ("0", 0), ("0,01", 1), ("12 EUR", 1200), ("12 euros", 1200), (" 7,5 ", 750),
        ("１２,５０", 1250), ("100 000 000", MOST),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written(text: str, cents: int) -> None:
    assert read_cents(text) == cents


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-5", "négatif"), ("−5,00", "négatif"), ("12,345", "plus de deux décimales"),
        ("1.250", "plus de deux décimales"), ("100 000 000,01", "100 millions"), ("9" * 30, "100 millions"),
        ("9" * 41, "trop long"), ("", "n’est pas un montant"), ("douze", "n’est pas un montant"),
        ("12 50", "n’est pas un montant"), ("1 25 0", "n’est pas un montant"), (",5", "n’est pas un montant"),
        ("5,", "n’est pas un montant"), ("5 $", "n’est pas un montant"), ("1e3", "n’est pas un montant"),
        ("12,5x", "n’est pas un montant"), ("1,2,3", "n’est pas un montant"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_how_to_mend_it(text: str, says: str) -> None:
    with pytest.raises(AmountError, match=says):
        read_cents(text)


@given(st.integers(0, MOST))
def test_what_the_screen_writes_is_read_back(cents: int) -> None:
    assert read_cents(formats.euros(cents)) == cents


@given(st.fractions())
def test_rounding_is_half_away_from_zero(exact: Fraction) -> None:
    assert abs(rounded(exact) - exact) <= Fraction(1, 2)
    assert rounded(-exact) == -rounded(exact)
    assert rounded(Fraction(1, 2)) == 1


def test_the_field_gives_cents_and_says_what_is_wrong() -> None:
    field = AmountField(label="x", required=False)
    assert (field.clean("12,5"), field.clean("")) == (1250, None)
    assert field.prepare_value(125_050) == "1\u202f250,50"
    assert field.prepare_value("abc") == "abc"
    with pytest.raises(ValidationError, match="nul"):
        field.clean("0")
    assert AmountField(label="x", least=0).clean("0") == 0
    with pytest.raises(ValidationError, match="n’est pas un montant"):
        field.clean("douze")


def test_euros_are_said_as_people_write_them() -> None:
    assert formats.euros(125_050) == "1\u202f250,50\u00a0€"
    assert formats.euros(125_000) == "1\u202f250\u00a0€"
    assert formats.euros(125_050, whole=True) == "1\u202f251\u00a0€"
    assert formats.euros(None) == formats.UNKNOWN
