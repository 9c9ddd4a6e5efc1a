"""What is done for an objective: actions, their steps, their money, their proofs, their meetings."""

from __future__ import annotations

from datetime import date

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.project.models.objectives import Objective
from maillage.project.models.projects import (
    MISSION_LABELS,
    InTerritoryQuerySet,
    OfProjectQuerySet,
    Project,
    Row,
)
from maillage.project.rules.actions import OPEN, ActionState, MoneySource, is_late
from maillage.project.rules.missions import Mission

ACTION_STATE_LABELS = {
    ActionState.PLANNED: _("prévue"),
    ActionState.UNDER_WAY: _("en cours"),
    ActionState.DONE: _("faite"),
    ActionState.DROPPED: _("abandonnée"),
}
MONEY_LABELS = {
    MoneySource.ACI: _("ACI"),
    MoneySource.FIR: _("FIR (ARS)"),
    MoneySource.LOCAL: _("collectivité"),
    MoneySource.INSURANCE: _("assurance maladie, hors ACI"),
    MoneySource.OTHER: _("autre"),
}
_POSITIVE = [MinValueValidator(0)]


class Led(directory.NamesOne):
    """A row that somebody carries: a professional of the directory, an account, or nobody yet."""

    class Meta:
        abstract = True

    @property
    def lead(self) -> directory.Professional | Person | None:
        """Who carries it, None where nobody does yet."""
        return self.professional or self.person

    @property
    def lead_key(self) -> str:
        """« p12 » for a sheet, « a3 » for an account, empty for nobody."""
        if self.professional_id is not None:
            return f"p{self.professional_id}"
        return f"a{self.person_id}" if self.person_id is not None else ""

    def is_of(self, person: Person) -> bool:
        """Whether `person` carries it, by their account or their sheet."""
        if self.person_id is not None:
            return self.person_id == person.pk
        return self.professional is not None and self.professional.account_id == person.pk


def led_by_one(name: str) -> models.CheckConstraint:
    """Return the constraint, called `name`, by which a row of `Led` names one at most."""
    return models.CheckConstraint(condition=models.Q(professional=None) | models.Q(person=None), name=name)


class ActionQuerySet(OfProjectQuerySet["Action"]):
    """Actions of projects."""

    def open(self) -> ActionQuerySet:
        """Keep those that are neither done nor dropped."""
        return self.filter(state__in=[one.value for one in OPEN])


