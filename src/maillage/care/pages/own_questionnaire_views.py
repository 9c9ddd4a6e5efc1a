"""Questionnaires in one's own space: all the questions at once or one a page, without a script."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care.actions import questionnaires as actions
from maillage.care.models import Questionnaire
from maillage.care.pages.questionnaire_forms import QuestionnaireForm
from maillage.care.queries import questionnaires as queries
from maillage.kernel import formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.people import api as people


class OwnQuestionnaires(Page):
    """What is asked of the visitor, as a patient or as a carer."""

    template_name = "care/own_questionnaires.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.asked_of(self.person)
        count = sum(one.is_open for one in rows)
        said = ngettext("{count} questionnaire à remplir.", "{count} questionnaires à remplir.", count)
        return super().get_context_data(
            rows=rows, finding=said.format(count=formats.number(count)), **context
        )


class OwnQuestionnaire(Page):
    """One questionnaire that is asked of the visitor; `step` shows one question a page, the signs first."""

    template_name = "care/own_questionnaire.html"
    permission = None

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire. Raises Http404 where it is asked of somebody else; the reading is logged."""
        found = queries.own_questionnaire(self.person, self.kwargs["asked"])
        if found is None:
            raise Http404(self.kwargs["asked"])
        people.log_access(by=self.person, patients=[found.patient], what="file", purpose=queries.READING)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        scope: Scope = self.questionnaire.patient.scope
        return scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row = self.questionnaire
        step = context.pop("step", None)
        if row.is_open:
            form = context.setdefault("form", QuestionnaireForm(questionnaire=row))
            step = self._step(self.request.GET.get("step", "")) if step is None else step
            context |= self._shown(form, step)
        return super().get_context_data(
            questionnaire=row,
            vital=queries.said_vital(row) or [f"« {one} »" for one in self._alarms()],
            compared=queries.compared([row]) if row.answered_at is not None else [],
            **context,
        )

    def _alarms(self) -> list[str]:
        """Return the words that call for the 15 in what was sent and is not kept yet."""
        return people.words_of_danger(self.request.POST.get("words", ""))

    def _steps(self, form: QuestionnaireForm) -> list[list[str]]:
        """Return the fields of each page: the signs, each sentence, what is said freely."""
        return [["signs", "none"], *([f"q_{code}"] for code in form.sentences), ["words"]]

    def _step(self, text: str) -> int:
        last = len(self.questionnaire.sentences) + 2
        return min(row_key(text), last)

    def _shown(self, form: QuestionnaireForm, step: int) -> dict[str, Any]:
        """Return what the page shows at a step, and what earlier pages said, which it carries."""
        if not step:
            return {"shown": list(form), "carried": [], "step": 0, "is_last": True, "step_said": ""}
        steps = self._steps(form)
        sent = self.request.POST
        names = steps[step - 1]
        carried = [
            (name, value)
            for page in steps
            for name in page
            if name not in names
            for value in sent.getlist(name)
        ]
        said = _("Page {step} sur {count}").format(step=step, count=len(steps))
        return {
            "shown": [form[name] for name in names],
            "carried": carried,
            "step": step,
            "is_last": step == len(steps),
            "step_said": said,
        }

    def post(self, request: HttpRequest, asked: int) -> HttpResponse:
        """Go on to the next question, or keep the answers: the 15 first where a sign was said."""
        row = self.questionnaire
        here = redirect("care:own_questionnaire", asked=asked)
        form = QuestionnaireForm(request.POST, questionnaire=row)
        if not row.is_open:
            self._come_late(form)
            return here
        is_whole, step = form.is_valid(), self._step(request.POST.get("step", ""))
        if step and not request.POST.getlist("signs"):
            steps = self._steps(form)
            lacking = [name for name in steps[step - 1] if name in form.errors]
            if step == 1 and not request.POST.get("none"):
                return self._again(form, step, 422)
            if lacking:
                return self._again(form, step, 422)
            if step < len(steps):
                return self._again(
                    QuestionnaireForm(questionnaire=row, initial=request.POST.dict()), step + 1, 200
                )
        if is_whole:
            try:
                actions.answer(by=self.person, questionnaire=row, **form.given())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return here
        return self._again(form, 0, 422)

    def _come_late(self, form: QuestionnaireForm) -> None:
        """Keep what calls for the 15 of what comes once answered or taken back; say what stands."""
        row = self.questionnaire
        try:
            if form.is_valid():
                actions.answer(by=self.person, questionnaire=row, **form.given())
        except ValidationError as error:
            messages.warning(self.request, " ".join(error.messages))
            return
        if row.answered_by_id not in {None, self.person.pk}:
            said = _("{name} a déjà noté vos réponses. Si elles ont changé, dites-le à cette personne.")
            messages.warning(self.request, said.format(name=row.answered_by))

    def _again(self, form: QuestionnaireForm, step: int, status: int) -> HttpResponse:
        if step and form.is_bound:  # what other pages lack is theirs to say
            names = (
                {"__all__", *self._steps(form)[step - 1]} if step == 1 else set(self._steps(form)[step - 1])
            )
            for name in [one for one in form.errors if one not in names]:
                del form.errors[name]
        return self.render_to_response(self.get_context_data(form=form, step=step), status=status)
