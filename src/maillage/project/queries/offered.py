"""What other contexts ask of projects: the one in force, its actions, the effects expected of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from maillage.kernel.models import Person, Scope
from maillage.project.models import Action, ActionMeeting, Objective, Project
from maillage.project.queries.projects import action_seen_by
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import IN_FORCE, ProjectState
from maillage.territory import api as territory

__all__ = [
    "Effect",
    "action_seen_by",
    "actions_in",
    "actions_of",
    "actions_of_meetings",
    "effects_of",
    "objectives_in",
    "project_in_force",
]


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


def actions_in(scope: Scope) -> list[Action]:
    """Return the actions of the projects of a scope that go on, by mission; one statement.

    For who keeps its accounts: an invoice may come once an action is done.
    """
    rows = Action.objects.in_scope(scope).exclude(project__state=ProjectState.ENDED.value)
    found = rows.select_related("project", "objective").order_by("project", "pk")
    order = list(Mission)
    return sorted(found, key=lambda one: order.index(one.of_mission))


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
