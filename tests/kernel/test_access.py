"""Who may do what, where, today."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from maillage.kernel import access, actions, wording
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission, Role

pytestmark = pytest.mark.django_db


def test_a_role_holds_in_its_scope_only(nurse: Person, scope: Scope, other_scope: Scope) -> None:
    assert access.may(nurse, Permission.VIEW_DIAGNOSIS, scope)
    assert not access.may(nurse, Permission.VIEW_DIAGNOSIS, other_scope)
    assert access.may(nurse, Permission.VIEW_DIAGNOSIS)
    assert not access.may_everywhere(nurse, Permission.VIEW_DIAGNOSIS)
    assert access.scopes_of(nurse, Permission.VIEW_DIAGNOSIS) == [scope]
    assert access.scopes_of(nurse, Permission.MANAGE_ACCOUNTS) == []


def test_a_role_without_scope_holds_everywhere(administrator: Person, scope: Scope) -> None:
    assert access.may(administrator, Permission.MANAGE_ACCOUNTS, scope)
    assert access.may_everywhere(administrator, Permission.MANAGE_ACCOUNTS)
    assert access.scopes_of(administrator, Permission.MANAGE_ACCOUNTS) is None


def test_a_role_holds_between_its_dates_both_included(scope: Scope) -> None:
    person = Person.objects.create_user("locum@example.org")
    first, last = date(2026, 3, 2), date(2026, 3, 6)
    actions.grant_role(
        by=None, person=person, role=Role.PHYSICIAN, scope=scope, starts_on=first, ends_on=last
    )
    held = {day: bool(access.roles_of(person, on=first + timedelta(days=day))) for day in range(-1, 6)}
    assert held == {-1: False, 0: True, 1: True, 2: True, 3: True, 4: True, 5: False}
    for moment, expected in (("2026-03-06T22:00Z", True), ("2026-03-06T23:30Z", False)):
        with time_machine.travel(moment, tick=False):
            assert access.may(person, Permission.VIEW_DIAGNOSIS, scope) is expected, (
                "midnight is that of Paris"
            )
            assert person.roles.get().is_in_force is expected


def test_a_refusal_says_so(nurse: Person, scope: Scope) -> None:
    access.require(nurse, Permission.VIEW_DIAGNOSIS, scope)
    with pytest.raises(PermissionDenied, match="périmètre"):
        access.require(nurse, Permission.MANAGE_ACCOUNTS, scope)
    with pytest.raises(PermissionDenied, match="toute l’installation"):
        access.require_everywhere(nurse, Permission.VIEW_DIAGNOSIS)


def test_roles_are_read_once_a_request_and_again_once_one_is_written(
    nurse: Person, scope: Scope, other_scope: Scope, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with access.reading_once():
        with django_assert_num_queries(1):
            assert access.may(nurse, Permission.VIEW_DIAGNOSIS, scope)
            assert not access.may(nurse, Permission.VIEW_DIAGNOSIS, other_scope)
        granted = actions.grant_role(by=None, person=nurse, role=Role.NURSE, scope=other_scope)
        assert access.may(nurse, Permission.VIEW_DIAGNOSIS, other_scope)
        actions.end_role(by=None, assignment=granted)
        assert not access.may(nurse, Permission.VIEW_DIAGNOSIS, other_scope)
    with django_assert_num_queries(2):
        access.roles_of(nurse)
        access.roles_of(nurse)


def test_what_was_read_for_one_request_is_not_there_for_the_next(nurse: Person, scope: Scope) -> None:
    with access.reading_once():
        access.roles_of(nurse)
        # As another process would take it away: this one hears of nothing.
        nurse.roles.update(withdrawn_at=timezone.now())
        assert access.may(nurse, Permission.VIEW_DIAGNOSIS, scope)
    with access.reading_once():
        assert not access.may(nurse, Permission.VIEW_DIAGNOSIS, scope)


def test_every_permission_and_every_role_has_its_words() -> None:
    assert set(wording.PERMISSIONS) == set(Permission)
    assert set(wording.ROLES) == set(Role)
