"""A computation of a roster, asked for by somebody and done by a process of its own."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel
from maillage.roster.models.rosters import Roster, Solve
from maillage.roster.rules.jobs import ACTIVE, JobState

JOB_LABELS = {
    JobState.QUEUED: _("En attente"),
    JobState.RUNNING: _("En cours"),
    JobState.DONE: _("Terminé"),
    JobState.FAILED: _("Abandonné"),
}


class Job(AnnotatedModel):
    """One computation: what was asked, how far it is, what came of it.

    One waits or runs for a roster, and one runs in the whole installation: the database says so. `worker`
    names the process that has it; `said` is the sentence that explains a failure.
    """

    roster = models.ForeignKey(
        Roster, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("tableau")
    )
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par"))
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
    seconds = models.FloatField(_("temps donné (s)"))
    state = models.CharField(
        _("état"),
        max_length=8,
        choices=[(one.value, label) for one, label in JOB_LABELS.items()],
        default=JobState.QUEUED.value,
    )
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    worker = models.CharField(_("processus"), max_length=40, blank=True)
    started_at = models.DateTimeField(_("commencé le"), null=True)
    seen_at = models.DateTimeField(_("dernier signe de vie"), null=True)
    ended_at = models.DateTimeField(_("terminé le"), null=True)
    input_hash = models.CharField(_("empreinte des entrées"), max_length=64, blank=True)
    spent = models.FloatField(_("temps passé (s)"), default=0.0)
    objective = models.FloatField(_("valeur"), null=True)
    bound = models.FloatField(_("borne"), null=True)
    said = models.TextField(_("explication"), blank=True)
    solve = models.OneToOneField(
        Solve, on_delete=models.PROTECT, null=True, related_name="job", verbose_name=_("calcul gardé")
    )

    personal = ("by",)
    neither = (
        "id", "roster", "asked_at", "seconds", "state", "attempts", "worker", "started_at", "seen_at",
        "ended_at", "input_hash", "spent", "objective", "bound", "said", "solve",
    )  # fmt: skip

    class Meta:
        verbose_name = _("calcul demandé")
        verbose_name_plural = _("calculs demandés")
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["roster"],
                condition=models.Q(state__in=sorted(state.value for state in ACTIVE)),
                name="one_job_at_a_time_per_roster",
            ),
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state=JobState.RUNNING.value),
                name="one_job_runs_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.roster_id} · {self.state}"

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return JobState(self.state) in ACTIVE

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(JOB_LABELS[JobState(self.state)])
