"""Plans and meetings of a scope as rows to count: keys and days, no name, no word of care."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from maillage.care.models import AgendaItem, Attendance, MeetingInvitation, SharedPlan
from maillage.care.rules.meetings import MeetingState
from maillage.kernel.models import Scope
from maillage.people import api as people


class CountedInvitation(NamedTuple):
    """Somebody asked to a meeting that was held: their profession (TRE_G15, or empty), if they came."""

    invitation: int
    meeting: int
    at: datetime
    profession: str
    came: bool


def plans_counted(scope: Scope) -> list[tuple[int, datetime]]:
    """Return the countable patients who have a shared plan, and since when; one statement."""
    rows = SharedPlan.objects.in_scope(scope).filter(people.countable(prefix="patient__"))
    return list(rows.order_by().values_list("patient", "at"))


def cases_counted(scope: Scope, start: datetime, end: datetime) -> list[tuple[int, datetime]]:
    """Return the countable patients discussed at a meeting held in that time, and when; one statement."""
    rows = AgendaItem.objects.in_scope(scope).filter(
        people.countable(prefix="patient__"),
        patient__isnull=False,
        withdrawn_at=None,
        agreed_at__isnull=False,
        meeting__starts_at__gte=start,
        meeting__starts_at__lt=end,
    )
    rows = rows.exclude(meeting__state=MeetingState.CANCELLED.value)
    return list(rows.order_by().values_list("patient", "meeting__starts_at"))


def invitations_counted(scope: Scope, start: datetime, end: datetime) -> list[CountedInvitation]:
    """Return who was asked to the meetings held in that time, each by name, and who came; two statements.

    Only meetings whose presences were noted; not those asked as the staff of a structure, nor to one item.
    """
    held = {"meeting__starts_at__gte": start, "meeting__starts_at__lt": end}
    noted = Attendance.objects.in_scope(scope).filter(**held).order_by()
    came: set[tuple[int, int | None, int | None]] = set()
    meetings = set()
    for meeting, professional, person, minutes in noted.values_list(
        "meeting", "professional", "person", "minutes"
    ):
        meetings.add(meeting)
        if minutes:  # none: noted as absent
            came.add((meeting, professional, person))
    rows = MeetingInvitation.objects.in_scope(scope).filter(
        item=None, withdrawn_at=None, structure=None, **held
    )
    rows = rows.exclude(meeting__state=MeetingState.CANCELLED.value).order_by()
    read = rows.values_list(
        "pk", "meeting", "meeting__starts_at", "professional", "person", "professional__profession"
    )
    return [
        CountedInvitation(pk, meeting, at, profession or "", (meeting, professional, person) in came)
        for pk, meeting, at, professional, person, profession in read
        if meeting in meetings
    ]
