"""The addresses of one person: which one is now, each with its days; added, confirmed, ended in place."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.fields import DayField
from maillage.kernel.pages.base import Page, back_to
from maillage.kernel.pages.forms import KeyedForm
from maillage.people.actions import addresses as actions
from maillage.people.actions import is_own_file
from maillage.people.models import USE_LABELS, Patient, PatientAddress
from maillage.people.pages.forms import CommuneForm
from maillage.people.pages.patient_views import OfPatient
from maillage.people.queries.addresses import addresses_of
from maillage.people.rules.addresses import State, Use, current
from maillage.people.rules.circle import Part


class AddressForm(CommuneForm, KeyedForm):
    """One address, and its days."""

    use = forms.ChoiceField(
        label=lazy("Ce que c’est"),
        widget=forms.RadioSelect,
        choices=[(one.value, words) for one, words in USE_LABELS.items()],
    )
    label = forms.CharField(
        label=lazy("Intitulé"), max_length=60, required=False, help_text=lazy("Comme « chez sa fille ».")
    )
    line = forms.CharField(label=lazy("Adresse"), max_length=200, required=False)
    postcode = forms.CharField(label=lazy("Code postal"), max_length=5, required=False)
    since = DayField(label=lazy("Premier jour"), required=False)
    until = DayField(
        label=lazy("Dernier jour"), required=False, help_text=lazy("Les deux jours sont dus pour un séjour.")
    )

    field_order = ("use", "label", "line", "postcode", "commune", "since", "until")

    def where(self) -> actions.Where:
        """Return the address that a valid form says."""
        given = self.cleaned_data
        names = ("label", "line", "postcode", "commune", "since", "until")
        return actions.Where(use=Use(given["use"]), **{name: given[name] for name in names})


class LastDayForm(forms.Form):
    """The last day at an address."""

    until = DayField(label=lazy("Dernier jour"))


class Addresses(OfPatient, Page):
    """Where one person lives and stays."""

    template_name = "people/addresses.html"
    purpose = "adresses"

    @cached_property
    def patient(self) -> Patient:
        """The patient. Raises Http404 where the visitor does not read how to reach them."""
        if Part.REACH not in self.file.parts:
            raise Http404(self.kwargs["pk"])
        return self.file.patient

    @property
    def is_own(self) -> bool:
        """Whether it is the visitor's own file."""
        return is_own_file(self.person, self.patient)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        today = timezone.localdate(timezone=patient.scope.zone)
        rows = addresses_of(patient)
        confirmed = [one for one in rows if one.state == State.CONFIRMED.value]
        now = current(confirmed, today)
        may_note = actions.may_note(self.person, patient)
        context.setdefault("form", AddressForm())
        ending = context.pop("ending", None)
        return super().get_context_data(
            patient=patient,
            is_own=self.is_own,
            may_note=may_note,
            may_add=may_note or self.is_own,
            now=now,
            rows=[
                (
                    one,
                    actions.period_said(one.since, one.until),
                    one == now,
                    self._end_form(one, ending)
                    if may_note and one in confirmed and (one.until is None or one.until >= today)
                    else None,
                )
                for one in rows
            ],
            **context,
        )

    def _end_form(self, one: PatientAddress, sent: LastDayForm | None) -> LastDayForm:
        if sent is not None and sent.data.get("row") == str(one.pk):
            return sent
        return LastDayForm(auto_id=f"id_%s_{one.pk}")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add an address, or decide of one."""
        doing = request.POST.get("do", "")
        if doing in {"confirm", "refuse", "end"}:
            return self._decide(request, pk, doing)
        form = AddressForm(request.POST)
        if form.is_valid():
            try:
                row = actions.add_address(
                    by=self.person, patient=self.patient, where=form.where(), key=form.cleaned_data["key"]
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                is_proposed = row.state == State.PROPOSED.value
                messages.success(
                    request,
                    _("Adresse proposée : un professionnel la confirmera.")
                    if is_proposed
                    else _("Adresse notée."),
                )
                return redirect("people:addresses", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _decide(self, request: HttpRequest, pk: int, doing: str) -> HttpResponse:
        key = request.POST.get("row", "")
        row = next((one for one in addresses_of(self.patient) if str(one.pk) == key), None)
        if row is None:
            raise Http404(key)
        form = LastDayForm(request.POST, auto_id=f"id_%s_{row.pk}")
        try:
            if doing != "end":
                actions.decide_address(by=self.person, address=row, is_right=doing == "confirm")
            elif form.is_valid():
                actions.end_address(by=self.person, address=row, until=form.cleaned_data["until"])
            else:
                return self.render_to_response(self.get_context_data(ending=form), status=422)
        except (ValidationError, PermissionDenied) as error:
            messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        else:
            messages.success(request, _("Adresse mise à jour."))
        return back_to(request, reverse("people:addresses", args=[pk]))
