"""What `project` brings to the shared pages: its entry, what is late, its demonstration."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Entry,
    InboxSource,
    Processing,
    Verb,
    Waits,
    naming_nobody,
)
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.project.actions.demonstration import create_demonstration_project
from maillage.project.actions.leaving import WITHDRAWALS
from maillage.project.models import Action, Agreement, Axis, Objective, Project, Step
from maillage.project.pages.blocks import actions_followed, agreement_lines, inbox_lines, late_in_project
from maillage.project.queries.agreements import agreements_waiting
from maillage.project.queries.waiting import steps_waiting
from maillage.territory.api import Territory

#: Who may carry an action of a project.
LEADS = frozenset(role for role in Role if allows(role, Permission.VIEW_PROJECT))
#: Who writes the project and its agreements.
WRITERS = frozenset(role for role in Role if allows(role, Permission.EDIT_PROJECT))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory an invented project."""
    create_demonstration_project(place=place, now=now)


CONTRIBUTION = Contribution(
    "project",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Projet de santé"),
            "project:projects",
            "target",
            lazy("Écrire le projet depuis le diagnostic, suivre ses actions, ses délais, ses conventions."),
            Permission.VIEW_PROJECT,
            order=10,
        ),
        Entry(
            Verb.STEER,
            lazy("Conventions"),
            "project:agreements",
            "paperclip",
            lazy("Écrire ce qui engage le territoire, garder l’exemplaire signé, décider avant le préavis."),
            Permission.VIEW_PROJECT,
            order=12,
        ),
    ),
    first_screen=(
        Block("project.late", {Role.COORDINATOR: 0}, late_in_project),
        Block("project.actions", {Role.BOARD: 0}, actions_followed),
    ),
    inbox=(
        InboxSource(
            "project.steps",
            lazy("Étapes du projet de santé"),
            "target",
            LEADS,
            Waits(steps_waiting, "at", "due_at"),
            inbox_lines,
            order=60,
            confided=Confided(InboxGroup.TASKS, naming_nobody(inbox_lines)),
        ),
        InboxSource(
            "project.agreements",
            lazy("Conventions à décider"),
            "target",
            WRITERS,
            Waits(agreements_waiting, "since", "due_at"),
            agreement_lines,
            order=61,
            confided=Confided(InboxGroup.SIGNATURES, naming_nobody(agreement_lines)),
        ),
    ),
    demonstrate=demonstrate,
    named_in_journal=(Project, Axis, Objective, Action, Step, Agreement),
    withdrawals=WITHDRAWALS,
    told_of_leavers=("project.privatecheck.person",),
    processing=Processing(
        lazy("Projet de santé du territoire"),
        lazy("Écrire le projet de santé, suivre ses actions, ses dépenses et ses conventions."),
        lazy("Personnes qui pilotent une action ou une étape, ou qui écrivent le projet"),
        lazy("Coordination, conseil, analyse et professionnels du territoire"),
    ),
)
