"""Pages of cells: who reads what, what each gesture says, what a telephone opens without an account."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.crisis.actions import calls, cells, reports, structures
from maillage.crisis.actions.demonstration import create_demonstration_cell
from maillage.crisis.contributions import cells_open, held_visits, post_lines, visit_lines
from maillage.crisis.models import (
    AskedStructure,
    Cell,
    Duty,
    FragilePerson,
    LogEntry,
    StructureState,
    SupplyRequest,
    Volunteer,
)
from maillage.crisis.queries.links import STATE, VOLUNTEER
from maillage.crisis.rules.calls import Outcome
from maillage.crisis.rules.lists import Line
from maillage.crisis.rules.vocabulary import Kind, Post
from maillage.directory.api import Structure
from maillage.exchange import api as exchange
from maillage.kernel.inboxes import waiting_of
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.care.conftest import client_of
from tests.factories import make_commune, make_person, make_territory
from tests.keys import ABSENT
from tests.pdf import text_of

ROSE = Line("Mme Rose Églantier", "+33385000001", "Marcigny", "3 rue Haute", "entend mal")


def make_home(name: str, place: Territory) -> Structure:
    return Structure.objects.create(
        id=name, kind="ehpad", name=name, search_name=f" {name.lower()}", lon=4.0, lat=46.0,
        commune=place.communes.first() or make_commune(place=place), precision="address",
        origin="demonstration", count=1, source="test",
    )  # fmt: skip


@pytest.fixture
def rose(cell: Cell, lead: Person) -> FragilePerson:
    calls.add_people(by=lead, cell=cell, people=[ROSE], source="registre de la mairie")
    return FragilePerson.objects.of(cell).get()


@pytest.fixture
def asked(cell: Cell, lead: Person, place: Territory) -> AskedStructure:
    structures.ask_structures(by=lead, cell=cell, structures=[make_home("EHPAD Les Tilleuls", place)])
    return AskedStructure.objects.of(cell).get()


def page(name: str, cell: Cell, *more: int) -> str:
    return reverse(f"crisis:{name}", args=[cell.pk, *more])


#: Who opens what: 200 shown, 403 refused, 404 unknown to them.
OPENED = {
    "cell": {"lead": 200, "calling": 200, "follower": 200, "elsewhere": 404, "patient": 403},
    "log": {"lead": 200, "calling": 200, "follower": 200, "elsewhere": 404, "patient": 403},
    "structures": {"lead": 200, "calling": 200, "follower": 200, "elsewhere": 404, "patient": 403},
    "closing": {"lead": 200, "calling": 200, "follower": 200, "elsewhere": 404, "patient": 403},
    "paper_pdf": {"lead": 200, "calling": 200, "follower": 200, "elsewhere": 404, "patient": 403},
    "addresses_pdf": {"lead": 200, "calling": 404, "follower": 404, "elsewhere": 404, "patient": 403},
    "calls": {"lead": 200, "calling": 200, "follower": 403, "elsewhere": 404, "patient": 403},
    "people": {"lead": 200, "calling": 403, "follower": 403, "elsewhere": 404, "patient": 403},
    "fragile": {"lead": 200, "calling": 403, "follower": 403, "elsewhere": 404, "patient": 403},
    "structure": {"lead": 200, "calling": 200, "follower": 200, "elsewhere": 404, "patient": 403},
}


@pytest.mark.parametrize("name", OPENED)
def test_each_page_is_opened_to_whom_it_is_for(
    name: str, cell: Cell, lead: Person, calling: Person, follower: Person, rose: FragilePerson,
    asked: AskedStructure,
) -> None:  # fmt: skip
    elsewhere = make_territory("Indian/Reunion")
    people = {
        "lead": lead, "calling": calling, "follower": follower,
        "elsewhere": make_person("paul.ailleurs", Role.PREVENTION_LEAD, elsewhere.scope),
        "patient": make_person("louis.tilleul", Role.PATIENT, None),
    }  # fmt: skip
    more = {"fragile": [rose.pk], "structure": [asked.pk]}.get(name, [])
    found = {who: client_of(one).get(page(name, cell, *more)).status_code for who, one in people.items()}
    assert found == OPENED[name]


def test_only_those_who_call_ever_read_a_name(
    cell: Cell, lead: Person, calling: Person, follower: Person, rose: FragilePerson
) -> None:
    calls.note_call(by=lead, person=rose, outcome=Outcome.HELP, key="h", said="Plus d’eau.")
    reports.make_report(by=lead, cell=cell, words="", after=0)
    for person in (follower, calling):
        for name in ("cell", "log", "structures", "closing"):
            assert "Églantier" not in client_of(person).get(page(name, cell)).content.decode()
        report = client_of(person).get(page("report_pdf", cell, 1)).content
        assert "Églantier" not in text_of(report)
    assert "Églantier" not in text_of(client_of(follower).get(page("paper_pdf", cell)).content)
    # Whoever calls is given one person at a time: the whole list, on paper too, is for who directs.
    assert "Églantier" not in text_of(client_of(calling).get(page("paper_pdf", cell)).content)
    paper = text_of(client_of(lead).get(page("paper_pdf", cell)).content)
    assert "Églantier" in paper
    assert "3 rue Haute" in paper
    listed = client_of(lead).get(page("people", cell)).content.decode()
    assert "Mme Rose Églantier" in listed
    # Each reading of a name is in the journal.
    assert Entry.objects.filter(verb="crisis.list_read").count() == 2
    # Once the cell is closed, names are shown no more, not even those not yet erased.
    client = client_of(lead)
    client.post(
        page("fragile", cell, rose.pk), {"do": "visit", "seen": "cared_for", "said": "sa fille", "key": "v"}
    )
    reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
    assert [client.get(page(name, cell)).status_code for name in ("calls", "people")] == [403, 403]
    assert "Églantier" not in text_of(client.get(page("paper_pdf", cell)).content)


def test_what_waits_leads_only_who_may_go_there(
    cell: Cell, lead: Person, calling: Person, follower: Person, rose: FragilePerson
) -> None:
    """Given somebody to visit and somebody to call, then all read it, and only who may act is led there."""
    calls.add_people(
        by=lead,
        cell=cell,
        people=[Line("M. Aubin Noyer", "+33385000007", "Marcigny", "", "")],
        source="mairie",
    )
    calls.note_call(by=lead, person=rose, outcome=Outcome.HELP, key="h", said="Plus d’eau.")
    led = {}
    for name, person in {"lead": lead, "calling": calling, "follower": follower}.items():
        board = client_of(person).get(page("cell", cell)).content.decode()
        assert "1 personne à aller voir" in board.replace("\xa0", " "), name
        assert "1 personne à appeler" in board.replace("\xa0", " "), name
        led[name] = {one for one in ("people", "calls") if f'href="{page(one, cell)}"' in board}
    assert led == {"lead": {"people", "calls"}, "calling": {"calls"}, "follower": set()}


def test_a_cell_is_opened_from_two_answers(lead: Person, place: Territory) -> None:
    client = client_of(lead)
    assert "Tout est calme" in client.get(reverse("crisis:cells")).content.decode()
    said = {"where": place.scope.pk, "kind": "heat", "why": "38 °C.", "title": "", "key": uuid4().hex}
    refused = client.post(reverse("crisis:open"), said | {"why": ""})
    assert refused.status_code == 422
    for _click in range(2):
        made = client.post(reverse("crisis:open"), said)
        assert made.status_code == 302
    assert Cell.objects.in_scope(place.scope).count() == 1
    again = client.post(reverse("crisis:open"), said | {"key": uuid4().hex})
    assert (again.status_code, "déjà ouverte" in again.content.decode()) == (422, True)
    board = client.get(made.url).content.decode()
    for words in ("Canicule", "Malaise, confusion", "Nommer qui dirige", "prochain point de situation"):
        assert words in board


def test_the_board_does_what_it_says(cell: Cell, lead: Person, caller: Person) -> None:
    client, board = client_of(lead), page("cell", cell)
    posted = [
        {"do": "note", "kind": "fact", "text": "L’eau manque.", "said_by": "la mairie", "at": "", "key": "n"},
        {"do": "gesture", "code": "ars", "is_done": "1"},
        {"do": "duty", "post": "calls", "person": caller.pk, "name": "", "phone": ""},
        {"do": "duty", "post": "voice", "person": "", "name": "Paul Charme", "phone": "06 39 98 00 12"},
        {"do": "supply", "what": "ventilateurs", "quantity": "12", "whom": "EHPAD", "key": "s"},
        {"do": "rhythm", "hours": "6"},
        {"do": "report", "words": "Tout tient.", "after": "0"},
    ]
    for said in posted:
        assert client.post(board, said).status_code == 302, said
    supply = SupplyRequest.objects.of(cell).get()
    client.post(board, {"do": "answer_supply", "row": supply.pk, "state": "promised", "answer": "demain"})
    post = Duty.objects.of(cell).get(post=Post.VOICE)
    client.post(board, {"do": "end_duty", "row": post.pk})
    shown = client.get(board).content.decode()
    for words in (
        "L’eau manque.",
        "selon la mairie",
        "promis",
        "demain",
        "Point n° 1",
        "toutes les 6 heures",
    ):
        assert words in shown
    assert "Paul Charme</span>" not in shown
    # What is refused comes back as it was typed, with why.
    for said, words in (
        ({"do": "note", "kind": "fact", "text": "", "key": "x"}, "champ"),
        ({"do": "duty", "post": "log", "person": "", "name": "", "phone": ""}, "l’un des deux"),
        ({"do": "supply", "what": "lits", "quantity": "0", "whom": "salle", "key": "y"}, "lits"),
        ({"do": "report", "words": "Autre.", "after": "0"}, "relisez-le"),
        ({"do": "rhythm", "hours": "999"}, "168"),
        ({"do": "answer_supply", "row": supply.pk, "state": "refused", "answer": ""}, "pourquoi"),
    ):
        answer = client.post(board, said)
        assert (answer.status_code, words in answer.content.decode()) == (422, True), said
    for said in (
        {"do": "unknown"},
        {"do": "end_duty", "row": "x"},
        {"do": "end_duty", "row": "999999"},
        {"do": "answer_supply", "row": "999999"},
        {"do": "volunteer", "row": "1", "state": "x"},
    ):
        assert client.post(board, said).status_code == 404
    told = client.post(board, {"do": "gesture", "code": "isolate", "is_done": "1"}, follow=True)
    assert "pas dans la fiche" in told.content.decode()


def test_whoever_follows_has_no_gesture(cell: Cell, follower: Person, rose: FragilePerson) -> None:
    client = client_of(follower)
    board = client.get(page("cell", cell)).content.decode()
    assert 'name="do"' not in board
    for said in ({"do": "note", "kind": "fact", "text": "x", "key": "k"}, {"do": "rhythm", "hours": "3"}):
        assert client.post(page("cell", cell), said).status_code == 403
    assert client.post(page("people", cell), {"do": "add"}).status_code == 403
    assert client.post(page("calls", cell), {"do": "next"}).status_code == 403
    assert client.post(page("closing", cell), {"do": "close", "closing": "x"}).status_code == 403


def test_one_call_after_the_other(cell: Cell, lead: Person, calling: Person, rose: FragilePerson) -> None:
    client, address = client_of(calling), page("calls", cell)
    before = client.get(address).content.decode()
    assert "Églantier" not in before
    assert "Prendre la personne suivante" in before
    client.post(address, {"do": "next"})
    shown = client.get(address).content.decode()
    for words in ("Mme Rose Églantier", 'href="tel:+33385000001"', "entend mal", "registre de la mairie"):
        assert words in shown
    assert shown.index("Un de ces signes") < shown.index("La personne…")
    nothing = client.post(address, {"do": "call", "row": rose.pk, "key": "a", "said": ""})
    assert (nothing.status_code, "Dites ce que l’appel a donné." in nothing.content.decode()) == (422, True)
    # A sign outweighs the quiet answer ticked beside it.
    said = {"do": "call", "row": rose.pk, "key": "a", "signs": ["chest"], "outcome": "well", "said": ""}
    told = client.post(address, said, follow=True).content.decode()
    assert "appelez le 15 maintenant" in told
    rose.refresh_from_db()
    assert (rose.state, rose.why) == ("visit", "vital")
    assert (
        client.post(address, {"do": "call", "row": "999999", "outcome": "well", "key": "z"}).status_code
        == 404
    )
    assert "Personne à appeler pour l’instant" in client.get(address).content.decode()


def test_the_list_is_pasted_and_each_defect_said(cell: Cell, lead: Person) -> None:
    client, address = client_of(lead), page("people", cell)
    refused = client.post(
        address, {"do": "add", "source": "mairie", "people": "Rose;12;Marcigny\nIris;;Digoin\n;0385000001;"}
    )
    words = refused.content.decode()
    assert refused.status_code == 422
    for said in ("Ligne 1 : « 12 »", "Ligne 2 : le téléphone manque", "Ligne 3 : le nom manque"):
        assert (
            said.replace(" :", "\u00a0:").replace("« ", "«\u00a0").replace(" »", "\u00a0»") in words
            or said in words
        )
    assert "Rose;12;Marcigny" in words
    client.post(address, {"do": "add", "source": "mairie", "people": "Rose;0385000001;Marcigny"})
    assert FragilePerson.objects.of(cell).count() == 1
    row = FragilePerson.objects.of(cell).get()
    one = page("fragile", cell, row.pk)
    client.post(one, {"do": "call", "outcome": "wrong_number", "said": "", "key": "c"})
    client.post(one, {"do": "send", "who": "la voisine"})
    assert "la voisine y va" in client.get(address).content.decode()
    kept = client.post(one, {"do": "take_off"}, follow=True).content.decode()
    assert "aller voir cette personne" in kept
    client.post(one, {"do": "visit", "seen": "well", "said": "", "key": "v"})
    assert client.post(one, {"do": "take_off"}).url == address
    assert FragilePerson.objects.of(cell).count() == 0


def test_a_structure_answers_from_a_telephone(asked: AskedStructure, cell: Cell, lead: Person) -> None:
    address = reverse(STATE, args=[exchange.Link(STATE, asked.pk).token])
    visitor = Client()
    first = visitor.get(address)
    assert first.status_code == 200
    assert "EHPAD Les Tilleuls" in first.content.decode()
    assert first["Referrer-Policy"] == "same-origin"
    key = re.search(r'name="key" value="(\w+)"', first.content.decode())
    assert key is not None
    said = {
        "level": "critical",
        "needs": "Deux ventilateurs",
        "contact": "Odile Glycine, cadre",
        "key": key[1],
    }
    assert visitor.post(address, said | {"contact": ""}).status_code == 422
    for _click in range(2):
        assert "C’est noté" in visitor.post(address, said).content.decode()
    assert StructureState.objects.in_scope(cell.scope).count() == 1
    board = client_of(lead).get(page("cell", cell)).content.decode()
    assert "Deux ventilateurs" in board
    for wrong in (f"{asked.pk}-abc", "x", f"{ABSENT}-{'A' * 22}", "9" * 30):
        assert visitor.get(reverse(STATE, args=[wrong])).status_code == 404
    # The address of one page opens no other.
    token = exchange.Link(STATE, cell.pk).token
    assert visitor.get(reverse(VOLUNTEER, args=[token])).status_code == 404
    for turn in range(15):
        answer = visitor.post(address, said | {"key": f"k{turn}"})
    assert "Trop de réponses" in answer.content.decode()
    reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
    assert visitor.get(address).status_code == 410
    assert visitor.post(address, said).status_code == 410


def test_a_volunteer_offers_help_without_an_account(cell: Cell, lead: Person, follower: Person) -> None:
    address = reverse(VOLUNTEER, args=[exchange.Link(VOLUNTEER, cell.pk).token])
    said = {
        "name": "Jeanne Prunelle", "profession": "infirmière", "phone": "06 39 98 00 13",
        "available": "ce soir", "key": "k",
    }  # fmt: skip
    visitor = Client()
    assert visitor.get(address).status_code == 200
    assert visitor.post(address, said | {"phone": "12"}).status_code == 422
    assert "Merci" in visitor.post(address, said).content.decode()
    row = Volunteer.objects.of(cell).get()
    assert "Jeanne Prunelle" not in client_of(follower).get(page("cell", cell)).content.decode()
    client = client_of(lead)
    assert "06 39 98 00 13" in client.get(page("cell", cell)).content.decode().replace("\u00a0", " ")
    client.post(page("cell", cell), {"do": "volunteer", "row": row.pk, "state": "expected"})
    row.refresh_from_db()
    assert row.state == "expected"
    assert visitor.get(reverse(VOLUNTEER, args=["9-x"])).status_code == 404
    reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
    assert visitor.get(address).status_code == 410


def test_structures_are_asked_by_kind_and_heard_by_telephone(
    cell: Cell, lead: Person, place: Territory
) -> None:
    make_home("EHPAD Les Charmes", place)
    client, address = client_of(lead), page("structures", cell)
    assert "EHPAD (1)" in client.get(address).content.decode()
    client.post(address, {"do": "ask", "kinds": ["ehpad"]})
    assert client.post(address, {"do": "ask", "kinds": ["nothing"]}).status_code == 422
    row = AskedStructure.objects.of(cell).get()
    shown = client.get(address).content.decode()
    assert exchange.Link(VOLUNTEER, cell.pk).token in shown
    one = page("structure", cell, row.pk)
    said = {
        "do": "declare",
        "level": "strained",
        "contact": "Odile",
        "needs": "",
        "beds": "2",
        "absent": "",
        "key": "d",
    }
    assert client.post(one, said | {"contact": ""}).status_code == 422
    assert client.post(one, said).status_code == 302
    assert "Tendu" in client.get(one).content.decode()
    cards = text_of(client.get(page("addresses_pdf", cell)).content)
    assert "EHPAD Les Charmes" in cards
    assert client.get(page("structure", cell, 999999)).status_code == 404


def test_a_return_to_normal_is_declared_from_its_page(cell: Cell, lead: Person, rose: FragilePerson) -> None:
    client, address = client_of(lead), page("closing", cell)
    assert "qui continue" in client.get(address).content.decode()
    refused = client.post(address, {"do": "close", "closing": "Il pleut.", "handed_to": "", "lessons": ""})
    assert (refused.status_code, "Il pleut." in refused.content.decode()) == (422, True)
    said = {"do": "close", "closing": "Il pleut.", "handed_to": "la mairie", "lessons": "Plus tôt."}
    assert client.post(address, said).status_code == 302
    board = client.get(page("cell", cell)).content.decode()
    for words in ("Retour à la normale", "la mairie", "Plus tôt.", "Point final"):
        assert words in board
    assert 'name="do"' not in board
    assert "Point final" in text_of(client.get(page("report_pdf", cell, 1)).content)
    assert client.get(page("report_pdf", cell, 2)).status_code == 404


def test_what_waits_is_on_the_first_screen_and_in_the_inbox(
    cell: Cell, lead: Person, calling: Person, follower: Person, rose: FragilePerson
) -> None:
    shown = cells_open(follower)
    assert shown is not None
    assert [(one.text, one.is_late) for one in shown.lines] == [("Canicule", False)]
    (post,) = waiting_of(calling, "crisis.post") or []
    (line,) = post_lines(calling, [post.pk])
    assert line.url == page("calls", cell)
    assert waiting_of(lead, "crisis.visit") == []
    calls.note_call(by=calling, person=rose, outcome=Outcome.HELP, key="h", said="Plus d’eau.")
    (visit,) = waiting_of(lead, "crisis.visit") or []
    (line,) = visit_lines(lead, [visit.pk])
    assert "Églantier" not in line.text + line.detail
    assert "Marcigny" in line.text
    # Confided to a colleague, it waits: neither where nor why, which tell of health, nor a page.
    (held,) = held_visits(lead, follower, [visit.pk])
    assert (held.text, held.detail, held.url, held.who) == ("Quelqu’un à aller voir", "", "", "")
    late = cells_open(follower)
    assert late is not None
    assert late.lines[0].is_late
    calls.send_visitor(by=lead, person=rose, who="la voisine")
    assert waiting_of(lead, "crisis.visit") == []
    cells.end_duty(by=lead, duty=Duty.objects.of(cell).get(person=calling))
    assert waiting_of(calling, "crisis.post") == []
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        said = cells_open(follower)
        assert said is not None
        assert "en retard" in said.lines[0].detail


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion"])
@pytest.mark.parametrize("when", ["2026-07-14T12:00:00Z", "2026-12-05T13:05:00Z"])
def test_the_demonstration_is_whole_wherever_it_is(zone: str, when: str, db: None) -> None:
    place = make_territory(zone)
    lead = make_person("lina.primevere", Role.PREVENTION_LEAD, place.scope)
    Person.objects.filter(pk=lead.pk).update(is_demonstration=True)
    make_home("EHPAD Les Charmes", place)
    with time_machine.travel(when):
        assert create_demonstration_cell(place=place, now=timezone.now()) == 2
        assert create_demonstration_cell(place=place, now=timezone.now()) == 0
        for one in Cell.objects.in_scope(place.scope):
            for name in ("cell", "log", "structures", "paper_pdf"):
                assert client_of(lead).get(page(name, one)).status_code == 200
        assert LogEntry.objects.in_scope(place.scope).exists()
        kinds = {one.kind for one in Cell.objects.in_scope(place.scope)}
        assert kinds == {Kind.FLOOD.value, (Kind.HEAT if "-07-" in when else Kind.EPIDEMIC).value}
