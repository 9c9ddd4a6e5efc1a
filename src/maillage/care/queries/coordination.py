"""What meetings took of those who came: how many, how long, how much of it without an amount. No name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from maillage.care.models import Attendance, Meeting
from maillage.care.rules.meetings import MeetingState
from maillage.kernel.models import Scope


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting of a scope: who came (people), for how long in all, and how much of it has no amount.

    Zeros where nobody noted who was there; `is_noted` says which. Minutes.
    """

    meeting: Meeting
    present: int
    minutes: int
    unpaid: int

    @property
    def is_noted(self) -> bool:
        """Whether the attendance was noted."""
        return self.present > 0


def held_meetings(scope: Scope, keys: Collection[int]) -> list[Held]:
    """Return those of some meetings that are of a scope and not cancelled, in order; two statements."""
    rows = Meeting.objects.in_scope(scope).filter(pk__in=keys).exclude(state=MeetingState.CANCELLED.value)
    meetings = list(rows.select_related("scope").order_by("starts_at", "pk"))
    if not meetings:
        return []
    free = Q(is_paid=False) | Q(hourly_rate=None)
    counted = (
        Attendance.objects.in_scope(scope)
        .filter(meeting__in=[one.pk for one in meetings], minutes__gt=0)
        .order_by()
        .values(of=F("meeting"))
        .annotate(present=Count("pk"), time=Sum("minutes"), free=Sum("minutes", filter=free))
    )
    found = {one["of"]: one for one in counted}
    return [
        Held(
            one,
            *((row["present"], row["time"], row["free"] or 0) if (row := found.get(one.pk)) else (0, 0, 0)),
        )
        for one in meetings
    ]
