"""Axes and objectives: written, made from a finding of the diagnosis, tied to a CLS or a PTSM."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import clock
from maillage.kernel.models import Person
from maillage.kernel.writes import made_before, same_write
from maillage.project.actions.writing import edited, edited_project, record, required
from maillage.project.computations.findings import Finding, findings
from maillage.project.models import Action, Axis, LinkedPlan, Objective, Project
from maillage.project.rules.linked import LinkedKind
from maillage.project.rules.missions import Mission


@transaction.atomic
def add_axis(*, by: Person, project: Project, title: str, key: str, said: str = "") -> Axis:
    """Add an axis at the end; the same `key` is the same one. Raises PermissionDenied, ValidationError."""
    row = edited_project(by, project)
    known = made_before(Axis, by=by, key=key)
    if known is not None:
        return same_write(
            known,
            is_same=(known.project_id, known.title, known.said) == (row.pk, title.strip(), said.strip()),
        )
    last = Axis.objects.of(row).order_by("-position").values_list("position", flat=True).first()
    made = Axis.objects.create(
        project=row, position=(last or 0) + 1, title=required(title, "title"), said=said.strip(), by=by,
        key=key,
    )  # fmt: skip
    record(by, "axis_added", made, {"title": [None, made.title]}, row.territory.scope)
    return made


@transaction.atomic
def change_axis(*, by: Person, axis: Axis, base: int, title: str, said: str) -> Axis:
    """Change an axis read as version `base`. Raises as `add_axis`, and StaleError."""
    project = edited_project(by, axis.project)
    row = Axis.objects.of(project).select_for_update(of=("self",)).get(pk=axis.pk)
    if changes := edited(row, base, {"title": required(title, "title"), "said": said.strip()}):
        record(by, "axis_changed", row, changes, project.territory.scope)
    return row


@transaction.atomic
def add_objective(
    *,
    by: Person,
    project: Project,
    mission: Mission,
    title: str,
    key: str,
    said: str = "",
    axis: Axis | None = None,
) -> Objective:
    """Add an objective that somebody wrote; the same `key` is the same one. Raises as `add_axis`."""
    row = edited_project(by, project)
    known = made_before(Objective, by=by, key=key)
    if known is not None:
        kept = (known.project_id, known.finding, known.mission, known.title, known.said, known.axis_id)
        typed = (row.pk, "", mission.value, title.strip(), said.strip(), axis.pk if axis else None)
        return same_write(known, is_same=kept == typed)
    _require_own(row, axis)
    made = Objective.objects.create(
        project=row, axis=axis, mission=mission.value, title=required(title, "title"), said=said.strip(),
        by=by, key=key,
    )  # fmt: skip
    record(by, "objective_added", made, {"title": [None, made.title]}, row.territory.scope)
    return made


@transaction.atomic
def add_objective_from_finding(
    *, by: Person, project: Project, finding: str, key: str, axis: Axis | None = None
) -> Objective:
    """Make an objective from a finding of the diagnosis: its figure is kept as it is today, with its source.

    A finding that is an objective already gives that one. Raises as `add_axis`; ValidationError where the
    diagnosis no longer finds it.
    """
    row = edited_project(by, project)
    known = made_before(Objective, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.project_id == row.pk and known.finding == finding)
    standing = Objective.objects.of(row).filter(finding=finding, withdrawn_at=None).first()
    if standing is not None and finding:
        return standing
    _require_own(row, axis)
    found = findings(row.territory)
    one = found.finding(finding)
    if one is None:
        raise ValidationError(
            _("Le diagnostic ne trouve plus ce constat : choisissez-en un dans la liste d’aujourd’hui.")
        )
    made = Objective.objects.create(
        project=row, axis=axis, mission=one.mission.value, title=one.objective[:200], said=one.said, by=by,
        key=key, finding=one.key, page=one.page, basis=found.basis,
        noted_on=clock.today(row.territory.scope), **figure_columns(one),
    )  # fmt: skip
    changes = {"title": [None, made.title], "finding": ["", one.key]}
    record(by, "objective_added", made, changes, row.territory.scope)
    return made


def figure_columns(one: Finding) -> dict[str, Any]:
    """Return what an objective keeps of the figure of a finding."""
    figure, source = one.figure, one.figure.provenance
    value = figure.value
    return {
        "figure_label": str(figure.label)[:200],
        "value": value if value is not None and value == value else None,
        "unit": str(figure.unit)[:60],
        "decimals": figure.decimals,
        "source": str(source.source)[:400],
        "vintage": str(source.vintage)[:120],
        "formula": str(source.formula)[:600],
        "note": str(source.note),
        "completeness": source.completeness,
        "is_estimate": source.estimate,
        "is_hidden": figure.suppressed,
        "rules": list(source.rules),
    }


@transaction.atomic
def change_objective(
    *,
    by: Person,
    objective: Objective,
    base: int,
    title: str,
    said: str,
    mission: Mission,
    axis: Axis | None,
) -> Objective:
    """Change what an objective says, its mission, its axis; its figure stays. Raises as `change_axis`."""
    project = edited_project(by, objective.project)
    row = Objective.objects.of(project).select_for_update(of=("self",)).get(pk=objective.pk)
    _require_own(project, axis)
    values = {
        "title": required(title, "title"), "said": said.strip(), "mission": mission.value, "axis": axis,
    }  # fmt: skip
    if changes := edited(row, base, values):
        record(by, "objective_changed", row, changes, project.territory.scope)
    return row


@transaction.atomic
def withdraw_objective(*, by: Person, objective: Objective) -> Objective:
    """Take an objective out of the project; again, nothing changes. Raises ValidationError with actions."""
    project = edited_project(by, objective.project)
    row = Objective.objects.of(project).select_for_update(of=("self",)).get(pk=objective.pk)
    if row.withdrawn_at is not None:
        return row
    if Action.objects.of(project).filter(objective=row).exists():
        raise ValidationError(_("Des actions servent cet objectif : donnez-leur d’abord un autre objectif."))
    row.withdrawn_at = timezone.now()
    row.save(update_fields=["withdrawn_at"])
    record(by, "objective_withdrawn", row, {}, project.territory.scope)
    return row


@transaction.atomic
def link_plan(
    *,
    by: Person,
    objective: Objective,
    kind: LinkedKind,
    title: str,
    theirs: str,
    key: str,
    reference: str = "",
) -> LinkedPlan:
    """Say which objective of a CLS or a PTSM this one is tied to. Raises as `add_axis`."""
    project = edited_project(by, objective.project)
    known = made_before(LinkedPlan, by=by, key=key)
    if known is not None:
        kept = (known.objective_id, known.kind, known.title, known.theirs, known.reference)
        typed = (objective.pk, kind.value, title.strip(), theirs.strip(), reference.strip())
        return same_write(known, is_same=kept == typed)
    made = LinkedPlan.objects.create(
        project=project, objective=objective, kind=kind.value, title=required(title, "title"),
        reference=reference.strip(), theirs=required(theirs, "theirs"), by=by, key=key,
    )  # fmt: skip
    record(by, "plan_linked", made, {"kind": [None, kind.value]}, project.territory.scope)
    return made


def _require_own(project: Project, axis: Axis | None) -> None:
    if axis is not None and axis.project_id != project.pk:
        raise ValidationError({"axis": _("Cet axe est d’un autre projet.")})
