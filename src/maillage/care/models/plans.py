"""The shared plan of a patient: its versions, all kept, and the consents to each."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.care.rules.plans import ProblemKind
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Person, Scope
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people

PROBLEM_LABELS = {
    ProblemKind.MEDICAL: _("médical"),
    ProblemKind.PSYCHOLOGICAL: _("psychologique"),
    ProblemKind.SOCIAL: _("social"),
}


class OfPlanQuerySet(ScopedQuerySet[Row]):
    """Rows of a plan are those of its patient, for who reads the plan by the circle."""

    scope_path = "plan__scope"
    patient_path = "plan__patient"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose plan the circle opens."""
        return people.readable(person, people.Part.PLAN, prefix=f"{self.patient_path}__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the rows of a patient who was read in scope."""
        return self.filter(**{self.patient_path: patient})._scoped()


class PlanQuerySet(OfPlanQuerySet["SharedPlan"]):
    """Plans, read for a person or inside a scope."""

    scope_path = "scope"
    patient_path = "patient"


class SharedPlan(Authored):
    """The one plan of a patient; its text is that of its last version that is not aside."""

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="plans", verbose_name=_("périmètre")
    )
    patient = models.OneToOneField(
        people.Patient, on_delete=models.PROTECT, related_name="plan", verbose_name=_("patient")
    )

    objects = PlanQuerySet.as_manager()

    personal = ("scope", "patient", "by", "at")
    neither = ("id",)

    class Meta:
        verbose_name = _("plan partagé")
        verbose_name_plural = _("plans partagés")

    def __str__(self) -> str:
        return f"{self.patient_id}"


class VersionQuerySet(OfPlanQuerySet["PlanVersion"]):
    """Versions of plans, read for a person or inside a scope."""


class PlanVersion(Authored):
    """The plan as somebody wrote it from the version `based_on` (0: from nothing).

    `is_aside`: written while somebody else changed the same words; it waits for a merge, which makes the
    version `merged_into`. No row is ever changed otherwise, none is removed.
    """

    plan = models.ForeignKey(
        SharedPlan, on_delete=models.PROTECT, related_name="versions", verbose_name=_("plan partagé")
    )
    number = models.PositiveIntegerField(_("numéro"))
    content = models.JSONField(_("texte"))
    based_on = models.PositiveIntegerField(_("écrite d’après la version"))
    is_aside = models.BooleanField(_("mise de côté"), default=False)
    merged_into = models.PositiveIntegerField(_("fusionnée dans la version"), null=True, blank=True)
    note = models.CharField(_("ce qui change"), max_length=300, blank=True)

    objects = VersionQuerySet.as_manager()

    personal = ("plan", "by", "at", "number", "based_on")
    health = ("content", "note")
    neither = ("id", "is_aside", "merged_into")

    class Meta:
        verbose_name = _("version d’un plan")
        verbose_name_plural = _("versions des plans")
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_plan_version_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} · {self.number}"


class ConsentQuerySet(OfPlanQuerySet["PlanConsent"]):
    """Consents to plans, read for a person or inside a scope."""


class PlanConsent(Authored):
    """Somebody agreed to a version of their plan, or spoke for the person: who, how, when."""

    plan = models.ForeignKey(
        SharedPlan, on_delete=models.PROTECT, related_name="consents", verbose_name=_("plan partagé")
    )
    version = models.PositiveIntegerField(_("version"))
    who = models.CharField(_("qui a donné son accord"), max_length=120)
    means = models.CharField(_("moyen"), max_length=8, choices=as_choices(people.MEANS_LABELS))
    signed_on = models.DateField(_("donné le"))

    objects = ConsentQuerySet.as_manager()

    personal = ("plan", "version", "who", "means", "signed_on", "by", "at")
    neither = ("id",)

    class Meta:
        verbose_name = _("accord au plan")
        verbose_name_plural = _("accords aux plans")
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["plan", "version", "who"], name="one_plan_consent_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} · {self.version}"
