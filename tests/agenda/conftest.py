"""A professional with an agenda, people who may and may not see it, a clock that stands still."""

from collections.abc import Callable
from datetime import date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

import pytest
import time_machine

from maillage.agenda import api
from maillage.agenda.models import Agenda, Schedule, Slot
from maillage.directory.api import Professional
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.factories import make_patient, make_person
from tests.factories.fixtures import doctor, place, professional, regulator

__all__ = ["doctor", "place", "professional", "regulator"]
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 14, 14, 0, tzinfo=PARIS)  # a Saturday


@pytest.fixture(autouse=True)
def clock() -> time_machine.Traveller:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def nurse(place: Territory) -> Person:
    return make_person("ines.capucine", Role.NURSE, place.scope)


@pytest.fixture
def stranger(db: None) -> Person:
    """A nurse of another territory."""
    other = Scope.objects.create(kind="territory", label="Ailleurs")
    return make_person("mona.saule", Role.NURSE, other)


@pytest.fixture
def agenda(doctor: Person, professional: Professional, place: Territory) -> Agenda:
    return api.create_agenda(by=doctor, professional=professional, place=place)


@pytest.fixture
def office(doctor: Person, agenda: Agenda) -> Schedule:
    return api.add_schedule(by=doctor, agenda=agenda, name="Cabinet du Pont")


keys = (f"key-{number}" for number in count())
Open = Callable[..., list[Slot]]


@pytest.fixture
def open_slots(doctor: Person, office: Schedule) -> Open:
    """Give a function that opens an hour of the Monday to come and returns its slots."""

    def opened(visibility: api.Visibility = api.Visibility.SNP, **changes: object) -> list[Slot]:
        options: dict[str, object] = {
            "weekday": 0,
            "starts": time(9),
            "ends": time(10),
            "minutes": 20,
            "valid_from": date(2026, 3, 16),
            "valid_to": date(2026, 3, 16),
            "visibility": visibility,
            "key": next(keys),
        } | changes
        opening = api.add_opening(by=doctor, schedule=office, **options)
        return list(Slot.objects.filter(opening=opening).order_by("starts_at"))

    return opened


@pytest.fixture
def slots(open_slots: Open) -> list[Slot]:
    return open_slots()


@pytest.fixture
def patient(place: Territory) -> Patient:
    return make_patient("Tilleul", place, birth_date=date(1950, 3, 14))


@pytest.fixture
def delegate(agenda: Agenda, place: Territory) -> Person:
    """Somebody to whom the doctor confided the agenda."""
    person = make_person("lou.myrtille", Role.CASE_MANAGER, place.scope)
    RoleAssignment.objects.create(
        person=person, role=Role.CASE_MANAGER, scope=agenda.scope, starts_on=date(2026, 1, 1)
    )
    return person
