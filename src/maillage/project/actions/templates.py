"""Axes and objectives to start from: drafts that a coordinator changes."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.project.actions.objectives import add_axis, add_objective
from maillage.project.models import Objective, Project
from maillage.project.rules.missions import Mission

TEMPLATES = ("cpts_rural", "cpts_urban", "health_house")


@transaction.atomic
def start_from_template(*, by: Person, project: Project, name: str, key: str) -> list[Objective]:
    """Add the axes and the objectives of a template; the same `key` adds them once.

    Raises PermissionDenied, ValidationError for a template that does not exist.
    """
    if name not in TEMPLATES:
        raise ValidationError(_("Ce modèle n’est pas connu : choisissez-en un dans la liste."))
    made = []
    for rank, one in enumerate(rule(f"project.templates.{name}").value["axes"]):
        axis = add_axis(by=by, project=project, title=one["title"], key=f"{key[:40]}-axis-{rank}")
        for place, objective in enumerate(one["objectives"]):
            made.append(
                add_objective(
                    by=by,
                    project=project,
                    mission=Mission(objective["mission"]),
                    title=objective["title"],
                    axis=axis,
                    key=f"{key[:40]}-{rank}-{place}",
                )
            )
    return made
