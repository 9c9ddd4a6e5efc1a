"""The booklet of a night: once an evening, what the circle lets the home read, opened by its password."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from pypdf import PdfReader

from maillage.care.actions import booklets
from maillage.care.actions.homes import revise_card
from maillage.care.models import Booklet, Stay
from maillage.config import installation
from maillage.directory.api import Structure
from maillage.kernel.models import Entry as JournalEntry
from maillage.kernel.models import Person
from maillage.people.actions import circle
from maillage.people.api import Patient
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.care.homes import OF_A_NURSE, come_to_live, home, manager, night_nurse, resident, stay

__all__ = ["home", "manager", "night_nurse", "resident", "stay"]
EVENING = datetime(2026, 11, 29, 17, 30, tzinfo=UTC)  # 18:30 in France


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Begin each test on the morning of that evening."""
    with time_machine.travel(datetime(2026, 11, 29, 9, tzinfo=UTC), tick=True):
        yield


@pytest.fixture
def made(
    resident: Patient, night_nurse: Person, manager: Person, home: Structure, place: Territory
) -> Booklet:
    """Three residents: a card, none yet, and one who was not told."""
    revise_card(by=night_nurse, patient=resident, version=0, values=OF_A_NURSE)
    come_to_live(manager, home, place, "Saule")
    come_to_live(manager, home, place, "Orme", told=False)
    assert booklets.make_due_booklets(EVENING) == 1
    return Booklet.objects.get()


def opened(booklet: Booklet) -> str:
    content = booklets.file_of(booklet).read_bytes()
    with pypdfium2.PdfDocument(content, password=booklets.password_of(booklet)) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def test_it_is_made_once_an_evening_once_its_hour_has_come(made: Booklet) -> None:
    assert booklets.make_due_booklets(EVENING) == 0
    assert booklets.make_due_booklets(datetime(2026, 11, 30, 15, 0, tzinfo=UTC)) == 0
    assert (made.cards, made.without_card, made.left_out) == (1, 1, 1)
    assert made.day == date(2026, 11, 29)


def test_the_password_alone_opens_it(made: Booklet) -> None:
    content = booklets.file_of(made).read_bytes()
    assert PdfReader(BytesIO(content)).is_encrypted
    assert b"TILLEUL" not in content
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(content, password="autre")
    said = opened(made)
    assert "TILLEUL" in said
    assert "Pénicilline" in said
    assert "SAULE" in said
    assert "ORME" not in said
    assert "1 résident n’y est pas" in said.replace("\xa0", " ").replace("\r\n", " ")


def test_who_opposes_is_left_out_of_the_next_one(
    made: Booklet, resident: Patient, night_nurse: Person, home: Structure
) -> None:
    circle.oppose(by=night_nurse, patient=resident, who=home)
    with time_machine.travel(datetime(2026, 11, 30, 18, 0, tzinfo=UTC), tick=True):
        assert installation.make_booklets() == 1
    latest = Booklet.objects.first()
    assert (latest.cards, latest.left_out) == (0, 2)
    assert "TILLEUL" not in opened(latest)


def test_two_are_kept_and_the_older_thrown_away(made: Booklet, home: Structure, place: Territory) -> None:
    first = booklets.file_of(made)
    for day in (date(2026, 11, 30), date(2026, 12, 1)):
        booklets.make_booklet(home=home, scope=place.scope, day=day)
    assert Booklet.objects.count() == 2
    assert not first.exists()


def test_the_staff_downloads_it_and_the_management_reads_its_password(
    made: Booklet, manager: Person, night_nurse: Person, doctor: Person, resident: Patient, place: Territory
) -> None:
    page, file = reverse("care:booklets"), reverse("care:booklet", args=[made.pk])
    password = booklets.password_of(made)
    answer = client_of(night_nurse).get(file)
    assert answer.content == booklets.file_of(made).read_bytes()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Lire le mot de passe" not in client_of(night_nurse).get(page).content.decode()
    assert client_of(night_nurse).post(page, {"row": made.pk}).status_code == 403
    shown = client_of(manager).get(page).content.decode()
    assert password not in shown
    assert password in client_of(manager).post(page, {"row": made.pk}).content.decode()
    read = AccessLogEntry.objects.in_scope(place.scope).filter(person=manager, purpose="cahier de nuit")
    assert read.filter(patient=resident).exists()
    verbs = set(JournalEntry.objects.values_list("verb", flat=True))
    assert {"care.booklet_made", "care.booklet_taken", "care.booklet_opened"} <= verbs
    assert client_of(doctor).get(file).status_code == 404
    assert client_of(manager).post(page, {"row": "x"}).status_code == 404
    with pytest.raises(PermissionDenied):
        booklets.reveal_password(by=night_nurse, booklet=made, scope=place.scope)


def test_a_file_that_is_gone_is_not_there(made: Booklet, night_nurse: Person) -> None:
    booklets.file_of(made).unlink()
    assert client_of(night_nurse).get(reverse("care:booklet", args=[made.pk])).status_code == 404


def test_an_empty_home_has_no_booklet(stay: Stay, manager: Person) -> None:
    from maillage.care.actions.homes import leave

    leave(by=manager, stay=stay, on=stay.since)
    assert booklets.make_due_booklets(EVENING) == 0


def test_before_the_first_the_page_says_when_it_comes(manager: Person, stay: Stay) -> None:
    page = client_of(manager).get(reverse("care:booklets")).content.decode()
    assert "18" in page
    assert "premier cahier" in page


def test_a_disk_that_refuses_leaves_no_row_and_the_next_look_tries_again(
    resident: Patient, manager: Person, tmp_path: Path, settings: Any
) -> None:
    settings.HOME = tmp_path
    (tmp_path / "booklets").write_text("not a folder")
    assert booklets.make_due_booklets(EVENING) == 0
    assert not Booklet.objects.exists()
    (tmp_path / "booklets").unlink()
    assert booklets.make_due_booklets(EVENING) == 1
