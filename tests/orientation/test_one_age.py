"""One age for a person: the file's as it is now, on every screen and in every check of their requests."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import maillage
from maillage.agenda import api as agenda
from maillage.directory.api import Professional
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.queries.ages import age_of
from maillage.people import api as people
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_patient
from tests.orientation.conftest import FEVER, Call

COLUMN = "age_months"
#: Where the column itself is read or written, and by which name: its model and its one reader, the action
#: that keeps it, and the columns and facts of other rows that have the same name.
ITS_OWN = {
    "orientation/queries/ages.py": {"request.age_months"},
    "orientation/models/requests.py": {"'age_months'"},
    "orientation/models/safety.py": {"'age_months'"},
    "orientation/actions/requests.py": {
        "'age_months'",
        "request.age_months",
        "request.age_months =",
        "row.age_months =",
    },
    "orientation/actions/following.py": {"row.age_months ="},
    "orientation/actions/demonstration.py": {"row.age_months =", "call.age_months"},
    "orientation/queries/desk.py": {"'age_months'"},
    "orientation/queries/safety.py": {"one.age_months"},  # of a spoken check
    "orientation/rules/services.py": {"who.age_months"},  # of the facts of a person
    "orientation/pages/calls.py": {"'age_months'"},
    "orientation/pages/forms.py": {"'age_months'"},
    "orientation/pages/asking.py": {"'age_months'"},
}


def readings() -> Iterator[tuple[str, str]]:
    """Yield each module of the program that names the column, and how it does."""
    package = Path(maillage.__file__).parent
    for path in sorted(package.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = path.relative_to(package).as_posix()
            if isinstance(node, ast.Attribute) and node.attr.rpartition("__")[2] == COLUMN:
                written = " =" if isinstance(node.ctx, ast.Store) else ""
                yield name, f"{ast.unparse(node)}{written}"
            elif isinstance(node, ast.Constant) and str(node.value).rpartition("__")[2] == COLUMN:
                yield name, repr(COLUMN)


def test_no_other_module_reads_the_age_that_a_request_keeps() -> None:
    found: dict[str, set[str]] = {}
    for name, how in readings():
        found.setdefault(name, set()).add(how)
    unknown = {name: hows - ITS_OWN.get(name, set()) for name, hows in found.items()}
    assert {name: hows for name, hows in unknown.items() if hows} == {}
    assert found["orientation/queries/ages.py"] == {"request.age_months"}


@pytest.fixture
def adult(place: Territory) -> Patient:
    return make_patient("Charme", place, birth_date=date(1991, 8, 2), sex="male")


def corrected(by: Person, patient: Patient, **values: object) -> None:
    people.change_patient(by=by, patient=patient, values=values)
    outbox.drain()


def now(request: Request) -> Request:
    return Request.objects.keyed(request.pk).get()


def test_a_birth_date_corrected_makes_an_open_request_vital_and_gives_its_seat_back(
    call: Call, regulator: Person, adult: Patient, doctor: Professional, client: Client
) -> None:
    request = call(patient=adult)
    search = api.propose(by=regulator, request=request, criteria=api.Criteria())
    best = Proposal.objects.of_request(request).filter(search=search).exclude(slot=None)[0]
    api.hold_and_book(by=regulator, proposal=best, key="b")
    seat = Decision.objects.of_request(request).get().appointment
    assert seat is not None
    corrected(regulator, adult, birth_date=date(2026, 2, 1))
    row = now(request)
    assert (row.state, row.priority, row.has_red_flag, age_of(row)) == ("in_hand", "P0", True, 1)
    seat.refresh_from_db()
    assert seat.state == agenda.State.CANCELLED.value
    entry = journal.Entry.objects.get(verb="orientation.person_corrected")
    assert (entry.by, entry.changes) == (None, {"fields": ["has_red_flag", "priority", "state"]})
    client.force_login(regulator)
    for address in (reverse("orientation:desk"), reverse("orientation:request", args=[row.pk])):
        text = client.get(address).content.decode()
        assert "1\xa0mois" in text or "1 mois" in text
        assert "34\xa0ans" not in text
        assert "34 ans" not in text


def test_a_seat_held_is_free_again(
    call: Call, regulator: Person, adult: Patient, doctor: Professional
) -> None:
    request = call(patient=adult)
    api.propose(by=regulator, request=request)
    best = Proposal.objects.of_request(request).exclude(slot=None)[0]
    held = api.hold(by=regulator, proposal=best, key="h")
    assert held is not None
    corrected(regulator, adult, birth_date=date(2026, 2, 1))
    taken = agenda.Appointment.objects.filter(slot=best.slot, state=agenda.State.HELD.value)._scoped()
    assert not taken.exists()
    assert now(request).state == "in_hand"


def test_the_questions_that_the_sex_answered_are_asked_again(
    call: Call, regulator: Person, place: Territory
) -> None:
    woman = make_patient("Saule", place, birth_date=date(1996, 8, 2), sex="male")
    api.create_example_sheets(by=None)
    request = call(patient=woman, motive="M03.20", checked=False)
    known = api.clearance(request).known
    corrected(regulator, woman, sex="female")
    assert api.clearance(now(request)).known < known
    assert journal.Entry.objects.filter(verb="orientation.person_corrected").count() == 1


def test_without_a_birth_date_the_age_is_asked_again(call: Call, regulator: Person, place: Territory) -> None:
    infant = make_patient("Charme", place, birth_date=date(2026, 2, 3))
    request = call(patient=infant, checked=False)
    corrected(regulator, infant, birth_date=None)
    row = now(request)
    assert age_of(row) is None
    # What was due to the 15 stays so until somebody says otherwise.
    assert (row.priority, api.clearance(row).obstacle) == ("P0", api.Obstacle.URGENT)


def test_only_the_open_requests_of_that_person_are_read_again(
    call: Call, regulator: Person, adult: Patient, patient: Patient
) -> None:
    closed, other = call(patient=adult), call(patient=patient)
    api.close(by=regulator, request=closed, outcome=api.Outcome.MISTAKE)
    corrected(regulator, adult, birth_date=date(2026, 2, 1))
    assert (now(closed).has_red_flag, now(other).has_red_flag) == (False, False)
    corrected(regulator, adult, phone="+33639980009")
    assert not journal.Entry.objects.filter(verb="orientation.person_corrected").exists()


def test_a_file_read_before_its_correction_is_read_again_under_the_lock(
    call: Call, regulator: Person, adult: Patient
) -> None:
    request = call(patient=adult, checked=False)
    assert request.patient is not None
    assert request.patient.birth_date == date(1991, 8, 2)
    twin = Patient.objects.for_person(regulator).get(pk=adult.pk)
    corrected(regulator, twin, birth_date=date(2026, 2, 1))
    row = api.describe(by=regulator, request=request, values={"place": "Au fond de la cour"})
    assert row.has_red_flag
    assert row.motive == FEVER
