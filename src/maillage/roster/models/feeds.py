"""Secret addresses of calendars of duties."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.kernel.feeds import SecretFeed
from maillage.roster.models.sectors import Sector


class DutyFeed(SecretFeed):
    """A secret address that shows who is on call in a sector, or the duties of one professional."""

    sector = models.ForeignKey(
        Sector,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="feeds",
        verbose_name=_("secteur"),
    )
    professional = models.ForeignKey(
        "directory.Professional",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="duty_feeds",
        verbose_name=_("professionnel"),
    )

    personal = ("sector", "professional", "label", "created_by", "created_at", "revoked_at")
    neither = ("id", "digest")

    class Meta(SecretFeed.Meta):
        verbose_name = _("calendrier de gardes")
        verbose_name_plural = _("calendriers de gardes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sector__isnull=True) ^ models.Q(professional__isnull=True),
                name="duty_feed_shows_one_thing",
            ),
        ]
