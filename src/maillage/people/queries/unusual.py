"""The readings of files that stand out, for the DPO: signs to look at, never a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from maillage.kernel import access, clock
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.once import once
from maillage.kernel.rules import Permission, Role, allows
from maillage.kernel.sourced_rules import rule
from maillage.people.models import AccessLogEntry, CareLink
from maillage.people.queries.patients import LIST
from maillage.people.rules.circle import Origin
from maillage.people.rules.unusual import Limits, Reading, Sign, signs

LOOKED_BACK = timedelta(days=7)
#: Readings looked at, the latest: a page answers in a bounded time whatever the territory reads.
MOST = 5000
#: Who reads every file of a scope, and who works at night: neither is out of their way then.
_BY_ROLE = [
    role.value for role in Role if allows(role, Permission.VIEW_PATIENTS) or role in (Role.EHPAD, Role.CARER)
]


@dataclass(frozen=True, slots=True)
class Unusual:
    """A reading that stands out, and by what; the patient is a number."""

    entry: AccessLogEntry
    signs: frozenset[Sign]


def limits() -> Limits:
    """Return from when a reading stands out, by the rule `people.unusual.limits`."""
    return Limits(**rule("people.unusual.limits").value)


@once
def unusual_readings(person: Person) -> list[Unusual]:
    """Return the readings of the last days that stand out, the latest first, for the DPO; else none.

    Four statements. Lists are left out, which read many at once, and one's own file. A link of a structure
    counts for whoever reads: who worked there that day is not asked.
    """
    if not access.may_everywhere(person, Permission.VIEW_JOURNAL):
        return []
    since = timezone.now() - LOOKED_BACK
    rows = AccessLogEntry.objects.in_scope(*Scope.objects.all()).filter(at__gte=since).exclude(what=LIST)
    rows = rows.exclude(Q(patient__account__isnull=False) & Q(patient__account=F("person")))
    entries = list(rows.select_related("person", "patient__scope").order_by("-at", "-pk")[:MOST])
    if not entries:
        return []
    links = _links({one.patient_id for one in entries})
    by_role = _by_role({one.person_id for one in entries})
    found = signs((_reading(one, links, by_role) for one in entries), limits())
    return [Unusual(one, found[one.pk]) for one in entries if one.pk in found]


@dataclass(frozen=True, slots=True)
class _Link:
    holder: int | None
    since: datetime
    is_own: bool


def _links(patients: Collection[int]) -> dict[int, list[_Link]]:
    """Return the links of some patients, by patient; without a holder, that of a structure."""
    # The base manager: the DPO reads what the rule looks at, not the files.
    rows: Iterable[Any] = CareLink._base_manager.filter(patient__in=patients).values_list(
        "patient", "person", "professional__account", "structure", "starts_at", "opened_by", "origin"
    )
    found: dict[int, list[_Link]] = defaultdict(list)
    for patient, account, sheet, structure, since, opened_by, origin in rows:
        holder = account or sheet
        if holder is None and structure is None:
            continue
        # An access of emergency has a review of its own.
        is_own = holder is not None and opened_by == holder and origin != Origin.EMERGENCY.value
        found[patient].append(_Link(holder, since, is_own))
    return found


def _by_role(people: Collection[int]) -> set[int]:
    """Return who of some people reads by their role, or works at night."""
    held = RoleAssignment.objects.in_force(timezone.localdate()).filter(person__in=people, role__in=_BY_ROLE)
    return set(held.values_list("person", flat=True))


def _reading(one: AccessLogEntry, links: dict[int, list[_Link]], by_role: set[int]) -> Reading:
    local = timezone.localtime(one.at, clock.zone_of(one.patient.scope))
    last = _last(links[one.patient_id], one)
    return Reading(
        one.pk,
        one.person_id,
        one.patient_id,
        local,
        last.since if last is not None else None,
        last is not None and last.is_own,
        one.person_id in by_role,
    )


def _last(links: Iterable[_Link], one: AccessLogEntry) -> _Link | None:
    """Return the link by which a file was read: the oldest that had begun, their own first."""
    begun = [link for link in links if link.since <= one.at and link.holder in (None, one.person_id)]
    return min(begun, key=lambda link: (link.holder is None, link.since), default=None)
