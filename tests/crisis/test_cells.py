"""A cell: opened once, worked in by those who hold a post, noted for good, closed when nobody waits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from maillage.crisis import api
from maillage.crisis.actions import calls, cells, reports, structures
from maillage.crisis.models import (
    AskedStructure,
    Call,
    Cell,
    Duty,
    FragilePerson,
    LogEntry,
    SituationReport,
    Volunteer,
)
from maillage.crisis.queries.cells import cell_now, crisis_days
from maillage.crisis.rules.calls import Outcome, Seen, State, Why
from maillage.crisis.rules.lists import Line
from maillage.crisis.rules.vocabulary import Helper, Kind, Level, Note, Post, Supply
from maillage.kernel import outbox
from maillage.kernel.models import Entry, Message, Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person, make_territory

ROSE = Line("Mme Rose Églantier", "+33385000001", "Marcigny", "3 rue Haute", "entend mal")
FIRMIN = Line("M. Firmin Noisetier", "+33385000002", "Digoin")


def added(cell: Cell, by: Person, *people: Line) -> list[FragilePerson]:
    calls.add_people(by=by, cell=cell, people=people or [ROSE, FIRMIN], source="registre de la mairie")
    return list(FragilePerson.objects.of(cell).order_by("pk"))


def test_a_cell_is_opened_once_by_who_may(lead: Person, follower: Person, place: Territory) -> None:
    said = {"scope": place.scope, "kind": Kind.HEAT, "title": "", "why": "Il fait chaud."}
    made = cells.open_cell(by=lead, key="k", **said)
    assert made.title == "Canicule"
    assert cells.open_cell(by=lead, key="k", **said) == made
    with pytest.raises(ValidationError, match="autre chose"):
        cells.open_cell(by=lead, key="k", **said | {"why": "Autre chose."})
    with pytest.raises(ValidationError, match="déjà ouverte"):
        cells.open_cell(by=lead, key="l", **said)
    assert cells.open_cell(by=lead, key="m", is_exercise=True, **said) != made
    assert cells.open_cell(by=lead, key="n", **said | {"kind": Kind.CYBER}) != made
    with pytest.raises(PermissionDenied):
        cells.open_cell(by=follower, key="o", **said)
    with pytest.raises(PermissionDenied):
        cells.open_cell(by=lead, key="p", **said | {"scope": make_territory("Indian/Reunion").scope})
    with pytest.raises(ValidationError, match="ce qui se passe"):
        cells.open_cell(by=lead, key="q", **said | {"why": "  "})
    assert [one.holder for one in Duty.objects.of(made)] == [str(lead)]
    assert Entry.objects.filter(verb="crisis.cell_opened").count() == 3


def test_a_post_is_held_by_one_and_shared_by_those_who_call(
    cell: Cell, lead: Person, caller: Person, coordinator: Person
) -> None:
    first = cells.give_duty(by=lead, cell=cell, post=Post.LOG, person=caller)
    second = cells.give_duty(by=lead, cell=cell, post=Post.LOG, name="Paul Charme", phone="+33639980012")
    first.refresh_from_db()
    assert first.until is not None
    assert second.until is None
    for person in (caller, coordinator):
        cells.give_duty(by=lead, cell=cell, post=Post.CALLS, person=person)
    assert Duty.objects.of(cell).filter(post=Post.CALLS, until=None).count() == 2
    # The same again is the same; a deputy stands beside.
    again = cells.give_duty(by=lead, cell=cell, post=Post.CALLS, person=caller, phone="+33639980013")
    assert (again.phone, Duty.objects.of(cell).filter(post=Post.CALLS, until=None).count()) == (
        "+33639980013",
        2,
    )
    cells.give_duty(by=lead, cell=cell, post=Post.DIRECTOR, person=coordinator, is_deputy=True)
    assert Duty.objects.of(cell).filter(post=Post.DIRECTOR, until=None).count() == 2
    with pytest.raises(ValidationError, match="toujours une direction"):
        cells.end_duty(by=lead, duty=Duty.objects.of(cell).get(post=Post.DIRECTOR, is_deputy=False))
    assert cells.end_duty(by=lead, duty=second).until is not None
    ended = cells.end_duty(by=lead, duty=second)
    assert ended.until == Duty.objects.of(cell).get(pk=second.pk).until
    for values in ({}, {"person": caller, "name": "Paul Charme"}):
        with pytest.raises(ValidationError, match="l’un des deux"):
            cells.give_duty(by=lead, cell=cell, post=Post.VOICE, **values)
    stranger = make_person("paul.ailleurs", Role.NURSE, make_territory("Indian/Reunion").scope)
    with pytest.raises(ValidationError, match="pas de rôle ici"):
        cells.give_duty(by=lead, cell=cell, post=Post.VOICE, person=stranger)


def test_each_gesture_is_for_who_holds_the_post(
    cell: Cell, lead: Person, calling: Person, follower: Person, coordinator: Person
) -> None:
    for person in (calling, lead, coordinator):
        cells.note(by=person, cell=cell, kind=Note.FACT, text="Un fait.", key=f"n{person.pk}")
    with pytest.raises(PermissionDenied):
        cells.note(by=follower, cell=cell, kind=Note.FACT, text="Un fait.", key="no")
    with pytest.raises(PermissionDenied):
        calls.add_people(by=calling, cell=cell, people=[ROSE], source="mairie")
    with pytest.raises(PermissionDenied):
        structures.ask_structures(by=calling, cell=cell, structures=[])
    with pytest.raises(PermissionDenied):
        reports.make_report(by=calling, cell=cell, words="", after=0)
    # The post gives nothing once it is taken back.
    cells.end_duty(by=lead, duty=Duty.objects.of(cell).get(person=calling))
    with pytest.raises(PermissionDenied):
        cells.note(by=calling, cell=cell, kind=Note.FACT, text="Un fait.", key="late")


def test_a_line_of_the_log_is_kept_for_good(cell: Cell, lead: Person, place: Territory) -> None:
    made = cells.note(
        by=lead, cell=cell, kind=Note.REQUEST, text=" Renforts demandés. ", key="k", said_by="l’EHPAD"
    )
    assert (made.text, made.said_by) == ("Renforts demandés.", "l’EHPAD")
    again = {"kind": Note.REQUEST, "text": "Renforts demandés.", "said_by": "l’EHPAD"}
    assert cells.note(by=lead, cell=cell, key="k", **again) == made
    with pytest.raises(ValidationError, match="autre chose"):
        cells.note(by=lead, cell=cell, kind=Note.REQUEST, text="Autre.", key="k")
    other = cells.open_cell(by=lead, scope=place.scope, kind=Kind.CYBER, title="", why="Panne.", key="o")
    with pytest.raises(ValidationError, match="autre chose"):
        cells.note(by=lead, cell=other, kind=Note.REQUEST, text="Renforts demandés.", key="k")
    with pytest.raises(ValidationError, match="autre cellule"):
        cells.note(by=lead, cell=other, kind=Note.FACT, text="Non.", key="x", corrects=made)
    fixed = cells.note(by=lead, cell=cell, kind=Note.FACT, text="Deux renforts.", key="l", corrects=made)
    assert fixed.corrects == made
    with pytest.raises(ValidationError, match="à venir"):
        cells.note(
            by=lead,
            cell=cell,
            kind=Note.FACT,
            text="Demain.",
            key="m",
            at=timezone.now() + timedelta(hours=1),
        )
    with pytest.raises(ValidationError, match="noter"):
        cells.note(by=lead, cell=cell, kind=Note.FACT, text=" ", key="n")
    for change in (lambda row: row.update(text="x"), lambda row: row.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(LogEntry.objects.of(cell).filter(pk=made.pk))


def test_the_gestures_of_the_template_are_ticked_and_unticked(cell: Cell, lead: Person) -> None:
    for _turn in range(2):
        cells.do_gesture(by=lead, cell=cell, code="ars", is_done=True)
    now = cell_now(cell)
    assert list(now.gestures) == ["ars"]
    assert [one.text for one in now.log if one.text.startswith("Fait")] == [
        "Fait\u00a0: Prévenir l’ARS et la préfecture, dire qui les appelle."
    ]
    cells.do_gesture(by=lead, cell=cell, code="ars", is_done=False)
    assert cell_now(cell).gestures == {}
    with pytest.raises(ValidationError, match="pas dans la fiche"):
        cells.do_gesture(by=lead, cell=cell, code="isolate", is_done=True)


def test_each_caller_has_somebody_else_and_the_same_until_it_is_said(
    cell: Cell, lead: Person, calling: Person
) -> None:
    added(cell, lead)
    mine = calls.claim_next(by=calling, cell=cell)
    theirs = calls.claim_next(by=lead, cell=cell)
    assert mine is not None
    assert theirs is not None
    assert mine != theirs
    assert calls.claim_next(by=calling, cell=cell) == mine
    calls.release(by=calling, cell=cell)
    assert calls.claim_next(by=calling, cell=cell) == mine
    third = make_person("mathis.genevrier", Role.PHYSIOTHERAPIST, cell.scope)
    cells.give_duty(by=lead, cell=cell, post=Post.CALLS, person=third)
    assert calls.claim_next(by=third, cell=cell) is None
    # A quarter of an hour later, whoever was not called is somebody else's.
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert calls.claim_next(by=third, cell=cell) == mine
    assert Entry.objects.filter(verb="crisis.person_read").count() == 4


def test_calls_that_nobody_answers_end_in_a_visit_and_a_visit_in_a_word(
    cell: Cell, lead: Person, calling: Person
) -> None:
    row, _other = added(cell, lead)
    start = timezone.now()
    for turn in range(3):
        with time_machine.travel(start + timedelta(hours=3 * turn)):
            calls.note_call(by=calling, person=row, outcome=Outcome.NO_ANSWER, key=f"c{turn}")
            calls.note_call(by=calling, person=row, outcome=Outcome.NO_ANSWER, key=f"c{turn}")
    row.refresh_from_db()
    assert (row.state, row.why, row.unanswered) == (State.VISIT, Why.UNANSWERED, 3)
    assert Call.objects.in_scope(cell.scope).count() == 3
    said = LogEntry.objects.of(cell).order_by("pk").last()
    assert said is not None
    assert said.text == "Quelqu’un à aller voir à Marcigny\u00a0: plusieurs appels sans réponse."
    with pytest.raises(ValidationError, match="qui y va"):
        calls.send_visitor(by=lead, person=row, who=" ")
    calls.send_visitor(by=lead, person=row, who="le policier municipal")
    with pytest.raises(ValidationError, match="aller voir"):
        calls.take_off(by=lead, person=row)
    calls.note_visit(by=lead, person=row, seen=Seen.NOT_FOUND, key="v1")
    row.refresh_from_db()
    assert (row.state, row.visit_by) == (State.VISIT, "le policier municipal")
    with pytest.raises(ValidationError, match="qui s’en occupe"):
        calls.note_visit(by=lead, person=row, seen=Seen.CARED_FOR, key="v2")
    calls.note_visit(by=lead, person=row, seen=Seen.WELL, key="v3")
    calls.note_visit(by=lead, person=row, seen=Seen.WELL, key="v3")
    row.refresh_from_db()
    assert (row.state, row.unanswered, row.why, row.visit_since) == (State.TO_CALL, 0, "", None)
    with pytest.raises(ValidationError, match="relisez"):
        calls.note_visit(by=lead, person=row, seen=Seen.WELL, key="v4")


def test_a_sign_of_danger_is_never_softened_by_a_later_call(
    cell: Cell, lead: Person, calling: Person
) -> None:
    row, _other = added(cell, lead)
    calls.note_call(by=calling, person=row, outcome=Outcome.VITAL, key="a")
    for place, outcome in enumerate(Outcome):
        calls.note_call(by=lead, person=row, outcome=outcome, key=f"b{place}", said="Elle dit que ça va.")
        row.refresh_from_db()
        assert (row.state, row.why) == (State.VISIT, Why.VITAL)
    calls.note_visit(by=lead, person=row, seen=Seen.EMERGENCY, key="v")
    row.refresh_from_db()
    assert row.state == State.DONE
    texts = [one.text for one in LogEntry.objects.of(cell)]
    assert texts.count("Un signe grave chez une personne de Marcigny\u00a0: le 15 d’abord.") == 2
    assert not any("Églantier" in text for text in texts)


def test_help_is_asked_in_words_and_somebody_goes(cell: Cell, lead: Person, calling: Person) -> None:
    row, _other = added(cell, lead)
    with pytest.raises(ValidationError, match="quelle aide"):
        calls.note_call(by=calling, person=row, outcome=Outcome.HELP, key="a", said=" ")
    calls.note_call(by=calling, person=row, outcome=Outcome.HELP, key="a", said="Plus d’eau.")
    calls.note_call(by=calling, person=row, outcome=Outcome.NO_ANSWER, key="b")
    row.refresh_from_db()
    assert (row.state, row.why) == (State.VISIT, Why.HELP)
    # She calls back and is well: somebody says so, and the visit is over.
    calls.note_call(by=calling, person=row, outcome=Outcome.WELL, key="c")
    row.refresh_from_db()
    assert row.state == State.TO_CALL


def test_a_list_is_added_to_and_nobody_is_there_twice(cell: Cell, lead: Person) -> None:
    assert len(added(cell, lead)) == 2
    twice = Line("MME ROSE EGLANTIER", ROSE.phone, "ailleurs")
    assert calls.add_people(by=lead, cell=cell, people=[twice, FIRMIN], source="mairie") == 0
    with pytest.raises(ValidationError, match="d’où vient"):
        calls.add_people(by=lead, cell=cell, people=[ROSE], source=" ")
    row = FragilePerson.objects.of(cell).first()
    assert row is not None
    calls.note_call(by=lead, person=row, outcome=Outcome.REFUSED, key="r")
    calls.take_off(by=lead, person=row)
    calls.take_off(by=lead, person=row)
    assert FragilePerson.objects.of(cell).count() == 1
    assert Call.objects.in_scope(cell.scope).count() == 0


def test_what_is_lacking_is_asked_answered_and_never_undone(cell: Cell, lead: Person, caller: Person) -> None:
    said = {"what": "ventilateurs", "quantity": 12, "whom": "EHPAD"}
    made = structures.ask_supply(by=lead, cell=cell, key="k", **said)
    assert structures.ask_supply(by=lead, cell=cell, key="k", **said) == made
    with pytest.raises(ValidationError, match="autre chose"):
        structures.ask_supply(by=lead, cell=cell, key="k", **said | {"quantity": 13})
    with pytest.raises(ValidationError) as refused:
        structures.ask_supply(by=lead, cell=cell, key="l", what=" ", quantity=0, whom="")
    assert sorted(refused.value.message_dict) == ["quantity", "what", "whom"]
    with pytest.raises(PermissionDenied):
        structures.answer_supply(by=caller, request=made, state=Supply.DELIVERED)
    with pytest.raises(ValidationError, match="pourquoi"):
        structures.answer_supply(by=lead, request=made, state=Supply.REFUSED)
    for _turn in range(2):
        made = structures.answer_supply(by=lead, request=made, state=Supply.DELIVERED)
    with pytest.raises(ValidationError, match="livré"):
        structures.answer_supply(by=lead, request=made, state=Supply.PROMISED)


def test_a_report_keeps_what_was_known_and_two_make_two_in_order(
    cell: Cell, lead: Person, coordinator: Person
) -> None:
    added(cell, lead)
    first = reports.make_report(by=lead, cell=cell, words="Tout tient.", after=0)
    assert reports.make_report(by=lead, cell=cell, words="Tout tient.", after=0) == first
    with pytest.raises(ValidationError, match="n° 1"):
        reports.make_report(by=coordinator, cell=cell, words="Tout tient.", after=0)
    cells.note(by=lead, cell=cell, kind=Note.FACT, text="Après le point.", key="n")
    second = reports.make_report(by=coordinator, cell=cell, words="", after=1)
    assert [one["text"] for one in second.content["log"]] == ["Après le point."]
    assert first.content["calls"]["total"] == 2
    assert "Églantier" not in str(first.content) + str(second.content)
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert cell_now(cell).is_report_late
    with pytest.raises(ValidationError, match="entre 1 et 168"):
        cells.change_rhythm(by=lead, cell=cell, hours=0)
    cells.change_rhythm(by=lead, cell=cell, hours=14)
    cell.refresh_from_db()
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert not cell_now(cell).is_report_late


def test_a_cell_closes_when_nobody_waits_and_forgets_names_later(
    cell: Cell, lead: Person, calling: Person
) -> None:
    row, _other = added(cell, lead)
    calls.note_call(by=calling, person=row, outcome=Outcome.HELP, key="a", said="Plus d’eau.")
    structures.offer_help(
        cell=cell,
        name="Jeanne Prunelle",
        profession="infirmière",
        phone="+33639980013",
        available="ce soir",
        key="v",
    )
    with pytest.raises(ValidationError) as refused:
        reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
    assert len(refused.value.messages) == 2
    calls.note_visit(by=lead, person=row, seen=Seen.CARED_FOR, key="v", said="sa fille")
    with pytest.raises(ValidationError, match="qui continue"):
        reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
    with pytest.raises(ValidationError, match="permet le retour"):
        reports.close_cell(by=lead, cell=cell, closing=" ", handed_to="la mairie")
    with pytest.raises(PermissionDenied):
        reports.close_cell(by=calling, cell=cell, closing="Il pleut.", handed_to="la mairie")
    for _turn in range(2):
        closed = reports.close_cell(by=lead, cell=cell, closing="Il pleut.", handed_to="la mairie")
    assert not closed.is_open
    last = SituationReport.objects.of(cell).get(is_last=True)
    assert last.content["calls"]["total"] == 2
    for gesture in (
        lambda: cells.note(by=lead, cell=cell, kind=Note.FACT, text="x", key="z"),
        lambda: calls.claim_next(by=lead, cell=cell),
        lambda: structures.offer_help(cell=cell, name="A", profession="B", phone="C", available="D", key="w"),
    ):
        with pytest.raises(ValidationError, match="close"):
            gesture()
    outbox.drain()
    assert FragilePerson.objects.of(cell).count() == 2
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        outbox.drain()
    assert FragilePerson.objects.of(cell).count() == 0
    assert Volunteer.objects.of(cell).count() == 0
    assert Message.objects.filter(topic=reports.NAMES_OVER).count() == 1
    assert Entry.objects.filter(verb="crisis.names_erased").count() == 1


def test_days_of_crisis_are_those_of_the_territory_exercises_aside(lead: Person, place: Territory) -> None:
    with time_machine.travel("2026-07-14T22:30:00Z"):  # half past midnight of the 15th in France
        cell = cells.open_cell(by=lead, scope=place.scope, kind=Kind.HEAT, title="", why="Chaud.", key="a")
        cells.open_cell(
            by=lead, scope=place.scope, kind=Kind.FLOOD, title="", why="Essai.", key="b", is_exercise=True
        )
    with time_machine.travel("2026-07-17T08:00:00Z"):
        reports.close_cell(by=lead, cell=cell, closing="Il pleut.")
        cells.open_cell(by=lead, scope=place.scope, kind=Kind.CYBER, title="", why="Panne.", key="c")
    with time_machine.travel("2026-07-18T08:00:00Z"):
        found = api.crisis_days(place.scope, date(2026, 7, 1), date(2026, 7, 31))
        assert [(one.day.day, one.titles) for one in found] == [
            (15, ("Canicule",)), (16, ("Canicule",)),
            (17, ("Canicule", "Panne ou attaque informatique")), (18, ("Panne ou attaque informatique",)),
        ]  # fmt: skip
        assert [one.day.day for one in crisis_days(place.scope, date(2026, 7, 16), date(2026, 7, 16))] == [16]
        assert crisis_days(place.scope, date(2026, 6, 1), date(2026, 7, 14)) == []


def test_a_volunteer_is_expected_or_thanked(cell: Cell, lead: Person, follower: Person) -> None:
    said = {
        "name": "Jeanne Prunelle",
        "profession": "infirmière",
        "phone": "+33639980013",
        "available": "ce soir",
    }
    made = structures.offer_help(cell=cell, key="k", **said)
    assert structures.offer_help(cell=cell, key="k", **said) == made
    with pytest.raises(ValidationError, match="autre chose"):
        structures.offer_help(cell=cell, key="k", **said | {"available": "demain"})
    with pytest.raises(ValidationError, match="manque"):
        structures.offer_help(cell=cell, key="l", **said | {"name": " "})
    with pytest.raises(PermissionDenied):
        structures.answer_volunteer(by=follower, volunteer=made, state=Helper.EXPECTED)
    for _turn in range(2):
        structures.answer_volunteer(by=lead, volunteer=made, state=Helper.EXPECTED)
    assert [one.text for one in LogEntry.objects.of(cell) if "renfort" in one.text] == [
        "Un renfort de plus est attendu\u00a0: voir les volontaires."
    ]
    for place in range(119):
        structures.offer_help(cell=cell, key=f"f{place}", **said)
    with pytest.raises(structures.FloodedError):
        structures.offer_help(cell=cell, key="one too many", **said)


def test_the_level_that_a_structure_says_is_kept_and_told(cell: Cell, lead: Person, place: Territory) -> None:
    from tests.crisis.test_pages import make_home

    asked = _asked(cell, lead, make_home("EHPAD Les Tilleuls", place))
    said = {"asked": asked, "contact": "Cadre de santé", "key": "k"}
    made = structures.declare(level=Level.CRITICAL, needs="Deux ventilateurs", **said)
    assert structures.declare(level=Level.CRITICAL, needs="Deux ventilateurs", **said) == made
    with pytest.raises(ValidationError, match="autre chose"):
        structures.declare(level=Level.NORMAL, **said)
    # The key of a stranger is of their structure alone.
    other = _asked(cell, lead, make_home("EHPAD Les Charmes", place))
    structures.declare(level=Level.NORMAL, **said | {"asked": other})
    for values in ({"contact": " "}, {"beds": -1}, {"absent": 10_001}):
        with pytest.raises(ValidationError):
            structures.declare(level=Level.NORMAL, **said | {"key": "l"} | values)
    structures.declare(level=Level.NORMAL, by=lead, **said | {"key": "m"})
    texts = [one.text for one in LogEntry.objects.of(cell) if "Tilleuls" in one.text]
    assert len(texts) == 2
    assert "Il manque\u00a0: Deux ventilateurs" in texts[0]
    now = cell_now(cell)
    assert [(one.asked.structure.name, one.level) for one in now.structures] == [
        ("EHPAD Les Charmes", Level.NORMAL), ("EHPAD Les Tilleuls", Level.NORMAL),
    ]  # fmt: skip
    for turn in range(11):
        structures.declare(level=Level.NORMAL, **said | {"key": f"f{turn}"})
    with pytest.raises(structures.FloodedError):
        structures.declare(level=Level.NORMAL, **said | {"key": "one too many"})


def _asked(cell: Cell, lead: Person, home: object) -> AskedStructure:
    structures.ask_structures(by=lead, cell=cell, structures=[home])
    assert structures.ask_structures(by=lead, cell=cell, structures=[home]) == 0
    return AskedStructure.objects.of(cell).get(structure=home)
