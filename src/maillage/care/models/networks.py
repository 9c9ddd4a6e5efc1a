"""Pathways opened on the template of a network: six steps, each dated and owned."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.care.models.shapes import NamesOne, names_one
from maillage.care.rules.networks import Network, StepFacts
from maillage.care.rules.pathway import Step
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, made_once
from maillage.kernel.scoping import ScopedQuerySet
from maillage.people import api as people

NETWORK_LABELS = {
    Network.GERIATRICS: _("Gériatrie"),
    Network.ADDICTION: _("Addictologie"),
    Network.PALLIATIVE: _("Soins palliatifs"),
    Network.MENTAL_HEALTH: _("Santé mentale"),
    Network.DISABILITY: _("Handicap"),
    Network.PRECARIOUSNESS: _("Précarité"),
}
STEP_LABELS = {
    Step.NEED: _("Besoin"),
    Step.FIRST_CONTACT: _("Premier contact"),
    Step.ASSESSMENT: pgettext_lazy("d’une situation", "Évaluation"),
    Step.PLAN: _("Plan"),
    Step.FOLLOW_UP: _("Suivi"),
    Step.SUPPORT: _("Accompagnement"),
}


class NetworkPathwayQuerySet(ScopedQuerySet["NetworkPathway"]):
    """Pathways of networks, read for a person or inside a scope."""

    scope_path = "patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose plan one may read."""
        return people.readable(person, people.Part.PLAN, prefix="patient__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the pathways of a patient who was read in scope."""
        return self.filter(patient=patient)._scoped()

    def open(self) -> Self:
        """Keep what goes on."""
        return self.filter(closed_at=None)


class NetworkPathway(Authored, Keyed):
    """The pathway of one patient through a network, on the template in force on `opened_on`.

    One is open at a time for each network. It is closed with a reason, and kept.
    """

    patient = models.ForeignKey(
        people.Patient, on_delete=models.PROTECT, related_name="networks", verbose_name=_("patient")
    )
    network = models.CharField(_("filière"), max_length=14, choices=as_choices(NETWORK_LABELS))
    opened_on = models.DateField(_("ouvert le"))
    closed_at = models.DateTimeField(_("fermé le"), null=True, blank=True)
    closed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("fermé par")
    )
    closed_why = models.CharField(_("raison de la fermeture"), max_length=300, blank=True)

    objects = NetworkPathwayQuerySet.as_manager()

    personal = ("patient", "by", "at", "opened_on", "closed_at", "closed_by")
    health = ("network", "closed_why")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("parcours de filière")
        verbose_name_plural = _("parcours de filière")
        ordering = ("opened_on", "id")
        constraints = [
            *made_once("network_pathway", "by"),
            models.UniqueConstraint(
                fields=["patient", "network"],
                condition=models.Q(closed_at=None),
                name="one_open_pathway_of_a_network",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} · {self.network}"


class NetworkStepQuerySet(ScopedQuerySet["NetworkStep"]):
    """Steps of pathways, read for a person or inside a scope."""

    scope_path = "pathway__patient__scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the patients whose plan one may read."""
        return people.readable(person, people.Part.PLAN, prefix="pathway__patient__")

    def of_patient(self, patient: people.Patient) -> Self:
        """Keep the steps of a patient who was read in scope."""
        return self.filter(pathway__patient=patient)._scoped()


class NetworkStep(NamesOne, Authored):
    """One of the six steps: who carries it, due before when, done when, with what words.

    `by` wrote it last, `version` counts the writes: who writes says which one they read.
    """

    pathway = models.ForeignKey(
        NetworkPathway, on_delete=models.PROTECT, related_name="steps", verbose_name=_("parcours de filière")
    )
    step = models.CharField(_("étape"), max_length=13, choices=as_choices(STEP_LABELS))
    due_on = models.DateField(_("à faire avant le"))
    done_on = models.DateField(pgettext_lazy("une étape", "faite le"), null=True, blank=True)
    words = models.CharField(_("précision"), max_length=300, blank=True)
    version = models.PositiveIntegerField(_("écritures"), default=1)

    objects = NetworkStepQuerySet.as_manager()

    personal = ("pathway", "professional", "person", "by", "at", "due_on", "done_on")
    health = ("step", "words")
    neither = ("id", "version")

    class Meta:
        verbose_name = _("étape d’une filière")
        verbose_name_plural = _("étapes des filières")
        ordering = ("pathway", "id")
        constraints = [
            names_one("network_step_has_one_owner"),
            models.UniqueConstraint(fields=["pathway", "step"], name="each_step_of_a_pathway_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pathway_id} · {self.step}"

    @property
    def owner_name(self) -> str:
        """The name of who carries it."""
        return str(self.named)

    @property
    def facts(self) -> StepFacts:
        """What the rule of lateness looks at."""
        return StepFacts(Step(self.step), self.due_on, self.done_on)
