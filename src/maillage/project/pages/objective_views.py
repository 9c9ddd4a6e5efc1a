"""One objective: its figure then and now, the contracts it is tied to, the actions that serve it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.rules import Permission
from maillage.project.actions import objectives as actions
from maillage.project.actions import work
from maillage.project.models import MISSION_LABELS
from maillage.project.pages import presenters, words
from maillage.project.pages.action_forms import ActionForm
from maillage.project.pages.base import Doing, OfObjective
from maillage.project.pages.forms import LinkForm, ObjectiveChangeForm
from maillage.project.queries import projects as queries
from maillage.project.rules.linked import LinkedKind
from maillage.project.rules.missions import Mission


class ObjectivePage(OfObjective, Doing):
    """What one objective aims at, from which figure, by which actions."""

    template_name = "project/objective.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.objective
        whole = queries.whole_of(self.project, self.person)
        seen = presenters.objective_seen(whole, one, presenters.today_figures(self.project, [one]))
        shown: dict[str, Any] = {
            "project": self.project,
            "objective": one,
            "seen": seen,
            "spending": whole.spending,
            "mission": MISSION_LABELS[one.of_mission],
            "figure_said": presenters.figure_said(seen.figure) if seen.figure else "",
            "may_edit": self.may_edit,
            "opens": set(self.forms_refused),
        }
        if self.may_edit:
            shown["change_form"] = self.form(
                "change",
                ObjectiveChangeForm,
                axes=whole.axes,
                initial={
                    "base": one.version,
                    "title": one.title,
                    "mission": one.mission,
                    "axis": one.axis_id,
                    "said": one.said,
                },
            )
            shown["link_form"] = self.form("link", LinkForm)
            shown["may_withdraw"] = not seen.actions
        return super().get_context_data(**shown, **context)  # fmt: skip

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {"change": self._change, "link": self._link, "withdraw": self._withdraw}

    def here(self) -> str:
        if queries.objective_seen_by(self.person, self.objective.pk) is None:
            return reverse("project:project", args=[self.project.pk])
        return self.request.path

    def _change(self) -> str:
        whole = queries.whole_of(self.project)
        self.send(
            "change",
            ObjectiveChangeForm,
            lambda said: actions.change_objective(
                by=self.person, objective=self.objective, **said | {"mission": Mission(said["mission"])}
            ),
            axes=whole.axes,
        )
        return _("Objectif modifié.")

    def _link(self) -> str:
        self.send(
            "link",
            LinkForm,
            lambda said: actions.link_plan(
                by=self.person, objective=self.objective, **said | {"kind": LinkedKind(said["kind"])}
            ),
        )
        return _("Lien noté.")

    def _withdraw(self) -> str:
        actions.withdraw_objective(by=self.person, objective=self.objective)
        return _("Objectif retiré du projet.")


class NewAction(OfObjective, Doing):
    """An action to add to an objective."""

    template_name = "project/action_form.html"
    permission = Permission.EDIT_PROJECT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        one = self.objective
        context.setdefault(
            "form",
            ActionForm(
                leads=words.leads_of(self.scope),
                initial={"mission": one.mission, "lead": f"a{self.person.pk}"},
            ),
        )
        return super().get_context_data(project=self.project, objective=one, **context)

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Add the action."""
        form = ActionForm(request.POST, leads=words.leads_of(self.scope))
        if form.is_valid():
            said = dict(form.cleaned_data)
            try:
                made = work.add_action(
                    by=self.person, objective=self.objective, lead=words.lead_of(said.pop("lead")),
                    mission=Mission(said.pop("mission")), **said,
                )  # fmt: skip
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Action ajoutée : donnez-lui ses étapes."))
                return redirect("project:action", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)
