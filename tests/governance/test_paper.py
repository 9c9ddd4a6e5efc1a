"""A meeting on paper: the sheet to sign with its quorum, the minutes in Word; and the reminder by itself."""

from __future__ import annotations

import io
from datetime import timedelta

import docx
import time_machine
from django.urls import reverse

from maillage.exchange import api as exchange
from maillage.governance.actions import attendance, sittings
from maillage.governance.actions.bodies import give_seat
from maillage.governance.models import Body, BodySeat, College, Sitting
from maillage.governance.rules.vocabulary import Reply
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Person
from tests.care.conftest import client_of
from tests.governance.conftest import HELD, NOW, SINCE, summons_of
from tests.pdf import overprinted, text_of


def called() -> int:
    """How many messages said that a meeting is called, reminders with them."""
    rows = exchange.Notification._base_manager.filter(template=exchange.Template.MEETING_CALLED.value)
    return rows.filter(channel=exchange.Channel.INBOX.value).count()


def paper(name: str, sitting: Sitting) -> str:
    return reverse(f"governance:{name}", args=[sitting.pk])


def test_the_sheet_says_who_signs_what_they_answered_and_the_quorum(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], president: Person, outsider: Person,
    body: Body,
) -> None:  # fmt: skip
    attendance.answer(by=members[0], summons=summons_of(sitting, seats[0]), reply=Reply.COMES)
    attendance.answer(
        by=members[1], summons=summons_of(sitting, seats[1]), reply=Reply.PROXY, proxy_to=seats[0]
    )
    answer = client_of(members[2]).get(paper("attendance_pdf", sitting))
    assert answer["Content-Type"] == "application/pdf"
    said = " ".join(text_of(answer.content).split())
    for words in (
        "Feuille d’émargement", "Conseil", "Salle des fêtes", "Professionnels", "Usagers", "Signature",
        "Bernard Chataignier", "vient", "pouvoir à Membre Physician",
        "Il faut 3 voix, présentes ou représentées, sur 6.",
    ):  # fmt: skip
        assert words in said, words
    assert client_of(outsider).get(paper("attendance_pdf", sitting)).status_code == 404
    prepared = sittings.prepare_sitting(
        by=president, body=body, starts_at=HELD + timedelta(days=9), length=60, key="later", place="Mairie"
    )
    assert client_of(president).get(paper("attendance_pdf", prepared)).status_code == 404, "not convened"


def test_a_sheet_of_long_names_prints_none_over_another(
    sitting: Sitting, professionals: College, coordinator: Person, president: Person
) -> None:
    """Given sixty names of several lines, then each has room to sign and is read, on as many pages."""
    College.objects.of(sitting.body).filter(pk=professionals.pk).update(places=80)
    professionals.refresh_from_db()
    for rank in range(60):
        give_seat(
            by=coordinator, college=professionals, name=f"Anne-Charlotte de Montmorency-Luxembourg {rank}",
            stands_for="Union départementale des associations familiales et des aidants" * (rank % 3 > 0),
            since=SINCE, key=f"long-{rank}",
        )  # fmt: skip
    sittings.convene(by=president, sitting=sitting)
    content = client_of(president).get(paper("attendance_pdf", sitting)).content
    said = " ".join(text_of(content).split())
    assert all(f"Luxembourg {rank}" in said for rank in range(60))
    assert overprinted(content) == []


def test_who_is_not_noted_yet_is_not_said_absent(
    begun: Sitting, seats: list[BodySeat], president: Person
) -> None:
    """Given a meeting that goes on, one of whom came late is not noted, then absent is who was noted so."""
    attendance.note_presence(by=president, summons=summons_of(begun, seats[3]), is_here=False)

    def lines(name: str) -> str:
        content = client_of(president).get(paper(name, begun)).content
        if name.endswith("pdf"):
            return " ".join(text_of(content).split())
        return " ".join(one.text for one in docx.Document(io.BytesIO(content)).paragraphs)

    for name in ("minutes_pdf", "minutes_word"):
        said = lines(name)
        assert said.index("Absents") < said.index("Membre Midwife") < said.index("Présence à noter")
        assert said.index("Présence à noter") < said.index("Membre Physiotherapist"), name
    sittings.close_sitting(by=president, sitting=begun)
    assert "Présence à noter" not in lines("minutes_pdf")
    assert lines("minutes_word").count("Membre Physiotherapist") == 1


def test_the_minutes_in_word_say_what_the_pdf_says(
    begun: Sitting, members: list[Person], outsider: Person
) -> None:
    answer = client_of(members[0]).get(paper("minutes_word", begun))
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    assert "compte-rendu-2026-03-12.docx" in answer["Content-Disposition"]
    made = docx.Document(io.BytesIO(answer.content))
    titles = [one.text for one in made.paragraphs if one.style is not None and one.style.name == "Heading 1"]
    assert titles == ["Présents et représentés", "Ordre du jour", "Décisions"]
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    printed = " ".join(text_of(client_of(members[0]).get(paper("minutes_pdf", begun)).content).split())
    for words in ("Conseil d’administration", "Membre Nurse", "présent", "Salle des fêtes"):
        assert any(words in one for one in cells), words
        assert words in printed, words
    assert any("quorum atteint" in one for one in cells)
    assert client_of(outsider).get(paper("minutes_word", begun)).status_code == 404


def test_whoever_has_not_answered_is_reminded_three_days_before(
    sitting: Sitting, seats: list[BodySeat], members: list[Person], clock: time_machine.Coordinates
) -> None:
    """Given six convened, one of whom answered, when the third day before comes, then five hear once."""
    attendance.answer(by=members[0], summons=summons_of(sitting, seats[0]), reply=Reply.COMES)
    assert called() == 6
    clock.move_to(NOW + timedelta(days=6))
    outbox.drain()
    assert called() == 6, "not yet"
    clock.move_to(HELD.replace(hour=9) - timedelta(days=3))
    for _again in range(2):
        outbox.drain()
    assert called() == 11
    told = Entry.objects.get(verb="governance.sitting_reminded")
    assert told.by is None


def test_a_meeting_moved_is_recalled_at_its_new_hour_and_one_cancelled_never(
    sitting: Sitting, president: Person, clock: time_machine.Coordinates
) -> None:
    moved = HELD + timedelta(days=4)
    sittings.change_sitting(by=president, sitting=sitting, starts_at=moved, length=120, place="Mairie")
    clock.move_to(HELD.replace(hour=9) - timedelta(days=3))
    outbox.drain()
    assert called() == 6, "the hour before says nothing"
    sittings.cancel_sitting(by=president, sitting=sitting, reason="Grippe")
    clock.move_to(moved.replace(hour=9) - timedelta(days=3))
    outbox.drain()
    assert called() == 6
    assert not Entry.objects.filter(verb="governance.sitting_reminded").exists()


def test_reminded_by_hand_that_day_nobody_hears_twice(
    sitting: Sitting, president: Person, clock: time_machine.Coordinates
) -> None:
    clock.move_to(HELD.replace(hour=7) - timedelta(days=3))
    assert sittings.remind(by=president, sitting=sitting) == 6
    clock.move_to(HELD.replace(hour=10) - timedelta(days=3))
    outbox.drain()
    assert called() == 12
