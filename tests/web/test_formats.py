"""What a French and an English reader see."""

from datetime import UTC, date, datetime, time

import numpy as np
import pytest
from django.utils import translation

from maillage.kernel import formats


def test_a_list_and_a_named_value_are_written_as_each_language_does() -> None:
    assert formats.listed([formats.told("a", "1"), "b"]) == "a\u00a0: 1\u00a0; b"
    with translation.override("en"):
        assert formats.listed([formats.told("a", "1"), "b"]) == "a: 1; b"


@pytest.mark.parametrize(
    ("value", "decimals", "french", "english"),
    [
        (65410, 0, "65\u202f410", "65,410"),
        (2.85, 2, "2,85", "2.85"),
        (2.5, 0, "3", "3"),
        (0.285, 2, "0,29", "0.29"),
        (-1234.5, 1, "−1\u202f234,5", "−1,234.5"),
        (-0.04, 1, "0,0", "0.0"),
        (np.float64(1_000_000), 0, "1\u202f000\u202f000", "1,000,000"),
        (np.int64(12), 0, "12", "12"),
        (None, 0, "–", "–"),
        (float("nan"), 2, "–", "–"),
    ],
)
def test_number(value, decimals, french, english):
    assert formats.number(value, decimals) == french
    with translation.override("en"):
        assert formats.number(value, decimals) == english


def test_percent_takes_a_share():
    assert formats.percent(0.124) == "12\u00a0%"
    assert formats.percent(0.125, 1) == "12,5\u00a0%"
    assert formats.percent(np.nan) == "–"
    with translation.override("en"):
        assert formats.percent(0.124) == "12%"


def test_signed_shows_plus_and_minus_but_no_sign_on_zero():
    assert [formats.signed(value, 1) for value in (3.25, -3.25, 0, None)] == ["+3,3", "−3,3", "0,0", "–"]
    assert formats.signed_percent(-0.042, 1) == "−4,2\u00a0%"
    assert formats.signed_percent(None) == "–"


def test_minutes_become_hours_from_sixty_on():
    assert [formats.minutes(value) for value in (0, 12.4, 59.6, 65, -61, None)] == [
        "0\u00a0min",
        "12\u00a0min",
        "1\u00a0h\u00a000",
        "1\u00a0h\u00a005",
        "−1\u00a0h\u00a001",
        "–",
    ]


def test_quantity_writes_the_unit():
    assert formats.quantity(1234, "habitants") == "1\u202f234\u00a0habitants"
    assert formats.quantity(0.5, "%") == "50\u00a0%"
    assert formats.quantity(75, "min") == "1\u00a0h\u00a015"
    assert formats.quantity(7.5, "min", 1) == "7,5\u00a0min"
    assert formats.quantity(3) == "3"
    assert formats.quantity(None, "habitants") == "–"


def test_dates_and_times():
    moment = datetime(2026, 3, 14, 13, 5, tzinfo=UTC)
    assert formats.date_long(moment) == "samedi 14 mars 2026 à 14\u00a0h\u00a005"
    assert formats.date_long(date(2026, 3, 1)) == "dimanche 1er mars 2026"
    assert formats.date_long(datetime(2026, 3, 14, 9, 0)) == "samedi 14 mars 2026 à 9\u00a0h\u00a000"  # noqa: DTZ001
    assert formats.date_short(moment) == "14/03/2026"
    assert formats.time_short(time(8, 30)) == "8\u00a0h\u00a030"
    assert [formats.date_long(None), formats.time_short(None), formats.date_short(None)] == ["–"] * 3
    with translation.override("en"):
        assert formats.date_long(moment) == "Saturday 14 March 2026 at 14:05"
        assert formats.date_long(date(2026, 3, 1)) == "Sunday 1 March 2026"


def test_french_counts_nothing_in_the_singular():
    counted = ("%(count)d pharmacie", "%(count)d pharmacies")
    assert translation.ngettext(*counted, 0) == counted[0]
    assert translation.ngettext(*counted, 2) == counted[1]
    with translation.override("en"):
        assert translation.ngettext(*counted, 0) == "%(count)d pharmacies"
