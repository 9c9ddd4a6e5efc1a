"""The legal steps of a roster: where it stands, which day is the last, what comes next, what prevents it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from maillage.kernel import clock
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.roster.actions.rosters import OBSTACLES, change_state
from maillage.roster.models import Roster, StateChange
from maillage.roster.models.rosters import state_label
from maillage.roster.pages import presenters
from maillage.roster.pages.base import OfRoster
from maillage.roster.queries.duties import missing_posts
from maillage.roster.queries.settings import legal_days
from maillage.roster.rules.vocabulary import SectorKind
from maillage.roster.rules.workflow import State, next_steps, obstacle

PATH: tuple[tuple[State, ...], ...] = (
    (State.DRAFT,), (State.SENT,), (State.VALIDATED, State.INCOMPLETE), (State.TRANSMITTED,),
    (State.RUNNING,), (State.CLOSED,), (State.DUTY_DONE,),
)  # fmt: skip
"""The steps in the order of the law; at the third, the CDOM answers one thing or the other."""
SHARED_PATH = ((State.DRAFT,), (State.TRANSMITTED,), (State.RUNNING,), (State.CLOSED,))
"""Those of a shared on-call."""
RULES = (
    "roster.period.minimum_months", "roster.deadlines.sent_days", "roster.deadlines.transmitted_days",
    "roster.deadlines.duty_done_months",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step: `done`, `current` or `next`; its legal last day and the days from today; who took it."""

    label: str
    place: str
    last_day: date | None
    days_left: int
    taken: StateChange | None

    @property
    def days_away(self) -> int:
        """The days from today, whatever the direction."""
        return abs(self.days_left)


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that may come next; `problem` says why it cannot, `is_back` that it undoes one."""

    value: str
    label: str
    problem: str
    is_back: bool


class Steps(OfRoster, Page):
    """Every step of a roster, with the legal deadlines counted in days."""

    template_name = "roster/steps.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        roster = self.roster
        today = clock.today(roster.sector.territory.scope)
        changes = list(StateChange.objects.filter(roster=roster).select_related("by"))
        missing = missing_posts(roster)
        return super().get_context_data(
            steps=_rows(roster, changes, today),
            is_legal=not roster.sector.is_shared,
            choices=_choices(roster, today, missing) if self.manages else [],
            missing=missing,
            due=presenters.due_of(roster, today),
            changes=[(one, state_label(roster, State(one.state))) for one in reversed(changes)],
            rules=[] if roster.sector.is_shared else [rule(key, today) for key in RULES],
            **context,
        )


class Step(OfRoster, Endpoint):
    """Takes the roster to its next state."""

    permission = Permission.MANAGE_ROSTER

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        asked = request.POST.get("state", "")
        if asked not in {state.value for state in State}:
            raise Http404(asked)
        to = State(asked)
        note = request.POST.get("note", "")
        return self.done(
            lambda: change_state(by=self.person, roster=self.roster, to=to, note=note),
            _("Étape enregistrée : {state}.").format(state=state_label(self.roster, to)),
        )


def _rows(roster: Roster, changes: list[StateChange], today: date) -> list[StepRow]:
    shared = roster.sector.is_shared
    days = {} if shared else legal_days(roster.first_day, roster.last_day, today)
    path = SHARED_PATH if shared else PATH
    taken = {State(one.state): one for one in changes}
    here = next(number for number, states in enumerate(path) if roster.step in states)
    rows = []
    for number, states in enumerate(path):
        place = "done" if number < here else "current" if number == here else "next"
        shown = [state for state in states if state in taken] if place != "next" else []
        shown = [roster.step] if number == here else shown[-1:] or list(states)
        last_day = next((days[state] for state in states if state in days), None)
        rows.append(
            StepRow(
                _(" ou ").join(state_label(roster, state) for state in shown),
                place,
                last_day,
                (last_day - today).days if last_day else 0,
                taken.get(shown[0]) if place != "next" else None,
            )
        )
    return rows


def _choices(roster: Roster, today: date, missing: int) -> list[Choice]:
    found = []
    kind = SectorKind(roster.sector.kind)
    for to in next_steps(kind, roster.step):
        why = obstacle(
            roster.step, to, first=roster.first_day, last=roster.last_day, today=today, missing=missing,
            kind=kind,
        )  # fmt: skip
        problem = str(OBSTACLES[why]) if why else ""
        found.append(Choice(to.value, state_label(roster, to), problem, to is State.DRAFT))
    return found
