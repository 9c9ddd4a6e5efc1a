"""The signs that a project tires, from its rows: each with the rule that shows it and the rows behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from maillage.care import api as care
from maillage.kernel.sourced_rules import rule
from maillage.project.models import Step
from maillage.project.queries.projects import ActionSeen, Whole
from maillage.project.queries.spending import settled_of
from maillage.project.rules.signs import Attendance, Carried, carried_by_one, falling, is_unpaid_much

CARRIED, ATTENDANCE, UNPAID = "project.signs.carried", "project.signs.attendance", "project.signs.unpaid"


@dataclass(frozen=True, slots=True)
class TimeGiven:
    """The time noted at a meeting, in minutes, and how much of it nothing indemnifies."""

    held: care.Held
    unpaid: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What a project shows: late steps; who carries much, with their actions; meetings; unpaid minutes.

    `held` are the meetings that the attendance compares, `given` those whose time should be indemnified by
    now; `has_accounts`: whether it is, is read in the accounts of the territory.
    """

    late: tuple[Step, ...]
    carried: Carried | None
    carried_actions: tuple[ActionSeen, ...]
    attendance: Attendance | None
    held: tuple[care.Held, ...]
    given: tuple[TimeGiven, ...]
    has_accounts: bool
    is_unpaid_much: bool

    @property
    def minutes(self) -> int:
        """The time noted at the meetings of `given`."""
        return sum(one.held.minutes for one in self.given)

    @property
    def unpaid(self) -> int:
        """How much of it nothing indemnifies."""
        return sum(one.unpaid for one in self.given)

    @property
    def count(self) -> int:
        """How many signs there are."""
        return sum(
            (bool(self.late), self.carried is not None, self.attendance is not None, self.is_unpaid_much)
        )


def signs_of(whole: Whole) -> Signs:
    """Return the signs of a project; four statements for its meetings."""
    leads = [one for one in whole.open if one.action.lead_key]
    limit = rule(CARRIED).value
    carried = carried_by_one(
        (one.action.lead_key for one in leads), share=limit["share"], least=limit["least"]
    )
    keys = {meeting.meeting_id for one in whole.actions for meeting in one.meetings}
    held = tuple(care.held_meetings(whole.project.territory.scope, keys)) if keys else ()
    noted = [one for one in held if one.is_noted]
    fall = rule(ATTENDANCE).value
    compared = int(fall["meetings"])
    given, has_accounts = _given(whole, noted)
    return Signs(
        late=tuple(step for one in whole.open for step in one.late_steps),
        carried=carried,
        carried_actions=tuple(one for one in leads if carried and one.action.lead_key == carried.lead),
        attendance=falling([one.present for one in noted], meetings=compared, fall=fall["fall"]),
        held=tuple(noted[-2 * compared :]),
        given=given,
        has_accounts=has_accounts,
        is_unpaid_much=is_unpaid_much(
            sum(one.held.minutes for one in given),
            sum(one.unpaid for one in given),
            share=rule(UNPAID).value["share"],
        ),
    )


def _given(whole: Whole, noted: list[care.Held]) -> tuple[tuple[TimeGiven, ...], bool]:
    """Return the time that should be indemnified by now, and whether accounts say what is.

    Without accounts, what is noted as to be indemnified is taken for what is.
    """
    before = whole.today - timedelta(days=rule(UNPAID).value["days"])
    due = [one for one in noted if one.meeting.held_on <= before]
    keys = [each.pk for one in due for each in one.presences]
    settled = settled_of(whole.project.territory.scope, keys)
    has_accounts = settled is not None
    if settled is None:
        settled = {each.pk for one in due for each in one.presences if each.is_paid}
    found = (
        TimeGiven(one, sum(each.minutes for each in one.presences if each.pk not in settled)) for one in due
    )
    return tuple(found), has_accounts
