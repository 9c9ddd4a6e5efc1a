"""What the pages of the space have in common: one person, for themself or for a carer whom they let."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.people import api as people
from maillage.people.api import Part, Patient, Reason


class OfPerson(PermissionMixin):
    """One patient of the address (`pk`), read by the circle of care and logged.

    Open to the patient, and to a carer whose mandate opens the part: 404 to anybody else, a professional
    included, whose pages are elsewhere. `acts`: only to who may make appointments for the patient.
    """

    permission = None
    part = Part.APPOINTMENTS
    purpose = "rendez-vous"
    acts = False

    @cached_property
    def patient(self) -> Patient:
        """Whose page it is. Raises Http404."""
        try:
            read = people.patient_part(
                by=self.person, pk=self.kwargs["pk"], part=self.part, purpose=self.purpose
            )
        except Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        is_helper = read.decision.reason is Reason.MANDATE or self._helps(read.patient)
        if not (read.decision.reason is Reason.OWN or is_helper):
            raise Http404(self.kwargs["pk"])
        if self.acts and not agenda.acts_for(self.person, read.patient):
            raise Http404(self.kwargs["pk"])
        return read.patient

    def _helps(self, patient: Patient) -> bool:
        return patient.pk in people.cared_for_with(self.person, self.part)

    @property
    def is_own(self) -> bool:
        """Whether the visitor is the patient."""
        return self.patient.account_id == self.person.pk

    @cached_property
    def whose(self) -> str:
        """What the patient is to a carer: « votre mère »; empty for oneself."""
        if self.is_own:
            return ""
        return people.cared_for_with(self.person, self.part).get(self.patient.pk, _("votre proche"))

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add whose page it is, and to whom."""
        return super().get_context_data(  # type: ignore[misc, no-any-return]  # the page that this is mixed in with has it
            patient=self.patient, is_own=self.is_own, whose=self.whose, **context
        )


class OwnOnly(OfPerson):
    """A page of one's own file: nobody else has it, not even a carer."""

    part = Part.IDENTITY

    @cached_property
    def patient(self) -> Patient:
        """The visitor's own file. Raises Http404 for any other."""
        own = people.own_file(self.person)
        if own is None or own.pk != self.kwargs["pk"]:
            raise Http404(self.kwargs["pk"])
        return own
