"""Asking an expert, the list of advices, one question with its gestures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, back_to, sent_file_response
from maillage.kernel.pages.gestures import Gestures
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.telehealth import api
from maillage.telehealth.computations.shared import extracts
from maillage.telehealth.models import Question
from maillage.telehealth.models.questions import offered_to
from maillage.telehealth.pages import question_presenters as presenters
from maillage.telehealth.pages.question_forms import AdviceForm, PrecisionForm, QuestionForm, WordsForm
from maillage.telehealth.queries import questions as queries
from maillage.telehealth.rules.questions import State

ASKING = "demande d’avis à un expert"


class Questions(Page):
    """What waits for the visitor, what they asked, the trace of what they answered."""

    template_name = "telehealth/questions.html"
    permission = Permission.SEND_REQUEST

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        person = self.person
        to_answer = queries.read_rows(person, queries.to_answer_by(person))
        offered = queries.read_rows(person, offered_to(person))
        asked = queries.asked_by(person)
        scopes = access.scopes_of(person, Permission.SEND_REQUEST) or []
        return super().get_context_data(
            finding=presenters.finding(to_answer, offered, asked),
            to_answer=[presenters.row(one) for one in to_answer],
            offered=[presenters.row(one, names_patient=False) for one in offered],
            asked=[presenters.row(one) for one in asked],
            given=queries.given_by(person),
            delays=[(scope, presenters.delays_said(queries.delays_in(scope))) for scope in scopes],
            **context,
        )


class NewQuestion(Page):
    """Asks an expert about a patient: the vital signs first, and no question where one is there."""

    template_name = "telehealth/question_form.html"
    permission = Permission.SEND_REQUEST

    @cached_property
    def patient(self) -> people.Patient:
        """The patient, whose health the visitor writes; logged. Raises Http404."""
        try:
            read = people.patient_part(
                by=self.person, pk=self.kwargs["pk"], part=people.Part.HEALTH, purpose=ASKING
            )
        except people.Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        if not care.may_write(read.decision):
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins demandent un avis."))
        return read.patient

    @cached_property
    def again(self) -> Question | None:
        """The question that came back and is asked anew (`?de=`), of this patient."""
        pk = row_key(self.request.GET.get("de", ""))
        rows = Question.objects.of_patient(self.patient)
        return rows.filter(pk=pk).first() if pk is not None else None

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if "form" not in context:
            context["form"] = self._form(None)
        return super().get_context_data(
            patient=self.patient,
            again=self.again,
            minutes=rule("telehealth.questions.writing_minutes").value["question"],
            has_nobody=not self._doors,
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Send it and show it; the 15 where a sign is there, 422 where something is missing."""
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        data = form.cleaned_data
        if data["signs"]:
            return self.render_to_response(self.get_context_data(form=form, is_vital=True), status=422)
        try:
            made = api.send_question(
                by=self.person,
                patient=self.patient,
                to=presenters.door(data["to"]),
                asked=api.Asked(
                    data["text"],
                    data["tried"],
                    data["context"],
                    [api.Shared(one) for one in data.get("shared", [])],
                    api.Hurry(data["hurry"]),
                ),
                consented_on=data["consented_on"],
                none_said=data["none_said"],
                key=data["key"],
                files=data["shown"],
                carried_from=self.again if data.get("carried") else None,
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(request, _("Demande envoyée. Le retour arrivera dans ce qui vous attend."))
        return redirect("telehealth:question", pk=made.pk)

    @cached_property
    def _doors(self) -> presenters.Groups:
        return presenters.doors(self.patient.scope, self.person)

    def _form(self, data: Any) -> QuestionForm:
        initial = {}
        if self.again is not None:
            one = self.again
            initial = {"text": one.text, "tried": one.tried, "context": one.context, "hurry": one.hurry}
        return QuestionForm(
            data,
            self.request.FILES if data is not None else None,
            to=self._doors,
            extracts=extracts(self.patient),
            has_earlier_files=self.again is not None and queries.has_own_files(self.again),
            initial=initial,
        )


class OfQuestion(PermissionMixin):
    """One question of the address, as the visitor may read it. Raises Http404 elsewhere."""

    permission = None

    @cached_property
    def seen(self) -> queries.Seen:
        """The question as the visitor reads it; logged."""
        found = queries.seen_by(self.person, self.kwargs["pk"], self.purpose)
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    purpose = queries.READING

    def get_clock(self) -> Scope | None:
        """Return the scope of the question."""
        return self.seen.question.scope


class QuestionPage(OfQuestion, Gestures, Page):
    """One question, as its reader may see it, with the gestures that are theirs."""

    template_name = "telehealth/question.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seen = self.seen
        one = seen.question
        may_write = seen.is_team and care.may_write(
            people.decision(self.person, one.patient, people.Part.HEALTH)
        )
        answers = seen.is_expert and one.is_open and one.by_id != self.person.pk
        return super().get_context_data(
            seen=seen,
            question=one,
            line=presenters.row(one, names_patient=seen.names_patient),
            facts=presenters.facts(seen),
            shared=presenters.shared(one) if seen.names_patient else [],
            **presenters.shown_files(seen),
            steps=presenters.steps(seen, queries.steps_of(one)),
            may_take=(seen.is_offered or (seen.is_expert and one.stands is State.SENT)),
            advice_form=AdviceForm(auto_id="advice_%s") if answers else None,
            precision_form=self._words(_("Ce qui manque pour répondre"), "ask") if answers else None,
            decline_form=self._words(_("Pourquoi"), "decline") if answers else None,
            is_asker=may_write,
            complete_form=PrecisionForm(auto_id="complete_%s") if may_write else None,
            withdraw_form=self._words(_("Pourquoi la demande est retirée"), "withdraw")
            if may_write and one.is_open and not answers
            else None,
            others=queries.others_to_ask(one, self.person)[:8] if may_write and one.is_returned else [],
            billing=presenters.billing(seen),
            minutes=rule("telehealth.questions.writing_minutes").value["answer"],
            **context,
        )

    refusals = (ValidationError, PermissionDenied)
    is_strict = True

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {
            "take": self._take,
            "precision": self._precision,
            "answer": self._answer,
            "decline": self._decline,
            "complete": self._complete,
            "withdraw": self._withdraw,
            "read": self._read,
            "task": self._task,
            "plan": self._plan,
        }

    def here(self) -> str:
        """Return the address of the question, or of the list for whoever sees it no more."""
        pk = self.kwargs["pk"]
        is_seen = queries.seen_by(self.person, pk) is not None
        return reverse("telehealth:question", args=[pk]) if is_seen else reverse("telehealth:questions")

    def refused(self, name: str, error: Exception) -> HttpResponse:  # noqa: ARG002 (said alike for each)
        """Say why, and lead to the question, wherever the form was."""
        self.say(error)
        return redirect(self.here())

    def after(self, name: str) -> HttpResponse:  # noqa: ARG002 (one place, whatever was done)
        """Lead back where one was."""
        return back_to(self.request, self.here())

    def _take(self) -> str:
        key = f"take-{self.seen.question.pk}"
        api.take(by=self.person, question=self.seen.question, key=key)
        return _("Vous avez pris cette demande.")

    def _precision(self) -> str:
        text, key = self._said(_("Écrivez ce qui manque pour répondre."))
        api.ask_precision(by=self.person, question=self.seen.question, text=text, key=key)
        return _("Précision demandée.")

    def _answer(self) -> str:
        form = AdviceForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise ValidationError(_refusal(form) or _("Écrivez votre réponse."))
        data = form.cleaned_data
        advice = api.Advice(
            data["answer"], data["todo"], data["see_when"], api.Appointment(data["appointment"])
        )
        question, files = self.seen.question, data["shown"]
        api.answer(by=self.person, question=question, advice=advice, key=data["key"], files=files)
        return _("Avis rendu.")

    def _decline(self) -> str:
        text, key = self._said(_("Dites pourquoi : la personne qui demande le lira."))
        api.decline(by=self.person, question=self.seen.question, reason=text, key=key)
        return _("Demande déclinée : elle revient à qui l’a faite.")

    def _complete(self) -> str:
        form = PrecisionForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            raise ValidationError(_refusal(form) or _("Écrivez la précision demandée."))
        said = form.cleaned_data
        question, files = self.seen.question, said["shown"]
        api.complete(by=self.person, question=question, text=said["text"], key=said["key"], files=files)
        return _("Précision envoyée.")

    def _withdraw(self) -> str:
        text, key = self._said(_("Dites pourquoi la demande est retirée."))
        api.withdraw(by=self.person, question=self.seen.question, reason=text, key=key)
        return _("Demande retirée.")

    def _read(self) -> str:
        api.acknowledge(by=self.person, question=self.seen.question)
        return _("C’est noté : vous avez lu ce retour.")

    def _task(self) -> str:
        api.open_task(by=self.person, question=self.seen.question)
        return _("Tâche ouverte à votre nom.")

    def _plan(self) -> str:
        api.write_plan(by=self.person, question=self.seen.question)
        return _("L’avis est dans le plan partagé.")

    def _said(self, otherwise: str) -> tuple[str, str]:
        form = WordsForm(self.request.POST, label="")
        if not form.is_valid():
            raise ValidationError(_refusal(form) or otherwise)
        return form.cleaned_data["text"], form.cleaned_data["key"]

    def _words(self, label: str, prefix: str) -> WordsForm:
        return WordsForm(label=label, auto_id=f"{prefix}_%s")


class QuestionPiece(OfQuestion, Endpoint):
    """A photo or a document of a question, for who is told of the person; each opening is logged."""

    purpose = queries.OPENING

    def get(self, request: HttpRequest, pk: int, piece: int) -> HttpResponse:  # noqa: ARG002 (Django's)
        """Answer with the file as what it is, never as what it is called. Raises Http404."""
        found = queries.file_of(self.seen, piece)
        if found is None:
            raise Http404(piece)
        return sent_file_response(bytes(found.content), found.media_type, found.name, is_shown=found.is_photo)


def _refusal(form: forms.Form) -> str:
    """Return what is wrong with a form, in words, but that a field is empty."""
    return " ".join(
        error.messages[0]
        for errors in form.errors.as_data().values()
        for error in errors
        if error.code != "required"
    )
