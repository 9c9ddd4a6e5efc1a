"""The accounts by which the demonstration shows each role."""

from typing import Any

from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role


def demonstration_account(role: Role, scope: Scope | None = None) -> Person | None:
    """Return the first open account invented for a role, in `scope` where it is given; None without one."""
    held: dict[str, Any] = {"roles__role": role.value}
    if scope is not None:
        held["roles__scope"] = scope
    people = Person.objects.filter(is_demonstration=True, is_active=True, **held)
    return people.order_by("pk").first()
