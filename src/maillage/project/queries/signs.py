"""The signs that a project tires, from its rows: each with the rule that shows it and the rows behind."""

from __future__ import annotations

from dataclasses import dataclass

from maillage.care import api as care
from maillage.kernel.sourced_rules import rule
from maillage.project.models import Step
from maillage.project.queries.projects import ActionSeen, Whole
from maillage.project.rules.signs import Attendance, Carried, carried_by_one, falling, is_unpaid_much

CARRIED, ATTENDANCE, UNPAID = "project.signs.carried", "project.signs.attendance", "project.signs.unpaid"


@dataclass(frozen=True, slots=True)
class Signs:
    """What a project shows: late steps; who carries much, with their actions; meetings; unpaid minutes."""

    late: tuple[Step, ...]
    carried: Carried | None
    carried_actions: tuple[ActionSeen, ...]
    attendance: Attendance | None
    held: tuple[care.Held, ...]
    minutes: int
    unpaid: int
    is_unpaid_much: bool

    @property
    def count(self) -> int:
        """How many signs there are."""
        return sum(
            (bool(self.late), self.carried is not None, self.attendance is not None, self.is_unpaid_much)
        )


def signs_of(whole: Whole) -> Signs:
    """Return the signs of a project; two statements for its meetings."""
    leads = [one for one in whole.open if one.action.lead_key]
    limit = rule(CARRIED).value
    carried = carried_by_one(
        (one.action.lead_key for one in leads), share=limit["share"], least=limit["least"]
    )
    keys = {meeting.meeting_id for one in whole.actions for meeting in one.meetings}
    held = tuple(care.held_meetings(whole.project.territory.scope, keys)) if keys else ()
    noted = [one for one in held if one.is_noted]
    fall = rule(ATTENDANCE).value
    minutes, unpaid = sum(one.minutes for one in noted), sum(one.unpaid for one in noted)
    return Signs(
        late=tuple(step for one in whole.open for step in one.late_steps),
        carried=carried,
        carried_actions=tuple(one for one in leads if carried and one.action.lead_key == carried.lead),
        attendance=falling([one.present for one in noted], meetings=fall["meetings"], fall=fall["fall"]),
        held=tuple(noted),
        minutes=minutes,
        unpaid=unpaid,
        is_unpaid_much=is_unpaid_much(minutes, unpaid, share=rule(UNPAID).value),
    )
