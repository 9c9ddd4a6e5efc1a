"""Secret addresses of calendar feeds."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.agenda.models.schedules import Agenda
from maillage.kernel.models import Person
from maillage.kernel.privacy import AnnotatedModel


class Feed(AnnotatedModel):
    """A calendar that another program reads by its secret address, until it is revoked.

    Only a digest of the secret is kept: the address is shown once, to whoever made it.
    """

    agenda = models.ForeignKey(
        Agenda, on_delete=models.PROTECT, related_name="feeds", verbose_name=_("agenda")
    )
    label = models.CharField(_("nom"), max_length=80)
    digest = models.CharField(_("empreinte du secret"), max_length=64, unique=True)
    created_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("créé par")
    )
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    personal = ("agenda", "label", "created_by", "created_at", "revoked_at")
    neither = ("id", "digest")

    class Meta:
        verbose_name = _("flux de calendrier")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.label
