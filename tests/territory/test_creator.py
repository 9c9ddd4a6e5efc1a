"""Whoever creates a territory may open it, by a role of its own and no more; the journal tells."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from maillage.kernel import access, journal
from maillage.kernel.actions import open_to_creator
from maillage.kernel.rules import Permission, Role
from maillage.territory.actions import create_territory
from maillage.territory.rules.kinds import TerritoryKind
from tests.factories import make_commune, make_person, make_territory

CREATORS = [Role.COORDINATOR, Role.ANALYST]


@pytest.mark.django_db
@pytest.mark.parametrize("role", CREATORS)
def test_whoever_creates_a_territory_opens_it(client: Client, role: Role) -> None:
    elsewhere = make_territory()
    make_commune("71230")
    person = make_person("camille.bruyere", role, elsewhere.scope)
    made = create_territory(by=person, kind=TerritoryKind.CPTS, name="Val Neuf", codes=["71230"])
    assert access.may(person, Permission.VIEW_DIAGNOSIS, made.scope)
    assert access.may(person, Permission.EDIT_TERRITORY, made.scope)
    assert not access.may(person, Permission.REGULATE, made.scope)
    assert not access.may(person, Permission.MANAGE_REFERRING_DOCTOR, made.scope)
    entry = journal.Entry.objects.filter(verb="kernel.role_granted", by=person).get()
    assert "périmètre" in entry.reason
    client.force_login(person)
    assert client.get(reverse("territory:perimeter", args=[made.slug])).status_code == 200


@pytest.mark.django_db
def test_who_may_open_it_already_gets_nothing_more() -> None:
    make_commune("71230")
    person = make_person("agnes.muguet", Role.ADMINISTRATOR, None)
    made = create_territory(by=person, kind=TerritoryKind.CPTS, name="Val Neuf", codes=["71230"])
    assert not made.scope.roles.exists()


@pytest.mark.django_db
def test_nobody_lets_themselves_into_a_territory_that_has_its_people() -> None:
    theirs, mine = make_territory(), make_territory()
    make_person("bernard.chataignier", Role.BOARD, theirs.scope)
    person = make_person("camille.bruyere", Role.COORDINATOR, mine.scope)
    with pytest.raises(PermissionDenied):
        open_to_creator(by=person, scope=theirs.scope)
    with pytest.raises(PermissionDenied):
        open_to_creator(by=make_person("louis.tilleul", Role.PATIENT, None), scope=theirs.scope)
