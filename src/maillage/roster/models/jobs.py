"""A computation of a roster, asked for by somebody and done by a process of its own."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.job_states import ACTIVE, JobState
from maillage.kernel.models import Queued
from maillage.roster.models.rosters import Roster, Solve


class Job(Queued):
    """One computation: what was asked, how far it is, what came of it.

    One waits or runs for a roster, and one runs in the whole installation: the database says so.
    """

    roster = models.ForeignKey(
        Roster, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("tableau")
    )
    seconds = models.FloatField(_("temps donné (s)"))
    input_hash = models.CharField(_("empreinte des entrées"), max_length=64, blank=True)
    spent = models.FloatField(_("temps passé (s)"), default=0.0)
    objective = models.FloatField(_("valeur"), null=True)
    bound = models.FloatField(_("borne"), null=True)
    solve = models.OneToOneField(
        Solve, on_delete=models.PROTECT, null=True, related_name="job", verbose_name=_("calcul gardé")
    )

    personal = ("by",)
    neither = (
        "id", "roster", "seconds", "input_hash", "spent", "objective", "bound", "solve", *Queued.queued,
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

    def begin_again(self) -> None:
        """Forget how long the process that died had been at it."""
        self.spent = 0.0
