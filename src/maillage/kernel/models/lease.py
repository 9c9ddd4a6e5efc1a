"""What one process of the installation does at a time."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.privacy import AnnotatedModel


class Lease(AnnotatedModel):
    """A task that one process has until a moment: it renews it, or another takes it."""

    name = models.CharField(_("tâche"), max_length=40, unique=True)
    holder = models.CharField(_("processus"), max_length=64)
    until = models.DateTimeField(_("jusqu’au"))

    neither = ("id", "name", "holder", "until")

    class Meta:
        verbose_name = _("bail")
        verbose_name_plural = _("baux")

    def __str__(self) -> str:
        return f"{self.name} · {self.holder[:8]}"
