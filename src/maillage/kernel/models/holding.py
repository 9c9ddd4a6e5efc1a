"""Whose inbox is confided to whom, from when to when, and what was done for its owner meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.models.shapes import Keyed, made_once
from maillage.kernel.privacy import AnnotatedModel


class InboxHoldingQuerySet(models.QuerySet["InboxHolding"]):
    def standing(self, on: Any) -> InboxHoldingQuerySet:
        """Keep those not taken back whose days hold `on` (both ends included); roles are asked next."""
        return self.filter(ended_at=None, starts_on__lte=on, ends_on__gte=on)

    def ahead(self, on: date) -> InboxHoldingQuerySet:
        """Keep those not taken back whose last day is not over."""
        return self.filter(ended_at=None, ends_on__gte=on)


class InboxHolding(Keyed):
    """The inbox of `owner` confided to `holder`, for some groups of lines, between two days or until ended.

    It gives no right: what the holder sees and does is what their own role and circle of care allow.
    """

    owner = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="inboxes_confided",
        verbose_name=_("à qui est la boîte"),
    )
    holder = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="inboxes_held", verbose_name=_("qui la suit")
    )
    groups = models.JSONField(_("lignes confiées"), default=list)
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    at = models.DateTimeField(_("confiée le"), default=timezone.now)
    ended_at = models.DateTimeField(_("arrêtée le"), null=True, blank=True)
    ended_by = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("arrêtée par"),
    )

    objects = InboxHoldingQuerySet.as_manager()

    personal = ("owner", "holder", "groups", "starts_on", "ends_on", "at", "ended_at", "ended_by")
    neither = ("id", "key")

    class Meta:
        verbose_name = _("boîte confiée")
        verbose_name_plural = _("boîtes confiées")
        ordering = ("-starts_on", "-id")
        constraints = [
            *made_once("inbox_holding", "owner"),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="inbox_holding_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~models.Q(owner=models.F("holder")), name="inbox_holding_is_with_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} → {self.holder_id} · {self.starts_on:%Y-%m-%d}"


class InboxDeed(AnnotatedModel):
    """A gesture that the holder of an inbox did for its owner: on which line, and which row says it.

    `target` is the row that the gesture wrote, as the journal names it: wherever it is shown, so is « pour ».
    """

    holding = models.ForeignKey(
        InboxHolding, on_delete=models.PROTECT, related_name="deeds", verbose_name=_("boîte confiée")
    )
    kind = models.CharField(_("genre de ligne"), max_length=40)
    row = models.BigIntegerField(_("ligne"))
    target = models.CharField(_("objet"), max_length=80)
    verb = models.CharField(_("action"), max_length=60)
    at = models.DateTimeField(_("le"), default=timezone.now)

    personal = ("holding", "kind", "row", "target", "verb", "at")
    neither = ("id",)

    class Meta:
        verbose_name = _("geste fait pour quelqu’un")
        verbose_name_plural = _("gestes faits pour quelqu’un")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["target"], name="deeds_of_a_target")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row} · {self.verb}"
