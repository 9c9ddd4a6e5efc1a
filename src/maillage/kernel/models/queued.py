"""A row that is a piece of work: asked for by somebody, done by a process of its own."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.job_states import ACTIVE, JobState
from maillage.kernel.models.person import Person
from maillage.kernel.privacy import AnnotatedModel

JOB_LABELS = {
    JobState.QUEUED: _("En attente"),
    JobState.RUNNING: _("En cours"),
    JobState.DONE: _("Terminé"),
    JobState.FAILED: _("Abandonné"),
}


class Queued(AnnotatedModel):
    """Work that waits for a process, or has one: `worker` names it, `said` explains a failure.

    `kernel.jobs.Queue` does what happens to it.
    """

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("demandé par"))
    asked_at = models.DateTimeField(_("demandé le"), default=timezone.now)
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
    said = models.TextField(_("explication"), blank=True)

    queued = ("asked_at", "state", "attempts", "worker", "started_at", "seen_at", "ended_at", "said")
    """The fields of the shape that are neither personal nor health: the rest of `neither` is of the table."""

    class Meta:
        abstract = True

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return JobState(self.state) in ACTIVE

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(JOB_LABELS[JobState(self.state)])

    def begin_again(self) -> None:
        """Forget how far it was, where a process died; nothing to forget by default."""
