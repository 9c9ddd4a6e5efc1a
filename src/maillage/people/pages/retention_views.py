"""The end of the years of keeping: what is due, seen by kind before the DPO confirms; what the law holds."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.fields import DayField
from maillage.kernel.models import Scope
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.sourced_rules import rule
from maillage.people import queries
from maillage.people.actions import retention
from maillage.people.models import KEPT_LABELS, ErasureBatch, LegalHold, Patient
from maillage.people.pages.rights_views import Overseen
from maillage.people.queries import retention as found


class HoldForm(KeyedForm):
    """Why the law keeps a file, and between which days."""

    reason = forms.CharField(
        label=lazy("Pourquoi la loi garde ce dossier"),
        max_length=300,
        help_text=lazy("Le texte, le juge ou l’affaire. La personne peut le lire."),
    )
    since = DayField(label=lazy("Depuis le"))
    until = DayField(
        label=lazy("Jusqu’au"), required=False, help_text=lazy("Vide : jusqu’à ce qu’elle soit levée.")
    )


class LiftForm(forms.Form):
    """Why a hold is no longer needed."""

    hold = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label=lazy("Pourquoi la lever"), max_length=300)


class Retention(Overseen):
    """The lists that wait for the DPO, and those confirmed."""

    template_name = "people/retention.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting, done = found.open_batches(self.person), found.confirmed_batches(self.person)
        counts = found.counts_of([*waiting, *done])
        return super().get_context_data(
            waiting=[(one, counts[one.pk]["waiting"]) for one in waiting],
            done=[(one, counts[one.pk]) for one in done],
            rule=rule(found.RULE),
            **context,
        )


class Batch(Overseen):
    """One list: each file with what stops it, what they hold by kind, and the word of the DPO."""

    template_name = "people/erasure_batch.html"

    @cached_property
    def batch(self) -> ErasureBatch:
        """The list. Raises Http404."""
        try:
            return found.batch(by=self.person, pk=self.kwargs["pk"])
        except ErasureBatch.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def get_clock(self) -> Scope | None:
        """Return the scope of the list."""
        return self.batch.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = found.lines_of(self.batch)
        free = [one.patient for one in rows if one.patient is not None and one.hindrance is None]
        return super().get_context_data(
            batch=self.batch,
            rows=[(one, KEPT_LABELS[one.hindrance] if one.hindrance else "") for one in rows],
            kinds=found.kinds_of(free) if self.batch.confirmed_at is None else [],
            free=len(free),
            seen=sum(not one.line.ended for one in rows),
            erased=sum(one.line.ended == "erased" for one in rows),
            rule=rule(found.RULE),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confirm the list as it was seen."""
        seen = request.POST.get("seen", "")
        try:
            retention.confirm(
                by=self.person,
                batch=self.batch,
                seen=int(seen) if seen.isdecimal() and seen.isascii() else -1,
            )
        except ValidationError as error:
            return self.render_to_response(self.get_context_data(refused=error.messages[0]), status=409)
        messages.success(
            request,
            _("Effacement confirmé : chaque dossier s’efface en entier, puis paraît ici comme effacé."),
        )
        return redirect("people:erasure_batch", pk=pk)


class Holds(Overseen):
    """What the law holds of one file: lay a hold, lift one."""

    template_name = "people/holds.html"

    @cached_property
    def patient(self) -> Patient:
        """The patient. Raises Http404."""
        try:
            return queries.patient_for_log(by=self.person, pk=self.kwargs["pk"])
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate(timezone=self.patient.scope.zone)
        context.setdefault("form", HoldForm(initial={"since": today}))
        lifting = context.pop("lifting", None)
        rows = [
            (one, self._lift_form(one, lifting) if one.lifted_at is None else None)
            for one in found.holds_of(self.patient)
        ]
        return super().get_context_data(
            patient=self.patient,
            rows=rows,
            in_force=any(one.is_in_force for one, _form in rows),
            until=found.terms([self.patient])[self.patient.pk],
            rule=rule(found.RULE),
            **context,
        )

    def _lift_form(self, hold: LegalHold, sent: LiftForm | None) -> LiftForm:
        if sent is not None and sent.data.get("hold") == str(hold.pk):
            return sent
        return LiftForm(initial={"hold": hold.pk}, auto_id=f"id_%s_{hold.pk}")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lay a hold, or lift one."""
        if request.POST.get("do") == "lift":
            return self._lift(request, pk)
        form = HoldForm(request.POST)
        if form.is_valid():
            try:
                retention.lay_hold(by=self.person, patient=self.patient, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Conservation posée : rien de ce dossier ne s’efface."))
                return redirect("people:holds", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _lift(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = LiftForm(request.POST, auto_id=f"id_%s_{request.POST.get('hold', '')}")
        if form.is_valid():
            hold = next(
                (one for one in found.holds_of(self.patient) if one.pk == form.cleaned_data["hold"]), None
            )
            if hold is None:
                raise Http404(form.cleaned_data["hold"])
            try:
                retention.lift_hold(by=self.person, hold=hold, why=form.cleaned_data["why"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Conservation levée : le dossier suit de nouveau sa durée."))
                return redirect("people:holds", pk=pk)
        return self.render_to_response(self.get_context_data(lifting=form), status=422)
