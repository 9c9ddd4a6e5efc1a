"""Every folder of tests says whether it runs on both databases; the choice leaves out what it says."""

from pathlib import Path

import pytest

from tests.second_database import BOTH, SCENARIOS, SQLITE_ONLY, may_differ

TESTS = Path(__file__).resolve().parents[1]
OF_THEIR_OWN = {"factories", "faults"}  # no test of the plain run


def test_every_folder_is_in_one_list() -> None:
    folders = {file.parent.relative_to(TESTS).as_posix() for file in TESTS.rglob("test_*.py")}
    assert not BOTH & SQLITE_ONLY
    assert folders - OF_THEIR_OWN == BOTH | SQLITE_ONLY


def test_the_scenarios_of_both_databases_exist() -> None:
    assert {file.name for file in (TESTS / "scenarios").glob("test_*.py")} > SCENARIOS


@pytest.mark.parametrize("folder", sorted(SQLITE_ONLY))
def test_a_folder_left_out_asks_nothing_of_the_database(folder: str) -> None:
    asked = [file.name for file in (TESTS / folder).glob("*.py") if "django_db" in file.read_text()]
    assert not asked


def test_this_test_runs_once(request: pytest.FixtureRequest) -> None:
    assert not may_differ(request.node)
