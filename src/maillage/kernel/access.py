"""May this person do this, here, today?"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.statements import Statement, given

#: Roles already read, by person and day, while `reading_once`; None where each reading asks the database.
_read: ContextVar[dict[tuple[int, date], list[RoleAssignment]] | None] = ContextVar("_read", default=None)


_ROLES: Statement[RoleAssignment] = Statement(
    lambda: (
        RoleAssignment.objects.in_force(given("day")).filter(person=given("person")).select_related("scope")
    )
)


@contextmanager
def reading_once() -> Iterator[None]:
    """Read the roles of a person once until the end of the block; a role written meanwhile is read again.

    For one request: a page asks many times. Not for what lasts, where a role may be taken away meanwhile.
    """
    _read.set({})
    try:
        yield
    finally:
        _read.set(None)


@receiver([post_save, post_delete], sender=RoleAssignment)
def _forget(**_signal: Any) -> None:
    if _read.get() is not None:
        _read.set({})


def roles_of(person: Person, *, on: date | None = None) -> list[RoleAssignment]:
    """Return the roles `person` holds on `on` (today by default), with their scopes."""
    day = on or timezone.localdate()
    known = _read.get()
    if known is not None and (person.pk, day) in known:
        return list(known[person.pk, day])
    roles = _ROLES.rows(person=person.pk, day=day)
    if known is not None:
        known[person.pk, day] = roles
    return list(roles)


def remember(person: Person, day: date, roles: list[RoleAssignment]) -> None:
    """Keep the roles of somebody on a day, all of them, read with something else; while `reading_once`."""
    known = _read.get()
    if known is not None:
        known[person.pk, day] = list(roles)


def may(person: Person, permission: Permission, scope: Scope | None = None) -> bool:
    """Return whether a role of `person` in force today carries `permission` in `scope`.

    A role without scope holds everywhere; a permission asked without scope is given by any role.
    """
    return any(_carries(assignment, permission, scope) for assignment in roles_of(person))


def may_each(
    people: Collection[int], permission: Permission, scopes: Collection[Scope]
) -> set[tuple[int, int]]:
    """Return who of `people` has `permission` in which of `scopes` today, as pairs of keys; one statement.

    Each scope has its own today.
    """
    days = {scope: timezone.localdate(timezone=scope.zone) for scope in scopes}
    held = RoleAssignment.objects.filter(person__in=people, person__is_active=True, withdrawn_at=None)
    return {
        (assignment.person_id, scope.pk)
        for assignment in held
        for scope, day in days.items()
        if assignment.holds_on(day) and _carries(assignment, permission, scope)
    }


def _carries(assignment: RoleAssignment, permission: Permission, scope: Scope | None) -> bool:
    return allows(Role(assignment.role), permission) and (
        scope is None or assignment.scope_id is None or assignment.scope_id == scope.pk
    )


def may_everywhere(person: Person, permission: Permission) -> bool:
    """Return whether a role of `person` carries `permission` for the whole installation."""
    return any(
        assignment.scope_id is None and allows(Role(assignment.role), permission)
        for assignment in roles_of(person)
    )


def scopes_of(person: Person, permission: Permission) -> list[Scope] | None:
    """Return the scopes where `person` has `permission`; None where it is the whole installation."""
    assignments = [one for one in roles_of(person) if allows(Role(one.role), permission)]
    if any(one.scope is None for one in assignments):
        return None
    return [one.scope for one in assignments if one.scope is not None]


def people_with(permission: Permission, scope: Scope) -> list[Person]:
    """Return who has `permission` in `scope` today by a role held there, each once."""
    held = RoleAssignment.objects.in_force(timezone.localdate()).filter(
        scope=scope, role__in=[role.value for role in Role if allows(role, permission)]
    )
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def people_everywhere(permission: Permission) -> list[Person]:
    """Return who has `permission` for the whole installation today, each once."""
    held = RoleAssignment.objects.in_force(timezone.localdate()).filter(
        scope=None, role__in=[role.value for role in Role if allows(role, permission)]
    )
    return list(Person.objects.filter(pk__in=held.values("person"), is_active=True).order_by("pk"))


def require(person: Person, permission: Permission, scope: Scope | None = None) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may` answers yes."""
    if not may(person, permission, scope):
        raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))


def require_everywhere(person: Person, permission: Permission) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may_everywhere` answers yes."""
    if not may_everywhere(person, permission):
        raise PermissionDenied(_("Cette action demande un rôle sur toute l’installation."))
