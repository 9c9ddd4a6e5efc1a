"""What the pages of protocols have in common: one patient of the address, and gestures that say why not."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse

from maillage.care import api as care
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin, back_to
from maillage.kernel.pages.refusals import refused
from maillage.people import api as people


class OfPatient(PermissionMixin):
    """One patient of the address (`pk`), whose health the visitor reads by the circle of care; logged.

    Raises Http404 where the circle says no: the same answer as for a patient who does not exist.
    """

    permission = None
    purpose = "actes de protocole"

    @cached_property
    def read(self) -> people.PartRead:
        """The patient and the decision that opens the part."""
        try:
            return people.patient_part(
                by=self.person, pk=self.kwargs["pk"], part=people.Part.HEALTH, purpose=self.purpose
            )
        except people.Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    @property
    def patient(self) -> people.Patient:
        """Whose page it is."""
        return self.read.patient

    @property
    def is_own(self) -> bool:
        """Whether the visitor is the patient."""
        return self.patient.account_id == self.person.pk

    @property
    def may_write(self) -> bool:
        """Whether the visitor writes the health of the patient."""
        return care.may_write(self.read.decision)

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope


class DoesOne:
    """A page whose forms name their gesture in `do`: done, or why not, then back where one was."""

    def answered(self, request: HttpRequest, here: str) -> HttpResponse:
        """Do what is asked, say so, and lead on: to `next` of the form, else to `here`.

        Raises Http404 for a gesture that is none of the page.
        """
        try:
            messages.success(request, self.done(request.POST.get("do", "")))
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, here)
        return back_to(request, here)

    def done(self, gesture: str) -> str:
        """Do it and return the sentence that says so."""
        raise NotImplementedError(gesture)


def cleaned(form: forms.Form) -> dict[str, Any]:
    """Return what a form holds. Raises ValidationError with all that is wrong with it."""
    if not form.is_valid():
        raise ValidationError([text for texts in form.errors.values() for text in texts])
    return form.cleaned_data
