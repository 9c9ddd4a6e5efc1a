"""Fixtures of the project context: a territory with data, who writes its project, who only reads it."""

import datetime as dt
from pathlib import Path

import pytest

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.project.actions.projects import begin_project
from maillage.project.models import Objective, Project
from maillage.project.rules.states import ProjectKind
from maillage.territory import api as territory
from tests.factories import make_person
from tests.factories.fixtures import coordinator, doctor, place, professional
from tests.packs import fictional_pack

__all__ = ["coordinator", "doctor", "fictional_pack", "place", "professional"]

STARTS, ENDS = dt.date(2026, 1, 1), dt.date(2030, 12, 31)


@pytest.fixture
def member(place: territory.Territory) -> Person:
    """Somebody of the board, who reads and writes nothing."""
    return make_person("bernard.chataignier", Role.BOARD, place.scope)


@pytest.fixture
def project(coordinator: Person, place: territory.Territory) -> Project:
    return begin_project(
        by=coordinator, place=place, kind=ProjectKind.CPTS, title="Projet du Val", starts_on=STARTS,
        ends_on=ENDS, key="project",
    )  # fmt: skip


@pytest.fixture
def objective(coordinator: Person, project: Project) -> Objective:
    from maillage.project.actions.objectives import add_objective
    from maillage.project.rules.missions import Mission

    return add_objective(
        by=coordinator, project=project, mission=Mission.ACCESS, title="Un médecin pour chacun", key="o"
    )


@pytest.fixture
def diagnosed(db: None, fictional_pack: Path) -> territory.Territory:
    """The fictional territory, whose communes have data."""
    territory.import_pack(by=None, folder=fictional_pack)
    return territory.create_demonstration_territory(by=None)
