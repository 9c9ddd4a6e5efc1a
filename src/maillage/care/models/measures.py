"""Measures of patients, corrected by another row and never written over; the alert rules of a plan."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.models.shapes import NamesOne, names_one
from maillage.care.models.tasks import Task
from maillage.care.rules.alerts import ConditionKind
from maillage.care.rules.measures import Taker
from maillage.directory import api as directory
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import Row, ScopedQuerySet
from maillage.people import api as people

KIND_LABELS = {
    "weight": _("Poids"),
    "systolic": _("Tension, maximum"),
    "diastolic": _("Tension, minimum"),
    "pulse": _("Pouls"),
    "glucose": _("Glycémie capillaire"),
    "temperature": _("Température"),
    "pain": _("Douleur"),
}
#: The same inside a sentence: « si le poids augmente ».
KINDS_SAID = {
    "weight": _("le poids"),
    "systolic": _("la tension maximum"),
    "diastolic": _("la tension minimum"),
    "pulse": _("le pouls"),
    "glucose": _("la glycémie capillaire"),
    "temperature": _("la température"),
    "pain": _("la douleur"),
}
TAKER_LABELS = {
    Taker.PROFESSIONAL: _("un professionnel"),
    Taker.PATIENT: _("la personne"),
    Taker.CARER: _("un aidant"),
}
CONDITION_LABELS = {
    ConditionKind.RISE: _("augmente d’au moins"),
    ConditionKind.FALL: _("diminue d’au moins"),
    ConditionKind.ABOVE: _("atteint ou dépasse"),
    ConditionKind.BELOW: _("descend à ou sous"),
}


class OfHealthQuerySet(ScopedQuerySet[Row]):
    """Rows of the health part of a file, for who reads it by the circle."""

    scope_path = "patient__scope"
    patient_path = "patient"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose health part the circle opens."""
        return people.readable(person, people.Part.HEALTH, prefix=f"{self.patient_path}__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the rows of a patient who was read in scope."""
        return self.filter(**{self.patient_path: patient})._scoped()


class MeasureQuerySet(OfHealthQuerySet["Measure"]):
    """Measures, read for a person or inside a scope."""

    def standing(self) -> Self:
        """Keep what stands: neither corrected by another row, nor taken back."""
        return self.filter(corrected_by=None, is_withdrawn=False)


class Measure(Authored, Keyed):
    """One value, when it was taken and by whom; `by` is who typed it.

    A correction is another row that `corrects` the first; one that takes a value back is `is_withdrawn` and
    repeats it. `is_confirmed`: asked again, it was said again.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="measures", verbose_name=_("patient")
    )
    kind = models.CharField(_("mesure"), max_length=12, choices=list(KIND_LABELS.items()))
    value = models.DecimalField(_("valeur"), max_digits=7, decimal_places=2)
    taken_at = models.DateTimeField(_("prise le"))
    taken_by = models.CharField(_("prise par"), max_length=12, choices=as_choices(TAKER_LABELS))
    is_confirmed = models.BooleanField(_("confirmée"), default=False)
    is_withdrawn = models.BooleanField(_("retirée"), default=False)
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("corrige"),
    )
    reason = models.CharField(_("raison de la correction"), max_length=300, blank=True)

    objects = MeasureQuerySet.as_manager()

    personal = ("patient", "taken_at", "taken_by", "by", "at")
    health = ("kind", "value", "reason")
    neither = ("id", "key", "is_confirmed", "is_withdrawn", "corrects")

    class Meta:
        verbose_name = _("mesure")
        verbose_name_plural = _("mesures")
        ordering = ("-taken_at", "-id")
        constraints = made_once("measure", "by")
        indexes = [models.Index(fields=["patient", "kind", "taken_at"], name="measures_of_a_patient")]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.kind}"


class AlertRuleQuerySet(OfHealthQuerySet["AlertRule"]):
    """Alert rules, read for a person or inside a scope."""

    def on(self) -> Self:
        """Keep those that are switched on."""
        return self.filter(switched_on_at__isnull=False, ended_at=None)


class AlertRule(NamesOne, Authored):
    """A sentence of the plan: « if the weight rises by 2 kg in 3 days, a task for Dr X within 24 h ».

    It runs from `switched_on_at`, once it was tried on past measures, until `ended_at`.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="alert_rules", verbose_name=_("patient")
    )
    kind = models.CharField(_("mesure"), max_length=12, choices=list(KIND_LABELS.items()))
    condition = models.CharField(_("condition"), max_length=5, choices=as_choices(CONDITION_LABELS))
    amount = models.DecimalField(_("quantité"), max_digits=7, decimal_places=2)
    days = models.PositiveSmallIntegerField(_("jours"), default=0)
    what = models.CharField(_("ce qui est à faire"), max_length=200)
    hours = models.PositiveSmallIntegerField(_("dans les (heures)"))
    switched_on_at = models.DateTimeField(_("mise en marche le"), null=True, blank=True)
    ended_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)

    objects = AlertRuleQuerySet.as_manager()

    personal = ("scope", "patient", "professional", "person", "by", "at", "switched_on_at", "ended_at")
    health = ("kind", "condition", "amount", "days", "what", "hours")
    neither = ("id",)

    class Meta:
        verbose_name = _("règle d’alerte")
        verbose_name_plural = _("règles d’alerte")
        ordering = ("at", "id")
        constraints = [
            names_one("alert_rule_has_one_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.kind} · {self.condition}"

    @property
    def owner(self) -> directory.Professional | Person:
        """For whom its tasks are."""
        return self.named

    @property
    def is_on(self) -> bool:
        """Whether it runs."""
        return self.switched_on_at is not None and self.ended_at is None


class AlertQuerySet(OfHealthQuerySet["Alert"]):
    """Alerts, read for a person or inside a scope."""

    scope_path = "rule__scope"
    patient_path = "rule__patient"


class Alert(AnnotatedModel):
    """An alarm that a rule raised, once for one rise: the measures that it called out and read, its task.

    `withdrawn_at`: a value was corrected since, and nothing calls for it any more.
    """

    rule = models.ForeignKey(
        AlertRule, on_delete=models.PROTECT, related_name="alerts", verbose_name=_("règle d’alerte")
    )
    task = models.OneToOneField(
        Task, on_delete=models.PROTECT, null=True, blank=True, related_name="alert", verbose_name=_("tâche")
    )
    called_out = models.JSONField(_("mesures signalées"))
    rows = models.JSONField(_("mesures lues"))
    raised_at = models.DateTimeField(_("levée le"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    personal = ("rule", "raised_at", "withdrawn_at")
    health = ("called_out", "rows")
    neither = ("id", "task")

    class Meta:
        verbose_name = _("alerte")
        verbose_name_plural = _("alertes")
        ordering = ("-raised_at", "-id")

    def __str__(self) -> str:
        return f"{self.rule_id} · {self.pk}"
