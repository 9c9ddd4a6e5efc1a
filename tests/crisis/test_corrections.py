"""A line of the log is corrected by another: the first words stay, with who corrected them and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from maillage.crisis.actions import cells
from maillage.crisis.models import Cell, LogEntry
from maillage.crisis.rules.vocabulary import Kind, Note
from maillage.kernel.models import Entry, Person
from maillage.territory.api import Territory
from tests.care.conftest import client_of


def noted(by: Person, cell: Cell, text: str, key: str) -> LogEntry:
    return cells.note(by=by, cell=cell, kind=Note.FACT, text=text, key=key)


def test_a_correction_keeps_the_first_words_and_says_who_and_when(
    cell: Cell, lead: Person, calling: Person, follower: Person
) -> None:
    """Given « 12 lits » noted by one, when another corrects it on the screen, then both are read, dated."""
    first = noted(lead, cell, "12 lits libres à Brumeval", "n")
    client = client_of(calling)
    log = reverse("crisis:log", args=[cell.pk])
    address = reverse("crisis:correct", args=[cell.pk, first.pk])
    assert address in client.get(log).content.decode()
    assert "12 lits libres" in client.get(address).content.decode()
    later = timezone.now() + timedelta(minutes=7)
    with time_machine.travel(later, tick=False):
        sent = {"kind": Note.FACT.value, "text": "2 lits libres à Brumeval", "key": "c"}
        assert client.post(address, sent | {"text": " "}).status_code == 422
        for _click in range(2):
            assert client.post(address, sent).status_code == 302
    made = LogEntry.objects.of(cell).get(corrects=first)
    assert (made.by, made.at, made.noted_at) == (calling, first.at, later), "the hour of what happened stays"
    first.refresh_from_db()
    assert first.text == "12 lits libres à Brumeval"
    for page in (log, reverse("crisis:cell", args=[cell.pk])):
        shown = client_of(follower).get(page).content.decode()
        assert "12 lits libres à Brumeval" in shown, page
        assert "par Ines Capucine" in shown, page
        assert "2 lits libres à Brumeval" in shown, page
        assert reverse("crisis:correct", args=[cell.pk, made.pk]) not in shown, "who follows corrects nothing"
    shown = client.get(log).content.decode()
    assert address not in shown, "a line is corrected once"
    assert reverse("crisis:correct", args=[cell.pk, made.pk]) in shown, "and its correction, in its turn"
    with pytest.raises(ValidationError, match="déjà corrigée"):
        cells.note(by=lead, cell=cell, kind=Note.FACT, text="3 lits", key="d", corrects=first)
    told = Entry.objects.filter(verb="crisis.noted", by=calling)
    assert told.count() == 1


def test_a_line_sent_again_with_another_hour_is_not_answered_by_the_first(cell: Cell, lead: Person) -> None:
    """Given a line of 20 minutes ago, when it comes again of 35, then the first hour is not said to be it."""
    now = timezone.now()
    then = {"at": now - timedelta(minutes=20)}
    said = {"by": lead, "cell": cell, "kind": Note.FACT, "text": "Pont coupé", "key": "p"}
    first = cells.note(**said, **then)
    assert cells.note(**said, **then) == cells.note(**said) == first
    with pytest.raises(ValidationError, match="déjà servi"):
        cells.note(**said, at=now - timedelta(minutes=35))
    ahead = {"at": now + timedelta(minutes=3)}
    soon = cells.note(**said | {"key": "q"}, **ahead)
    assert cells.note(**said | {"key": "q"}, **ahead) == soon


def test_who_follows_and_who_is_elsewhere_corrects_nothing(
    cell: Cell, lead: Person, follower: Person, place: Territory
) -> None:
    first = noted(lead, cell, "Groupe électrogène livré", "n")
    address = reverse("crisis:correct", args=[cell.pk, first.pk])
    sent = {"kind": Note.FACT.value, "text": "Non livré", "key": "c"}
    assert client_of(follower).get(address).status_code == 403
    assert client_of(follower).post(address, sent).status_code == 403
    other = cells.open_cell(
        by=lead, scope=place.scope, kind=Kind.FLOOD, title="Crue", why="La Brume monte.", key="other"
    )
    elsewhere = reverse("crisis:correct", args=[other.pk, first.pk])
    assert client_of(lead).get(elsewhere).status_code == 404
    assert client_of(lead).post(elsewhere, sent).status_code == 404
    assert not LogEntry.objects.of(cell).exclude(corrects=None).exists()


def test_an_open_board_listens_where_it_may(cell: Cell, follower: Person, lead: Person) -> None:
    stream = reverse("crisis:stream", args=[cell.pk])
    board = client_of(follower).get(reverse("crisis:cell", args=[cell.pk])).content.decode()
    assert f'data-stream="{stream}?depuis=' in board
    for since in ("", "x", "-1", "99999999999999999999"):
        assert client_of(follower).get(stream, {"depuis": since}).status_code == 204, "no stream: it polls"
