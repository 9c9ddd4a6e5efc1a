"""What the pages of care have in common: one patient of the address, read through the circle."""

from __future__ import annotations

from functools import cached_property

from django.http import Http404

from maillage.care import api
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import PermissionMixin
from maillage.people import api as people


class OfPatient(PermissionMixin):
    """One patient of the address (`pk`), of whom the visitor reads `part` by the circle of care; logged.

    Raises Http404 where the circle says no: the same answer as for a patient who does not exist.
    """

    permission = None
    part = people.Part.PLAN
    purpose = ""

    @cached_property
    def read(self) -> people.PartRead:
        """The patient and the decision that opens the part."""
        try:
            return people.patient_part(
                by=self.person, pk=self.kwargs["pk"], part=self.part, purpose=self.purpose
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
        """Whether the visitor writes this part."""
        return api.may_write(self.read.decision)

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope
