"""Fixtures of the care context: a patient with a doctor, a nurse and a pharmacist in their circle."""

import pytest
from django.test import Client

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import Origin, Patient
from maillage.territory.api import Territory
from tests.factories import declare_doctor, make_patient, make_person, make_professional
from tests.factories.fixtures import coordinator, doctor, place, professional, regulator

__all__ = ["coordinator", "doctor", "place", "professional", "regulator"]


@pytest.fixture
def nurse(place: Territory) -> Person:
    person = make_person("ines.capucine", Role.NURSE, place.scope)
    make_professional("Capucine", "Inès", person, profession="60")
    return person


@pytest.fixture
def pharmacist(place: Territory) -> Person:
    person = make_person("paul.reglisse", Role.PHARMACIST, place.scope)
    make_professional("Réglisse", "Paul", person, profession="21")
    return person


@pytest.fixture
def patient(
    place: Territory, doctor: Person, professional: Professional, nurse: Person, pharmacist: Person
) -> Patient:
    """Louis Tilleul, with an account, whose doctor, nurse and pharmacist are told of one another."""
    made = make_patient("Tilleul", place, account=make_person("louis.tilleul", Role.PATIENT, None))
    declare_doctor(made, professional)
    for person, role in ((nurse, Role.NURSE), (pharmacist, Role.PHARMACIST)):
        circle.add_to_circle(
            by=doctor, patient=made, who=person.professional, origin=Origin.TEAM, role=role, is_informed=True
        )
    return made


def client_of(person: Person) -> Client:
    """A browser where `person` is signed in."""
    client = Client()
    client.force_login(person)
    return client
