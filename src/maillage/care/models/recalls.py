"""What patients are due for, by whom and when, and what came of each recall."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.models.measures import OfHealthQuerySet
from maillage.care.models.shapes import NamesOne, names_one
from maillage.care.rules.recalls import Came, RecallKind, is_late
from maillage.directory import api as directory
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.people import api as people

RECALL_LABELS = {
    RecallKind.CONSULTATION: _("Consultation de suivi"),
    RecallKind.BLOOD_TEST: _("Prise de sang"),
    RecallKind.EXAMINATION: _("Examen"),
    RecallKind.VACCINATION: _("Vaccin"),
    RecallKind.RENEWAL: _("Ordonnance à renouveler"),
    RecallKind.ALD: _("Protocole d’ALD"),
    RecallKind.OTHER: _("Autre rappel"),
}
CAME_LABELS = {
    Came.CALLED: _("appel passé"),
    Came.MESSAGED: _("message envoyé"),
    Came.BOOKED: _("rendez-vous donné"),
    Came.POSTPONED: _("remis à plus tard"),
    Came.REFUSED: _("refusé"),
    Came.DONE: _("fait"),
    Came.STOPPED: _("arrêté"),
}


class RecallQuerySet(OfHealthQuerySet["Recall"]):
    """Recalls, read for a person or inside a scope."""

    def open(self) -> Self:
        """Keep what goes on."""
        return self.filter(ended_at=None)


class Recall(NamesOne, Authored, Keyed):
    """What a patient is due for on `due_on`, carried by one professional; again every so many months.

    For a prescription or a protocol of ALD, `starts_on` is the day it was written and `due_on` the day it
    ends. `quiet_until` is the day until which nobody is asked, `shows_on` the day from which the list asks.
    `version` counts the writes: who notes says which one they read.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="recalls", verbose_name=_("patient")
    )
    kind = models.CharField(_("nature"), max_length=12, choices=as_choices(RECALL_LABELS))
    what = models.CharField(_("précision"), max_length=200, blank=True)
    starts_on = models.DateField(_("depuis le"), null=True, blank=True)
    due_on = models.DateField(_("échéance"))
    every_months = models.PositiveSmallIntegerField(_("tous les (mois)"), default=0)
    quiet_until = models.DateField(_("à redemander le"), null=True, blank=True)
    shows_on = models.DateField(_("demandé à partir du"))
    version = models.PositiveIntegerField(_("écritures"), default=1)
    ended_at = models.DateTimeField(_("arrêté le"), null=True, blank=True)

    objects = RecallQuerySet.as_manager()

    personal = (
        "patient", "professional", "person", "by", "at", "starts_on", "due_on", "quiet_until", "shows_on",
        "ended_at",
    )  # fmt: skip
    health = ("kind", "what", "every_months")
    neither = ("id", "key", "version")

    class Meta:
        verbose_name = _("rappel")
        verbose_name_plural = _("rappels")
        ordering = ("due_on", "id")
        constraints = [*made_once("recall", "by"), names_one("recall_has_one_owner")]
        indexes = [
            models.Index(fields=["professional", "ended_at", "shows_on"], name="recalls_of_a_professional"),
            models.Index(fields=["person", "ended_at", "shows_on"], name="recalls_of_an_account"),
            models.Index(fields=["patient", "ended_at"], name="recalls_of_a_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.kind}"

    @property
    def owner(self) -> directory.Professional | Person:
        """Who carries it."""
        return self.named

    @property
    def is_open(self) -> bool:
        """Whether it goes on."""
        return self.ended_at is None

    @property
    def is_late(self) -> bool:
        """Whether its day has passed while it goes on."""
        return self.is_open and is_late(self.due_on, self.quiet_until, timezone.localdate())

    @property
    def said(self) -> str:
        """What it is: its kind, and the words that make it precise."""
        label = str(self.get_kind_display())
        return f"{label} · {self.what}" if self.what else label


class RecallStepQuerySet(OfHealthQuerySet["RecallStep"]):
    """What came of recalls, read for a person or inside a scope."""

    scope_path = "recall__patient__scope"
    patient_path = "recall__patient"

    def of_recalls(self, recalls: Iterable[Recall]) -> Self:
        """Keep what came of recalls that were read already."""
        return self.filter(recall__in=[one.pk for one in recalls])._scoped()


class RecallStep(Authored, Keyed):
    """What came of a recall: called, an appointment on a day, put off with a reason, refused, done."""

    recall = models.ForeignKey(
        Recall, on_delete=models.PROTECT, related_name="steps", verbose_name=_("rappel")
    )
    came = models.CharField(_("suite"), max_length=9, choices=as_choices(CAME_LABELS))
    until = models.DateField(_("jour dit"), null=True, blank=True)
    words = models.CharField(_("précision"), max_length=300, blank=True)

    objects = RecallStepQuerySet.as_manager()

    personal = ("recall", "until", "by", "at")
    health = ("came", "words")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("suite d’un rappel")
        verbose_name_plural = _("suites des rappels")
        ordering = ("-id",)
        constraints = made_once("recall_step", "by")

    def __str__(self) -> str:
        return f"{self.recall_id} · {self.came}"
