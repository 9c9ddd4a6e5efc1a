"""What is asked of a physician about a patient, and what they answered."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people
from maillage.protocols.models.acts import Act
from maillage.protocols.rules.referrals import Purpose, Reply

PURPOSE_LABELS = {
    Purpose.EXCEPTION: _("Exception à un protocole"),
    Purpose.PROPOSAL: _("Proposition de bilan de médication"),
    Purpose.SHORTAGE: _("Rupture d’un médicament"),
}
REPLY_LABELS = {
    Reply.TAKEN_OVER: _("je prends la personne en charge"),
    Reply.ADVICE: _("avis donné"),
    Reply.ACCEPTED: _("accepté"),
    Reply.MODIFIED: _("accepté avec un changement"),
    Reply.REFUSED: _("refusé"),
}


class ReferralQuerySet(ScopedQuerySet["Referral"]):
    """What is asked of physicians, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those about the patients whose health the circle opens."""
        return people.readable(person, people.Part.HEALTH, prefix="patient__")

    def of_patient(self, patient: people.Patient) -> ReferralQuerySet:
        """Keep what is asked about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def of_acts(self, acts: models.QuerySet[Act]) -> ReferralQuerySet:
        """Keep what acts that were read in scope asked, to be counted."""
        return self.filter(act__in=acts)._scoped()

    def keyed(self, pk: int) -> ReferralQuerySet:
        """Keep the row itself, for an action or a page that then checks who reads."""
        return self.filter(pk=pk)._scoped()

    def unanswered(self) -> ReferralQuerySet:
        """Keep what nobody answered."""
        return self.filter(answered_at=None)

    def asked_of(self, person: Person) -> ReferralQuerySet:
        """Keep what `person` was asked."""
        rows = ReferralAsked.objects.filter(person=person)
        return self.filter(pk__in=rows.order_by().values("referral"))


class Referral(Authored, Keyed):
    """A question to a physician about a patient, followed until it is answered; `by` asks it.

    `act` is what an exception comes from. `due_at`: when the next physician is asked; `coordination_at`: when
    everybody was, and the coordination is told. `read_at`: when whoever asked has read the answer.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("patient")
    )
    purpose = models.CharField(_("nature"), max_length=9, choices=as_choices(PURPOSE_LABELS))
    act = models.OneToOneField(
        Act, on_delete=models.PROTECT, null=True, blank=True, related_name="referral", verbose_name=_("acte")
    )
    text = models.TextField(_("ce qui est demandé"), max_length=2000)
    due_at = models.DateTimeField(_("réponse attendue avant"))
    acknowledged_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lu par")
    )
    acknowledged_at = models.DateTimeField(_("lu le"), null=True, blank=True)
    coordination_at = models.DateTimeField(_("coordination prévenue le"), null=True, blank=True)
    reply = models.CharField(_("réponse"), max_length=10, blank=True, choices=as_choices(REPLY_LABELS))
    words = models.TextField(_("en quelques mots"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("répondu par"),
    )
    answered_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    read_at = models.DateTimeField(_("réponse lue le"), null=True, blank=True)

    objects = ReferralQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "act", "due_at", "acknowledged_by", "acknowledged_at", "coordination_at",
        "answered_by", "answered_at", "read_at",
    )  # fmt: skip
    health = ("purpose", "text", "reply", "words")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("question à un médecin")
        verbose_name_plural = _("questions à un médecin")
        ordering = ("due_at", "id")
        constraints = [
            *made_once("protocol_referral", "by"),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, reply="", answered_by=None)
                | models.Q(answered_at__isnull=False, answered_by__isnull=False) & ~models.Q(reply=""),
                name="referral_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.purpose}"

    @property
    def is_answered(self) -> bool:
        """Whether a physician answered."""
        return self.answered_at is not None

    @property
    def is_late(self) -> bool:
        """Whether the answer is awaited beyond its time, or nobody was left to ask."""
        return not self.is_answered and (self.due_at < timezone.now() or self.coordination_at is not None)


class ReferralAsked(AnnotatedModel):
    """A physician who was asked, in turn; whoever was may still answer."""

    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="asked", verbose_name=_("question")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("médecin demandé")
    )
    at = models.DateTimeField(_("demandé le"), default=timezone.now)

    personal = ("referral", "person", "at")
    neither = ("id",)

    class Meta:
        verbose_name = _("médecin à qui une question est posée")
        verbose_name_plural = _("médecins à qui une question est posée")
        ordering = ("at", "id")
        constraints = [
            models.UniqueConstraint(fields=["referral", "person"], name="physician_asked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} · {self.person_id}"
