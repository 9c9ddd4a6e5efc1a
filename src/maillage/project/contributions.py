"""What `project` brings to the shared pages: its entry, what is late, its demonstration."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access
from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Entry,
    InboxSource,
    Onward,
    Processing,
    Verb,
    Waits,
    naming_nobody,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.project.actions.demonstration import create_demonstration_project
from maillage.project.actions.leaving import WITHDRAWALS
from maillage.project.computations.findings import Group
from maillage.project.models import Action, Agreement, Axis, Objective, Project, Step
from maillage.project.pages.blocks import actions_followed, agreement_lines, inbox_lines, late_in_project
from maillage.project.queries.agreements import agreements_waiting
from maillage.project.queries.offered import project_in_force
from maillage.project.queries.waiting import steps_waiting
from maillage.territory.api import Territory

#: Who may carry an action of a project.
LEADS = frozenset(role for role in Role if allows(role, Permission.VIEW_PROJECT))
#: Who writes the project and its agreements.
WRITERS = frozenset(role for role in Role if allows(role, Permission.EDIT_PROJECT))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory an invented project."""
    create_demonstration_project(place=place, now=now)


#: Which findings each page of the diagnosis shows.
FOUND_ON = {
    "territory:white_zones": Group.ZONE,
    "territory:access": Group.ZONE,
    "territory:needs": Group.NEED,
    "territory:portrait": Group.NEED,
    "territory:flows": Group.FLOW,
    "territory:supply": Group.WORKFORCE,
}


def onwards(person: Person, place: Territory, page: str) -> Iterator[Onward]:
    """Lead whoever writes the project of a territory from what a page found to the objective it makes."""
    group = FOUND_ON.get(page)
    if group is None or not access.may(person, Permission.EDIT_PROJECT, place.scope):
        return
    project = project_in_force(place)
    if project is None:
        yield Onward(lazy("Ouvrir un projet de santé"), reverse("project:projects"), "target")
    else:
        address = f"{reverse('project:findings', args=[project.pk])}#{group.value}"
        yield Onward(lazy("En faire un objectif"), address, "target")


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
    onwards=onwards,
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
