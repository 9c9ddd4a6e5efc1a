"""The short check of one's own tiredness: for oneself, kept only where one asks, read by nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.project.actions.checks import forget_checks, keep_check
from maillage.project.models import PrivateCheck
from maillage.project.rules.checks import ITEMS, Often, weighing

QUESTIONS = {
    "rested_between_days": lazy("Je récupère entre deux journées."),
    "time_for_oneself": lazy("Je garde du temps pour moi et pour les miens."),
    "sense_of_the_work": lazy("Ce que je fais a du sens pour moi."),
    "help_when_asked": lazy("Quand je demande de l’aide, j’en trouve."),
    "sleep": lazy("Je dors assez."),
    "thoughts_of_stopping": lazy("Je pense à tout arrêter."),
}
OFTEN = {
    Often.NEVER: lazy("jamais"),
    Often.SOMETIMES: lazy("parfois"),
    Often.OFTEN: lazy("souvent"),
    Often.ALWAYS: lazy("toujours"),
}


class CheckForm(forms.Form):
    """One answer a question, about the last two weeks."""

    keep = forms.BooleanField(
        label=lazy("Garder mes réponses, pour moi seul"),
        required=False,
        help_text=lazy("Vous pourrez les effacer d’un geste. Sans cela, rien n’est gardé."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for item in ITEMS:
            self.fields[item] = forms.ChoiceField(
                label=QUESTIONS[item],
                choices=[(one.value, OFTEN[one]) for one in Often],
                widget=forms.RadioSelect,
            )
        self.order_fields([*ITEMS, "keep"])


class OwnCheck(Page):
    """A few questions about oneself; the answers are said back at once, with whom to call."""

    template_name = "project/check.html"
    permission = Permission.VIEW_PROJECT

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", CheckForm())
        context.setdefault("answered", None)
        kept = PrivateCheck.objects.for_person(self.person).order_by("-on")
        resources = rule("project.check.resources")
        return super().get_context_data(
            kept=[(one.on, self._said(one.answers)) for one in kept],
            resources=resources,
            numbers=list(resources.value.items()),
            **context,
        )

    def _said(self, answers: Mapping[str, str]) -> str:
        count = len(weighing(answers))
        return ngettext(
            "{count} réponse sur {total} parle de fatigue.",
            "{count} réponses sur {total} parlent de fatigue.",
            count,
        ).format(count=formats.number(count), total=formats.number(len(ITEMS)))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Say back what was answered; keep it only where asked."""
        done: dict[str, Callable[[], HttpResponse]] = {"forget": self._forget}
        return done.get(request.POST.get("do", ""), self._answer)()

    def _forget(self) -> HttpResponse:
        forget_checks(by=self.person)
        messages.success(self.request, _("Tout est effacé."))
        return redirect("project:check")

    def _answer(self) -> HttpResponse:
        form = CheckForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        answers = {item: form.cleaned_data[item] for item in ITEMS}
        if form.cleaned_data["keep"]:
            keep_check(by=self.person, answers=answers)
        response = self.render_to_response(self.get_context_data(form=form, answered=self._said(answers)))
        response["Cache-Control"] = "no-store"
        return response
