"""Fixtures of the transitions context: a patient and their circle, and two case managers of the DAC."""

from datetime import date

import pytest

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Means, Patient
from maillage.territory.api import Territory
from maillage.transitions.actions import complex_cases as actions
from maillage.transitions.models import ComplexCase
from maillage.transitions.rules.complex_cases import Ground
from tests.care.conftest import client_of, doctor, nurse, patient, pharmacist, place, professional
from tests.factories import make_person

__all__ = ["client_of", "doctor", "nurse", "patient", "pharmacist", "place", "professional"]


@pytest.fixture
def manager(place: Territory) -> Person:
    return make_person("nadia.verveine", Role.CASE_MANAGER, place.scope)


@pytest.fixture
def colleague(place: Territory) -> Person:
    return make_person("leila.menthe", Role.CASE_MANAGER, place.scope)


def sent(nurse: Person, patient: Patient, **values: object) -> ComplexCase:
    """Send the request of these tests, but for some `values`."""
    words = {
        "key": "k",
        "asked": "Évaluer à domicile",
        "why": "Chutes répétées",
        "grounds": [Ground.AUTONOMY],
        "consented_on": date(2026, 3, 2),
        "means": Means.PAPER,
    }
    return actions.send_case(by=nurse, patient=patient, **words | values)


@pytest.fixture
def case(nurse: Person, patient: Patient) -> ComplexCase:
    return sent(nurse, patient)
