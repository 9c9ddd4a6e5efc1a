"""What somebody put off: a line of their own inbox, until a moment."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.privacy import AnnotatedModel


class Snooze(AnnotatedModel):
    """A line of the inbox of one person, put off until `until`; the thing itself is unchanged."""

    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="snoozes", verbose_name=_("personne")
    )
    kind = models.CharField(_("genre de ligne"), max_length=40)
    row = models.BigIntegerField(_("ligne"))
    until = models.DateTimeField(_("jusqu’au"))

    personal = ("person", "kind", "row", "until")
    neither = ("id",)

    class Meta:
        verbose_name = _("ligne remise à plus tard")
        verbose_name_plural = _("lignes remises à plus tard")
        constraints = [models.UniqueConstraint(fields=["person", "kind", "row"], name="snoozed_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row}"
