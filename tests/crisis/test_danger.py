"""What presses: the 15 is said whatever becomes of the form; nobody is called reached who was not."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from maillage.crisis.actions import calls, cells, reports
from maillage.crisis.models import Call, Cell, Duty, FragilePerson, LogEntry
from maillage.crisis.queries.cells import cell_now
from maillage.crisis.rules.calls import Outcome, Seen, State, Why
from maillage.crisis.rules.lists import Line
from maillage.kernel.inboxes import waiting_of
from maillage.kernel.models import Person
from tests.care.conftest import client_of
from tests.crisis.test_pages import page

FIFTEEN = "appelez le 15 maintenant"


def people(cell: Cell, by: Person, *names: str) -> list[FragilePerson]:
    lines = [Line(name, f"+3338500010{place}", "Digoin") for place, name in enumerate(names)]
    calls.add_people(by=by, cell=cell, people=lines, source="registre de la mairie")
    return list(FragilePerson.objects.of(cell).order_by("pk"))


@pytest.mark.parametrize("why", ["too long", "already used", "unknown", "taken off"])
def test_a_sign_is_noted_and_answered_by_the_15_whatever_is_wrong_with_its_form(
    why: str, cell: Cell, lead: Person, calling: Person
) -> None:
    row, _other = people(cell, lead, "Mme Lucie Mirabelle", "M. Paul Charme")
    said: dict[str, object] = {"do": "call", "row": row.pk, "key": "a", "signs": ["breathing"], "said": ""}
    match why:
        case "too long":
            said["said"] = "x" * 501
        case "already used":
            calls.note_call(by=calling, person=row, outcome=Outcome.NO_ANSWER, key="a")
        case "unknown":
            said |= {"signs": ["a sign of an older rule"], "outcome": "nothing known"}
        case _:
            calls.take_off(by=lead, person=row)
    client = client_of(calling)
    for _click in range(2):
        answer = client.post(page("calls", cell), said)
    assert answer.status_code == (404 if why == "taken off" else 302)
    # On the page of the refusal where it has the messages, else on the next.
    shown = answer.content.decode() + client.get(page("calls", cell)).content.decode()
    assert FIFTEEN in shown
    if why != "taken off":
        row.refresh_from_db()
        assert (row.state, row.why) == (State.VISIT, Why.VITAL)
        assert Call.objects.in_scope(cell.scope).filter(outcome=Outcome.VITAL).count() == 1


@pytest.mark.parametrize("why", ["post over", "closed"])
def test_a_page_left_open_too_long_still_leads_to_the_15(
    why: str, cell: Cell, lead: Person, calling: Person
) -> None:
    (row,) = people(cell, lead, "Mme Lucie Mirabelle")
    if why == "closed":
        reports.close_cell(by=lead, cell=cell, closing="Il pleut.", handed_to="la mairie")
    else:
        cells.end_duty(by=lead, duty=Duty.objects.of(cell).get(person=calling))
    answer = client_of(calling).post(
        page("calls", cell), {"do": "call", "row": row.pk, "key": "a", "signs": ["chest"]}
    )
    assert (answer.status_code, 'href="tel:15"' in answer.content.decode()) == (403, True)


def test_what_is_refused_of_a_long_call_is_given_back_with_whom_it_is_about(
    cell: Cell, lead: Person, calling: Person
) -> None:
    row, _other = people(cell, lead, "Mme Lucie Mirabelle", "M. Paul Charme")
    client, address = client_of(calling), page("calls", cell)
    client.post(address, {"do": "next"})
    said = {"do": "call", "row": row.pk, "key": "a", "outcome": "", "said": "Plus de courses depuis lundi"}
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        shown = client.post(address, said).content.decode()
        assert "Mme Lucie Mirabelle" in shown
        assert "Plus de courses depuis lundi" in shown
        # Of somebody whom they never had on the line, no name is given so.
        other = client.post(address, said | {"row": _other.pk}).content.decode()
        assert "Charme" not in other


def test_only_who_answered_or_was_seen_counts_as_reached(cell: Cell, lead: Person, calling: Person) -> None:
    well, silent, left, seen = people(
        cell, lead, "Mme Iris Bouleau", "M. Basile Platane", "M. Aubin Sureau", "Mme Angélique Orme"
    )
    calls.note_call(by=calling, person=well, outcome=Outcome.WELL, key="a")
    calls.note_call(by=calling, person=silent, outcome=Outcome.NO_ANSWER, key="b")
    calls.note_call(by=calling, person=seen, outcome=Outcome.WRONG_NUMBER, key="c")
    calls.note_visit(by=lead, person=seen, seen=Seen.CARED_FOR, key="v", said="sa fille")
    found = cell_now(cell).calls
    assert (found.total, found.reached, found.due, found.later) == (4, 2, 1, 2)
    assert left.state == State.TO_CALL
    report = reports.make_report(by=lead, cell=cell, words="", after=0)
    assert report.content["calls"]["reached"] == 2


def test_who_is_in_danger_comes_first_and_is_asked_again_of_who_directs(
    cell: Cell, lead: Person, calling: Person
) -> None:
    first, second, third = people(cell, lead, "M. Gaston Cerisier", "Mme Hortense Glycine", "M. Silvain Houx")
    calls.note_call(by=calling, person=first, outcome=Outcome.WRONG_NUMBER, key="a")
    calls.note_call(by=calling, person=second, outcome=Outcome.HELP, key="b", said="Plus de courses.")
    calls.note_call(by=calling, person=third, outcome=Outcome.HELP, key="c", said="Plus d’eau.")
    for row in (first, second, third):
        calls.send_visitor(by=lead, person=row, who="la voisine")
    assert waiting_of(lead, "crisis.visit") == []
    calls.note_call(by=lead, person=third, outcome=Outcome.VITAL, key="d")
    third.refresh_from_db()
    assert (third.why, third.visit_by) == (Why.VITAL, "")
    assert [one.pk for one in waiting_of(lead, "crisis.visit") or []] == [third.pk]
    shown = client_of(lead).get(page("people", cell)).content.decode()
    places = [shown.index(one.name) for one in (third, second, first)]
    assert places == sorted(places)
    # Nobody knows that the 15 was called: the log does not say so.
    assert not any("15 appelé" in one.text for one in LogEntry.objects.of(cell))


def test_help_asked_for_stays_asked_by_who_wants_no_more_calls(
    cell: Cell, lead: Person, calling: Person
) -> None:
    (row,) = people(cell, lead, "M. Narcisse Buis")
    calls.note_call(by=calling, person=row, outcome=Outcome.HELP, key="a", said="Plus de courses.")
    calls.note_call(by=calling, person=row, outcome=Outcome.REFUSED, key="b")
    row.refresh_from_db()
    assert (row.state, row.why) == (State.VISIT, Why.HELP)


def test_the_answer_to_a_call_says_what_is_known(cell: Cell, lead: Person, calling: Person) -> None:
    (row,) = people(cell, lead, "Mme Violette Troène")
    said = {"do": "call", "row": row.pk, "key": "a", "outcome": "help", "said": "Plus de courses."}
    told = client_of(calling).post(page("calls", cell), said, follow=True).content.decode()
    assert "la direction de la cellule dit qui y va" in told
    assert "ira voir" not in told
