"""The projects of a territory, and the page of one: its sentence, its clocks, its objectives and actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.exchange import api as exchange
from maillage.kernel import formats
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.project.actions import objectives as objective_actions
from maillage.project.actions import projects as actions
from maillage.project.actions import work
from maillage.project.actions.templates import start_from_template
from maillage.project.computations.findings import Group, findings
from maillage.project.models import STATE_LABELS, Objective, Passage, PassageFile, Step
from maillage.project.pages import presenters, words
from maillage.project.pages.base import Doing, OfProject, opened_file
from maillage.project.pages.forms import (
    AxisForm,
    MissionForm,
    ObjectiveForm,
    PassageForm,
    ProjectChangeForm,
    ProjectForm,
)
from maillage.project.pages.sign_words import sign_lines
from maillage.project.pages.text_views import template_choices
from maillage.project.queries import projects as queries
from maillage.project.queries.projects import Whole
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectKind, ProjectState, nexts


class Projects(Page):
    """The projects that one may read; whoever writes that of a territory begins one here."""

    template_name = "project/projects.html"
    permission = Permission.VIEW_PROJECT

    def _form(self, *data: Any) -> ProjectForm | None:
        places = queries.places_to_write(self.person)
        return ProjectForm(*data, places=places, templates=template_choices()) if places else None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.projects_for(self.person)
        context.setdefault("form", self._form())
        count = ngettext("{count} projet de santé.", "{count} projets de santé.", len(rows))
        return super().get_context_data(
            finding=count.format(count=formats.number(len(rows)))
            if rows
            else _("Aucun projet de santé encore."),
            projects=rows,
            opens_form=context["form"] is not None and (context["form"].is_bound or not rows),
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a project."""
        form = self._form(request.POST)
        if form is None:
            raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))
        if form.is_valid():
            said = form.cleaned_data
            try:
                with transaction.atomic():
                    made = actions.begin_project(
                        by=self.person, place=form.place, kind=ProjectKind(said["kind"]),
                        title=said["title"], starts_on=said["starts_on"], ends_on=said["ends_on"],
                        key=said["key"],
                    )  # fmt: skip
                    if said["template"]:
                        start_from_template(
                            by=self.person, project=made, name=said["template"], key=said["key"]
                        )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Projet commencé : choisissez ses objectifs dans le diagnostic."))
                return redirect("project:project", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ProjectPage(OfProject, Doing):
    """One project on one page."""

    template_name = "project/project.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        whole = queries.whole_of(self.project, self.person)
        shown = {
            "project": self.project,
            "whole": whole,
            "finding": words.finding(whole),
            "state": STATE_LABELS[self.project.stands],
            "way": presenters.way_steps(whole),
            "clocks": presenters.clock_lines(whole, self._mission_forms(whole) if self.may_edit else {}),
            "missions": presenters.missions_seen(whole),
            "money_lines": presenters.money_lines(whole),
            "total": presenters.money_line("", whole.money),
            "signs": sign_lines(whole, self.person),
            "passages": self._passages(whole),
            "opened": presenters.opened(whole, projet=self.project.pk) if whole.money.spent else "",
            "may_edit": self.may_edit,
            "width": presenters.WIDTH,
        }
        if self.may_edit:
            shown |= self._forms(whole)
        return super().get_context_data(**shown, **context)

    def _passages(self, whole: Whole) -> list[tuple[Passage, list[PassageFile]]]:
        found: dict[int, list[PassageFile]] = {}
        if whole.passages:
            for file in PassageFile.objects.of(self.project).defer("content"):
                found.setdefault(file.passage_id, []).append(file)
        return [(one, found.get(one.pk, [])) for one in whole.passages]

    def _mission_forms(self, whole: Whole) -> dict[Mission, Form]:
        return {
            one.mission: self.form(
                f"mission-{one.mission.value}",
                MissionForm,
                initial={"started_on": one.started_on, "deployed_on": one.deployed_on},
            )
            for one in whole.clocks
        }

    def _forms(self, whole: Whole) -> dict[str, Any]:
        project = self.project
        steps = nexts(project.stands, ProjectKind(project.kind))
        return {
            "passage_form": self.form("pass", PassageForm, nexts=steps) if steps else None,
            "axis_form": self.form("axis", AxisForm),
            "objective_form": self.form("objective", ObjectiveForm, axes=whole.axes),
            "change_form": self.form(
                "change",
                ProjectChangeForm,
                initial={
                    "base": project.version, "title": project.title, "starts_on": project.starts_on,
                    "ends_on": project.ends_on,
                },
            ),
            "open_forms": set(self.forms_refused),
        }  # fmt: skip

    def gestures(self) -> dict[str, Callable[[], str]]:
        done: dict[str, Callable[[], str]] = {
            "pass": self._pass,
            "axis": self._axis,
            "objective": self._objective,
            "change": self._change,
            "step": self._step,
        }
        return done | {f"mission-{one.value}": lambda one=one: self._mission(one) for one in Mission}

    def _pass(self) -> str:
        steps = nexts(self.project.stands, ProjectKind(self.project.kind))
        self.send(
            "pass",
            PassageForm,
            lambda said: actions.take_step(
                by=self.person, project=self.project, to=ProjectState(said["to"]), on=said["on"],
                key=said["key"], reference=said["reference"], reason=said["reason"],
                files=taken(said["document"]),
            ),
            nexts=steps,
        )  # fmt: skip
        return _("Étape notée.")

    def _axis(self) -> str:
        self.send(
            "axis",
            AxisForm,
            lambda said: objective_actions.add_axis(by=self.person, project=self.project, **said),
        )
        return _("Axe ajouté.")

    def _objective(self) -> str:
        whole = queries.whole_of(self.project)
        self.send(
            "objective",
            ObjectiveForm,
            lambda said: objective_actions.add_objective(
                by=self.person, project=self.project, **said | {"mission": Mission(said["mission"])}
            ),
            axes=whole.axes,
        )
        return _("Objectif ajouté : dites par quelles actions vous l’atteindrez.")

    def _change(self) -> str:
        self.send(
            "change",
            ProjectChangeForm,
            lambda said: actions.change_project(by=self.person, project=self.project, **said),
        )
        return _("Projet modifié.")

    def _mission(self, mission: Mission) -> str:
        self.send(
            f"mission-{mission.value}",
            MissionForm,
            lambda said: actions.mark_mission(by=self.person, project=self.project, mission=mission, **said),
        )
        return _("Mission notée.")

    def _step(self) -> str:
        return note_step_from(self)


class PassageDocument(OfProject, Endpoint):
    """The document of a step towards the contract, as what it is; opening it is journalled."""

    def get(self, _request: HttpRequest, pk: int, file: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        found = PassageFile.objects.of(self.project).filter(pk=file).select_related("passage").first()
        if found is None:
            raise Http404(file)
        return opened_file(self.person, self.scope, found, found.passage)


def note_step_from(page: Any) -> str:
    """Note that a step of the project of a page is done today, from its button."""
    row = (
        Step.objects.of(page.project)
        .filter(pk=row_key(page.request.POST.get("row")), withdrawn_at=None)
        .select_related("action__project__territory__scope", "professional")
        .first()
    )
    if row is None:
        raise ValidationError(_("Cette étape n’existe plus."))
    work.note_step(by=page.person, step=row, done_on=timezone.localdate())
    return _("Étape faite.")


def taken(document: Any) -> list[exchange.TakenFile]:
    """Return the document of a form, known by its content. Raises ValidationError on its field."""
    if document is None:
        return []
    try:
        return exchange.take_files([(document.name, document.size, document)])
    except ValidationError as error:
        raise ValidationError({"document": error.messages}) from error


class Findings(OfProject, Page):
    """What the diagnosis found, each an objective to make in one gesture."""

    template_name = "project/findings.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = findings(self.project.territory)
        rows = Objective.objects.of(self.project).filter(withdrawn_at=None).exclude(finding="")
        chosen = {one.finding: one for one in rows}
        groups = [
            (
                name,
                label,
                [(one, presenters.figure_said(one.figure), chosen.get(one.key), uuid4().hex) for one in own],
            )
            for name, label, own in (
                (group.value, label, [one for one in found.findings if one.group is group])
                for group, label in (
                    (Group.ZONE, _("Zones blanches")),
                    (Group.NEED, _("Besoins")),
                    (Group.FLOW, _("Flux")),
                    (Group.WORKFORCE, _("Départs à venir")),
                )
            )
            if own
        ]
        count = len(found.findings)
        said = ngettext(
            "{count} constat du diagnostic, {chosen} déjà dans le projet.",
            "{count} constats du diagnostic, dont {chosen} déjà dans le projet.",
            count,
        ).format(count=formats.number(count), chosen=formats.number(len(chosen)))
        return super().get_context_data(
            project=self.project,
            groups=groups,
            finding=said if count else _("Le diagnostic n’a encore rien à dire de ce territoire."),
            may_edit=self.may_edit,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make an objective from one finding."""
        key = request.POST.get("finding", "")[:60]
        try:
            made = objective_actions.add_objective_from_finding(
                by=self.person, project=self.project, finding=key, key=request.POST.get("key", "")[:64]
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("project:findings", pk=pk)
        messages.success(request, _("Objectif ajouté au projet, avec son chiffre et sa source."))
        return redirect("project:objective", pk=made.pk)
