"""People whose rights were withdrawn in one gesture, and what became of what was theirs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.models.shapes import Authored, Keyed, made_once


class Departure(Authored, Keyed):
    """Somebody left: who withdrew them, why, who took over, and what became of each kind of thing.

    `done` holds `[key of the withdrawal, how many, how many the successor took]`, in the order of the day.
    """

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="departures", verbose_name=_("personne")
    )
    successor = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("successeur"),
    )
    reason = models.CharField(_("motif"), max_length=500)
    done = models.JSONField(_("ce qui a été fait"), default=list)

    personal = ("person", "successor", "reason", "by", "at")
    neither = ("id", "key", "done")

    class Meta:
        verbose_name = _("départ")
        verbose_name_plural = _("départs")
        ordering = ("-at", "-id")
        constraints = made_once("departure", "by")

    def __str__(self) -> str:
        return f"{self.person_id} · {self.at:%Y-%m-%d}"
