"""Fixtures of crisis cells: an open cell, who manages it, who calls, who only follows."""

import pytest

from maillage.crisis.actions.cells import give_duty, open_cell
from maillage.crisis.models import Cell
from maillage.crisis.rules.vocabulary import Kind, Post
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory.api import Territory
from tests.factories import make_person
from tests.factories.fixtures import coordinator, place, regulator

__all__ = ["coordinator", "place", "regulator"]


@pytest.fixture
def lead(place: Territory) -> Person:
    """Who conducts prevention, and opens cells."""
    return make_person("lina.primevere", Role.PREVENTION_LEAD, place.scope)


@pytest.fixture
def caller(place: Territory) -> Person:
    """A nurse who calls for the cell once she is given the post."""
    return make_person("ines.capucine", Role.NURSE, place.scope)


@pytest.fixture
def follower(place: Territory) -> Person:
    """Somebody of the board, who follows and does nothing."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)


@pytest.fixture
def cell(place: Territory, lead: Person) -> Cell:
    return open_cell(
        by=lead, scope=place.scope, kind=Kind.HEAT, title="Canicule", why="38 °C attendus.", key="cell"
    )


@pytest.fixture
def calling(cell: Cell, lead: Person, caller: Person) -> Person:
    """The nurse, once she calls for the cell."""
    give_duty(by=lead, cell=cell, post=Post.CALLS, person=caller)
    return caller
