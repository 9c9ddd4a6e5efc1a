"""Letters: what was printed for a patient, by whom, and how the patient asked for it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people


class LetterQuerySet(ScopedQuerySet["Letter"]):
    """Letters, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those that one prepared, those of one's own file."""
        return models.Q(by=person) | models.Q(patient__account=person)

    def of_patient(self, patient: people.Patient) -> LetterQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()


class Letter(Authored, Keyed):
    """A letter prepared for a patient: `means` says how they asked it: aloud, on paper, in their space.

    What it says is read when it is printed, as far as whoever prepared it may read.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="letters", verbose_name=_("patient")
    )
    means = models.CharField(_("demandée"), max_length=6, choices=as_choices(people.MEANS_LABELS))

    objects = LetterQuerySet.as_manager()

    personal = ("patient", "by", "at", "means")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("courrier d’un patient")
        verbose_name_plural = _("courriers des patients")
        ordering = ("-at", "-id")
        constraints = made_once("letter", "by")

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.means}"
