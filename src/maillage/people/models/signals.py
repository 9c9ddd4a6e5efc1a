"""What carers signal, who was asked to answer, and what was done."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people.models.reader import readable
from maillage.people.rules.circle import Part
from maillage.people.rules.signals import Kind

KIND_LABELS = {
    Kind.CONFUSION: _("Confusion, propos inhabituels"),
    Kind.FALL: _("Chute"),
    Kind.REFUSAL: _("Refus d’un soin, d’un traitement ou de manger"),
    Kind.EXHAUSTION: _("Je n’en peux plus"),
    Kind.OTHER: _("Autre chose m’inquiète"),
}


class SignalQuerySet(ScopedQuerySet["Signal"]):
    """Signals, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """One's own as a carer; those about the patients whose health the circle opens."""
        return models.Q(by=person) | readable(person, Part.HEALTH, prefix="patient__")

    def sent_by(self, person: Person) -> SignalQuerySet:
        """Keep those that `person` sent."""
        return self.filter(by=person)._scoped()

    def keyed(self, pk: int) -> SignalQuerySet:
        """Keep the row itself, for an action or a page that then checks who reads."""
        return self.filter(pk=pk)._scoped()

    def waiting(self) -> SignalQuerySet:
        """Keep those that nobody has answered."""
        return self.filter(acknowledged_at=None)


class Signal(Authored, Keyed):
    """A carer is worried about somebody; a professional of the circle answers, or it goes further.

    `vital_signs` are those of the rule `people.signals.vital_signs` that the carer ticked: the 15 was shown
    first. `due_at`: when the next one is asked; `coordination_at`: when the coordination was.
    """

    patient = models.ForeignKey(
        "people.Patient", on_delete=models.PROTECT, related_name="signals", verbose_name=_("patient")
    )
    kind = models.CharField(_("ce qui inquiète"), max_length=10, choices=as_choices(KIND_LABELS))
    text = models.TextField(_("ce que dit l’aidant"), max_length=1000, blank=True)
    vital_signs = models.JSONField(_("signes vitaux dits"), default=list)
    due_at = models.DateTimeField(_("réponse attendue avant"))
    coordination_at = models.DateTimeField(_("coordination prévenue le"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("répondu le"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("répondu par"),
    )
    done = models.TextField(_("ce qui a été fait"), max_length=1000, blank=True)

    objects = SignalQuerySet.as_manager()

    personal = (
        "patient", "by", "at", "due_at", "coordination_at", "acknowledged_at", "acknowledged_by",
    )  # fmt: skip
    health = ("kind", "text", "vital_signs", "done")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("signalement d’aidant")
        verbose_name_plural = _("signalements d’aidant")
        ordering = ("at", "id")
        constraints = [
            *made_once("signal", "by"),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at=None, acknowledged_by=None)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="signal_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["acknowledged_at", "coordination_at"], name="signals_unanswered")]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.at:%Y-%m-%d %H:%M}"

    @property
    def is_vital(self) -> bool:
        """Whether it says a vital sign: the 15, and no routine answer."""
        return bool(self.vital_signs)

    @property
    def is_late(self) -> bool:
        """Whether nobody answered in time."""
        return self.acknowledged_at is None and (
            self.coordination_at is not None or timezone.now() >= self.due_at
        )


class SignalAskedQuerySet(ScopedQuerySet["SignalAsked"]):
    """Who was asked, read with the signal."""

    scope_path = "signal__patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        return models.Q(signal__in=Signal.objects.for_person(person).values("pk"))

    def of_signals(self, signals: Any) -> SignalAskedQuerySet:
        """Keep those of signals that were read in scope."""
        return self.filter(signal__in=signals)._scoped()


class SignalAsked(AnnotatedModel):
    """Somebody of the circle was asked to answer a signal."""

    signal = models.ForeignKey(
        Signal, on_delete=models.PROTECT, related_name="asked", verbose_name=_("signalement")
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="signals_asked", verbose_name=_("demandé à")
    )
    at = models.DateTimeField(_("demandé le"), default=timezone.now)

    objects = SignalAskedQuerySet.as_manager()

    personal = ("signal", "person", "at")
    neither = ("id",)

    class Meta:
        verbose_name = _("réponse demandée")
        verbose_name_plural = _("réponses demandées")
        ordering = ("at", "id")
        constraints = [models.UniqueConstraint(fields=["signal", "person"], name="asked_once_of_a_signal")]

    def __str__(self) -> str:
        return f"{self.signal_id} · {self.person_id}"
