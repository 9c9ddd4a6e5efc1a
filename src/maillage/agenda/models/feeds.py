"""Secret addresses of calendar feeds."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.agenda.models.schedules import Agenda
from maillage.kernel.feeds import SecretFeed


class Feed(SecretFeed):
    """A secret address that shows an agenda."""

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="feeds", verbose_name=_("agenda")
    )

    personal = ("agenda", "label", "created_by", "created_at", "revoked_at")
    neither = ("id", "digest")

    class Meta(SecretFeed.Meta):
        verbose_name = _("flux de calendrier")
