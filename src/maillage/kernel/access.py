"""May this person do this, here, today?"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Permission, Role, allows


def roles_of(person: Person, *, on: date | None = None) -> list[RoleAssignment]:
    """Return the roles `person` holds on `on` (today by default), with their scopes."""
    return list(person.roles.in_force(on or timezone.localdate()).select_related("scope"))


def may(person: Person, permission: Permission, scope: Scope | None = None) -> bool:
    """Return whether a role of `person` in force today carries `permission` in `scope`.

    A role without scope holds everywhere; a permission asked without scope is given by any role.
    """
    return any(
        allows(Role(assignment.role), permission)
        and (scope is None or assignment.scope_id is None or assignment.scope_id == scope.pk)
        for assignment in roles_of(person)
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


def require(person: Person, permission: Permission, scope: Scope | None = None) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may` answers yes."""
    if not may(person, permission, scope):
        raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))


def require_everywhere(person: Person, permission: Permission) -> None:
    """Raise PermissionDenied, with a sentence to show, unless `may_everywhere` answers yes."""
    if not may_everywhere(person, permission):
        raise PermissionDenied(_("Cette action demande un rôle sur toute l’installation."))
