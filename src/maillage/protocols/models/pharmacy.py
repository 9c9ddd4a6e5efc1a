"""A pharmacist's acts: medication reviews, shortages, vaccinations."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people
from maillage.protocols.models.acts import STANDING_LABELS
from maillage.protocols.models.referrals import Referral
from maillage.protocols.rules.pharmacy import Outcome

OUTCOME_LABELS = {
    Outcome.DONE: _("faite"),
    Outcome.DEFERRED: _("reportée"),
    Outcome.DECLINED: _("refusée par la personne"),
    Outcome.EMERGENCY: _("signe vital, le 15"),
}


class OfPatientQuerySet(ScopedQuerySet[Row]):
    """Rows about a patient, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose health the circle opens."""
        return people.readable(person, people.Part.HEALTH, prefix="patient__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the rows about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()


def _patient(related: str) -> Any:
    return models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name=related, verbose_name=_("patient")
    )


class MedicationReview(Authored, Keyed):
    """A review of the medicines of a patient by a pharmacist, planned, then shared with the prescriber."""

    patient = _patient("medication_reviews")
    planned_on = models.DateField(_("prévu le"))
    conclusion = models.TextField(_("conclusion"), max_length=2000, blank=True)
    shared_at = models.DateTimeField(_("partagé le"), null=True, blank=True)

    objects = OfPatientQuerySet["MedicationReview"].as_manager()

    personal = ("patient", "by", "at", "planned_on", "shared_at")
    health = ("conclusion",)
    neither = ("id", "key")

    class Meta:
        verbose_name = _("bilan de médication")
        verbose_name_plural = _("bilans de médication")
        ordering = ("-planned_on", "-id")
        constraints = [*made_once("medication_review", "by")]

    def __str__(self) -> str:
        return f"{self.pk} · {self.planned_on}"


class ReviewLine(Authored, Keyed):
    """One medicine read in a review: what was found, what is proposed to the prescriber, their answer."""

    review = models.ForeignKey(
        MedicationReview, on_delete=models.PROTECT, related_name="lines", verbose_name=_("bilan")
    )
    medicine = models.CharField(_("médicament"), max_length=200)
    finding = models.CharField(_("constat"), max_length=500, blank=True)
    proposal = models.CharField(_("proposition au prescripteur"), max_length=500, blank=True)
    referral = models.OneToOneField(
        Referral,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="review_line",
        verbose_name=_("question au prescripteur"),
    )

    personal = ("review", "by", "at", "referral")
    health = ("medicine", "finding", "proposal")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("ligne de bilan")
        verbose_name_plural = _("lignes de bilan")
        ordering = ("id",)
        constraints = [*made_once("review_line", "by")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Shortage(Authored, Keyed):
    """A medicine that a patient cannot get: noted, then signalled to the prescriber; the answer is timed."""

    patient = _patient("shortages")
    medicine = models.CharField(_("médicament"), max_length=200)
    alternatives = models.CharField(_("ce qui est possible"), max_length=500, blank=True)
    referral = models.OneToOneField(
        Referral,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="shortage",
        verbose_name=_("question au prescripteur"),
    )

    objects = OfPatientQuerySet["Shortage"].as_manager()

    personal = ("patient", "by", "at", "referral")
    health = ("medicine", "alternatives")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("rupture")
        verbose_name_plural = _("ruptures")
        ordering = ("-at", "-id")
        constraints = [*made_once("shortage", "by")]

    def __str__(self) -> str:
        return f"{self.pk}"


class Vaccination(Authored, Keyed):
    """A vaccination planned for a patient: what was asked, the outcome, the lot. Never a verdict.

    `asked` keeps the questions and answers as in an act of a protocol; `outcome` is empty until it is noted.
    """

    patient = _patient("vaccinations")
    vaccine = models.CharField(_("vaccin"), max_length=120)
    planned_on = models.DateField(_("prévue le"))
    asked = models.JSONField(_("questions et réponses"), default=list)
    signs = models.JSONField(_("signes vitaux dits"), default=list)
    standing = models.CharField(_("critères"), max_length=8, blank=True, choices=as_choices(STANDING_LABELS))
    outcome = models.CharField(_("issue"), max_length=9, blank=True, choices=as_choices(OUTCOME_LABELS))
    lot = models.CharField(_("lot"), max_length=40, blank=True)
    note = models.CharField(_("en quelques mots"), max_length=500, blank=True)
    closed_at = models.DateTimeField(_("notée le"), null=True, blank=True)

    objects = OfPatientQuerySet["Vaccination"].as_manager()

    personal = ("patient", "by", "at", "planned_on", "closed_at")
    health = ("vaccine", "asked", "signs", "standing", "outcome", "lot", "note")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("vaccination")
        verbose_name_plural = _("vaccinations")
        ordering = ("-planned_on", "-id")
        constraints = [
            *made_once("vaccination", "by"),
            models.CheckConstraint(
                condition=models.Q(outcome="", closed_at=None)
                | ~models.Q(outcome="") & models.Q(closed_at__isnull=False),
                name="vaccination_is_planned_or_noted",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="done") | ~models.Q(lot=""), name="vaccination_done_has_its_lot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.planned_on}"
