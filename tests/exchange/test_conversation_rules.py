"""Who sits, who writes, who is cited: the rules by themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.exchange.rules.conversations import Seat, Way, cited, read_by, reads, searched, writes


@pytest.mark.parametrize(
    ("seat", "way", "opened", "speaks", "may_read", "may_write"),
    [
        (Seat.CARE, Way.CARE, False, False, True, True),
        (Seat.CARE, Way.FOR_A_TIME, False, False, True, False),
        (Seat.CARE, Way.MANDATE, True, True, False, False),
        (Seat.CARE, Way.OWN, True, False, False, False),
        (Seat.CARE, None, True, True, False, False),
        (Seat.PATIENT, Way.OWN, True, False, True, True),
        (Seat.PATIENT, Way.OWN, False, False, False, False),
        (Seat.PATIENT, Way.CARE, True, False, False, False),
        (Seat.CARER, None, True, True, True, True),
        (Seat.CARER, Way.MANDATE, True, False, False, False),
        (Seat.CARER, Way.MANDATE, False, True, False, False),
        (Seat.COLLEAGUE, Way.CARE, False, False, False, False),
    ],
)
def test_a_seat_holds_by_the_circle_alone(
    seat: Seat, way: Way | None, opened: bool, speaks: bool, may_read: bool, may_write: bool
) -> None:
    assert reads(seat, way, is_opened=opened, speaks=speaks) is may_read
    assert writes(seat, way, is_opened=opened, speaks=speaks) is may_write


NAMES = {1: "Inès Capucine", 2: "Paul Réglisse", 3: "Paul Réglisse-Orme", 4: ""}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("@Inès Capucine peux-tu passer ?", {1}),
        ("merci @ines, à demain", {1}),
        ("@INÈS CAPUCINE,", {1}),
        ("@Paul Réglisse : vu", {2}),
        ("@Paul Réglisse-Orme : vu", {3}),
        ("@Paul qui ?", set()),  # two of them
        ("ines@example.org @ @@", set()),
        ("@Inèsse", set()),
        ("rien", set()),
        ("@Inès et @Paul Réglisse", {1, 2}),
    ],
)
def test_a_name_after_an_at_sign_is_cited(text: str, keys: set[int]) -> None:
    assert cited(text, NAMES) == keys


@given(st.text(max_size=300))
def test_whatever_is_typed_cites_only_those_who_take_part(text: str) -> None:
    assert cited(text, NAMES) <= set(NAMES)


def test_who_has_read_a_message_and_what_a_search_reads() -> None:
    assert read_by(3, {1: 3, 2: 2, 5: 9}, 5) == [1]
    assert read_by(1, {}, None) == []
    assert searched("Œdème, à 17 h !") == " oedeme a 17 h "
