"""Tasks: what somebody has to do, for whom, before when, and what came of it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.models.shapes import NamesOne, names_one
from maillage.care.rules.tasks import Priority, TaskOrigin, TaskState, is_late
from maillage.directory import api as directory
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Keyed, Person, Scope, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people

STATE_LABELS = {
    TaskState.OPEN: _("à faire"),
    TaskState.DONE: _("faite"),
    TaskState.CANCELLED: _("annulée"),
    TaskState.TRANSFERRED: _("transmise"),
}
PRIORITY_LABELS = {
    Priority.ROUTINE: _("habituelle"),
    Priority.URGENT: _("rapide"),
    Priority.ASAP: _("dès que possible"),
}
ORIGIN_LABELS = {
    TaskOrigin.HAND: _("Demande d’un collègue"),
    TaskOrigin.PLAN: _("Plan partagé"),
    TaskOrigin.ALERT: _("Alerte du plan"),
    TaskOrigin.MEETING: _("Décision de réunion"),
}


class TaskQuerySet(ScopedQuerySet["Task"]):
    """Tasks, read for a person or inside a scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose plan one may read; those about nobody that are one’s own."""
        own = owned_by(person) | models.Q(by=person)
        return models.Q(patient=None) & own | people.readable(person, people.Part.PLAN, prefix="patient__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the tasks about a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def open(self) -> Self:
        """Keep what is still to do."""
        return self.filter(state=TaskState.OPEN.value)


def owned_by(person: Person) -> models.Q:
    """Return the condition « `person` is who has to do it »."""
    return models.Q(person=person) | models.Q(professional__account=person)


class Task(NamesOne, Keyed):
    """Something that one professional, or one account, has to do before `due_at`.

    `why` are the words of the reason, `source` the row it comes from (« care.alertrule:3 »). A task that was
    transferred is final: the one that takes it over `follows` it. `by` is None where a rule wrote it.
    """

    scope = models.ForeignKey(
        Scope, on_delete=models.PROTECT, related_name="care_tasks", verbose_name=_("périmètre")
    )
    patient = models.ForeignKey(
        people.Patient,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("patient"),
    )
    title = models.CharField(_("ce qui est à faire"), max_length=200)
    why = models.TextField(_("pourquoi"), blank=True, max_length=2000)
    origin = models.CharField(_("origine"), max_length=8, choices=as_choices(ORIGIN_LABELS))
    source = models.CharField(_("ligne d’origine"), max_length=60, blank=True)
    priority = models.CharField(_("priorité"), max_length=8, choices=as_choices(PRIORITY_LABELS))
    state = models.CharField(
        _("état"), max_length=12, choices=as_choices(STATE_LABELS), default=TaskState.OPEN.value
    )
    due_at = models.DateTimeField(_("à faire avant"), null=True, blank=True)
    by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandée par"),
    )
    at = models.DateTimeField(_("demandée le"), default=timezone.now)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("close par")
    )
    closed_at = models.DateTimeField(_("close le"), null=True, blank=True)
    outcome = models.TextField(_("ce qui a été fait"), blank=True, max_length=2000)
    follows = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("tâche reprise"),
    )

    objects = TaskQuerySet.as_manager()

    personal = (
        "scope", "patient", "professional", "person", "by", "at", "closed_by", "closed_at", "due_at",
        "source",
    )  # fmt: skip
    health = ("title", "why", "origin", "priority", "outcome")
    neither = ("id", "key", "state", "follows")

    class Meta:
        verbose_name = _("tâche")
        verbose_name_plural = _("tâches")
        ordering = ("due_at", "id")
        constraints = [
            *made_once("task", "by", or_program=True),
            names_one("task_has_one_owner"),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.OPEN.value, closed_at=None)
                | ~models.Q(state=TaskState.OPEN.value) & models.Q(closed_at__isnull=False),
                name="task_is_open_or_closed",
            ),
        ]
        indexes = [
            models.Index(fields=["professional", "state"], name="tasks_of_a_professional"),
            models.Index(fields=["person", "state"], name="tasks_of_an_account"),
            models.Index(fields=["patient", "state"], name="tasks_about_a_patient"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.state}"

    @property
    def owner(self) -> directory.Professional | Person:
        """Who has to do it."""
        return self.named

    @property
    def owner_name(self) -> str:
        """The name of who has to do it."""
        return str(self.owner)

    @property
    def is_open(self) -> bool:
        """Whether it is still to do."""
        return self.state == TaskState.OPEN.value

    @property
    def is_late(self) -> bool:
        """Whether its deadline has passed while it is still to do."""
        return is_late(TaskState(self.state), self.due_at, timezone.now())

    @property
    def asks_for_words(self) -> bool:
        """Whether whoever does it must say what was done: what a measure raised is never ticked away."""
        return self.origin == TaskOrigin.ALERT.value
