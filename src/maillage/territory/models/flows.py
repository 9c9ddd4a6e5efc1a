"""Observed patient flows, as a territory received them: never mixed with the modelled ones."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel


class FlowDataset(AnnotatedModel):
    """One imported table of flows: who produced it, for which territory, when it was received."""

    territory = models.ForeignKey(
        "territory.Territory",
        on_delete=models.PROTECT,
        related_name="flow_datasets",
        verbose_name=_("territoire"),
    )
    name = models.CharField(_("nom"), max_length=120)
    source = models.CharField(_("producteur"), max_length=200)
    fingerprint = models.CharField(_("empreinte"), max_length=64)
    imported_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("importé par"),
    )
    imported_at = models.DateTimeField(_("importé le"), default=timezone.now, editable=False)

    personal = ("imported_by",)
    neither = ("id", "territory", "name", "source", "fingerprint", "imported_at")

    class Meta:
        verbose_name = _("jeu de flux")
        verbose_name_plural = _("jeux de flux")
        ordering = ("-imported_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "name"], name="flow_dataset_names_differ_in_a_territory"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FlowRow(AnnotatedModel):
    """How many stays, visits or patients went from a commune of residence to a commune of care."""

    dataset = models.ForeignKey(
        FlowDataset, on_delete=models.PROTECT, related_name="rows", verbose_name=_("jeu de flux")
    )
    origin = models.ForeignKey(
        "territory.Commune",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("commune de résidence"),
    )
    destination = models.ForeignKey(
        "territory.Commune", on_delete=models.PROTECT, related_name="+", verbose_name=_("commune de soin")
    )
    reason = models.CharField(_("motif"), max_length=120)
    period = models.CharField(_("période"), max_length=20)
    count = models.PositiveIntegerField(_("effectif"))

    # A small count of one reason in one commune may point at somebody: never shown under the threshold.
    health = ("reason", "count")
    neither = ("id", "dataset", "origin", "destination", "period")

    class Meta:
        verbose_name = _("flux")
        verbose_name_plural = _("flux")
        constraints = [
            models.UniqueConstraint(
                fields=["dataset", "origin", "destination", "reason", "period"],
                name="flow_row_is_unique_in_its_dataset",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin_id} → {self.destination_id}"
