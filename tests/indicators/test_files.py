"""Files of rows: a folder is checked whole, each defect says where it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from maillage.indicators.packs import omop, samples
from maillage.indicators.packs.checking import check_folder, views_of
from maillage.indicators.packs.reading import FileFacts
from maillage.indicators.pages.import_words import said_of
from maillage.indicators.rules.files import Defect, Fault, FolderError, Form
from maillage.indicators.rules.periods import Period

YEAR = Period(2026 * 12, 12)
TODAY = date(2026, 12, 31)
VALID = {
    "personnes": "personne;annee_naissance;sexe;commune\nA;1950;F;71001\nB;1980;M;71002\n",
    "sejours": (
        "sejour;personne;date_entree;date_sortie;mode_entree;mode_sortie;nature;diagnostic_principal\n"
        "1;A;2026-01-10;2026-01-15;domicile;domicile;mco;I50.0\n"
        "2;A;15/01/2026;20/01/2026;transfert;domicile;mco;\n"
        "3;B;2026-02-01;2026-02-01;domicile;domicile;seance;Z51.1\n"
    ),
    "actes": "personne;date;lieu\nA;2026-01-02;ville\nB;2026-01-03;hopital\n",
    "passages": "passage;personne;date;hospitalise\n1;B;2026-03-01;non\n",
    "demandes": (
        "demande;jour;appel;decision\n1;2026-05-04;2026-05-04T10:00:00+02:00;2026-05-04T10:05:00+02:00\n"
    ),
    "reponses": "reponse;date;question;note\n1;2026-01-05;temps;5\n",
}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Give a function that writes the valid folder, with one text changed in one file."""

    def written(file: str = "", old: str = "", new: str = "", **more: str) -> Path:
        for name, text in {**VALID, **more}.items():
            if name == file:
                assert old in text
                text = text.replace(old, new, 1)
            if text:
                (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return tmp_path

    return written


def defects(folder: Path, form: Form = Form.FLAT) -> list[Defect]:
    with pytest.raises(FolderError) as caught:
        check_folder(folder, form, YEAR, TODAY)
    return caught.value.defects


def test_a_folder_without_defect_is_read_as_it_is(write: Write) -> None:
    checked = check_folder(write(), Form.FLAT, YEAR, TODAY)
    assert {*checked.tables} == {"people", "stays", "acts", "emergency_visits", "requests", "answers"}
    assert {one.name: one.rows for one in checked.files}["sejours.csv"] == 3
    assert {*views_of(checked.folder, Form.FLAT)} == {*checked.tables}


@pytest.mark.parametrize(
    ("file", "old", "new", "fault", "line", "column"),
    [
        ("personnes", "A;1950", ";1950", Fault.EMPTY, 2, "personne"),
        ("personnes", "1950", "cinquante", Fault.NOT_A_NUMBER, 2, "annee_naissance"),
        ("personnes", "1980", "2027", Fault.BIRTH_YEAR, 3, "annee_naissance"),
        ("personnes", "M;71002", "X;71002", Fault.NOT_ALLOWED, 3, "sexe"),
        ("personnes", "B;1980", "A;1980", Fault.TWICE, 3, "personne"),
        ("personnes", ";commune", ";ville", Fault.UNKNOWN_COLUMN, 1, "ville"),
        ("personnes", "personne;", "individu;", Fault.MISSING_COLUMN, 1, "personne"),
        ("sejours", "2026-01-10", "10 janvier", Fault.NOT_A_DATE, 2, "date_entree"),
        ("sejours", "2026-01-15;domicile", "2026-01-09;domicile", Fault.ORDER, 2, "date_sortie"),
        ("sejours", "15/01/2026", "14/01/2026", Fault.OVERLAP, 3, "sejour"),
        ("sejours", "20/01/2026", "20/01/2027", Fault.FUTURE, 3, "date_sortie"),
        ("sejours", "I50.0", "50.0", Fault.CODE, 2, "diagnostic_principal"),
        ("sejours", "seance", "chirurgie", Fault.NOT_ALLOWED, 4, "nature"),
        ("sejours", "3;B", "3;C", Fault.ORPHAN, 4, "personne"),
        ("actes", "2026-01-02", "2025-12-31", Fault.OUTSIDE, 2, "date"),
        ("actes", "B;2026-01-03;hopital", "B;2026-01-03", Fault.SHAPE, 3, ""),
        ("passages", "non", "peut-être", Fault.NOT_A_FLAG, 2, "hospitalise"),
        ("demandes", "10:00:00+02:00", "10:00:00", Fault.NOT_AN_INSTANT, 2, "appel"),
        ("demandes", "2026-05-04T10:00:00+02:00", "2027-05-04T10:00:00+02:00", Fault.FUTURE, 2, "appel"),
    ],
)
def test_each_defect_says_where_it_is(
    write: Write, file: str, old: str, new: str, fault: Fault, line: int, column: str
) -> None:
    found = defects(write(file, old, new))
    assert (fault, f"{file}.csv", line, column) in [
        (one.fault, one.file, one.line, one.column) for one in found
    ]
    for one in found:
        said = said_of(one)
        assert f"{file}.csv" in said
        assert "{" not in said


def test_defects_of_a_kind_are_counted_and_all_are_told(write: Write) -> None:
    folder = write("actes", "A;2026-01-02;ville\nB;2026-01-03", "A;jeudi;ville\nB;vendredi")
    write("personnes", "1950", "x")
    (folder / "personnes.csv").write_text(VALID["personnes"].replace("1950", "x"), encoding="utf-8")
    (folder / "actes.csv").write_text(
        "personne;date;lieu\nA;jeudi;ville\nB;vendredi;hopital\n", encoding="utf-8"
    )
    found = {(one.fault, one.count, one.given) for one in defects(folder)}
    assert found == {(Fault.NOT_A_NUMBER, 1, "x"), (Fault.NOT_A_DATE, 2, "jeudi")}
    assert any("2 lignes sont dans ce cas." in said_of(one).replace("\xa0", " ") for one in defects(folder))


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"notes": "a;b\n1;2\n"}, Fault.UNKNOWN_FILE),
        ({"personnes": ""}, Fault.MISSING_FILE),
        ({"actes": "\n"}, Fault.EMPTY_FILE),
        ({"actes": "date;date;lieu\n"}, Fault.UNKNOWN_COLUMN),
    ],
)
def test_files_that_are_not_those_expected_are_told(write: Write, more: dict[str, str], fault: Fault) -> None:
    assert fault in {one.fault for one in defects(write(**more))}


