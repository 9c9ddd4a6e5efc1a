"""Agreements that a person may read, their parties, those that wait for a decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import DateTimeField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.statements import given
from maillage.project.models import Agreement, AgreementParty

_WRITERS = [role.value for role in Role if allows(role, Permission.EDIT_PROJECT)]


def agreements_for(person: Person) -> list[Agreement]:
    """Return the agreements that `person` may read, the next to end first."""
    rows = Agreement.objects.for_person(person).select_related("territory__scope", "by")
    return list(rows.order_by("ended_on", "ends_on", "pk")[:200])


def agreement_seen_by(person: Person, pk: int) -> Agreement | None:
    """Return one agreement, None for one of another territory."""
    return Agreement.objects.for_person(person).filter(pk=pk).select_related("territory__scope", "by").first()


def parties_of(agreements: Sequence[Agreement]) -> dict[int, list[AgreementParty]]:
    """Return the parties of some agreements read in scope, by agreement; one statement."""
    found: dict[int, list[AgreementParty]] = defaultdict(list)
    for one in AgreementParty.objects.of(*agreements).select_related("structure").order_by("pk"):
        found[one.agreement_id].append(one)
    return dict(found)


def agreements_waiting() -> QuerySet[Agreement]:
    """Return the agreements that the reader has to decide on, for a statement."""
    writes = RoleAssignment.objects.in_force(given("day")).filter(
        person=given("person"), role__in=_WRITERS, scope=OuterRef("territory__scope")
    )
    # The base manager, for keys alone: they are read in scope before they are drawn.
    rows = Agreement._base_manager.filter(
        Exists(writes), ended_on=None, signed_on__isnull=False, remind_on__lte=given("day")
    )
    return rows.annotate(due_at=Cast("ends_on", DateTimeField()), since=Cast("remind_on", DateTimeField()))


def agreements_drawn(person: Person, keys: Sequence[int]) -> list[Agreement]:
    """Return the agreements of some keys that still wait for a decision."""
    rows = Agreement.objects.for_person(person).filter(
        pk__in=list(keys), ended_on=None, remind_on__lte=timezone.localdate()
    )
    return list(rows.select_related("territory__scope").order_by("ends_on", "pk"))
