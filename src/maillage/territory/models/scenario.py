"""What if: a named list of changes to the supply of a territory, and the link that shares it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    """Scenarios of a territory: one nameless draft per person, and the named ones everybody there reads."""

    def drafts(self) -> ScenarioQuerySet:
        """Keep the nameless working copies."""
        return self.filter(name="")

    def named(self) -> ScenarioQuerySet:
        """Keep what was saved under a name."""
        return self.exclude(name="")


class Scenario(AnnotatedModel):
    """An ordered list of supply changes in one territory; nameless while it is somebody's draft."""

    territory = models.ForeignKey(
        "territory.Territory",
        on_delete=models.PROTECT,
        related_name="scenarios",
        verbose_name=_("territoire"),
    )
    name = models.CharField(_("nom"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="scenarios", verbose_name=_("créé par")
    )
    created_at = models.DateTimeField(_("créé le"), default=timezone.now, editable=False)
    share_token = models.CharField(_("jeton de partage"), max_length=43, unique=True, null=True, blank=True)

    objects = ScenarioQuerySet.as_manager()

    personal = ("created_by", "note")
    neither = ("id", "territory", "name", "created_at", "share_token")

    class Meta:
        verbose_name = _("scénario")
        verbose_name_plural = _("scénarios")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "created_by"],
                condition=models.Q(name=""),
                name="one_draft_per_person_and_territory",
            ),
            models.UniqueConstraint(
                fields=["territory", "name"],
                condition=~models.Q(name=""),
                name="scenario_names_differ_in_a_territory",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "Brouillon"


class ScenarioChange(AnnotatedModel):
    """One addition or removal at one commune, in the order it was made.

    An undone change stays, marked, so that a repeated click on the request that made it changes nothing.
    """

    scenario = models.ForeignKey(
        Scenario, on_delete=models.PROTECT, related_name="changes", verbose_name=_("scénario")
    )
    supply = models.CharField(pgettext_lazy("de soins", "offre"), max_length=20)
    commune = models.ForeignKey(
        "territory.Commune", on_delete=models.PROTECT, related_name="+", verbose_name=_("commune")
    )
    delta = models.SmallIntegerField(_("variation"))
    idempotency_key = models.CharField(_("clé d’unicité"), max_length=64)
    made_at = models.DateTimeField(_("faite le"), default=timezone.now, editable=False)
    is_undone = models.BooleanField(_("annulée"), default=False)

    neither = ("id", "scenario", "supply", "commune", "delta", "idempotency_key", "made_at", "is_undone")

    class Meta:
        verbose_name = _("changement d’un scénario")
        verbose_name_plural = _("changements d’un scénario")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "idempotency_key"], name="scenario_change_is_made_once"
            ),
            models.CheckConstraint(condition=~models.Q(delta=0), name="scenario_change_changes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.supply} · {self.commune_id}"
