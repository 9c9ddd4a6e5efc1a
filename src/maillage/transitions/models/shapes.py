"""What rows about a patient have in common here: the circle opens them as a part of the plan."""

from __future__ import annotations

from typing import Self

from django.db import models

from maillage.kernel.models import Person
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people


class OfPatientQuerySet(ScopedQuerySet[Row]):
    """Rows about a patient, by whatever way leads to it (`path`, « case__ »)."""

    scope_path = "scope"
    path = ""

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose plan the circle opens."""
        return people.readable(person, people.Part.PLAN, prefix=f"{self.path}patient__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the rows about a patient who was read in scope."""
        return self.filter(**{f"{self.path}patient": patient})._scoped()

    def locked(self, pk: int) -> Self:
        """Keep and lock one row, for an action that then checks who acts."""
        return self.filter(pk=pk).select_for_update(of=("self",))._scoped()
