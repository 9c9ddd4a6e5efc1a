"""Accounts and roles: given, withdrawn at once, and written in the journal."""

from datetime import date

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError

from maillage.kernel import access, actions, journal
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Entry, Person, RoleAssignment, Scope
from maillage.kernel.rules import Permission, Role
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def local_administrator(scope: Scope) -> Person:
    person = Person.objects.create_user("local@example.org")
    actions.grant_role(by=None, person=person, role=Role.ADMINISTRATOR, scope=scope)
    return person


def invite(by: Person | None, email: str = "New@Example.org ", **options: str) -> Person:
    return actions.invite_person(by=by, email=email, first_name="Ana", last_name="Sureau", **options)


def test_a_person_is_invited_by_mail_once(administrator: Person, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        person = invite(administrator, site="https://maillage.example.org")
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert "Ana Sureau" in message.body
    assert "https://maillage.example.org/compte/password/reset/key/" in message.body
    assert message.extra_headers["Message-ID"] == f"<invitation-{person.pk}@maillage>"
    assert not person.has_usable_password()
    assert Entry.objects.first().verb == "kernel.person_invited"


def test_an_address_that_is_wrong_or_taken_is_refused(administrator: Person) -> None:
    invite(administrator)
    for email in ("new@example.org", "not an address"):
        with pytest.raises(ValidationError):
            invite(administrator, email)
    assert mail.outbox == []


def test_a_nurse_manages_no_account(nurse: Person, scope: Scope) -> None:
    for act in (
        lambda: invite(nurse),
        lambda: actions.grant_role(by=nurse, person=nurse, role=Role.ADMINISTRATOR, scope=scope),
        lambda: actions.end_role(by=nurse, assignment=nurse.roles.get()),
        lambda: actions.close_account(by=nurse, person=nurse),
        lambda: actions.reopen_account(by=nurse, person=nurse),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_role_is_given_once_and_written(administrator: Person, nurse: Person, other_scope: Scope) -> None:
    given = {"by": administrator, "person": nurse, "role": Role.NURSE, "scope": other_scope}
    assignment = actions.grant_role(**given, starts_on=date(2026, 1, 1))
    assert actions.grant_role(**given) == assignment
    entry = Entry.objects.first()
    assert (entry.verb, entry.by, entry.target) == (
        "kernel.role_granted",
        administrator,
        journal.target_of(nurse),
    )
    assert entry.changes["starts_on"] == "2026-01-01"
    with pytest.raises(ValidationError, match="avant de commencer"):
        actions.grant_role(**given, starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1))


def test_a_local_administrator_gives_no_role_elsewhere(
    local_administrator: Person, nurse: Person, scope: Scope, other_scope: Scope
) -> None:
    actions.grant_role(by=local_administrator, person=nurse, role=Role.REGULATOR, scope=scope)
    for place in (other_scope, None):
        with pytest.raises(PermissionDenied):
            actions.grant_role(by=local_administrator, person=nurse, role=Role.REGULATOR, scope=place)
    with pytest.raises(PermissionDenied):
        actions.close_account(by=local_administrator, person=nurse)


def test_a_role_withdrawn_allows_nothing_at_once(administrator: Person, nurse: Person, scope: Scope) -> None:
    assignment = nurse.roles.get()
    ended = actions.end_role(by=administrator, assignment=assignment, reason="départ")
    assert not access.may(nurse, Permission.VIEW_DIAGNOSIS, scope)
    assert not ended.is_in_force
    assert Entry.objects.first().reason == "départ"
    assert actions.end_role(by=administrator, assignment=assignment) == ended
    assert Entry.objects.filter(verb="kernel.role_withdrawn").count() == 1


def test_the_last_administrator_stays(
    administrator: Person, local_administrator: Person, scope: Scope
) -> None:
    with pytest.raises(ValidationError, match="dernier rôle d’administration"):
        actions.end_role(by=administrator, assignment=administrator.roles.get())
    with pytest.raises(ValidationError, match="dernier rôle d’administration"):
        actions.close_account(by=None, person=administrator)
    actions.end_role(by=administrator, assignment=local_administrator.roles.get())
    other = Person.objects.create_user("other@example.org")
    actions.grant_role(by=administrator, person=other, role=Role.ADMINISTRATOR)
    actions.end_role(by=administrator, assignment=administrator.roles.get())
    assert not access.may_everywhere(administrator, Permission.MANAGE_ACCOUNTS)


def test_an_account_is_closed_then_reopened_never_by_its_owner(administrator: Person, nurse: Person) -> None:
    actions.close_account(by=administrator, person=nurse, reason="absence")
    nurse.refresh_from_db()
    assert not nurse.is_active
    assert Entry.objects.first().changes == {"is_active": [True, False]}
    actions.reopen_account(by=administrator, person=nurse)
    nurse.refresh_from_db()
    assert nurse.is_active
    with pytest.raises(PermissionDenied, match="son propre compte"):
        actions.reopen_account(by=administrator, person=administrator)


def test_demonstration_accounts_are_made_once_one_for_each_role(scope: Scope) -> None:
    people = actions.create_demonstration_accounts(scope=scope)
    assert actions.create_demonstration_accounts(scope=scope) == people
    assert len(people) == len(Role) == RoleAssignment.objects.count()
    assert all(person.is_demonstration and not person.has_usable_password() for person in people)
    assert people[0].get_full_name() == "Camille Bruyère"
    assert str(people[0].roles.get()) == "Camille Bruyère · coordinator"
    assert {assignment.role for assignment in RoleAssignment.objects.filter(scope=None)} == {
        "administrator",
        "dpo",
    }
    assert mail.outbox == []
    assert journal.verify().intact


def test_the_demonstration_shows_a_role_by_its_first_open_account(scope: Scope, other_scope: Scope) -> None:
    late = make_person("ada.loriot", Role.NURSE, scope)  # a real account is never shown
    assert demonstration_account(Role.NURSE) is None
    people = dict(zip(Role, actions.create_demonstration_accounts(scope=scope), strict=True))
    assert {role: demonstration_account(role) for role in Role} == people
    assert demonstration_account(Role.NURSE, scope) == people[Role.NURSE]
    assert demonstration_account(Role.NURSE, other_scope) is None
    Person.objects.filter(pk=people[Role.NURSE].pk).update(is_active=False)
    assert demonstration_account(Role.NURSE) is None
    Person.objects.filter(pk=late.pk).update(is_demonstration=True)
    assert demonstration_account(Role.NURSE) == late
