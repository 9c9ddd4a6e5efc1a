"""Questionnaires of a patient: asked by the circle, their answers beside earlier ones, on paper."""

from __future__ import annotations

from functools import cached_property
from importlib.resources import files
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from maillage.care.actions import questionnaires as actions
from maillage.care.models import Questionnaire
from maillage.care.pages.measure_views import OfHealth
from maillage.care.pages.questionnaire_forms import AskForm, QuestionnaireForm
from maillage.care.queries import questionnaires as queries
from maillage.kernel import formats, printing
from maillage.kernel.pages.base import Endpoint, Page, back_to, pdf_response
from maillage.kernel.parameters import row_key

TEMPLATE = files("maillage.care.pages") / "questionnaire.typ"


class Questionnaires(OfHealth, Page):
    """What is asked about a patient, and what was answered; asking."""

    template_name = "care/questionnaires.html"
    purpose = queries.READING

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        rows = queries.questionnaires_of(self.person, patient)
        may_ask = self.may_write
        if may_ask:
            context.setdefault("form", AskForm(askable=queries.askable(patient)))
        waiting = sum(one.is_open for one in rows)
        said = ngettext("{count} réponse attendue.", "{count} réponses attendues.", waiting)
        return super().get_context_data(
            patient=patient,
            is_own=self.is_own,
            rows=rows,
            may_ask=may_ask,
            finding=said.format(count=formats.number(waiting)),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask."""
        patient = self.patient
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins posent un questionnaire."))
        form = AskForm(request.POST, askable=queries.askable(patient))
        if form.is_valid():
            code, _dash, carer = form.cleaned_data["what"].partition("-")
            known = {one.pk: one for one in queries.carers_of(patient)} if carer else {}
            try:
                actions.ask(
                    by=self.person,
                    patient=patient,
                    code=code,
                    key=form.cleaned_data["key"],
                    carer=known.get(row_key(carer)) if carer else None,
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Questionnaire demandé : la personne est prévenue."))
                return redirect("care:questionnaires", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OfQuestionnaire(OfHealth):
    """A questionnaire of the address, of the patient of the address, that the visitor reads."""

    purpose = queries.READING

    @cached_property
    def questionnaire(self) -> Questionnaire:
        """The questionnaire. Raises Http404."""
        patient = self.patient
        found = queries.questionnaire_seen_by(self.person, self.kwargs["asked"])
        if found is None or found.patient_id != patient.pk:
            raise Http404(self.kwargs["asked"])
        return found


class QuestionnairePage(OfQuestionnaire, Page):
    """One questionnaire: its answers beside earlier ones, or the form for who reads it out."""

    template_name = "care/questionnaire.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        row, patient = self.questionnaire, self.patient
        writes = self.may_write
        if row.is_open and writes:
            context.setdefault("form", QuestionnaireForm(questionnaire=row, asks_way=True))
        rows = queries.beside(row, queries.questionnaires_of(self.person, patient))
        return super().get_context_data(
            patient=patient,
            is_own=self.is_own,
            questionnaire=row,
            writes=writes,
            vital=queries.said_vital(row),
            columns=rows,
            compared=_by_day(rows) if row.answered_at is not None else [],
            to_read=row.by_id == self.person.pk and row.answered_at is not None and row.read_at is None,
            **context,
        )

    def post(self, request: HttpRequest, pk: int, asked: int) -> HttpResponse:
        """Keep answers read out or typed from a paper; take it back; note that it is read."""
        row, here = self.questionnaire, redirect("care:questionnaire", pk=pk, asked=asked)
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
        gesture = request.POST.get("do", "")
        try:
            if gesture == "read":
                actions.mark_read(by=self.person, questionnaire=row)
                return back_to(request, here["Location"])
            if gesture == "take_back":
                actions.take_back(by=self.person, questionnaire=row)
                messages.success(request, _("Questionnaire retiré."))
                return here
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return here
        if gesture != "answer":
            raise Http404(gesture)
        form = QuestionnaireForm(request.POST, questionnaire=row, asks_way=True)
        if row.answered_at is not None and not request.POST.getlist("signs"):
            if row.answered_by_id != self.person.pk:
                said = _("{name} a déjà répondu : ces réponses restent.").format(name=row.answered_by)
                messages.warning(request, said)
            return here
        if form.is_valid():
            try:
                actions.answer(by=self.person, questionnaire=row, **form.given())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return here
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _by_day(rows: list[Questionnaire]) -> list[tuple[str, list[tuple[Questionnaire, str]]]]:
    """Return each sentence with what was answered, each time with the questionnaire that holds it."""
    return [(label, list(zip(rows, given, strict=True))) for label, given in queries.compared(rows)]


class QuestionnairePaper(OfQuestionnaire, Endpoint):
    """The questionnaire on paper, as a PDF: to fill by hand, or to take along."""

    def get(self, request: HttpRequest, pk: int, asked: int) -> HttpResponse:  # noqa: ARG002 (of the address)
        """Answer with the paper."""
        return pdf_response(paper(self.questionnaire), "questionnaire.pdf")


def paper(row: Questionnaire) -> bytes:
    """Return the paper, always in French: the signs and the 15 first, then each sentence with its boxes."""
    with override("fr"):
        now = timezone.now()
        who = str(row.carer) if row.carer is not None else row.patient.name
        content = {
            "title": row.name,
            "who": who,
            "asks": _("Demandé par {name}, le {day}.").format(name=row.by, day=formats.date_short(row.at)),
            "danger": _("Un seul de ces signes en ce moment ? Appelez le 15 tout de suite."),
            "signs": [label for _code, label in queries.vital_signs()],
            "sentences": [label for _code, label in row.sentences],
            "choices": [label for _code, label in row.options],
            "words": _("Autre chose à dire ?"),
            "vintage": _("Imprimé le {day} depuis Maillage.").format(day=formats.date_short(now)),
        }
        return printing.pdf(TEMPLATE, content, timezone.localdate(now))
