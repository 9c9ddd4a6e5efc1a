"""What becomes of the actions and steps of somebody who leaves."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access, journal
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.project.models import Action, Step
from maillage.project.rules.actions import OPEN


def _named(person: Person) -> Q:
    return Q(person=person) | Q(professional__account=person)


def _actions(person: Person) -> Any:
    # The base manager, here and below: whoever withdraws reads none of it, only how many there are.
    return Action._base_manager.filter(_named(person), state__in=[one.value for one in OPEN]).order_by("pk")


def _steps(person: Person) -> Any:
    return Step._base_manager.filter(
        _named(person), done_on=None, withdrawn_at=None, action__state__in=[one.value for one in OPEN]
    ).order_by("pk")


def count_actions(person: Person) -> int:
    """Return how many open actions somebody leads."""
    found: int = _actions(person).count()
    return found


def count_steps(person: Person) -> int:
    """Return how many steps somebody still has to do."""
    found: int = _steps(person).count()
    return found


def hand_actions_on(leaving: Leaving) -> int:
    """Give each action to who takes over where they read the project, else to nobody yet."""
    rows = _actions(leaving.person).select_related("project__territory__scope")
    return _hand_on(leaving, rows, "project.action_handed_on", lambda one: one.project)


def hand_steps_on(leaving: Leaving) -> int:
    """Give each step to who takes over where they read the project, else to who leads its action."""
    rows = _steps(leaving.person).select_related("action__project__territory__scope")
    return _hand_on(leaving, rows, "project.step_handed_on", lambda one: one.action.project)


def _hand_on(leaving: Leaving, rows: Any, verb: str, project_of: Any) -> int:
    taken = 0
    for row in rows.select_for_update(of=("self",)):
        scope = project_of(row).territory.scope
        to = leaving.successor
        if to is not None and not access.may(to, Permission.VIEW_PROJECT, scope):
            to = None
        row.person, row.professional = to, None
        row.save(update_fields=["person", "professional"])
        journal.record(
            by=leaving.by, verb=verb, target=journal.target_of(row), changes={}, reason=leaving.reason,
            scope=scope,
        )  # fmt: skip
        taken += to is not None
    return taken


WITHDRAWALS = (
    Withdrawal(
        "project.actions",
        lazy("Actions du projet de santé"),
        Fate.PASSES,
        count_actions,
        ("project.action.person", "project.action.professional"),
        hand_actions_on,
        otherwise=lazy("sans pilote, à désigner par la coordination"),
        order=60,
    ),
    Withdrawal(
        "project.steps",
        lazy("Étapes d’actions du projet de santé"),
        Fate.PASSES,
        count_steps,
        ("project.step.person", "project.step.professional"),
        hand_steps_on,
        otherwise=lazy("au pilote de leur action"),
        order=61,
    ),
)
