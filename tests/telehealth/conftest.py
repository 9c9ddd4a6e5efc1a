"""Fixtures of telehealth: a patient whom a nurse and a doctor follow, experts outside the circle, a clock."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Patient
from maillage.telehealth import api
from maillage.territory.api import Territory
from tests.factories import declare_doctor, make_patient, make_person, make_professional
from tests.factories.fixtures import doctor, place, professional

__all__ = ["doctor", "place", "professional"]

NOW = datetime(2026, 3, 16, 13, 0, tzinfo=UTC)
Ask = Callable[..., api.Question]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _expert(name: str, place: Territory, specialty: str) -> Person:
    first, last = name.split(".")
    person = make_person(name, Role.PHYSICIAN, place.scope)
    make_professional(last.title(), first.title(), person, specialty=specialty)
    return person


@pytest.fixture
def expert(place: Territory) -> Person:
    """A cardiologist of the territory, outside the circle."""
    return _expert("rose.agate", place, "SM04")


@pytest.fixture
def other(place: Territory) -> Person:
    """Another cardiologist."""
    return _expert("marc.onyx", place, "SM04")


@pytest.fixture
def nurse(place: Territory) -> Person:
    person = make_person("ines.capucine", Role.NURSE, place.scope)
    make_professional("Capucine", "Inès", person, profession="60")
    return person


@pytest.fixture
def patient(place: Territory, doctor: Person, professional: object, nurse: Person) -> Patient:
    """Louis Tilleul, with an account, whose doctor and nurse are told of one another."""
    made = make_patient(
        "Tilleul",
        place,
        account=make_person("louis.tilleul", Role.PATIENT, None),
        birth_date=date(1950, 5, 2),
    )
    declare_doctor(made, professional)
    circle.add_to_circle(
        by=doctor, patient=made, who=nurse.professional, origin=Origin.TEAM, role=Role.NURSE, is_informed=True
    )
    made.refresh_from_db()
    return made


@pytest.fixture
def ask(patient: Patient, nurse: Person, expert: Person) -> Ask:
    """The nurse asks the cardiologist, unless said otherwise."""

    def send(**values: object) -> api.Question:
        said = values.pop(
            "asked", api.Asked("Faut-il revoir la dose ?", "Pesée chaque matin.", hurry=api.Hurry.TODAY)
        )
        given = {
            "by": nurse,
            "patient": patient,
            "to": expert.professional,
            "asked": said,
            "consented_on": NOW.date(),
            "none_said": True,
            "key": "k1",
        }
        return api.send_question(**given | values)

    return send


def client_of(person: Person) -> Client:
    """A browser where `person` is signed in."""
    client = Client()
    client.force_login(person)
    return client
