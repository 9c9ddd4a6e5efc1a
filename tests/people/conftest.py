"""Fixtures of the people context."""

from pathlib import Path

import pytest

from maillage.directory import api as directory
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people import api
from maillage.territory import api as territory
from tests.packs import fictional_pack

__all__ = ["fictional_pack"]


@pytest.fixture
def scope(db: None) -> Scope:
    """The scope of a territory nobody has described."""
    return Scope.objects.create(kind="territory", label="Val-de-Brume")


def holder(role: Role, scope: Scope | None) -> Person:
    """A person with one role in a scope."""
    somebody = Person.objects.create_user(f"{role.value}@exemple.fr", first_name=role.value.title())
    RoleAssignment.objects.create(person=somebody, role=role.value, scope=scope, starts_on="2020-01-01")
    return somebody


@pytest.fixture
def regulator(scope: Scope) -> Person:
    """May see and register the patients of the scope."""
    return holder(Role.REGULATOR, scope)


@pytest.fixture
def coordinator(scope: Scope) -> Person:
    """Attributes médecins traitants in the scope."""
    return holder(Role.COORDINATOR, scope)


@pytest.fixture
def physician(scope: Scope) -> Person:
    """A doctor of the scope, who sees only their own patients."""
    return holder(Role.PHYSICIAN, scope)


@pytest.fixture
def doctor(physician: Person) -> directory.Professional:
    """The sheet of the doctor, with no quota yet."""
    return directory.Professional.objects.create(
        last_name="Loriot", first_name="Ada", search_name=" ada loriot ", profession="10", specialty="SM54",
        account=physician, source="essai",
    )  # fmt: skip


@pytest.fixture
def patient(regulator: Person, scope: Scope) -> api.Patient:
    """A patient of the scope: Éloïse Frêne, born on 14 March 1940."""
    values = {
        "birth_name": "Frêne",
        "birth_first_names": "Éloïse Marie",
        "birth_date": "1940-03-14",
        "phone": "06 39 98 00 01",
    }
    made = api.register(by=regulator, scope=scope, values=values)
    return api.Patient.objects.in_scope(scope).get(pk=made.pk)


@pytest.fixture
def peopled_valley(db: None, fictional_pack: Path) -> territory.Territory:
    """The fictional territory with its invented professionals and patients."""
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[directory.structure_loader])
    place = territory.create_demonstration_territory(by=None)
    directory.create_demonstration_directory(by=None, place=place)
    api.create_demonstration_patients(by=None, place=place)
    return place
