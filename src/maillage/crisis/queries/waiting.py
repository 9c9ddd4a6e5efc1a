"""What waits in the inbox of who works in a cell: posts held, people to go and see; keys alone."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from maillage.crisis.models import Duty, FragilePerson
from maillage.crisis.rules.calls import State
from maillage.crisis.rules.vocabulary import Post
from maillage.kernel.models import RoleAssignment
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.statements import given


def posts_to_hold() -> QuerySet[Duty]:
    """Return the posts that the reader holds in open cells, but the direction: see the first screen."""
    rows = Duty._base_manager.filter(person=given("person"), until=None, cell__closed_at=None)
    return rows.exclude(post=Post.DIRECTOR.value).filter(_holds_a_role(Permission.VIEW_CRISIS))


def visits_to_direct() -> QuerySet[FragilePerson]:
    """Return the people of open cells whom somebody has to go and see, for who manages crises there."""
    rows = FragilePerson._base_manager.filter(state=State.VISIT.value, cell__closed_at=None, visit_by="")
    return rows.filter(_holds_a_role(Permission.MANAGE_CRISIS))


def _holds_a_role(permission: Permission) -> Exists:
    roles = [role.value for role in Role if allows(role, permission)]
    held = RoleAssignment.objects.in_force(given("day")).filter(person=given("person"), role__in=roles)
    return Exists(held.filter(Q(scope=None) | Q(scope=OuterRef("cell__scope"))))
