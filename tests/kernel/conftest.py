"""People and places that the kernel's tests share."""

import pytest
from django.test import Client

from maillage.kernel import actions
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role


@pytest.fixture
def scope(db: None) -> Scope:
    return Scope.objects.create(kind="territory", label="Charolais")


@pytest.fixture
def other_scope(db: None) -> Scope:
    return Scope.objects.create(kind="territory", label="Brionnais")


@pytest.fixture
def nurse(scope: Scope) -> Person:
    person = Person.objects.create_user("nurse@example.org", "correct horse battery", first_name="Inès")
    actions.grant_role(by=None, person=person, role=Role.NURSE, scope=scope)
    return person


@pytest.fixture
def administrator(db: None) -> Person:
    person = Person.objects.create_user("admin@example.org", "correct horse battery", first_name="Agnès")
    actions.grant_role(by=None, person=person, role=Role.ADMINISTRATOR)
    return person


@pytest.fixture
def as_administrator(administrator: Person) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def as_nurse(nurse: Person) -> Client:
    client = Client()
    client.force_login(nurse)
    return client