def test_a_file_cut_short_is_told(write: Write) -> None:
    folder = write()
    (folder / "manifeste.csv").write_text("fichier;lignes\nactes.csv;3\n\nsejours.csv;3\n", encoding="utf-8")
    (found,) = defects(folder)
    assert (found.fault, found.given, found.expected) == (Fault.ROW_COUNT, "2", "3")
    (folder / "manifeste.csv").write_text("fichier;lignes\nactes.csv;deux\n", encoding="utf-8")
    assert defects(folder)[0].fault is Fault.NOT_A_NUMBER
    (folder / "manifeste.csv").unlink()
    pl.DataFrame({"personne": ["A"] * 50}).write_parquet(folder / "actes.parquet")
    assert defects(folder)[0].fault is Fault.TWO_FILES
    (folder / "actes.csv").unlink()
    whole = (folder / "actes.parquet").read_bytes()
    (folder / "actes.parquet").write_bytes(whole[: len(whole) // 2])
    assert defects(folder)[0].fault is Fault.UNREADABLE


def test_a_text_that_is_not_utf_8_is_told(write: Write) -> None:
    folder = write()
    (folder / "reponses.csv").write_bytes(
        "reponse;date;question;note\n1;2026-01-05;écoute;5\n".encode("cp1252")
    )
    assert {one.fault for one in defects(folder)} == {Fault.ENCODING}
    (folder / "reponses.csv").write_bytes("réponse;date\n".encode("cp1252"))
    assert {one.fault for one in defects(folder)} == {Fault.ENCODING}


def test_a_folder_that_is_none_or_is_empty_is_told(tmp_path: Path) -> None:
    assert [one.fault for one in defects(tmp_path / "nowhere")] == [Fault.NO_FOLDER]
    assert [one.fault for one in defects(tmp_path)] == [Fault.NO_FILE]
    assert "n’existe plus" in said_of(Defect(Fault.NO_FOLDER, given="x"))


def test_parquet_is_read_with_the_types_that_it_has(tmp_path: Path) -> None:
    people = {
        "personne": [1, 2],
        "annee_naissance": [1950, 1980],
        "sexe": ["F", "M"],
        "commune": ["71001", "71002"],
    }
    pl.DataFrame(people | {"medecin_traitant": [True, None]}).write_parquet(tmp_path / "personnes.parquet")
    acts = {"personne": [1, 2], "date": [date(2026, 1, 2), date(2026, 2, 3)], "lieu": ["ville", "hopital"]}
    pl.DataFrame(acts).write_parquet(tmp_path / "actes.parquet")
    assert check_folder(tmp_path, Form.FLAT, YEAR, TODAY).tables == ("acts", "people")
    pl.DataFrame(acts | {"personne": [1, 9]}).write_parquet(tmp_path / "actes.parquet")
    (found,) = defects(tmp_path)
    assert (found.fault, found.line, found.given) == (Fault.ORPHAN, 2, "9")


def test_the_sample_has_no_defect_and_is_always_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        samples.write_sample(
            tmp_path / name, communes={"71001": 500.0, "71002": 900.0}, period=YEAR,
            last_day=date(2026, 11, 30), people=300,
        )  # fmt: skip
    assert len(check_folder(tmp_path / "one", Form.FLAT, YEAR, date(2026, 11, 30)).tables) == 6
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_a_file_that_changed_is_known_by_its_size_and_date(tmp_path: Path) -> None:
    path = tmp_path / "actes.csv"
    path.write_text("x", encoding="utf-8")
    facts = FileFacts.of(path, 1)
    assert facts.still_holds(tmp_path)
    path.write_text("xy", encoding="utf-8")
    assert not facts.still_holds(tmp_path)
    path.unlink()
    assert not facts.still_holds(tmp_path)


def omop_folder(folder: Path, **more: str) -> Path:
    texts = {
        "PERSON": (
            "person_id,gender_concept_id,year_of_birth,location_id,provider_id\n1,8532,1950,7,3\n2,8507,1980,,\n"
        ),
        "LOCATION": "location_id,location_source_value\n7,71001\n",
        "VISIT_OCCURRENCE": (
            "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date,care_site_id\n"
            "10,1,9201,2026-01-10,2026-01-15,1\n11,1,262,2026-03-01,2026-03-02,1\n12,2,9203,2026-04-01,2026-04-01,1\n"
            "13,2,9202,2026-05-01,2026-05-01,1\n14,2,581477,2019-05-02,2019-05-02,2\n"
        ),
        "CARE_SITE": "care_site_id,place_of_service_concept_id\n1,8756\n2,8940\n",
        "CONDITION_OCCURRENCE": (
            "condition_occurrence_id,visit_occurrence_id,condition_source_value,condition_status_concept_id\n"
            "1,10,E11.9,0\n2,10,I50.0,32903\n3,11,84114007,0\n"
        ),
    } | more  # fmt: skip
    for name, text in texts.items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def test_the_cdm_of_omop_gives_the_same_tables(tmp_path: Path) -> None:
    from maillage.indicators.computations.cubes import on_duckdb, read

    folder = omop_folder(tmp_path)
    assert len(check_folder(folder, Form.OMOP, YEAR, TODAY).tables) == 4
    with on_duckdb(views=views_of(folder, Form.OMOP)) as tables:
        people = read(tables["people"]).sort("person").rows()
        stays = read(tables["stays"].select("stay", "entry", "diagnosis")).sort("stay").rows()
        acts = read(tables["acts"].select("person", "place")).rows()
        visits = read(tables["emergency_visits"].select("visit", "is_admitted")).sort("visit").rows()
    assert people == [(1, 1950, "F", "71001", True, None, None), (2, 1980, "M", None, False, None, None)]
    assert stays == [(10, "domicile", "I500"), (11, "urgences", None)]
    assert sorted(acts) == [(2, "hopital"), (2, "ville")]
    assert visits == [(11, True), (12, False)]


def test_a_cdm_without_its_tables_or_columns_is_told(tmp_path: Path) -> None:
    folder = omop_folder(tmp_path, PERSON="", LOCATION="a,b\n")
    faults = {(one.fault, one.given or one.column) for one in defects(folder, Form.OMOP)}
    assert faults == {(Fault.MISSING_FILE, "person"), (Fault.MISSING_COLUMN, "location_id")}


def test_a_cdm_without_what_is_optional_is_read(tmp_path: Path) -> None:
    folder = omop_folder(
        tmp_path, LOCATION="", CARE_SITE="", CONDITION_OCCURRENCE="",
        PERSON="person_id,gender_concept_id,year_of_birth\n1,8532,1950\n2,0,1980\n",
        VISIT_OCCURRENCE=(
            "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,visit_end_date,"
            "admitted_from_concept_id,discharged_to_concept_id\n"
            "10,1,9201,2026-01-10,2026-01-15,8717,4216643\n"
        ),
    )  # fmt: skip
    assert omop.sources(folder).keys() == {"people", "stays", "acts", "emergency_visits"}
    from maillage.indicators.computations.cubes import on_duckdb, read

    with on_duckdb(views=views_of(folder, Form.OMOP)) as tables:
        assert read(tables["stays"].select("entry", "exit", "diagnosis")).rows() == [
            ("transfert", "deces", None)
        ]
