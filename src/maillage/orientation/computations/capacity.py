"""What may be booked from a desk now, counted in its index: no slot is read from the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.sourced_rules import rule
from maillage.orientation.computations.criteria import AUDIENCE_BIT, KIND_BIT
from maillage.orientation.computations.index import desk_index, minutes_of, moment_of
from maillage.orientation.queries.desk import day_bounds


@dataclass(frozen=True, slots=True)
class Capacity:
    """What may be booked from the desk: slots in the rule's horizon, those of today, by kind, the first."""

    total: int
    today: int
    by_kind: dict[str, int]
    first: datetime | None


def free_capacity(*, by: Person, scope: Scope, now: datetime | None = None) -> Capacity:
    """Return what `by` may book within the horizon of unscheduled care, in the agendas of the territory.

    Raises PermissionDenied.
    """
    access.require(by, Permission.REGULATE, scope)
    at = now or timezone.now()
    end = at + timedelta(hours=rule("orientation.search.horizon_hours").value)
    _first, midnight = day_bounds(scope, at)
    index = desk_index(scope, at)
    with index.lock:
        starts, kinds = index.engine.openings(
            index.local_rows, minutes_of(at) + 1, minutes_of(end) - 1, audiences=audience_bits(by, scope.pk)
        )
    names = {bit: kind for kind, bit in KIND_BIT.items()}
    counted = Counter(names[bit] for bit in kinds.tolist())
    first = moment_of(starts.min()) if starts.size else None
    return Capacity(starts.size, int((starts < minutes_of(midnight)).sum()), dict(counted), first)


def audience_bits(person: Person, scope: int) -> int:
    """Bits of the slots that a person may see from the desk of a scope."""
    roles = [one for one in access.roles_of(person) if allows(Role(one.role), Permission.BOOK_APPOINTMENT)]
    local = [Role(one.role) for one in roles if one.scope_id in {None, scope}]
    seen = agenda.audiences([Role(one.role) for one in roles], local)
    return sum(AUDIENCE_BIT[one.value] for one in seen)
