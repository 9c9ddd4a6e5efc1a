"""Names that are to be erased are in nothing that is kept; a key, a post, an hour mean one thing."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.serializers import serialize
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from maillage.crisis import models
from maillage.crisis.actions import calls, cells, reports, structures
from maillage.crisis.actions.leaving import count_duties, hand_duties_on
from maillage.crisis.models import Cell, Duty
from maillage.crisis.rules.calls import Outcome, Seen
from maillage.crisis.rules.lists import Line
from maillage.crisis.rules.vocabulary import Helper, Kind, Level, Note, Post, Supply
from maillage.kernel import outbox
from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Entry, Message, Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.crisis.test_pages import make_home, page
from tests.factories import make_person, make_territory

#: Words that nobody but the people called and the volunteers brought.
SECRET = ("Fougère", "Coquelicot", "99000117", "99000118", "chez sa nièce", "sage-femme", "ruelle")


def test_nothing_that_a_closed_cell_keeps_names_who_was_called_or_offered_help(
    cell: Cell, lead: Person, calling: Person
) -> None:
    line = Line("Mme Fougère", "+33399000117", "Digoin", "2 ruelle Basse", "sourde")
    calls.add_people(by=lead, cell=cell, people=[line], source="signalée par M. Fougère, son fils")
    (row,) = models.FragilePerson.objects.of(cell)
    calls.note_call(by=calling, person=row, outcome=Outcome.HELP, key="a", said="Elle va chez sa nièce")
    calls.send_visitor(by=lead, person=row, who="son fils, M. Fougère")
    calls.note_visit(by=lead, person=row, seen=Seen.AWAY, key="v", said="chez sa nièce")
    made = structures.offer_help(
        cell=cell, name="Inès Coquelicot", profession="sage-femme", phone="+33399000118",
        available="ruelle Basse, le soir", key="k",
    )  # fmt: skip
    structures.answer_volunteer(by=lead, volunteer=made, state=Helper.EXPECTED)
    reports.make_report(by=lead, cell=cell, words="", after=0)
    cells.give_duty(by=lead, cell=cell, post=Post.VOICE, name="Paul Charme", phone="+33399000120")
    reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        outbox.drain()
    assert "00 01 20" not in client_of(lead).get(page("cell", cell)).content.decode().replace("\u00a0", " ")
    assert not Duty.objects.of(cell).exclude(phone="").exists()
    kept = [getattr(models, name) for name in models.__all__ if name[0].isupper() and name[1].islower()]
    kept = [one for one in kept if isinstance(one, type)] + [Entry, Message]
    assert len(kept) > 10
    for model in kept:
        written = serialize("json", model._base_manager.all(), ensure_ascii=False)
        assert [one for one in SECRET if one in written and one != "sage-femme"] == [], model


def test_a_key_of_an_exercise_opens_no_real_cell(lead: Person, place: Territory) -> None:
    said = {"scope": place.scope, "kind": Kind.FLOOD, "title": "Crue", "why": "La Loire monte."}
    cells.open_cell(by=lead, key="k", is_exercise=True, **said)
    with pytest.raises(ValidationError, match="autre chose"):
        cells.open_cell(by=lead, key="k", **said)


def test_a_key_of_a_line_is_of_its_kind_and_of_who_said_it(cell: Cell, lead: Person) -> None:
    said = {"kind": Note.FACT, "text": "Le pont est coupé.", "said_by": "la mairie"}
    cells.note(by=lead, cell=cell, key="k", **said)
    for other in ({"kind": Note.DECISION}, {"said_by": "la préfecture"}):
        with pytest.raises(ValidationError, match="autre chose"):
            cells.note(by=lead, cell=cell, key="k", **said | other)


def test_who_directs_is_not_made_the_deputy_of_nobody(cell: Cell, lead: Person) -> None:
    with pytest.raises(ValidationError, match="toujours une direction"):
        cells.give_duty(by=lead, cell=cell, post=Post.DIRECTOR, person=lead, is_deputy=True)
    assert Duty.objects.of(cell).filter(post=Post.DIRECTOR, until=None, is_deputy=False).count() == 1


def test_posts_of_who_leaves_pass_in_open_cells_to_who_has_a_role_there(
    cell: Cell, lead: Person, coordinator: Person, place: Territory
) -> None:
    over = cells.open_cell(by=lead, scope=place.scope, kind=Kind.FIRE, title="", why="Feu.", key="o")
    reports.close_cell(by=lead, cell=over, closing="Éteint.")
    cells.give_duty(by=lead, cell=cell, post=Post.DIRECTOR, person=coordinator, is_deputy=True)
    assert count_duties(lead) == 1
    leaving = Leaving(person=lead, by=lead, successor=coordinator, reason="")
    assert hand_duties_on(leaving) == 1
    held = Duty.objects.of(cell).filter(post=Post.DIRECTOR, until=None)
    assert [(one.person, one.is_deputy) for one in held] == [(coordinator, False)]
    # What a closed cell says of who directed it stays.
    assert [one.person for one in Duty.objects.of(over)] == [lead]
    stranger = make_person("paul.ailleurs", Role.COORDINATOR, make_territory("Indian/Reunion").scope)
    leaving = Leaving(person=coordinator, by=lead, successor=stranger, reason="")
    assert hand_duties_on(leaving) == 0
    assert not Duty.objects.of(cell).filter(until=None).exists()


def test_what_the_program_writes_in_a_log_and_a_report_is_in_french_whoever_acts(
    cell: Cell, lead: Person, calling: Person, coordinator: Person, place: Territory
) -> None:
    home = make_home("EHPAD Les Ormes", place)
    with override("en"):
        cells.give_duty(by=lead, cell=cell, post=Post.LOG, person=coordinator)
        for is_done in (True, False):
            cells.do_gesture(by=lead, cell=cell, code="ars", is_done=is_done)
        calls.add_people(
            by=lead, cell=cell, people=[Line("M. Houx", "+33399000119", "Digoin")], source="mairie"
        )
        (row,) = models.FragilePerson.objects.of(cell)
        calls.note_call(by=calling, person=row, outcome=Outcome.WRONG_NUMBER, key="a")
        calls.note_call(by=calling, person=row, outcome=Outcome.VITAL, key="b")
        calls.note_visit(by=lead, person=row, seen=Seen.EMERGENCY, key="v")
        structures.ask_structures(by=lead, cell=cell, structures=[home])
        structures.declare(
            asked=models.AskedStructure.objects.of(cell).get(), level=Level.CRITICAL, contact="Odile",
            key="d", needs="lits",
        )  # fmt: skip
        supply = structures.ask_supply(by=lead, cell=cell, what="lits", quantity=3, whom="salle", key="s")
        structures.answer_supply(by=lead, request=supply, state=Supply.DELIVERED)
        report = reports.make_report(by=lead, cell=cell, words="", after=0)
        other = cells.open_cell(by=lead, scope=place.scope, kind=Kind.FIRE, title="", why="Feu.", key="o")
    assert other.title == "Incendie, personnes évacuées"
    assert "Prévenir l’ARS" in str(report.content["gestures"])
    texts = " / ".join(models.LogEntry.objects.of(cell).order_by("pk").values_list("text", flat=True))
    assert texts.replace("\u00a0", " ").replace("\u202f", " ") == " / ".join(
        (
            "Cellule ouverte.",
            "Appels aux personnes fragiles : Ines Capucine.",
            "Main courante : Camille Bruyere.",
            "Fait : Prévenir l’ARS et la préfecture, dire qui les appelle.",
            "Décoché, à refaire : Prévenir l’ARS et la préfecture, dire qui les appelle.",
            "1 personne à appeler ajoutée.",
            "Quelqu’un à aller voir à Digoin : aucun numéro qui réponde.",
            "Un signe grave chez une personne de Digoin : le 15 d’abord.",
            "Visite à Digoin : prise en charge par les secours.",
            "EHPAD Les Ormes : Débordé. Il manque : lits",
            "3 × lits, pour salle",
            "3 × lits, pour salle : livré.",
        )
    )


def test_an_hour_of_another_day_is_said_with_its_day(cell: Cell, lead: Person) -> None:
    cells.change_rhythm(by=lead, cell=cell, hours=72)
    day = timezone.localdate(timezone.now() + timedelta(hours=72), timezone=cell.scope.zone)
    for address in (page("cell", cell), reverse("crisis:cells"), "/"):
        assert f"{day:%d/%m/%Y}," in client_of(lead).get(address).content.decode(), address


def test_the_list_of_cells_costs_the_same_and_keeps_the_oldest_that_is_open(
    cell: Cell, lead: Person, place: Territory
) -> None:
    def cost() -> int:
        client = client_of(lead)
        with CaptureQueriesContext(connection) as captured:
            assert "Canicule" in client.get(reverse("crisis:cells")).content.decode()
        return len(captured)

    few = cost()
    for number in range(5):
        cells.open_cell(
            by=lead, scope=place.scope, kind=Kind.FIRE, title=f"Essai {number}", why="Essai.",
            key=f"e{number}", is_exercise=True,
        )  # fmt: skip
    assert cost() == few
    now = timezone.now() + timedelta(minutes=1)
    Cell.objects.bulk_create(
        Cell(
            by=lead, at=now, key=f"c{number}", scope=place.scope, kind="fire", title="Feu", why="Feu.",
            report_hours=4, closed_at=now, closed_by=lead,
        )
        for number in range(120)
    )  # fmt: skip
    assert cost() == few


def test_a_long_log_and_a_long_list_are_shown_by_pages(cell: Cell, lead: Person) -> None:
    lines = [Line(f"Mme Orme {number}", f"+333990{number:05}", "Digoin") for number in range(130)]
    calls.add_people(by=lead, cell=cell, people=lines, source="mairie")
    for number in range(120):
        cells.note(by=lead, cell=cell, kind=Note.FACT, text=f"Fait numéro {number}.", key=f"n{number}")
    client = client_of(lead)
    for name, word, total in (("log", "Fait numéro ", 120), ("people", "Mme Orme ", 130)):
        first, second = (client.get(page(name, cell), {"page": one}).content.decode() for one in (1, 2))
        assert first.count(word) <= 100
        assert first.count(word) + second.count(word) == total
