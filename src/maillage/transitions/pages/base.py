"""What the pages of transitions have in common: one patient of the address, read through the circle."""

from __future__ import annotations

from functools import cached_property

from django.http import Http404

from maillage.care import api as care
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.people import api as people


class OfPatient(PermissionMixin):
    """One patient of the address (`pk`), whose plan the visitor reads by the circle of care; logged.

    Raises Http404 where the circle says no: the same answer as for a patient who does not exist.
    """

    permission = None
    purpose = ""

    @cached_property
    def opened(self) -> people.PartRead:
        """The patient and the decision that opens the plan."""
        try:
            return people.patient_part(
                by=self.person, pk=self.kwargs["pk"], part=people.Part.PLAN, purpose=self.purpose
            )
        except people.Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None

    @property
    def patient(self) -> people.Patient:
        """Whose page it is."""
        return self.opened.patient

    @property
    def is_own(self) -> bool:
        """Whether the visitor is the patient."""
        return self.patient.account_id == self.person.pk

    @property
    def may_write(self) -> bool:
        """Whether the visitor writes the plan."""
        return care.may_write(self.opened.decision)

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope
