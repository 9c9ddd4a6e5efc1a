"""What changed since a value was published; which counts tell of a few people; the tables."""

from dataclasses import replace

import pytest

from maillage.indicators.rules.changes import Change, Reading, change
from maillage.indicators.rules.schema import FILES, TABLES, Kind
from maillage.indicators.rules.secrecy import is_secret, is_small
from maillage.indicators.rules.vocabulary import Measure

THEN = Reading(0.5, 10, 20, 25, "a", "1")


def test_the_same_rows_change_nothing() -> None:
    assert change(THEN, THEN) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (replace(THEN, value=0.75, numerator=15, rows=26, digest="b"), Change(0.25, 5, 0, 1, False, False)),
        (replace(THEN, rows=24, digest="b"), Change(0.0, 0, 0, -1, True, False)),
        (replace(THEN, version="2"), Change(0.0, 0, 0, 0, True, True)),
        (Reading(None, 0, 0, 0, "b", "1"), Change(None, -10, -20, -25, False, False)),
    ],
)
def test_what_changed_is_told(now: Reading, expected: Change) -> None:
    assert change(THEN, now) == expected


def test_two_periods_without_a_value_differ_by_their_rows_alone() -> None:
    found = change(replace(THEN, value=None), replace(THEN, value=None, digest="b"))
    assert found == Change(None, 0, 0, 0, True, False)


@pytest.mark.parametrize(
    ("numerator", "denominator", "is_share", "expected"),
    [
        (0, 0, True, False), (0, 11, True, False), (11, 22, True, False), (10, 30, True, True),
        (20, 30, True, True), (20, 30, False, False), (0, 10, False, True), (30, 30, True, False),
    ],
)  # fmt: skip
def test_a_share_tells_of_who_is_in_it_and_of_who_is_not(
    numerator: int, denominator: int, is_share: bool, expected: bool
) -> None:
    assert is_secret(numerator, denominator, 11, is_share=is_share) is expected


def test_a_zero_says_nothing_of_anybody() -> None:
    assert [is_small(count, 3) for count in range(5)] == [False, True, True, False, False]


def test_the_tables_are_told_apart_and_their_columns_too() -> None:
    for table in TABLES.values():
        names = [one.name for one in table.columns]
        given = [one.given for one in table.columns]
        assert len({*names}) == len(names)
        assert len({*given}) == len(given)
        assert {table.key, table.day} - {""} <= {*names}
    assert FILES["personnes"].column("birth_year").kind is Kind.INTEGER
    with pytest.raises(KeyError):
        FILES["personnes"].column("name")


def test_each_measure_names_the_method_of_its_interval() -> None:
    assert {one: one.interval for one in Measure} == {
        Measure.SHARE: "Wilson (1927)",
        Measure.RATE: "Byar (Breslow & Day, 1987)",
        Measure.MEDIAN: "bootstrap",
    }
