"""May this person do this, here, today?"""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone

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


def require(person: Person, permission: Permission, scope: Scope | None = None) -> None:
    """Raise PermissionDenied, with a French sentence, unless `may` answers yes."""
    if not may(person, permission, scope):
        raise PermissionDenied("Votre rôle ne permet pas cette action dans ce périmètre.")
