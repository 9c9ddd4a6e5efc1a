"""A territory, its regulator, a doctor and the doctor's sheet: fixtures that several contexts ask for."""

import pytest

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional, make_territory


@pytest.fixture
def place(db: None) -> Territory:
    return make_territory()


@pytest.fixture
def regulator(place: Territory) -> Person:
    return make_person("yanis.fougere", Role.REGULATOR, place.scope)


@pytest.fixture
def coordinator(place: Territory) -> Person:
    return make_person("camille.bruyere", Role.COORDINATOR, place.scope)


@pytest.fixture
def doctor(place: Territory) -> Person:
    return make_person("helene.aubepine", Role.PHYSICIAN, place.scope)


@pytest.fixture
def professional(doctor: Person) -> Professional:
    return make_professional("Aubépine", "Hélène", account=doctor)
