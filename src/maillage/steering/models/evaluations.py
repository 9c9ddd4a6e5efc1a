"""An evaluation: what was measured, where and when something began, and what it was."""

from __future__ import annotations

from functools import cached_property

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel import access
from maillage.kernel.choices import as_choices
from maillage.kernel.models import Authored, Keyed, Person, Scope, made_once
from maillage.kernel.rules import Permission
from maillage.kernel.scoping import ScopedQuerySet
from maillage.steering.rules.directions import Better
from maillage.steering.rules.panels import Measures

BETTER_LABELS = {
    Better.LOWER: _("plus bas, c’est mieux"),
    Better.HIGHER: _("plus haut, c’est mieux"),
    Better.NEITHER: _("ni l’un ni l’autre"),
}


class EvaluationQuerySet(ScopedQuerySet["Evaluation"]):
    """Evaluations, read by those who steer their scope."""

    scope_path = "scope"

    def visible_to(self, person: Person) -> models.Q:
        """Those of the scopes where one may read evaluations."""
        scopes = access.scopes_of(person, Permission.VIEW_EVALUATIONS)
        return models.Q() if scopes is None else models.Q(scope__in=[one.pk for one in scopes])


class Evaluation(Authored, Keyed):
    """Measures of several units over time, kept as they were given: another table is another evaluation.

    No person is among the units: territories, structures. `measures` is `Measures.as_json`, `digest` its
    SHA-256. Nothing computed is kept: the same measures give the same result.
    """

    scope = models.ForeignKey(Scope, on_delete=models.PROTECT, related_name="+", verbose_name=_("périmètre"))
    title = models.CharField(_("titre"), max_length=120)
    described = models.TextField(_("la mesure prise"), max_length=2000)
    outcome = models.CharField(_("ce qui est mesuré"), max_length=120)
    unit = models.CharField(_("unité"), max_length=60, blank=True)
    better = models.CharField(_("sens"), max_length=8, choices=as_choices(BETTER_LABELS))
    source = models.CharField(_("source des données"), max_length=300)
    measures = models.JSONField(_("mesures"))
    digest = models.CharField(_("empreinte"), max_length=64)
    is_demonstration = models.BooleanField(_("inventé pour la démonstration"), default=False)

    objects = EvaluationQuerySet.as_manager()

    personal = ("by", "at")
    neither = (
        "id", "key", "scope", "title", "described", "outcome", "unit", "better", "source", "measures",
        "digest", "is_demonstration",
    )  # fmt: skip

    class Meta:
        verbose_name = _("évaluation")
        ordering = ("-at", "-id")
        constraints = made_once("evaluation", "by")
        indexes = (models.Index(fields=["scope", "-at"], name="evaluations_of_a_scope"),)

    def __str__(self) -> str:
        return self.title

    @cached_property
    def content(self) -> Measures:
        """The measures."""
        return Measures.of(self.measures)
