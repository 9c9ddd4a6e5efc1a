"""Fixtures of the steering context: a territory, who analyses it, who only reads."""

import pytest

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.factories.fixtures import place

__all__ = ["place"]


@pytest.fixture
def analyst(place: Territory) -> Person:
    return make_person("thomas.sorbier", Role.ANALYST, place.scope)


@pytest.fixture
def member(place: Territory) -> Person:
    """Somebody of the board, who reads and keeps nothing."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)
