"""What rows of every context have in common: who wrote them and when, by which write."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.models.person import Person
from maillage.kernel.privacy import AnnotatedModel


class Authored(AnnotatedModel):
    """A row that somebody wrote at a moment; a table whose rows the program may write has `by` anew."""

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("par"))
    at = models.DateTimeField(_("le"), default=timezone.now)

    class Meta:
        abstract = True


class Keyed(AnnotatedModel):
    """A row made by a write that a person may repeat: the same key is the same write, and makes one row."""

    key = models.CharField(_("clé d’idempotence"), max_length=64, unique=True)

    class Meta:
        abstract = True
