"""What the directory decides by: modes of practice, freshness, welcome, numbers, extractions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from maillage.directory.rules import annuaire_sante, finess
from maillage.directory.rules.extractions import Fault
from maillage.directory.rules.freshness import Freshness, freshness
from maillage.directory.rules.gazetteer import Gazetteer, Town
from maillage.directory.rules.practice import DecidingFact, Mode, Setting, practice
from maillage.directory.rules.professionals import demonstration_rpps, is_demonstration_rpps
from maillage.directory.rules.welcome import Step, next_step, path
from maillage.kernel.identifiers import parse_rpps

COORDINATED = ["msp", "centre_sante", "esp", "ess"]
TODAY = date(2026, 3, 14)


@pytest.mark.parametrize(
    ("settings", "mode", "because"),
    [
        ([], Mode.UNKNOWN, DecidingFact.NO_PLACE),
        ([Setting("cptS", "CPTS")], Mode.UNKNOWN, DecidingFact.NO_PLACE),
        ([Setting("cabinet", "A", colleagues=0)], Mode.ISOLATED, DecidingFact.ALONE),
        ([Setting("cabinet", "A", colleagues=3)], Mode.GROUPED, DecidingFact.COLLEAGUES),
        ([Setting("cabinet", "A", has_project=True, colleagues=0)], Mode.ISOLATED, DecidingFact.ALONE),
        ([Setting("cabinet", "A", True, True, 0)], Mode.COORDINATED, DecidingFact.PROJECT),
        ([Setting("cabinet", "A", colleagues=3), Setting("msp", "B")], Mode.COORDINATED, DecidingFact.KIND),
    ],
)  # fmt: skip
def test_the_mode_of_practice_and_its_reason(
    settings: list[Setting], mode: Mode, because: DecidingFact
) -> None:
    found = practice(settings, COORDINATED)
    assert (found.mode, found.because) == (mode, because)


def test_a_fact_ages_by_whole_days() -> None:
    assert freshness(TODAY - timedelta(days=60), TODAY, 60) is Freshness.FRESH
    assert freshness(TODAY - timedelta(days=61), TODAY, 60) is Freshness.STALE
    assert freshness(None, TODAY, 60) is Freshness.UNDATED


def test_the_path_of_a_newcomer_is_in_order_and_says_what_is_late() -> None:
    days = {step.value: 10 * number for number, step in enumerate(Step, start=1)}
    dues = path(TODAY, days, {Step.MEET_MENTOR: TODAY})
    following = next_step(dues)
    assert following is not None
    assert following.step is Step.CHECK_SHEET
    assert not following.is_late(TODAY + timedelta(days=20))
    assert following.is_late(TODAY + timedelta(days=21))
    assert next_step(path(TODAY, days, dict.fromkeys(Step, TODAY))) is None


@given(some.integers(0, 999_999))
def test_invented_numbers_pass_the_key_and_say_they_are_invented(order: int) -> None:
    number = demonstration_rpps(order)
    assert parse_rpps(number).number == number
    assert is_demonstration_rpps(number)


def of_codes(*codes: str) -> Gazetteer:
    """Communes of which only the codes are known."""
    return Gazetteer(Town(code) for code in codes)


def annuaire_line(**cells: str) -> str:
    """Return a line of the extraction, right unless `cells` say otherwise (keys: titles of columns)."""
    row = dict.fromkeys(annuaire_sante.COLUMNS, "")
    row |= {
        "Type d'identifiant PP": "8",
        "Identifiant PP": "10001234565",
        "Nom d'exercice": "BRUYERE",
        "Prénom d'exercice": "Anne",
        "Code profession": "10",
        "Code savoir-faire": "SM54",
        "Code mode exercice": "L",
        "Identifiant technique de la structure": "R100",
        "Raison sociale site": "CABINET DU LAC",
        "Code postal (coord. structure)": "00001",
        "Code commune (coord. structure)": "00038",
    }
    row |= cells
    return "|".join(row.values())


HEADING = "|".join(annuaire_sante.COLUMNS)


def read_annuaire(*lines: str, departements: tuple[str, ...] = ()) -> annuaire_sante.Reading:
    return annuaire_sante.read([HEADING, *lines], of_codes("00038"), departements)


def test_a_right_line_is_read() -> None:
    number = "10001234565"
    found = read_annuaire(annuaire_line(**{"Identifiant PP": number}))
    (one,) = found.activities
    assert (one.rpps, one.profession, one.commune, one.line) == (number, "10", "00038", 2)
    assert found.defects == ()


@pytest.mark.parametrize(
    ("cells", "fault", "left_out"),
    [
        ({"Identifiant PP": "10001234560"}, Fault.WRONG_RPPS, True),
        ({"Identifiant PP": demonstration_rpps(7)}, Fault.TEST_RPPS, True),
        ({"Type d'identifiant PP": "0"}, Fault.NO_RPPS, True),
        ({"Nom d'exercice": ""}, Fault.MISSING_VALUE, True),
        ({"Code profession": "médecin"}, Fault.UNKNOWN_PROFESSION, True),
        ({"Code commune (coord. structure)": "00999"}, Fault.UNKNOWN_SITE, False),
    ],
)
def test_a_wrong_line_says_what_and_where(cells: dict[str, str], fault: Fault, left_out: bool) -> None:
    right = {"Identifiant PP": "10001234565"}
    found = read_annuaire(annuaire_line(**{**right, **cells}))
    (defect,) = found.defects
    assert (defect.line, defect.fault, defect.leaves_out) == (2, fault, left_out)
    assert len(found.activities) == (0 if left_out else 1)


def test_a_file_without_its_columns_and_a_broken_line_are_told() -> None:
    assert {one.fault for one in annuaire_sante.read(["a|b"], of_codes()).defects} == {Fault.MISSING_COLUMN}
    assert annuaire_sante.read([], of_codes()).defects
    assert [one.fault for one in read_annuaire("seul").defects] == [Fault.WRONG_WIDTH]


def test_other_departements_and_professions_are_passed_over() -> None:
    assert read_annuaire(annuaire_line(), departements=("71",)).passed_over == 1
    assert read_annuaire(annuaire_line(**{"Code profession": "28"})).passed_over == 1


@given(some.lists(some.text(max_size=60), max_size=8))
def test_no_text_breaks_the_readers(lines: list[str]) -> None:
    annuaire_sante.read([HEADING, *lines], of_codes("00038"))
    finess.read(lines, of_codes("00038"))


def finess_line(number: str = "710781089", category: str = "500", name: str = "LES SAULES") -> str:
    cells = dict.fromkeys(finess.STRUCTURE_COLUMNS, "")
    cells |= {
        "section": "structureet",
        "nofinesset": number,
        "rs": name,
        "commune": "230",
        "departement": "71",
    }
    cells |= {"categetab": category, "libcategetab": "EHPAD", "ligneacheminement": "71130 GUEUGNON"}
    return ";".join(cells.values())


def test_finess_places_an_establishment() -> None:
    place = "geolocalisation;710781089;782000,0;6613000,0;1,ATLASANTE,100,IGN,LAMBERT_93;2024-01-01"
    found = finess.read(["finess;etalab;99;2024-01-01", finess_line(), place], of_codes("71230"))
    (one,) = found.establishments
    assert (one.name, one.city, one.commune) == ("LES SAULES", "GUEUGNON", "71230")
    assert one.lon == pytest.approx(4.07, abs=0.05)
    assert one.lat == pytest.approx(46.6, abs=0.05)


def test_finess_says_what_is_wrong() -> None:
    far = "geolocalisation;710781089;1;2;LAMBERT_93;2024-01-01"
    lines = [finess_line("710781088"), finess_line(), finess_line(category="999"), "structureet;court", far]
    found = finess.read(lines, of_codes("71001"))
    assert [(one.line, one.fault) for one in found.defects] == [
        (1, Fault.WRONG_FINESS),
        (2, Fault.NO_PLACE),
        (4, Fault.WRONG_WIDTH),
        (5, Fault.WRONG_COORDINATES),
    ]
    assert not found.establishments
    assert (found.passed_over, found.left_out) == (1, 3)


def test_finess_keeps_what_was_asked_for_and_says_each_wrong_place() -> None:
    def place(number: str, x: str, y: str, projection: str = "LAMBERT_93") -> str:
        return f"geolocalisation;{number};{x};{y};1,ATLASANTE,100,IGN,{projection};2024-01-01"

    elsewhere = finess.read([finess_line()], of_codes("71230"), departements=("69",))
    assert not elsewhere.establishments
    lines = [
        finess_line(name=""),
        finess_line(),
        "geolocalisation;710781089",
        place("710781090", "782000", "6613000"),
        place("710781089", "782000", "6613000", "NTF"),
        place("710781089", "nord", "sud"),
        place("710781089", "1", "2"),
    ]
    found = finess.read(lines, of_codes("71230"))
    assert [(one.line, one.fault) for one in found.defects] == [
        (1, Fault.MISSING_VALUE),
        (3, Fault.WRONG_WIDTH),
        (4, Fault.ORPHAN_POSITION),
        (5, Fault.UNKNOWN_PROJECTION),
        (6, Fault.WRONG_COORDINATES),
        (7, Fault.WRONG_COORDINATES),
    ]
    assert found.establishments[0].lon is None


@pytest.mark.parametrize("order", [-1, 1_000_000])
def test_the_invented_numbers_have_an_end(order: int) -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        demonstration_rpps(order)