class Action(Led, Authored, Keyed):
    """What is done for an objective, by whom, with which effect expected on which indicator.

    `indicator` is the key of an indicator of the catalogue, or its name where it is one of their own;
    `reference` its value at the start, `target` that of `target_on`. `version` counts its changes.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, related_name="+", verbose_name=_("objectif")
    )
    mission = models.CharField(_("mission"), max_length=30, choices=as_choices(MISSION_LABELS))
    title = models.CharField(_("action"), max_length=160)
    said = models.TextField(_("en clair"), max_length=4000, blank=True)
    partners = models.CharField(_("partenaires"), max_length=400, blank=True)
    starts_on = models.DateField(_("commence le"))
    ends_on = models.DateField(_("finit le"), null=True, blank=True)
    state = models.CharField(
        _("état"), max_length=10, choices=as_choices(ACTION_STATE_LABELS), default=ActionState.PLANNED.value
    )
    outcome = models.TextField(_("ce qui a été fait"), max_length=4000, blank=True)
    indicator = models.CharField(_("indicateur"), max_length=160, blank=True)
    indicator_unit = models.CharField(_("unité"), max_length=60, blank=True)
    reference = models.DecimalField(
        _("valeur de départ"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    target = models.DecimalField(_("cible"), max_digits=14, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(_("cible pour le"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ActionQuerySet.as_manager()

    personal = ("by", "at", "person", "professional")
    neither = (
        "id", "key", "project", "objective", "mission", "title", "said", "partners", "starts_on", "ends_on",
        "state", "outcome", "indicator", "indicator_unit", "reference", "target", "target_on", "version",
    )  # fmt: skip

    class Meta:
        verbose_name = _("action d’un projet de santé")
        verbose_name_plural = _("actions des projets de santé")
        ordering = ("starts_on", "id")
        constraints = [
            *made_once("action", "by"),
            led_by_one("action_led_by_one"),
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="action_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def of_mission(self) -> Mission:
        """Its mission."""
        return Mission(self.mission)

    @property
    def stands(self) -> ActionState:
        """Its state."""
        return ActionState(self.state)

    @property
    def is_open(self) -> bool:
        """Whether it is neither done nor dropped."""
        return self.stands in OPEN

    def is_overdue(self, today: date) -> bool:
        """Return whether its own last day has passed."""
        return self.is_open and self.ends_on is not None and self.ends_on < today


class OfActionQuerySet(InTerritoryQuerySet[Row]):
    """Rows of an action, read as its project is."""

    scope_path = "action__project__territory__scope"

    def of(self, project: Project) -> OfActionQuerySet[Row]:
        """Keep the rows of a project that was read in scope."""
        return self.filter(action__project=project)._scoped()

    def of_action(self, action: Action) -> OfActionQuerySet[Row]:
        """Keep the rows of an action that was read in scope."""
        return self.filter(action=action)._scoped()


class StepQuerySet(OfActionQuerySet["Step"]):
    """Steps of actions."""


class Step(Led, Authored, Keyed):
    """A step of an action: before which day, whose (nobody of its own: the lead's), done when.

    From `shows_on` on, it waits in the inbox of who carries it.
    """

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+", verbose_name=_("action"))
    title = models.CharField(_("étape"), max_length=160)
    due_on = models.DateField(_("avant le"))
    shows_on = models.DateField(_("annoncée le"))
    done_on = models.DateField(pgettext_lazy("une étape", "faite le"), null=True, blank=True)
    done_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notée par")
    )
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    objects = StepQuerySet.as_manager()

    personal = ("by", "at", "person", "professional", "done_by", "withdrawn_at")
    neither = ("id", "key", "action", "title", "due_on", "shows_on", "done_on")

    class Meta:
        verbose_name = _("étape d’une action")
        verbose_name_plural = _("étapes des actions")
        ordering = ("due_on", "id")
        constraints = [*made_once("step", "by"), led_by_one("step_led_by_one")]

    def __str__(self) -> str:
        return self.title

    def is_overdue(self, today: date) -> bool:
        """Return whether its day has passed without it, for an action that goes on."""
        return self.action.is_open and is_late(self.due_on, self.done_on, today)


class BudgetLineQuerySet(OfActionQuerySet["BudgetLine"]):
    """Money of actions."""


class BudgetLine(Authored, Keyed):
    """Money of an action from one source, in €: asked, granted (None: no answer yet), spent as declared."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+", verbose_name=_("action"))
    source = models.CharField(_("financeur"), max_length=16, choices=as_choices(MONEY_LABELS))
    label = models.CharField(_("pour quoi"), max_length=160)
    asked = models.DecimalField(_("demandé"), max_digits=11, decimal_places=2, validators=_POSITIVE)
    granted = models.DecimalField(
        _("accordé"), max_digits=11, decimal_places=2, null=True, blank=True, validators=_POSITIVE
    )
    spent = models.DecimalField(
        _("dépensé"), max_digits=11, decimal_places=2, default=0, validators=_POSITIVE
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = BudgetLineQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "action", "source", "label", "asked", "granted", "spent", "version")

    class Meta:
        verbose_name = _("ligne du budget d’une action")
        verbose_name_plural = _("lignes des budgets des actions")
        ordering = ("id",)
        constraints = [
            *made_once("budget_line", "by"),
            models.CheckConstraint(
                condition=models.Q(asked__gte=0, spent__gte=0)
                & (models.Q(granted=None) | models.Q(granted__gte=0)),
                name="budget_line_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ActionEvidenceQuerySet(OfActionQuerySet["ActionEvidence"]):
    """Proofs of what was done."""


class ActionEvidence(Authored, Keyed):
    """A dated proof of what an action did: a document, or the address of one."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+", verbose_name=_("action"))
    on = models.DateField(_("date"))
    label = models.CharField(_("preuve"), max_length=200)
    url = models.URLField(_("adresse"), max_length=300, blank=True)

    objects = ActionEvidenceQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "action", "on", "label", "url")

    class Meta:
        verbose_name = _("preuve d’une action")
        verbose_name_plural = _("preuves des actions")
        ordering = ("-on", "-id")
        constraints = made_once("action_evidence", "by")

    def __str__(self) -> str:
        return self.label


class ActionFileQuerySet(ScopedQuerySet["ActionFile"]):
    """Documents of proofs, read as the project is."""

    scope_path = "evidence__action__project__territory__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the projects that one may read."""
        return models.Q(evidence__in=ActionEvidence.objects.for_person(person).order_by().values("pk"))

    def of_action(self, action: Action) -> ActionFileQuerySet:
        """Keep those of an action that was read in scope."""
        return self.filter(evidence__action=action)._scoped()


class ActionFile(exchange.StoredFile):
    """The document of a proof."""

    evidence = models.ForeignKey(
        ActionEvidence, on_delete=models.PROTECT, related_name="+", verbose_name=_("preuve")
    )

    objects = ActionFileQuerySet.as_manager()

    personal = ("name", "content")
    neither = ("id", "evidence", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("document d’une preuve")
        verbose_name_plural = _("documents des preuves")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.evidence_id} · {self.position}"


class ActionMeetingQuerySet(OfActionQuerySet["ActionMeeting"]):
    """Meetings of actions."""


class ActionMeeting(Authored):
    """A meeting that was called for an action."""

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="+", verbose_name=_("action"))
    meeting = models.ForeignKey(
        "care.Meeting", on_delete=models.PROTECT, related_name="+", verbose_name=_("réunion")
    )

    objects = ActionMeetingQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "action", "meeting")

    class Meta:
        verbose_name = _("réunion d’une action")
        verbose_name_plural = _("réunions des actions")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["action", "meeting"], name="one_link_a_meeting_of_an_action")
        ]

    def __str__(self) -> str:
        return f"{self.action_id} · {self.meeting_id}"
