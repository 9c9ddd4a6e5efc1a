"""Files put in service, replaced on purpose, changed behind one's back; what the cards say of them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from maillage.indicators.actions.demonstration import create_demonstration_indicators
from maillage.indicators.actions.imports import deposit_of, import_files
from maillage.indicators.computations.equity import ranks_of
from maillage.indicators.models import FileImport, PublishedValue
from maillage.indicators.packs.checking import check_folder
from maillage.indicators.packs.samples import write_sample
from maillage.indicators.rules.files import Form
from maillage.indicators.rules.periods import Period
from maillage.kernel import api as kernel
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_commune, make_person, make_territory
from tests.indicators.test_pages import say

NOW = datetime(2026, 3, 14, 14, 0, tzinfo=ZoneInfo("Europe/Paris"))
YEAR = Period(2025 * 12 + 3, 12)
FILES = "fichiers/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def deposit(settings: Any, tmp_path: Path, place: Territory) -> Path:
    settings.HOME = tmp_path
    made = deposit_of(tmp_path, place.slug)
    made.mkdir(parents=True)
    return made


@pytest.fixture
def folder(deposit: Path) -> Path:
    """The files of four hundred people, over a year."""
    made = deposit / "mars"
    write_sample(
        made, communes={"71001": 500.0, "71002": 900.0, "71003": 700.0}, period=YEAR, last_day=NOW.date(),
        people=400,
    )  # fmt: skip
    return made


def taken_in(by: Person, place: Territory, folder: Path, **options: Any) -> FileImport:
    checked = check_folder(folder, Form.FLAT, YEAR, NOW.date())
    said: dict[str, Any] = {"period": YEAR, "title": "SNDS", "key": "k"} | options
    return import_files(by=by, scope=place.scope, checked=checked, **said)


def home(place: Territory) -> str:
    return f"/pilotage/indicateurs/{place.slug}/"


def sent(**values: str) -> dict[str, str]:
    return {
        "folder": "mars", "form": "flat", "period": YEAR.written, "title": "SNDS, mars", "key": "web"
    } | values  # fmt: skip


def test_a_folder_of_the_deposit_is_checked_and_put_in_service(
    analyst: Person, member: Person, place: Territory, folder: Path
) -> None:
    address = home(place) + FILES
    assert "mars" in say(analyst, address)
    assert client_of(analyst).post(address, sent()).status_code == 302
    kept = FileImport.objects.in_scope(place.scope).get()
    assert (kept.title, kept.period, kept.path) == ("SNDS, mars", YEAR, folder)
    assert "SNDS, mars" in say(member, address)
    assert "Contrôler et importer" not in say(member, address)
    assert client_of(member).post(address, sent(key="other")).status_code == 403
    page = say(member, home(place))
    assert "Aucun fichier importé." not in page
    card = say(member, home(place) + "town_share/")
    assert "SNDS, mars, importé le 14/03/2026" in card


def test_nothing_is_imported_where_one_line_is_wrong(analyst: Person, place: Territory, folder: Path) -> None:
    acts = folder / "actes.csv"
    acts.write_text(acts.read_text(encoding="utf-8").replace(";ville", ";lune", 1), encoding="utf-8")
    answer = client_of(analyst).post(home(place) + FILES, sent())
    page = answer.content.decode().replace("\xa0", " ")
    assert answer.status_code == 422
    assert "actes.csv, ligne " in page
    assert "« lune » n’est pas une valeur connue : ville, hopital." in page
    assert "SNDS, mars" in page  # what was typed is given back
    assert not FileImport.objects.in_scope(place.scope).exists()


def test_a_form_that_says_no_period_or_no_source_is_given_back(
    analyst: Person, place: Territory, folder: Path
) -> None:
    for wrong in ({"period": "hier"}, {"title": ""}, {"folder": "../../etc"}):
        assert client_of(analyst).post(home(place) + FILES, sent(**wrong)).status_code == 422
    assert "« hier » n’est pas une période" in client_of(analyst).post(
        home(place) + FILES, sent(period="hier")
    ).content.decode().replace("\xa0", " ")


def test_a_territory_reads_nothing_of_what_is_put_for_another(
    analyst: Person, place: Territory, folder: Path
) -> None:
    """Given files of one territory; when another's analyst looks or names them; then there are none."""
    other = make_territory()
    neighbour = make_person("autre.analyste", Role.ANALYST, other.scope)
    page = say(neighbour, home(other) + FILES)
    assert "Aucun dossier dans le dépôt de ce territoire" in page
    assert f"depot-indicateurs/{other.slug}" in page
    for name in ("mars", f"../{place.slug}/mars", str(folder)):
        answer = client_of(neighbour).post(home(other) + FILES, sent(folder=name))
        assert answer.status_code == 422, name
    assert not FileImport.objects.in_scope(other.scope).exists()
    assert client_of(neighbour).get(home(place) + FILES).status_code == 404


