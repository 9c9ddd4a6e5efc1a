"""A remote consultation: who waits, the presence check, the fall-back to the telephone, how it ended."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.kernel.choices import as_choices
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.kernel.scoping import ScopedQuerySet
from maillage.telehealth.rules.sessions import Beside, Outcome, Stage, stage

BESIDE_LABELS = {
    Beside.NOBODY: pgettext_lazy("aucune", "personne"),
    Beside.NURSE: _("un infirmier, une infirmière"),
    Beside.RELATIVE: _("un proche"),
    Beside.OTHER: _("un autre professionnel"),
}
OUTCOME_LABELS = {
    Outcome.DONE: _("faite en vidéo"),
    Outcome.BY_PHONE: _("finie au téléphone"),
    Outcome.TO_SEE: _("à revoir en présence"),
    Outcome.EMERGENCY: _("le 15 a été appelé"),
    Outcome.ABSENT: _("la personne n’est pas venue"),
    Outcome.FAILED: _("panne de l’image et du téléphone"),
}
STAGE_LABELS = {
    Stage.EXPECTED: _("attendue"),
    Stage.WAITING: _("en salle d’attente"),
    Stage.ADMITTED: _("en vidéo"),
    Stage.PHONE: _("au téléphone"),
    Stage.ENDED: _("finie"),
}


class SessionQuerySet(ScopedQuerySet["Session"]):
    """Remote consultations, read with the appointment that the reader manages."""

    scope_path = "appointment__slot__agenda__territory__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of one's own agenda."""
        return models.Q(appointment__slot__agenda__professional__account=person)

    def of_appointment(self, appointment: models.Model) -> Self:
        """Keep the one of an appointment; the caller has checked who reads or acts."""
        return self.filter(appointment=appointment)._scoped()

    def of_appointments(self, keys: list[int]) -> Self:
        """Keep those of appointments that the reader manages."""
        return self.filter(appointment__in=keys)._scoped()


class Session(AnnotatedModel):
    """What happens of one appointment of kind tele. Its room is computed from the secret, and kept nowhere.

    `signs`: the vital signs said in the waiting room, by their code. `conditions`: what was answered to each
    of the rule `telehealth.sessions.conditions`.
    """

    appointment = models.OneToOneField(
        "agenda.Appointment",
        on_delete=models.PROTECT,
        related_name="remote_session",
        verbose_name=_("rendez-vous"),
    )
    waiting_since = models.DateTimeField(_("attend depuis"), null=True, blank=True)
    signs = models.JSONField(_("signes vitaux dits"), default=list)
    beside = models.CharField(
        _("à côté de la personne"), max_length=8, blank=True, choices=as_choices(BESIDE_LABELS)
    )
    beside_name = models.CharField(_("son nom"), max_length=80, blank=True)
    is_identified = models.BooleanField(_("identité vérifiée"), default=False)
    has_agreed = models.BooleanField(_("accord pour la téléconsultation"), default=False)
    place = models.CharField(_("où est la personne"), max_length=120, blank=True)
    conditions = models.JSONField(_("conditions"), default=dict)
    checked_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noté par")
    )
    checked_at = models.DateTimeField(_("noté le"), null=True, blank=True)
    admitted_at = models.DateTimeField(_("reçue à"), null=True, blank=True)
    by_phone_at = models.DateTimeField(_("passée au téléphone à"), null=True, blank=True)
    ended_at = models.DateTimeField(_("finie à"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("finie par")
    )
    outcome = models.CharField(_("issue"), max_length=10, blank=True, choices=as_choices(OUTCOME_LABELS))
    created_at = models.DateTimeField(_("ouverte le"), default=timezone.now)

    objects = SessionQuerySet.as_manager()

    personal = (
        "appointment", "waiting_since", "beside", "beside_name", "is_identified", "has_agreed", "place",
        "checked_by", "checked_at", "admitted_at", "by_phone_at", "ended_at", "ended_by", "created_at",
    )  # fmt: skip
    health = ("signs", "conditions", "outcome")
    neither = ("id",)

    class Meta:
        verbose_name = _("téléconsultation")
        verbose_name_plural = _("téléconsultations")
        ordering = ("created_at", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | models.Q(ended_at__isnull=False) & ~models.Q(outcome=""),
                name="session_ends_with_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.stage}"

    @property
    def stage(self) -> Stage:
        """Where it stands."""
        return stage(
            waiting_since=self.waiting_since,
            admitted_at=self.admitted_at,
            by_phone_at=self.by_phone_at,
            ended_at=self.ended_at,
        )

    @property
    def is_vital(self) -> bool:
        """Whether a vital sign was said: the 15 before anything else."""
        return bool(self.signs)
