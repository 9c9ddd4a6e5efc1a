"""A health project: whose it is, for which years, the steps it took, what each chapter says."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.exchange import api as exchange
from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import IN_FORCE, ProjectKind, ProjectState
from maillage.territory import api as territory

Row = TypeVar("Row", bound=models.Model, covariant=True)

KIND_LABELS = {ProjectKind.CPTS: _("CPTS"), ProjectKind.MSP: _("Maison de santé (MSP)")}
STATE_LABELS = {
    ProjectState.DRAFT: _("brouillon"),
    ProjectState.LETTER_SENT: _("lettre d’intention envoyée"),
    ProjectState.SUBMITTED: _("projet déposé à l’ARS"),
    ProjectState.RETURNED: _("renvoyé par l’ARS"),
    ProjectState.VALIDATED: _("validé par l’ARS"),
    ProjectState.SIGNED: _("contrat signé"),
    ProjectState.RENEWED: _("contrat renouvelé"),
    ProjectState.ENDED: _("terminé"),
}
MISSION_LABELS = {
    Mission.ACCESS: _("Accès aux soins"),
    Mission.PATHWAYS: _("Parcours pluriprofessionnels"),
    Mission.PREVENTION: _("Prévention"),
    Mission.CRISIS: _("Crise sanitaire grave"),
    Mission.QUALITY: _("Qualité et pertinence des soins"),
    Mission.SUPPORT: _("Accompagnement des professionnels"),
}


class InTerritoryQuerySet(ScopedQuerySet[Row]):
    """Rows of a territory, read by those who may read its project."""

    scope_path = "territory__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the territories whose project one may read."""
        scopes = access.scopes_of(person, Permission.VIEW_PROJECT)
        path = f"{self.scope_path}__in"
        return models.Q() if scopes is None else models.Q(**{path: [one.pk for one in scopes]})


class ProjectQuerySet(InTerritoryQuerySet["Project"]):
    """Projects, read for a person or inside a scope."""


class Project(Authored, Keyed):
    """The project of a territory for some years. `version` counts its changes, so that none is lost."""

    territory = models.ForeignKey(
        territory.Territory, on_delete=models.PROTECT, related_name="+", verbose_name=_("territoire")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=as_choices(KIND_LABELS))
    title = models.CharField(_("titre"), max_length=160)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    state = models.CharField(
        _("état"), max_length=12, choices=as_choices(STATE_LABELS), default=ProjectState.DRAFT.value
    )
    signed_on = models.DateField(_("contrat signé le"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = ProjectQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "territory", "kind", "title", "starts_on", "ends_on", "state", "signed_on", "version",
        "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("projet de santé")
        verbose_name_plural = _("projets de santé")
        ordering = ("-starts_on", "-id")
        constraints = [
            *made_once("project", "by"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")), name="project_ends_after_it_starts"
            ),
            models.UniqueConstraint(
                fields=["territory", "kind", "starts_on"], name="one_project_of_a_kind_a_period"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def stands(self) -> ProjectState:
        """Its state."""
        return ProjectState(self.state)

    @property
    def is_in_force(self) -> bool:
        """Whether its contract runs."""
        return self.stands in IN_FORCE

    @property
    def is_ended(self) -> bool:
        """Whether nothing of it is written any more."""
        return self.stands is ProjectState.ENDED


class OfProjectQuerySet(InTerritoryQuerySet[Row]):
    """Rows of a project, read as the project is."""

    scope_path = "project__territory__scope"

    def of(self, project: Project) -> OfProjectQuerySet[Row]:
        """Keep the rows of a project that was read in scope."""
        return self.filter(project=project)._scoped()


class PassageQuerySet(OfProjectQuerySet["Passage"]):
    """Steps of projects."""


class Passage(Authored, Keyed):
    """A project passed to a state on a day: with which reference, why where it was returned."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    to = models.CharField(_("état"), max_length=12, choices=as_choices(STATE_LABELS))
    on = models.DateField(_("jour"))
    reference = models.CharField(_("référence"), max_length=120, blank=True)
    reason = models.TextField(_("motifs"), max_length=2000, blank=True)

    objects = PassageQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "key", "project", "to", "on", "reference", "reason")

    class Meta:
        verbose_name = _("étape d’un projet de santé")
        verbose_name_plural = _("étapes des projets de santé")
        ordering = ("on", "id")
        constraints = made_once("passage", "by")

    def __str__(self) -> str:
        return f"{self.project_id} · {self.to}"

    @property
    def stands(self) -> ProjectState:
        """The state it led to."""
        return ProjectState(self.to)


class PassageFileQuerySet(ScopedQuerySet["PassageFile"]):
    """Documents of steps, read as the project is."""

    scope_path = "passage__project__territory__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the steps of projects that one may read."""
        rows = Passage.objects.for_person(person)
        return models.Q(passage__in=rows.order_by().values("pk"))

    def of(self, project: Project) -> PassageFileQuerySet:
        """Keep those of a project that was read in scope."""
        return self.filter(passage__project=project)._scoped()


class PassageFile(exchange.StoredFile):
    """The document of a step: the letter, the decision of the ARS, the contract."""

    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="+", verbose_name=_("étape"))

    objects = PassageFileQuerySet.as_manager()

    personal = ("name", "content")
    neither = ("id", "passage", "position", "kind", "size", "width", "height")

    class Meta:
        verbose_name = _("document d’une étape")
        verbose_name_plural = _("documents des étapes")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return f"{self.passage_id} · {self.position}"


class ChapterQuerySet(OfProjectQuerySet["Chapter"]):
    """Texts of projects."""


class Chapter(Authored):
    """What one chapter of a project says; `name` is one of `rules.chapters`. `version` counts its texts."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    name = models.CharField(_("chapitre"), max_length=30)
    text = models.TextField(_("texte"), max_length=12000, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ChapterQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "project", "name", "text", "version")

    class Meta:
        verbose_name = _("chapitre d’un projet de santé")
        verbose_name_plural = _("chapitres des projets de santé")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="one_text_a_chapter_of_a_project")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.name}"


class MissionMarkQuerySet(OfProjectQuerySet["MissionMark"]):
    """What was done on the clocks of missions."""


class MissionMark(Authored):
    """When a mission started and when it was fully deployed."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("projet de santé")
    )
    mission = models.CharField(_("mission"), max_length=30, choices=as_choices(MISSION_LABELS))
    started_on = models.DateField(_("démarrée le"), null=True, blank=True)
    deployed_on = models.DateField(_("déployée le"), null=True, blank=True)

    objects = MissionMarkQuerySet.as_manager()

    personal = ("by", "at")
    neither = ("id", "project", "mission", "started_on", "deployed_on")

    class Meta:
        verbose_name = _("mission d’un projet de santé")
        verbose_name_plural = _("missions des projets de santé")
        ordering = ("mission",)
        constraints = [
            models.UniqueConstraint(fields=["project", "mission"], name="one_mark_a_mission_of_a_project"),
            models.CheckConstraint(
                condition=models.Q(deployed_on=None)
                | models.Q(started_on__isnull=False, deployed_on__gte=models.F("started_on")),
                name="mission_deployed_after_it_started",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.mission}"

    @property
    def days(self) -> tuple[date | None, date | None]:
        """When it started, when it was deployed."""
        return self.started_on, self.deployed_on