def test_an_empty_deposit_says_where_it_is(analyst: Person, place: Territory, deposit: Path) -> None:
    assert "depot-indicateurs" in say(analyst, home(place) + FILES)


def test_a_period_is_replaced_only_on_purpose(
    analyst: Person, member: Person, place: Territory, folder: Path
) -> None:
    first = taken_in(analyst, place, folder)
    assert taken_in(analyst, place, folder) == first
    with pytest.raises(PermissionDenied):
        taken_in(member, place, folder)
    with pytest.raises(ValidationError, match="Un import couvre déjà"):
        taken_in(analyst, place, folder, key="2")
    with pytest.raises(ValidationError, match="viennent les données"):
        taken_in(analyst, place, folder, key="2", title=" ")
    answer = client_of(analyst).post(home(place) + FILES, sent())
    assert answer.status_code == 422
    second = taken_in(analyst, place, folder, key="2", replaces=True)
    first.refresh_from_db()
    assert first.replaced_by == second
    card = say(analyst, home(place) + f"town_share/?source={second.pk}")
    assert "SNDS" in card
    assert client_of(analyst).get(home(place) + f"town_share/?source={first.pk}").status_code == 404


def test_a_file_changed_since_its_check_is_read_no_more(
    analyst: Person, place: Territory, folder: Path
) -> None:
    taken_in(analyst, place, folder)
    with (folder / "actes.csv").open("a", encoding="utf-8") as file:
        file.write("P000001;2026-03-01;ville\n")
    for address in ("", "town_share/", FILES):
        page = say(analyst, home(place) + address)
        assert "actes.csv" in page
    assert "changé" in say(analyst, home(place) + "town_share/")
    assert client_of(analyst).get(home(place) + "town_share/carte.xlsx").status_code == 404
    assert client_of(analyst).get(home(place) + "town_share/lignes/").status_code == 200


def test_a_figure_of_files_opens_to_its_rows_and_exports(
    analyst: Person, member: Person, place: Territory, folder: Path
) -> None:
    for code, name in (("71001", "Brumeval"), ("71002", "Hautbois"), ("71003", "Rives")):
        make_commune(code, place=place, name=name)
    taken_in(analyst, place, folder)
    card = say(analyst, home(place) + "town_share/")
    assert "Brumeval" in card
    assert "Par commune de résidence" in card
    rows = say(analyst, home(place) + "town_share/lignes/")
    assert "lignes dans la période." in rows
    answer = client_of(member).get(home(place) + "town_share/carte.xlsx")
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    text = book.read("xl/sharedStrings.xml").decode()
    assert "Brumeval" in text
    assert "Part de la ville dans les recours" in text
    earlier = say(analyst, home(place) + "town_share/?periode=2025-01_2026-03")
    assert "ne couvrent pas toute la période" in earlier


def test_one_more_row_changes_the_figure_that_was_published(
    analyst: Person, place: Territory, folder: Path
) -> None:
    taken_in(analyst, place, folder)
    address = home(place) + "town_share/"
    client_of(analyst).post(f"{address}publier/", {"key": "p", "periode": YEAR.written})
    kept = PublishedValue.objects.in_scope(place.scope).get()
    acts = folder / "actes.csv"
    acts.write_text(acts.read_text(encoding="utf-8") + "P000001;2026-03-01;hopital\n", encoding="utf-8")
    taken_in(analyst, place, folder, key="2", replaces=True)
    page = say(analyst, f"{address}?periode={YEAR.written}")
    assert "La valeur a changé depuis le 14/03/2026" in page
    assert "1 ligne de plus." in page
    before = (kept.numerator, kept.denominator)
    kept.refresh_from_db()
    assert (kept.numerator, kept.denominator) == before


def test_the_demonstration_gives_files_and_values_once(
    place: Territory, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path
    settings.DEMO = True
    assert create_demonstration_indicators(place=place, now=NOW) == 0  # nobody, and no commune
    kernel.create_demonstration_accounts(by=None, scope=place.scope)
    for number in range(1, 6):
        make_commune(f"7100{number}", place=place, population=1000 * number)
    made = create_demonstration_indicators(place=place, now=NOW)
    assert made >= 8
    assert PublishedValue.objects.in_scope(place.scope).count() == made
    assert create_demonstration_indicators(place=place, now=NOW) == 0
    assert FileImport.objects.in_scope(place.scope).get().is_demonstration


def test_without_a_data_pack_communes_are_not_ranked(db: None) -> None:
    assert ranks_of(["71001"]) == {}
    assert date(2026, 3, 14) == NOW.date()
