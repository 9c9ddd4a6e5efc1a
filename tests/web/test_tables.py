"""One table, sorted and exported as its reader expects."""

import csv
import io

import pytest
from django.utils import translation

from maillage.kernel.tables import Column, Row, Table

TABLE = Table(
    key="communes",
    caption="Communes",
    columns=(Column("name", "Commune"), Column("apl", "Accès", "number", unit="C/an", decimals=2)),
    rows=(
        Row({"name": "Écuisses", "apl": 2.5}, code="71187"),
        Row({"name": "Vindecy", "apl": None}, code="71581"),
        Row({"name": "=Digoin", "apl": 3.25}, code="71176"),
        Row({"name": "Gueugnon", "apl": 9.0}, code="71230", suppressed=frozenset({"apl"})),
    ),
)


def names(table: Table) -> list[object]:
    return [row.cells["name"] for row in table.rows]


def test_sorting_keeps_unknown_and_secret_values_last():
    assert names(TABLE.sorted_by("apl")) == ["Écuisses", "=Digoin", "Vindecy", "Gueugnon"]
    assert names(TABLE.sorted_by("-apl")) == ["=Digoin", "Écuisses", "Vindecy", "Gueugnon"]
    assert TABLE.sorted_by("-apl").sort == "-apl"


def test_sorting_text_ignores_accents_and_an_unknown_key_changes_nothing():
    assert names(TABLE.sorted_by("name")) == ["=Digoin", "Écuisses", "Gueugnon", "Vindecy"]
    assert TABLE.sorted_by("no-such-column") is TABLE


def test_csv_for_a_french_and_an_english_spreadsheet():
    assert TABLE.as_csv() == (
        "\ufeffcode;Commune;Accès (C/an)\r\n71187;Écuisses;2,5\r\n71581;Vindecy;\r\n"
        "71176;'=Digoin;3,25\r\n71230;Gueugnon;s\r\n"
    )
    with translation.override("en"):
        assert "71187,Écuisses,2.5\r\n" in TABLE.as_csv()


@pytest.mark.parametrize(
    ("typed", "is_quoted"),
    [
        *(
            (text, True)
            for text in ("=1", "+33", "-1", "@a", "\t=1", "\r=1", "\n1", " =1", "\xa0=1", "\u200b@a")
        ),
        *((text, True) for text in ("\uff1d1", "\uff0b1", "\uff0d1", "\uff20a")),
        *((text, False) for text in ("a\n=1", "– 2", "2=2", "Saint-Éloi", "", " ")),
    ],
)
def test_no_spreadsheet_runs_what_somebody_typed(typed: str, is_quoted: bool) -> None:
    table = Table("t", "T", [Column("name", "Nom")], [Row({"name": typed})])
    (_heading, (cell,)) = csv.reader(io.StringIO(table.as_csv(), newline=""), delimiter=";")
    assert cell == ("'" + typed if is_quoted else typed)


def test_cells_are_written_in_the_unit_of_their_column():
    kinds = {"text": "a", "number": 1234.5, "share": 0.5, "minutes": 65, "change": 2}
    written = {kind: Column("k", "L", kind).written(value) for kind, value in kinds.items()}
    assert written == {
        "text": "a",
        "number": "1\u202f235",
        "share": "50\u00a0%",
        "minutes": "1\u00a0h\u00a005",
        "change": "+2",
    }
    assert Column("k", "L", "number").written(None) == "–"


def test_csv_has_the_precision_of_the_screen():
    kinds = {"number": 3.456789, "share": 0.123456, "minutes": 12.7, "change": -0.005}
    columns = [Column(kind, kind, kind, decimals=1) for kind in kinds]
    table = Table("t", "T", columns, [Row(dict(kinds))])
    assert table.as_csv().splitlines()[1] == "3,5;0,123;13;0"
    whole = Table("t", "T", [Column("n", "n", "number")], [Row({"n": 1234567.5})])
    assert whole.as_csv().splitlines()[1] == "1234568"
