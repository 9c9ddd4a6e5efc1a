"""The table of an evaluation is read whole, or refused with each of its defects and its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.steering.rules.panels import (
    MOST_CHARACTERS,
    MOST_PERIODS,
    Defect,
    Measures,
    TableError,
    period_parts,
    read_period,
    read_table,
)

HEAD = "unité;période;valeur;début\n"


def defects(text: str) -> list[tuple[Defect, int, str]]:
    with pytest.raises(TableError) as refused:
        read_table(text)
    return [(one.defect, one.line, one.given) for one in refused.value.found]


def test_a_table_is_read_as_people_write_it() -> None:
    found = read_table(
        "\ufeffTerritoire\tMois\tValeur\tDébut\r\n"
        "Digoin\t2024-01\t1 234,5\t2024-03\r\n"
        "\r\n"
        "Digoin\t03/2024\t−2\t\r\n"
        "Gueugnon\t2024-02-01\t\t\r\n"
        "Gueugnon\t2024-03\t1.5e1\r\n"
    )
    assert found.units == ("Digoin", "Gueugnon")
    assert found.values == ((1234.5, None, -2.0), (None, None, 15.0))
    assert (found.starts, found.a_year, found.count) == ((2, None), 12, 3)
    assert period_parts(found.first_period, 12) == (2024, 1)
    assert Measures.of(found.as_json()) == found


def test_a_start_may_be_said_on_one_line_and_lie_ahead() -> None:
    found = read_table(HEAD + "A;2023;1;\nA;2024;2;2026\nB;2023;1;\nB;2024;1;\n")
    assert (found.starts, found.a_year) == ((3, None), 1)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2024", (1, 2024)), ("2024-T1", (4, 2024 * 4)), ("T4 2024", (4, 2024 * 4 + 3)),
        ("2024Q2", (4, 2024 * 4 + 1)),
        ("2024-12", (12, 2024 * 12 + 11)), ("2024/1", (12, 2024 * 12)), ("01/2024", (12, 2024 * 12)),
        ("٢٠٢٤-٠١", (12, 2024 * 12)), ("2024-01-31", (12, 2024 * 12)),
        ("2024-13", None), ("2024-0", None), ("2024-T5", None), ("24-01", None),
        ("9999", None), ("1899", None),
        ("", None), ("janvier", None), ("2024-01-01T00", None),
    ],
)  # fmt: skip
def test_a_period_is_read_as_people_write_it(typed: str, read: tuple[int, int] | None) -> None:
    assert read_period(typed) == read


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(Defect.EMPTY, 0, "")]),
        (" \n;;;\n", [(Defect.EMPTY, 0, "")]),
        (HEAD, [(Defect.EMPTY, 0, "")]),
        ("x" * (MOST_CHARACTERS + 1), [(Defect.TOO_LARGE, 0, "")]),
        ("unité;valeur\nA;1\n", [(Defect.COLUMNS, 1, "unité; valeur")]),
        (HEAD + ";2024;1;\n", [(Defect.UNIT, 2, "")]),
        (HEAD + "A" * 121 + ";2024;1;\n", [(Defect.UNIT, 2, "A" * 80)]),
        (HEAD + "A;hier;1;\n", [(Defect.PERIOD, 2, "hier")]),
        (HEAD + "A;2024;1;\nA;2024-01;1;\n", [(Defect.KIND, 3, "2024-01")]),
        (HEAD + "A;2024;beaucoup;\n", [(Defect.VALUE, 2, "beaucoup")]),
        (HEAD + "A;2024;nan;\nA;2025;1e99;\n", [(Defect.VALUE, 2, "nan"), (Defect.VALUE, 3, "1e99")]),
        (HEAD + "A;2024;1;bientôt\n", [(Defect.START, 2, "bientôt")]),
        (HEAD + "A;2023;1;2024\nA;2024;1;2025\n", [(Defect.STARTS, 3, "A")]),
        (HEAD + "A;2024;1;2025\nA;2024;2;2025\n", [(Defect.TWICE, 3, "A, 2024")]),
        (HEAD + "A;2024;1;\n", [(Defect.UNTREATED, 0, "")]),
        (HEAD + "A;2024;1;2024\nB;2024;1;\n", [(Defect.NO_BEFORE, 0, "A")]),
        (
            HEAD + "A;1900;1;2000\nA;2190;1;\n" + "".join(f"B{n};1950;1;\n" for n in range(200)),
            [(Defect.CELLS, 0, "")],
        ),
    ],
)
def test_each_defect_is_said_with_its_line(text: str, found: list[tuple[Defect, int, str]]) -> None:
    assert defects(text) == found


def test_the_limits_are_those_said_and_only_the_first_defects_are() -> None:
    assert MOST_PERIODS == 600
    assert defects(HEAD + "A;1900-01;1;2000-01\nA;1950-02;1;\n") == [(Defect.CELLS, 0, "")]
    assert len(defects(HEAD + "A;hier;1;\n" * 50)) == 20


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    for table in (text, HEAD + text):
        try:
            read_table(table)
        except TableError as refused:
            assert refused.found  # noqa: PT017 (either outcome is right)
