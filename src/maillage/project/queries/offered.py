"""What other contexts ask of projects: the one in force, its actions, their budgets, the effects expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from maillage.kernel.models import Person, Scope
from maillage.project.models import Action, ActionMeeting, BudgetLine, Objective, Project
from maillage.project.queries.projects import action_seen_by
from maillage.project.rules.actions import Money, MoneySource, money
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import IN_FORCE, ProjectState
from maillage.territory import api as territory

__all__ = [
    "ActionBudget",
    "Effect",
    "action_seen_by",
    "actions_of",
    "actions_of_meetings",
    "budgets_of",
    "effects_of",
    "objectives_in",
    "project_in_force",
]


@dataclass(frozen=True, slots=True)
class ActionBudget:
    """The money of one action, by source and in all; amounts in €, exact."""

    action: Action
    by_source: dict[MoneySource, Money]

    @property
    def mission(self) -> Mission:
        """Its mission."""
        return self.action.of_mission

    @property
    def total(self) -> Money:
        """Every source together."""
        return sum(self.by_source.values(), Money())


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect expected of an action on an indicator (a key of the catalogue, or a name)."""

    action: Action
    indicator: str
    unit: str
    reference: Decimal | None
    target: Decimal | None
    target_on: date | None


def project_in_force(place: territory.Territory) -> Project | None:
    """Return the project of a territory: under contract if one is, else the newest that goes on; None."""
    rows = Project.objects.in_scope(place.scope).select_related("territory__scope")
    going = list(rows.exclude(state=ProjectState.ENDED.value).order_by("-starts_on", "-pk"))
    signed = [one for one in going if one.state in {each.value for each in IN_FORCE}]
    return next(iter([*signed, *going]), None)


def actions_of(person: Person, place: territory.Territory) -> list[Action]:
    """Return the actions of the projects of a territory that `person` reads, open ones first, with leads."""
    rows = Action.objects.for_person(person).filter(project__territory=place)
    found = rows.select_related(
        "project__territory__scope", "objective", "professional__account", "person"
    ).order_by("starts_on", "pk")
    return sorted(found, key=lambda one: not one.is_open)


def actions_of_meetings(scope: Scope, meetings: Iterable[int]) -> dict[int, Action]:
    """Return the action that each meeting of a scope was called for, the first one; one statement."""
    rows = ActionMeeting.objects.in_scope(scope).filter(meeting__in=list(meetings))
    found: dict[int, Action] = {}
    for one in rows.select_related("action").order_by("pk"):
        found.setdefault(one.meeting_id, one.action)
    return found


def budgets_of(project: Project) -> list[ActionBudget]:
    """Return the money of each action of a project read in scope; two statements."""
    lines: dict[int, dict[MoneySource, list[BudgetLine]]] = defaultdict(lambda: defaultdict(list))
    for one in BudgetLine.objects.of(project).order_by("pk"):
        lines[one.action_id][MoneySource(one.source)].append(one)
    actions = Action.objects.of(project).select_related("professional__account", "person")
    return [
        ActionBudget(
            action,
            {
                source: money((one.asked, one.granted, one.spent) for one in rows)
                for source, rows in lines[action.pk].items()
            },
        )
        for action in actions.order_by("starts_on", "pk")
    ]


def effects_of(project: Project) -> list[Effect]:
    """Return the effects expected of the actions of a project read in scope that name an indicator."""
    rows = Action.objects.of(project).exclude(indicator="").order_by("starts_on", "pk")
    return [
        Effect(one, one.indicator, one.indicator_unit, one.reference, one.target, one.target_on)
        for one in rows
    ]


def objectives_in(person: Person, scope: Scope) -> list[Objective]:
    """Return the objectives, of projects of a scope that go on, that `person` reads; one statement."""
    rows = Objective.objects.for_person(person).filter(project__territory__scope=scope, withdrawn_at=None)
    rows = rows.exclude(project__state=ProjectState.ENDED.value).select_related("project__territory__scope")
    return list(rows.order_by("project", "pk"))
