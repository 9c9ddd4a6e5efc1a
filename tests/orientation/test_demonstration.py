"""The demonstration's desk: a believable Saturday afternoon, made once a day."""

from datetime import date, timedelta

import pytest

from maillage.agenda.api import Appointment
from maillage.directory.api import Structure
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.factories import make_patient, make_person
from tests.orientation.conftest import NOW, Doctor


@pytest.fixture
def people(place: Territory, regulator: Person) -> None:
    for number in range(20):
        make_patient(f"Tilleul {number}", place)
    Patient.objects.in_scope(place.scope).update(is_demonstration=True, birth_date=date(2022, 5, 1))
    make_person("marthe.sorbier", Role.EHPAD, place.scope)
    Person.objects.update(is_demonstration=True)


def test_nothing_without_the_accounts(place: Territory) -> None:
    assert api.create_demonstration_desk(by=None, place=place, now=NOW) == 0


def test_a_saturday_afternoon(
    people: None, place: Territory, regulator: Person, village: Commune, make_doctor: Doctor
) -> None:
    make_doctor("Aubépine", commune=village)
    Structure.objects.create(
        id="home", kind="ehpad", name="Les Saules", commune=village, lon=4.0, lat=46.0, count=1, source="test"
    )
    asked = {"by": None, "place": place, "now": NOW}
    assert api.create_demonstration_desk(**asked) == 18
    assert api.create_demonstration_desk(**asked) == 18
    lines = api.queue(by=regulator, scope=place.scope, now=NOW)
    assert len(lines) == 12
    assert {one.request.origin for one in lines} == {one.value for one in api.Origin}
    assert len({one.request.owner for one in lines}) == 3
    assert {"new", "in_hand", "proposed", "booked", "protocol", "advice", "transferred"} == {
        one.request.state for one in lines
    }
    assert {one.urgency.value for one in lines} == {"on_time", "late", "escalated"}
    assert [one.holder.last_name for one in lines if one.holder] == ["Aubier"]
    home = next(one.request for one in lines if one.request.origin == "ehpad")
    assert (home.place, home.owner.last_name) == ("Les Saules", "Sorbier")
    figures = api.today(by=regulator, scope=place.scope, now=NOW)
    assert (figures.received, figures.decided, figures.closed, figures.decision_minutes) == (18, 10, 6, 7.0)
    assert figures.in_town == 8
    assert sorted(Appointment.objects.for_person(regulator).values_list("state", flat=True)) == []
    colleague = Person.objects.get(last_name="Aubier")
    states = Appointment.objects.for_person(colleague).values_list("state", flat=True)
    assert sorted(states) == ["booked", "held"]
    assert "non validé cliniquement" in api.sheets_for("M03.14")[0].title


def test_without_a_slot_what_would_be_booked_stays_open(
    people: None, place: Territory, regulator: Person, village: Commune
) -> None:
    Patient.objects.in_scope(place.scope).filter(birth_name="Tilleul 0").update(birth_date=None)
    assert api.create_demonstration_desk(by=None, place=place, now=NOW) == 18
    states = {one.request.state for one in api.queue(by=regulator, scope=place.scope, now=NOW)}
    assert "booked" not in states


def test_another_day_closes_the_one_before(people: None, place: Territory, regulator: Person) -> None:
    api.create_demonstration_desk(by=None, place=place, now=NOW)
    later = NOW + timedelta(days=7)
    assert api.create_demonstration_desk(by=None, place=place, now=later) == 18
    rows = api.queue(by=regulator, scope=place.scope, now=later)
    assert all(one.request.called_at > NOW for one in rows)
    assert Request.objects.in_scope(place.scope).filter(state="closed").count() == 18 + 6
