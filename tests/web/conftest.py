"""People who open pages."""

from datetime import date

import pytest
from django.test import Client

from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role


@pytest.fixture
def coordinator(db: None) -> Person:
    """Give a coordinator of the whole installation."""
    return _person("claire.perrin@example.org", Role.COORDINATOR)


@pytest.fixture
def administrator(db: None) -> Person:
    """Give an administrator of the whole installation."""
    return _person("jean.roux@example.org", Role.ADMINISTRATOR)


def _person(email: str, role: Role) -> Person:
    first, last = (part.title() for part in email.split("@")[0].split("."))
    person = Person.objects.create_user(email, "un mot de passe long", first_name=first, last_name=last)
    RoleAssignment.objects.create(person=person, role=role, starts_on=date(2026, 1, 1))
    return person


@pytest.fixture
def visitor(client: Client, coordinator: Person) -> Client:
    """Give a browser signed in as the coordinator."""
    client.force_login(coordinator)
    return client
