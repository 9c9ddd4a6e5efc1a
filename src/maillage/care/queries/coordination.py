"""What meetings took of those who came: how many, how long, what of it is to be indemnified. No name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from maillage.care.models import Attendance, Meeting
from maillage.care.rules.meetings import MeetingState
from maillage.kernel.models import Scope


@dataclass(frozen=True, slots=True)
class TimeAtMeeting:
    """The time of somebody at a meeting, in minutes: the key of its row, whether it is to be indemnified."""

    pk: int
    minutes: int
    is_paid: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting of a scope: the presences noted there, each with its time.

    None where nobody noted who was there; `is_noted` says which.
    """

    meeting: Meeting
    presences: tuple[TimeAtMeeting, ...]

    @property
    def present(self) -> int:
        """How many came."""
        return len(self.presences)

    @property
    def minutes(self) -> int:
        """How long they stayed, all together."""
        return sum(one.minutes for one in self.presences)

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
    found: dict[int, list[TimeAtMeeting]] = {one.pk: [] for one in meetings}
    counted = Attendance.objects.in_scope(scope).filter(meeting__in=list(found), minutes__gt=0)
    columns = ("meeting", "pk", "minutes", "is_paid")
    for meeting, pk, minutes, is_paid in counted.order_by("pk").values_list(*columns):
        found[meeting].append(TimeAtMeeting(pk, minutes, is_paid))
    return [Held(one, tuple(found[one.pk])) for one in meetings]
