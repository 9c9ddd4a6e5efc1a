"""People far from their rights, referred to the health insurance: why, by whom, and what came of it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.kernel.sourced_rules import rule
from maillage.people.models.reader import unrestricted
from maillage.people.rules.circle import Part
from maillage.people.rules.support_referrals import (
    Care,
    Cause,
    Consent,
    Ground,
    Outcome,
    Since,
    Step,
    due_on,
    step,
)

GROUND_LABELS = {
    Ground.RIGHTS: _("Accès aux droits"),
    Ground.CARE: _("Renoncement ou difficulté d’accès aux soins, handicap compris"),
    Ground.DIGITAL: _("Fragilité avec les outils numériques"),
    Ground.SOCIAL: _("Situation sociale complexe"),
}
CARE_LABELS = {
    Care.DOCTOR: _("Consultation d’un généraliste ou d’un spécialiste"),
    Care.SURGERY: _("Opération"),
    Care.EXAMINATION: _("Acte, analyse ou examen"),
    Care.PHARMACY: _("Pharmacie"),
    Care.DEVICE: _("Appareillage"),
    Care.OTHER: _("Autre soin"),
}
SINCE_LABELS = {
    Since.UNDER_3_MONTHS: _("moins de 3 mois"),
    Since.UNDER_A_YEAR: _("de 3 à 12 mois"),
    Since.OVER_A_YEAR: _("plus d’un an"),
    Since.OVER_2_YEARS: _("plus de deux ans"),
}
CAUSE_LABELS = {
    Cause.RIGHTS: _("Droits non ouverts"),
    Cause.REMAINDER: _("Reste à payer"),
    Cause.ADVANCE: _("Avance de frais"),
    Cause.DELAYS: _("Délais de rendez-vous"),
    Cause.TRANSPORT: _("Transport"),
    Cause.PROCEDURES: _("Démarches trop compliquées"),
    Cause.REFUSAL: _("Refus d’un professionnel"),
}
CONSENT_LABELS = {
    Consent.SIGNED: _("signé par la personne"),
    Consent.TOLD: _("dit à distance, à confirmer par courrier"),
}
OUTCOME_LABELS = {
    Outcome.SUPPORTED: _("Accompagnement commencé"),
    Outcome.RIGHTS_OPENED: _("Droits ouverts"),
    Outcome.CARE_DONE: _("Soin fait"),
    Outcome.REFUSED: _("Refusé par la personne"),
    Outcome.UNREACHABLE: _("Personne injoignable"),
    Outcome.OTHER: _("Autre issue"),
}
STEP_LABELS = {
    Step.TO_SEND: _("À transmettre"),
    Step.AWAITED: _("Transmise, issue attendue"),
    Step.OVER: _("Close"),
}


class SupportReferralQuerySet(ScopedQuerySet["SupportReferral"]):
    """Referrals, read by who detected, whose they are, and who handles them in the scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """The reader's own; those of the scopes where they follow people without a doctor."""
        scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
        handled = models.Q(pk__isnull=False) if scopes is None else models.Q(patient__scope__in=scopes)
        others = (models.Q(by=person) | handled) & unrestricted(Part.SOCIAL, prefix="patient__")
        return models.Q(patient__account=person) | others

    def of_patient(self, patient: models.Model) -> SupportReferralQuerySet:
        """Keep those of a patient who was read in scope."""
        return self.filter(patient=patient.pk)._scoped()

    def open(self) -> SupportReferralQuerySet:
        """Keep those whose outcome nobody knows."""
        return self.filter(answered_at=None)


class SupportReferral(Authored, Keyed):
    """Somebody was detected far from their rights or from care: `by` said so on `detected_on`.

    Nothing leaves this program: whoever handles it sends the paper, then notes that they did.
    """

    patient = models.ForeignKey(
        "people.Patient",
        on_delete=models.PROTECT,
        related_name="support_referrals",
        verbose_name=_("patient"),
    )
    detected_on = models.DateField(_("repéré le"))
    grounds = models.JSONField(_("motifs"), default=list)
    given_up = models.JSONField(_("soins auxquels la personne renonce"), default=list)
    since = models.CharField(
        _("depuis"), max_length=14, blank=True, default="", choices=as_choices(SINCE_LABELS)
    )
    causes = models.JSONField(_("causes"), default=list)
    already_done = models.TextField(_("ce qui a déjà été fait"), max_length=1000, blank=True)
    consent = models.CharField(_("accord de la personne"), max_length=6, choices=as_choices(CONSENT_LABELS))
    consented_on = models.DateField(_("accord donné le"))
    letter_on = models.DateField(_("courrier de confirmation envoyé le"), null=True, blank=True)
    sent_at = models.DateTimeField(_("transmise le"), null=True, blank=True)
    sent_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("transmise par"),
    )
    outcome = models.CharField(_("issue"), max_length=13, blank=True, choices=as_choices(OUTCOME_LABELS))
    words = models.TextField(_("ce qui s’est passé"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(_("issue notée le"), null=True, blank=True)
    answered_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("issue notée par"),
    )

    objects = SupportReferralQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "detected_on", "grounds", "since", "causes", "already_done", "consent",
        "consented_on", "letter_on", "sent_at", "sent_by", "outcome", "words", "answered_at", "answered_by",
    )  # fmt: skip
    health = ("given_up",)
    neither = ("id", "key")

    class Meta:
        verbose_name = _("orientation vers l’Assurance maladie")
        verbose_name_plural = _("orientations vers l’Assurance maladie")
        ordering = ("at", "id")
        constraints = [
            *made_once("support_referral", "by"),
            models.CheckConstraint(
                condition=models.Q(sent_at=None, sent_by=None)
                | models.Q(sent_at__isnull=False, sent_by__isnull=False),
                name="support_referral_sent_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, outcome="")
                | models.Q(answered_at__isnull=False, outcome__gt=""),
                name="support_referral_has_its_outcome",
            ),
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(answered_at=None),
                name="one_open_support_referral_a_patient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.detected_on}"

    @property
    def step(self) -> Step:
        """What is to do next."""
        return step(is_sent=self.sent_at is not None, is_answered=self.answered_at is not None)

    @property
    def step_said(self) -> str:
        """The same in words."""
        return str(STEP_LABELS[self.step])

    @property
    def due_on(self) -> date:
        """The day before which the next step is to be done, by the clock of the patient's scope."""
        zone = self.patient.scope.zone
        return due_on(
            timezone.localdate(self.at, zone),
            timezone.localdate(self.sent_at, zone) if self.sent_at else None,
            send_days=rule("people.support_referrals.send_days").value,
            answer_days=rule("people.support_referrals.answer_days").value,
        )

    @property
    def is_late(self) -> bool:
        """Whether that day has passed."""
        zone = self.patient.scope.zone
        return self.answered_at is None and self.due_on < timezone.localdate(timezone=zone)
