"""Acts of prevention, the lots that they use, and what a professional says of somebody that decides."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.people import api as people
from maillage.prevention.models.campaigns import InScopeQuerySet, OfHealthOfQuerySet, digest
from maillage.prevention.rules.vocabulary import Ground

GROUND_LABELS = {
    Ground.AT_RISK: _("à risque, à tout âge"),
    Ground.HIGH_RISK: _("risque élevé, suivi à part"),
    Ground.HYSTERECTOMY: _("hystérectomie totale"),
    Ground.RECENT_COLONOSCOPY: _("coloscopie récente"),
    Ground.IMMUNE: _("déjà immunisé"),
    Ground.CONTRAINDICATION: _("contre-indication"),
    Ground.PALLIATIVE: _("soins palliatifs"),
}


class VaccineLotQuerySet(InScopeQuerySet["VaccineLot"]):
    """Lots of a scope."""

    def usable(self, target: str, day: object) -> Self:
        """Keep those of a target with doses left, which expire on `day` at the earliest."""
        return self.filter(target=target, left__gt=0, expires_on__gte=day)


class VaccineLot(Authored, Keyed):
    """A lot of a product, how many doses came and how many are left: never under zero."""

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    target = models.CharField(_("acte"), max_length=40)
    product = models.CharField(_("produit"), max_length=120)
    number = models.CharField(_("numéro de lot"), max_length=40)
    expires_on = models.DateField(_("périme le"))
    received = models.PositiveIntegerField(_("doses reçues"))
    left = models.PositiveIntegerField(_("doses restantes"))

    objects = VaccineLotQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "scope", "target", "product", "number", "expires_on", "received", "left")

    class Meta:
        verbose_name = _("lot de vaccins")
        verbose_name_plural = _("lots de vaccins")
        ordering = ("expires_on", "id")
        constraints = (
            *made_once("vaccine_lot", "by"),
            models.UniqueConstraint(fields=["scope", "product", "number"], name="a_lot_is_entered_once"),
            models.CheckConstraint(
                condition=Q(left__gte=0, left__lte=F("received")), name="a_lot_gives_what_it_has"
            ),
        )

    def __str__(self) -> str:
        return f"{self.product} · {self.number}"

    @property
    def used(self) -> int:
        """How many doses acts have taken."""
        return self.received - self.left

    @property
    def version(self) -> str:
        """What tells whether somebody changed it meanwhile."""
        return digest(self.expires_on, self.received)


class PreventionActQuerySet(OfHealthOfQuerySet["PreventionAct"]):
    """Acts of prevention, read for a person or inside a scope."""

    def standing(self) -> Self:
        """Keep those that nobody took back."""
        return self.filter(taken_back_at=None)

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()


class PreventionAct(Authored, Keyed):
    """An act done on a day: by who notes it, or elsewhere as the person says (`is_declared`).

    A mistake is taken back, and the line stays.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="+", verbose_name=_("patient")
    )
    target = models.CharField(_("acte"), max_length=40)
    done_on = models.DateField(_("fait le"))
    is_declared = models.BooleanField(_("fait ailleurs, selon la personne"), default=False)
    lot = models.ForeignKey(
        VaccineLot,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="acts",
        verbose_name=_("lot"),
    )
    taken_back_at = models.DateTimeField(_("repris le"), null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("repris par"),
    )

    objects = PreventionActQuerySet.as_manager()

    personal = ("patient", "by", "at", "done_on", "taken_back_at", "taken_back_by")
    health = ("target", "is_declared", "lot")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("acte de prévention")
        verbose_name_plural = _("actes de prévention")
        ordering = ("-done_on", "-id")
        constraints = (
            *made_once("prevention_act", "by"),
            models.UniqueConstraint(
                fields=["patient", "target", "done_on"],
                condition=Q(taken_back_at=None),
                name="an_act_is_noted_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(is_declared=False) | Q(lot=None), name="what_was_done_elsewhere_uses_no_lot"
            ),
        )
        indexes = (models.Index(fields=["target", "patient"], name="acts_of_a_target"),)

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.target}"


class TargetReasonQuerySet(OfHealthOfQuerySet["TargetReason"]):
    """What professionals said that decides, read for a person or inside a scope."""

    def standing(self) -> Self:
        """Keep those that still hold."""
        return self.filter(ended_at=None)


class TargetReason(Authored, Keyed):
    """Why somebody is not asked for an act, or is whatever their age; it holds until somebody ends it."""

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="+", verbose_name=_("patient")
    )
    target = models.CharField(_("acte"), max_length=40)
    reason = models.CharField(_("pourquoi"), max_length=19, choices=as_choices(GROUND_LABELS))
    ended_at = models.DateTimeField(_("levée le"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("levée par")
    )

    objects = TargetReasonQuerySet.as_manager()

    personal = ("patient", "by", "at", "ended_at", "ended_by")
    health = ("target", "reason")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("raison propre à une personne")
        verbose_name_plural = _("raisons propres à des personnes")
        ordering = ("at", "id")
        constraints = (
            *made_once("target_reason", "by"),
            models.UniqueConstraint(
                fields=["patient", "target", "reason"],
                condition=Q(ended_at=None),
                name="a_reason_is_said_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.target}"
