"""The front door of the health project: its actions, what they cost and aim at, who leads them."""

from maillage.project.actions.objectives import add_objective, add_objective_from_finding
from maillage.project.actions.projects import begin_project, take_step
from maillage.project.actions.work import add_action, add_money, add_step, call_meeting_for
from maillage.project.models import MISSION_LABELS, MONEY_LABELS, Action, Objective, Project
from maillage.project.queries.offered import (
    Effect,
    action_seen_by,
    actions_in,
    actions_of,
    actions_of_meetings,
    effects_of,
    objectives_in,
    project_in_force,
)
from maillage.project.queries.origins import tell_origins
from maillage.project.queries.spending import Accounts, Spending, tell_spending
from maillage.project.rules.actions import ActionState, MoneySource
from maillage.project.rules.missions import Clock, Mission
from maillage.project.rules.states import ProjectKind, ProjectState

__all__ = [
    "MISSION_LABELS",
    "MONEY_LABELS",
    "Accounts",
    "Action",
    "ActionState",
    "Clock",
    "Effect",
    "Mission",
    "MoneySource",
    "Objective",
    "Project",
    "ProjectKind",
    "ProjectState",
    "Spending",
    "action_seen_by",
    "actions_in",
    "actions_of",
    "actions_of_meetings",
    "add_action",
    "add_money",
    "add_objective",
    "add_objective_from_finding",
    "add_step",
    "begin_project",
    "call_meeting_for",
    "effects_of",
    "objectives_in",
    "project_in_force",
    "take_step",
    "tell_origins",
    "tell_spending",
]
