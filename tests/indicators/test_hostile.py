"""What a hostile reader or a spoilt folder may do: figures given back by the side, files that are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from maillage.indicators.models import FileImport
from maillage.indicators.packs.checking import check_folder
from maillage.indicators.rules.files import Fault, FolderError, Form
from maillage.kernel.models import Person
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.indicators.test_imports import NOW, YEAR, clock, deposit, folder, home, sent, taken_in
from tests.indicators.test_pages import calls, card, say

__all__ = ["clock", "deposit", "folder"]


@pytest.mark.parametrize("key", ["regulation_time", "answered_in_time"])
def test_a_figure_that_is_hidden_is_given_back_by_nothing_beside_it(
    analyst: Person, member: Person, regulator: Person, place: Territory, key: str
) -> None:
    calls(regulator, place, 4)
    page = say(member, card(place, key))
    assert "Trop peu de personnes pour montrer ce chiffre." in page
    for told in ("intervalle à 95 %", "standardisé", "data-mark-y", "Complétude : "):
        assert told not in page
    assert "intervalle à 95 %" in say(analyst, card(place, key))


def faults_of(folder: Path) -> set[Fault]:
    with pytest.raises(FolderError) as raised:
        check_folder(folder, Form.FLAT, YEAR, NOW.date())
    return {one.fault for one in raised.value.defects}


def _latin(folder: Path) -> None:
    (folder / "manifeste.csv").write_bytes("fichier;lignes\nséjours.csv;3\n".encode("cp1252"))


def _manifest_is_a_folder(folder: Path) -> None:
    (folder / "manifeste.csv").write_bytes(b"fichier;lignes\n" + b"x" * 200_000 + b";1\n")


def _folder_called_as_a_file(folder: Path) -> None:
    (folder / "actes.csv").unlink(missing_ok=True)
    (folder / "actes.csv").mkdir()


def _broken_link(folder: Path) -> None:
    (folder / "reponses.csv").unlink(missing_ok=True)
    (folder / "reponses.csv").symlink_to(folder / "nowhere.csv")


def _endless_heading(folder: Path) -> None:
    (folder / "reponses.csv").unlink(missing_ok=True)
    (folder / "reponses.csv").write_bytes(b"a" * 300_000)


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (_latin, Fault.ENCODING), (_manifest_is_a_folder, Fault.UNREADABLE),
        (_folder_called_as_a_file, Fault.UNREADABLE), (_broken_link, Fault.UNREADABLE),
        (_endless_heading, Fault.UNREADABLE),
    ],
)  # fmt: skip
def test_what_is_no_file_of_rows_is_told_on_the_screen(
    analyst: Person, place: Territory, folder: Path, spoil: Callable[[Path], None], fault: Fault
) -> None:
    for one in folder.glob("*.parquet"):
        one.unlink()
    spoil(folder)
    assert fault in faults_of(folder)
    answer = client_of(analyst).post(f"{home(place)}fichiers/", sent())
    assert answer.status_code == 422
    assert not FileImport.objects.in_scope(place.scope).exists()


@pytest.mark.parametrize("name", ["*", "[mn]ars", "mar?", "mars {2}"])
def test_a_name_that_reads_as_a_pattern_takes_no_row_of_another_folder(
    folder: Path, deposit: Path, name: str
) -> None:
    other = deposit / name
    other.mkdir()
    for one in folder.iterdir():
        (other / one.name).write_bytes(one.read_bytes())
    assert faults_of(other) == {Fault.NAME}
    (folder / f"reponses{name}.csv").write_text("a;b\n", encoding="utf-8")
    assert faults_of(folder) == {Fault.NAME}


def test_an_import_sent_again_with_other_values_is_not_said_to_be_in_service(
    analyst: Person, place: Territory, folder: Path
) -> None:
    first = taken_in(analyst, place, folder)
    assert taken_in(analyst, place, folder) == first
    with pytest.raises(ValidationError, match="déjà servi"):
        taken_in(analyst, place, folder, title="PMSI")
