"""What a project aims at: axes, objectives with their figure, contracts they are tied to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.figures import Figure, Provenance
from maillage.kernel.models import Authored, Keyed, made_once
from maillage.project.models.projects import MISSION_LABELS, OfProjectQuerySet, Project
from maillage.project.rules.linked import LinkedKind
from maillage.project.rules.missions import Mission

LINKED_LABELS = {
    LinkedKind.CLS: _("Contrat local de santé (CLS)"),
    LinkedKind.PTSM: _("Projet territorial de santé mentale (PTSM)"),
}


class AxisQuerySet(OfProjectQuerySet["Axis"]):
    """Axes of projects."""


class Axis(Authored, Keyed):
    """A direction of a project, under which its objectives are."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    position = models.PositiveSmallIntegerField(_("rang"))
    title = models.CharField(_("titre"), max_length=160)
    said = models.TextField(_("en clair"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = AxisQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "project", "position", "title", "said", "version")

    class Meta:
        verbose_name = _("axe d’un projet de santé")
        verbose_name_plural = _("axes des projets de santé")
        ordering = ("position", "id")
        constraints = made_once("axis", "by")

    def __str__(self) -> str:
        return self.title


class ObjectiveQuerySet(OfProjectQuerySet["Objective"]):
    """Objectives of projects."""


class Objective(Authored, Keyed):
    """What is to change. One made from the diagnosis keeps the figure as it was that day, with its source.

    `finding` is the key of `computations.findings`, empty for one that somebody wrote; `basis` tells the data
    and the perimeter that the figure was computed on: the same basis gives the same figure.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    axis = models.ForeignKey(
        Axis, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("axe")
    )
    mission = models.CharField(_("mission"), max_length=30, choices=as_choices(MISSION_LABELS))
    title = models.CharField(_("objectif"), max_length=200)
    said = models.TextField(_("en clair"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True, blank=True)
    finding = models.CharField(_("constat"), max_length=60, blank=True)
    page = models.CharField(_("page du diagnostic"), max_length=40, blank=True)
    figure_label = models.CharField(_("chiffre"), max_length=200, blank=True)
    value = models.FloatField(_("valeur"), null=True, blank=True)
    unit = models.CharField(_("unité"), max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField(_("décimales"), default=0)
    source = models.CharField(_("source"), max_length=400, blank=True)
    vintage = models.CharField(_("millésime"), max_length=120, blank=True)
    formula = models.CharField(_("calcul"), max_length=600, blank=True)
    note = models.TextField(_("à savoir"), blank=True)
    completeness = models.FloatField(_("complétude"), null=True, blank=True)
    is_estimate = models.BooleanField(_("estimation"), default=False)
    is_hidden = models.BooleanField(_("secret statistique"), default=False)
    rules = models.JSONField(_("règles"), default=list, blank=True)
    basis = models.CharField(_("empreinte des données"), max_length=64, blank=True)
    noted_on = models.DateField(_("relevé le"), null=True, blank=True)

    objects = ObjectiveQuerySet.as_manager()

    personal = ("by", "at", "withdrawn_at")
    neither = (
        "id", "key", "project", "axis", "mission", "title", "said", "version", "finding", "page",
        "figure_label", "value", "unit", "decimals", "source", "vintage", "formula", "note", "completeness",
        "is_estimate", "is_hidden", "rules", "basis", "noted_on",
    )  # fmt: skip

    class Meta:
        verbose_name = _("objectif d’un projet de santé")
        verbose_name_plural = _("objectifs des projets de santé")
        ordering = ("id",)
        constraints = [
            *made_once("objective", "by"),
            models.UniqueConstraint(
                fields=["project", "finding"],
                condition=~models.Q(finding="") & models.Q(withdrawn_at=None),
                name="one_objective_a_finding_of_a_project",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def of_mission(self) -> Mission:
        """Its mission."""
        return Mission(self.mission)

    @property
    def figure(self) -> Figure | None:
        """The figure as it was when the objective was made, None for one without."""
        if not self.figure_label:
            return None
        source = Provenance(
            source=self.source,
            vintage=self.vintage,
            formula=self.formula,
            estimate=self.is_estimate,
            completeness=self.completeness,
            rules=tuple(self.rules),
            note=self.note,
        )
        return Figure(
            self.finding, self.figure_label, self.value, source, self.unit, self.decimals,
            suppressed=self.is_hidden,
        )  # fmt: skip


class LinkedPlanQuerySet(OfProjectQuerySet["LinkedPlan"]):
    """Contracts that projects are tied to."""


class LinkedPlan(Authored, Keyed):
    """A contract of the territory that shares an objective: which one, and what its own objective says."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, related_name="+", verbose_name=_("objectif")
    )
    kind = models.CharField(_("nature"), max_length=4, choices=as_choices(LINKED_LABELS))
    title = models.CharField(_("titre"), max_length=160)
    reference = models.CharField(_("référence"), max_length=120, blank=True)
    theirs = models.CharField(_("leur objectif"), max_length=300)

    objects = LinkedPlanQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "project", "objective", "kind", "title", "reference", "theirs")

    class Meta:
        verbose_name = _("lien avec un CLS ou un PTSM")
        verbose_name_plural = _("liens avec des CLS et des PTSM")
        ordering = ("id",)
        constraints = made_once("linked_plan", "by")

    def __str__(self) -> str:
        return f"{self.kind} · {self.title}"
