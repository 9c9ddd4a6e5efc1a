"""Requests of a desk as rows to count: hours and places, no name, no word of what was said."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from maillage.kernel.databases import EpochSeconds
from maillage.kernel.models import Scope
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.rules.vocabulary import Outcome
from maillage.people import api as people


class CountedRequest(NamedTuple):
    """One request: its keys, where the person was, and its hours. `appointment_at`: the first hour given.

    Hours are whole seconds since 1 January 1970, universal time. `is_void`: a duplicate, a mistake, or taken
    back by who sent it: no request to count.
    """

    request: int
    person: int | None
    commune: str | None
    origin: str
    priority: str
    called_at: int
    answered_at: int | None
    decided_at: int | None
    appointment_at: int | None
    is_void: bool


#: Ends of a request that was none.
VOID = (Outcome.DUPLICATE, Outcome.MISTAKE, Outcome.WITHDRAWN)


def requests_counted(scope: Scope, start: datetime, end: datetime) -> list[CountedRequest]:
    """Return the requests called from `start` to `end` (not included) at the desk of a scope; two statements.

    Those about a patient whose use in counts is frozen are left out.
    """
    first = (
        Decision._base_manager.filter(request=OuterRef("pk"))
        .annotate(hour=Coalesce("appointment__slot__starts_at", "agreed_at"))
        .filter(hour__isnull=False)
        .order_by("pk")
        .values("hour")[:1]
    )
    called = {"called_at__gte": start, "called_at__lt": end}
    usable = Q(patient=None) | people.countable(prefix="patient__")
    rows = Request.objects.in_scope(scope).filter(usable, **called).order_by()
    hours = [EpochSeconds(one) for one in ("called_at", "answered_at", "decided_at", Subquery(first))]
    void = set(
        Closure.objects.in_scope(scope)
        .in_force()
        .filter(outcome__in=[one.value for one in VOID], **{f"request__{k}": v for k, v in called.items()})
        .values_list("request", flat=True)
    )
    read = rows.values_list("pk", "patient", "commune", "origin", "priority", *hours)
    return [CountedRequest._make((*row, row[0] in void)) for row in read]
