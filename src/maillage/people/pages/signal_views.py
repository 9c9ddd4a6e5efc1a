"""Signalling a worry about somebody, and answering it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.pages.refusals import refused
from maillage.kernel.rules import Permission
from maillage.people import queries
from maillage.people.actions import signals as actions
from maillage.people.models import Patient, Signal
from maillage.people.pages.carer_views import OfMandate
from maillage.people.pages.signal_forms import AnswerForm, SignalForm, vital_signs
from maillage.people.queries import carers, signals
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import Part, Reason


class NewSignal(OfMandate):
    """The form by which a carer signals; a vital sign shows the 15 and nothing else."""

    template_name = "people/new_signal.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mandate = self.mandate
        if Gesture.SIGNAL not in carers.gestures_of(self.person, mandate.patient):
            raise PermissionDenied(_("Votre mandat ne permet pas de signaler pour cette personne."))
        context.setdefault("form", SignalForm())
        return super().get_context_data(known=carers.with_items(mandate), **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Send it, then show what becomes of it; 422 where something is missing."""
        form = SignalForm(request.POST)
        if form.is_valid():
            made = actions.send_signal(
                by=self.person,
                patient=self.mandate.patient,
                kind=form.chosen(),
                key=form.cleaned_data["key"],
                text=form.cleaned_data["text"],
                vital_signs=form.cleaned_data["vital"],
            )
            return redirect("people:signal", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignalPage(Page):
    """One signal: its carer reads what was done, the team answers, the coordination sees who was asked."""

    template_name = "people/signal.html"
    permission = None

    @cached_property
    def signal(self) -> Signal:
        """The signal of the address. Raises Http404."""
        found = signals.signal_of(self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @cached_property
    def patient(self) -> Patient | None:
        """The patient, whose health the visitor reads, logged; None for the sender and other carers."""
        if self.is_sender:
            return None
        try:
            purpose = _("signalement d’un aidant")
            found = queries.patient_part(
                by=self.person, pk=self.signal.patient_id, part=Part.HEALTH, purpose=purpose
            )
        except Patient.DoesNotExist:
            return None
        return None if found.decision.reason is Reason.MANDATE else found.patient

    @property
    def is_sender(self) -> bool:
        """Whether the visitor signalled it."""
        return self.signal.by_id == self.person.pk

    @property
    def coordinates(self) -> bool:
        """Whether the visitor coordinates where nobody answered it."""
        return self.signal.coordination_at is not None and access.may(
            self.person, Permission.MANAGE_REFERRING_DOCTOR, self.signal.patient.scope
        )

    def get_clock(self) -> Scope | None:
        """Return the scope of the person whom the signal is about."""
        return self.signal.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not (self.is_sender or self.patient or self.coordinates):
            raise Http404(self.kwargs["pk"])
        one = self.signal
        said = dict(vital_signs())
        context.setdefault("form", AnswerForm())
        writes = self.is_sender and not one.is_vital and one.acknowledged_at is None
        alarms = signals.words_of_danger(one.text) if writes else []
        may_answer = self.patient is not None and one.acknowledged_at is None
        return super().get_context_data(
            signal=one,
            patient=self.patient,
            is_sender=self.is_sender,
            may_read=self.is_sender or self.patient is not None,
            may_answer=may_answer and actions.may_answer(self.person, one.patient),
            vital=[said.get(code, code) for code in one.vital_signs],
            alarms=alarms,
            asked=signals.asked_of(one),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer it. A first screen that cannot say the 15 was called leads here."""
        if self.patient is None:
            raise Http404(pk)
        form = AnswerForm(request.POST)
        try:
            if not form.is_valid():
                raise ValidationError(_("Dites en quelques mots ce qui a été fait : l’aidant les lira."))
            actions.acknowledge(
                by=self.person,
                signal=self.signal,
                done=form.cleaned_data["outcome"],
                emergency_called=form.cleaned_data["called"],
            )
        except ValidationError as error:
            return refused(request, error, reverse("people:signal", args=[pk]))
        messages.success(request, _("C’est noté : l’aidant l’apprend."))
        return redirect("/") if request.POST.get("next") == "/" else redirect("people:signal", pk=pk)
